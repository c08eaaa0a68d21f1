//! Everything that decisions read, at one version and moment.

use std::collections::{BTreeSet, HashMap};
use std::num::NonZeroU32;
use std::sync::Arc;

use super::build::Changes;
use super::crowd::{Crowd, Table};
use super::list::{Code, Item, Items, Kind, List};
use super::model::{Category, Domain, Entry, Group, ListOwner, Room, Unit, User};
use super::order::Orders;
use crate::category::{CategoryList, CategorySettings, MAX_DEPTH, Setting, Switch, effective};
use crate::id::{AccessVersion, CategoryId, DomainId, GroupId, RoomId, UnitId, UserId};
use crate::person::Role;
use crate::principal::Principal;
use crate::room::RoomList;
use crate::time::Timestamp;

/// A user, with all principals that he effectively is, in order.
#[derive(Debug, Clone)]
pub(super) struct PersonNode {
    /// Shared, since a change of groups gives many people other principals and nothing else.
    pub user: Arc<User>,
    pub who: Arc<[Code]>,
    /// The keys of both names, the sign-in name's first.
    pub keys: Arc<str>,
}

impl PersonNode {
    /// The display name's.
    pub fn display_key(&self) -> &str {
        self.keys.split_once('\n').map_or(&self.keys, |(_, key)| key)
    }
}

#[derive(Debug, Clone)]
pub(super) struct GroupNode {
    pub group: Group,
    /// The key of its name.
    pub key: Arc<str>,
}

#[derive(Debug, Clone)]
pub(super) struct CategoryNode {
    pub category: Category,
    /// The key of its name.
    pub key: Arc<str>,
    pub lists: [Items; 5],
    /// Who passes here and at every level above.
    pub scope: Arc<Crowd>,
}

#[derive(Debug, Clone)]
pub(super) struct RoomNode {
    pub room: Room,
    /// The key of its name.
    pub key: Arc<str>,
    /// The key of all that is written about it.
    pub text: Arc<str>,
    pub lists: [Items; 4],
}

/// Who belongs to each principal that isn't a user, directly or not.
#[derive(Debug, Clone, Default)]
pub(super) struct Crowds {
    pub groups: Vec<Arc<Crowd>>,
    pub units: Vec<Arc<Crowd>>,
    pub domains: Vec<Arc<Crowd>>,
    /// The internal users.
    pub everyone: Arc<Crowd>,
    /// The federated ones.
    pub partners: Arc<Crowd>,
}

/// What a setting comes to, and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decided<'a> {
    pub on: bool,
    pub by: &'a Category,
    /// Whether it is so because that category locks it.
    pub locked: bool,
}

/// The groups in which each user or group is named, by number.
pub(super) type Above = Vec<Option<Arc<[u32]>>>;

#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    pub version: AccessVersion,
    /// The moment at which entries are looked at: what ends later still has effect.
    pub at: Timestamp,
    pub(super) users: Table<UserId, PersonNode>,
    pub(super) groups: Table<GroupId, GroupNode>,
    pub(super) units: Table<UnitId, Unit>,
    pub(super) domains: Table<DomainId, Domain>,
    pub(super) categories: Table<CategoryId, CategoryNode>,
    pub(super) rooms: Table<RoomId, RoomNode>,
    pub(super) roles: [Items; 4],
    /// Who was entered in each group, by its number.
    pub(super) members: Vec<Items>,
    pub(super) above_users: Above,
    pub(super) above_groups: Above,
    pub(super) crowds: Crowds,
    pub(super) enabled: Arc<Crowd>,
    /// When entries end, and in which lists; also past ones, and of entries that have gone.
    pub(super) ends: Arc<BTreeSet<(Timestamp, ListOwner)>>,
    /// Users by the key of their sign-in names, for mentions.
    pub(super) keys: Arc<HashMap<String, UserId>>,
    pub(super) orders: Orders,
}

static NO_ITEMS: Items = Items::EMPTY;

impl Snapshot {
    #[must_use]
    pub fn user(&self, id: UserId) -> Option<&User> {
        self.users.get(id).map(|node| &*node.user)
    }
    #[must_use]
    pub fn group(&self, id: GroupId) -> Option<&Group> {
        self.groups.get(id).map(|node| &node.group)
    }
    #[must_use]
    pub fn unit(&self, id: UnitId) -> Option<&Unit> {
        self.units.get(id)
    }
    #[must_use]
    pub fn domain(&self, id: DomainId) -> Option<&Domain> {
        self.domains.get(id)
    }
    #[must_use]
    pub fn category(&self, id: CategoryId) -> Option<&Category> {
        self.categories.get(id).map(|node| &node.category)
    }
    #[must_use]
    pub fn room(&self, id: RoomId) -> Option<&Room> {
        self.rooms.get(id).map(|node| &node.room)
    }

