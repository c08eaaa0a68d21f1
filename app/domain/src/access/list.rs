//! One access list: its entries in the order of their principals' numbers, and the search
//! for any of a person's principals in it.

use std::num::NonZeroU32;
use std::sync::Arc;

use super::model::Entry;
use super::snapshot::Snapshot;
use crate::principal::Principal;
use crate::time::Timestamp;

/// A principal as a number: its kind, and its place among those of its kind. Numbers hold
/// for a line of snapshots, each made from the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Code(u32);

/// The kinds of principals, in the order of their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    User,
    Group,
    Unit,
    Domain,
    Everyone,
}

impl Code {
    const BITS: u32 = 29;
    pub const EVERYONE: Self = Self::new(Kind::Everyone, 0);

    pub const fn new(kind: Kind, number: u32) -> Self {
        Self(((kind as u32) << Self::BITS) | number)
    }
    pub const fn user(number: u32) -> Self {
        Self::new(Kind::User, number)
    }
    pub const fn kind(self) -> Kind {
        match self.0 >> Self::BITS {
            0 => Kind::User,
            1 => Kind::Group,
            2 => Kind::Unit,
            3 => Kind::Domain,
            _ => Kind::Everyone,
        }
    }
    pub const fn number(self) -> u32 {
        self.0 & ((1 << Self::BITS) - 1)
    }
}

/// An entry in 24 bytes: there are millions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Item {
    pub code: Code,
    /// The number of who added it.
    pub by: Option<NonZeroU32>,
    until: Timestamp,
    pub at: Timestamp,
}

impl Item {
    const NEVER: Timestamp = Timestamp::from_micros(i64::MAX);

    pub fn new(code: Code, until: Option<Timestamp>, by: Option<NonZeroU32>, at: Timestamp) -> Self {
        Self { code, by, until: until.unwrap_or(Self::NEVER), at }
    }
    pub fn lives(&self, at: Timestamp) -> bool {
        at < self.until
    }
    pub fn until(&self) -> Option<Timestamp> {
        (self.until != Self::NEVER).then_some(self.until)
    }
}

/// What was entered, each principal once, in the order of their numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Items(Option<Arc<[Item]>>);

impl Items {
    pub const EMPTY: Self = Self(None);

    /// The very same list, not only an equal one.
    pub fn same(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(two)) => Arc::ptr_eq(one, two),
            (None, None) => true,
            _ => false,
        }
    }

    pub fn all(&self) -> &[Item] {
        self.0.as_deref().unwrap_or_default()
    }

    pub fn get(&self, code: Code) -> Option<&Item> {
        let items = self.all();
        items.binary_search_by_key(&code, |item| item.code).ok().map(|place| &items[place])
    }

    /// The principals whose entries have effect.
    pub fn live(&self, at: Timestamp) -> impl Iterator<Item = Code> {
        self.all().iter().filter(move |item| item.lives(at)).map(|item| item.code)
    }

    /// Whether a live entry names one of these principals, which are in order.
    pub fn names(&self, who: &[Code], at: Timestamp) -> bool {
        self.0.is_some() && self.naming(who, at).next().is_some()
    }

    /// The live entries that name one of these principals, which are in order.
    pub fn naming<'a>(&'a self, who: &'a [Code], at: Timestamp) -> impl Iterator<Item = &'a Item> {
        let items = self.all();
        // The shorter side is walked, the longer one searched.
        let (walked, searched) = if items.len() <= who.len() { (items, &[][..]) } else { (&[][..], who) };
        let one = walked.iter().filter(move |item| who.binary_search(&item.code).is_ok());
        let other = searched.iter().filter_map(|code| self.get(*code));
        one.chain(other).filter(move |item| item.lives(at))
    }

    /// With these put in or, where there is none, taken out. Of one principal twice, the later counts.
    pub fn with(&self, mut changes: Vec<(Code, Option<Item>)>) -> Self {
        changes.reverse();
        changes.sort_by_key(|(code, _)| *code);
        changes.dedup_by_key(|(code, _)| *code);
        let mut merged = Vec::with_capacity(self.all().len() + changes.len());
        let mut old = self.all().iter().copied().peekable();
        for (code, item) in changes {
            while let Some(before) = old.next_if(|before| before.code < code) {
                merged.push(before);
            }
            old.next_if(|before| before.code == code);
            merged.extend(item);
        }
        merged.extend(old);
        Self((!merged.is_empty()).then(|| merged.into()))
    }
}

/// A list as it was entered.
#[derive(Clone, Copy)]
pub struct List<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) items: &'a Items,
}

impl<'a> List<'a> {
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.all().len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.0.is_none()
    }

    /// All that was entered, also what has run out.
    pub fn iter(&self) -> impl Iterator<Item = Entry> + use<'a> {
        let snapshot = self.snapshot;
        self.items.all().iter().map(|item| snapshot.entry(item))
    }

    #[must_use]
    pub fn get(&self, principal: Principal) -> Option<Entry> {
        let item = self.items.get(self.snapshot.code(principal)?)?;
        Some(self.snapshot.entry(item))
    }

    #[must_use]
    pub fn contains(&self, principal: Principal) -> bool {
        self.get(principal).is_some()
    }
}