    pub fn users(&self) -> impl Iterator<Item = &User> {
        self.users.iter().map(|(_, node)| &*node.user)
    }
    /// Users with the keys of both their names, a line each, for looking people up.
    pub fn named_users(&self) -> impl Iterator<Item = (&User, &str)> {
        self.users.iter().map(|(_, node)| (&*node.user, &*node.keys))
    }
    /// Groups with the keys of their names.
    pub fn named_groups(&self) -> impl Iterator<Item = (&Group, &str)> {
        self.groups.iter().map(|(_, node)| (&node.group, &*node.key))
    }
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.iter().map(|(_, node)| &node.group)
    }
    pub fn units(&self) -> impl Iterator<Item = &Unit> {
        self.units.iter().map(|(_, unit)| unit)
    }
    pub fn domains(&self) -> impl Iterator<Item = &Domain> {
        self.domains.iter().map(|(_, domain)| domain)
    }
    pub fn categories(&self) -> impl Iterator<Item = &Category> {
        self.categories.iter().map(|(_, node)| &node.category)
    }
    pub fn rooms(&self) -> impl Iterator<Item = &Room> {
        self.rooms.iter().map(|(_, node)| &node.room)
    }

    /// Everything that it was made of, in one order, so that two can be compared however they came about.
    #[must_use]
    pub fn all(&self) -> Changes {
        fn sorted<T: Clone, K: Ord>(items: impl Iterator<Item = T>, key: impl Fn(&T) -> K) -> Vec<T> {
            let mut items: Vec<T> = items.collect();
            items.sort_by_key(key);
            items
        }
        let rooms = self.rooms().flat_map(|room| RoomList::ALL.iter().map(|list| ListOwner::Room(room.id, *list)));
        let categories = self.categories().flat_map(|category| CategoryList::ALL.iter().map(|list| ListOwner::Category(category.id, *list)));
        let groups = self.groups().map(|group| ListOwner::Group(group.id));
        let owners = rooms.chain(categories).chain(groups).chain(Role::ALL.into_iter().map(ListOwner::Role));
        let entries = owners.flat_map(|owner| self.list(owner).iter().map(move |entry| (owner, entry.principal, Some(entry))));
        Changes {
            version: self.version,
            at: self.at,
            users: sorted(self.users().cloned(), |user| user.id),
            groups: sorted(self.groups().cloned(), |group| group.id),
            units: sorted(self.units().cloned(), |unit| unit.id),
            domains: sorted(self.domains().cloned(), |domain| domain.id),
            categories: sorted(self.categories().cloned(), |category| category.id),
            rooms: sorted(self.rooms().cloned(), |room| room.id),
            entries: sorted(entries, |(owner, principal, _)| (*owner, *principal)),
            ..Changes::default()
        }
    }

    #[must_use]
    pub fn root(&self) -> Option<&Category> {
        self.categories().find(|category| category.parent.is_none())
    }

    /// The categories from the given one up to the root. Ends early at a missing parent, and goes
    /// round a circle only for a while.
    pub fn path_up(&self, category: CategoryId) -> impl Iterator<Item = &Category> {
        self.nodes_up(category).map(|node| &node.category)
    }

    pub(super) fn nodes_up(&self, category: CategoryId) -> impl Iterator<Item = &CategoryNode> {
        std::iter::successors(self.categories.get(category), |node| self.categories.get(node.category.parent?)).take(MAX_DEPTH + 1)
    }

    /// By the key of the sign-in name.
    #[must_use]
    pub fn user_by_key(&self, key: &str) -> Option<UserId> {
        self.keys.get(key).copied()
    }

    /// What it is called; none if there is no such principal.
    #[must_use]
    pub fn name(&self, principal: Principal) -> Option<&str> {
        match principal {
            Principal::User(id) => self.user(id).map(|user| user.display_name.as_str()),
            Principal::Group(id) => self.group(id).map(|group| group.name.as_str()),
            Principal::Unit(id) => self.unit(id).map(|unit| unit.name.as_str()),
            Principal::Domain(id) => self.domain(id).map(|domain| domain.name.as_str()),
            Principal::Everyone => Some("everyone"),
        }
    }

    /// Whether an access list can name it to some effect.
    #[must_use]
    pub fn exists(&self, principal: Principal) -> bool {
        self.name(principal).is_some()
    }

    #[must_use]
    pub fn list(&self, owner: ListOwner) -> List<'_> {
        List { snapshot: self, items: self.items(owner) }
    }

    pub(super) fn items(&self, owner: ListOwner) -> &Items {
        match owner {
            ListOwner::Room(id, list) => self.rooms.get(id).map_or(&NO_ITEMS, |node| &node.lists[list as usize]),
            ListOwner::Category(id, list) => self.categories.get(id).map_or(&NO_ITEMS, |node| &node.lists[list as usize]),
            ListOwner::Group(id) => self.groups.number(id).and_then(|number| self.members.get(number as usize)).unwrap_or(&NO_ITEMS),
            ListOwner::Role(role) => &self.roles[role as usize],
        }
    }

    pub(super) fn code(&self, principal: Principal) -> Option<Code> {
        Some(match principal {
            Principal::User(id) => Code::new(Kind::User, self.users.number(id)?),
            Principal::Group(id) => Code::new(Kind::Group, self.groups.number(id)?),
            Principal::Unit(id) => Code::new(Kind::Unit, self.units.number(id)?),
            Principal::Domain(id) => Code::new(Kind::Domain, self.domains.number(id)?),
            Principal::Everyone => Code::EVERYONE,
        })
    }

    /// Numbers are given out for ids, so that each leads back to one.
    pub(super) fn principal(&self, code: Code) -> Principal {
        let number = code.number();
        let found = match code.kind() {
            Kind::User => self.users.id(number).map(Principal::User),
            Kind::Group => self.groups.id(number).map(Principal::Group),
            Kind::Unit => self.units.id(number).map(Principal::Unit),
            Kind::Domain => self.domains.id(number).map(Principal::Domain),
            Kind::Everyone => None,
        };
        found.unwrap_or(Principal::Everyone)
    }

    pub(super) fn entry(&self, item: &Item) -> Entry {
        Entry { principal: self.principal(item.code), until: item.until(), added_by: self.adder(item.by), added_at: item.at }
    }

    /// Who added an entry: its number is one more than the user's, so that nobody costs nothing.
    pub(super) fn adder(&self, by: Option<NonZeroU32>) -> Option<UserId> {
        self.users.id(by?.get() - 1)
    }

    /// The people that a principal stands for.
    pub(super) fn crowd(&self, code: Code) -> Option<&Crowd> {
        let crowds = match code.kind() {
            Kind::User => return None,
            Kind::Group => &self.crowds.groups,
            Kind::Unit => &self.crowds.units,
            Kind::Domain => &self.crowds.domains,
            Kind::Everyone => return Some(&self.crowds.everyone),
        };
        crowds.get(code.number() as usize).map(|crowd| &**crowd)
    }

    /// How many people a principal stands for at this moment.
    #[must_use]
    pub fn size(&self, principal: Principal) -> u64 {
        match self.code(principal) {
            Some(code) if code.kind() == Kind::User => u64::from(self.users.at(code.number()).is_some()),
            Some(code) => self.crowd(code).map_or(0, Crowd::len),
            None => 0,
        }
    }

    /// The next moment at which some entry ends: from then on this snapshot is out of date.
    #[must_use]
    pub fn next_end(&self) -> Option<Timestamp> {
        use std::ops::Bound::{Excluded, Unbounded};
        let last_of_now = (self.at, ListOwner::Role(Role::ComplianceOfficer));
        self.ends.range((Excluded(last_of_now), Unbounded)).next().map(|(end, _)| *end)
    }

    /// What a category's setting comes to, and which category of its path decides that: the topmost
    /// that locks it, else the nearest that says something.
    #[must_use]
    pub fn decided(&self, category: CategoryId, pick: impl Fn(&CategorySettings) -> Setting) -> Option<Decided<'_>> {
        let mut path: Vec<&Category> = self.path_up(category).collect();
        path.reverse();
        let on = self.setting(category, &pick);
        if let Some(by) = path.iter().find(|category| pick(&category.settings).locked) {
            return Some(Decided { on, by, locked: true });
        }
        let by = path.iter().rfind(|category| pick(&category.settings).value != Switch::Inherit).or(path.first())?;
        Some(Decided { on, by, locked: false })
    }

    /// Whether a category's setting is on, as its path and locks have it.
    #[must_use]
    pub fn setting(&self, category: CategoryId, pick: impl Fn(&CategorySettings) -> Setting) -> bool {
        let mut path: Vec<_> = self.path_up(category).map(|category| pick(&category.settings)).collect();
        path.reverse();
        effective(path)
    }
}
