//! Sets of people, by their numbers, and the tables that give the numbers out.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::sync::Arc;

/// Many people at once.
pub(super) type Crowd = roaring::RoaringBitmap;

/// For ids, which nobody outside chooses: much quicker than what withstands chosen keys, and asked for at every decision.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct IdHasher(u64);

impl Hasher for IdHasher {
    fn write(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..part.len()].copy_from_slice(part);
            self.write_u64(u64::from_le_bytes(word));
        }
    }
    fn write_u64(&mut self, word: u64) {
        // Both the high and the low bits of a product are needed: the table looks at either.
        let product = u128::from(self.0 ^ word ^ 0x9e37_79b9_7f4a_7c15).wrapping_mul(0xd6e8_feb8_6659_fd93);
        self.0 = (product as u64) ^ ((product >> 64) as u64);
    }
    // The length of an id says nothing.
    fn write_usize(&mut self, _: usize) {}
    fn finish(&self) -> u64 {
        self.0
    }
}

/// Which of many numbers were seen in this round; a new round forgets them at once.
#[derive(Debug, Default)]
pub(super) struct Seen {
    marks: Vec<u32>,
    round: u32,
}

impl Seen {
    pub fn forget(&mut self) {
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.marks.fill(0);
            self.round = 1;
        }
    }

    /// Whether it is seen for the first time.
    pub fn insert(&mut self, number: u32) -> bool {
        let place = number as usize;
        if self.marks.len() <= place {
            self.marks.resize(place + 1, 0);
        }
        std::mem::replace(&mut self.marks[place], self.round) != self.round
    }
}

/// Things of one kind by id and by number. Numbers are never given out twice, so that what
/// refers to them needs no look when something goes. Cloning shares the rows.
#[derive(Debug, Clone)]
pub(super) struct Table<Id, Row> {
    numbers: Arc<HashMap<Id, u32, BuildHasherDefault<IdHasher>>>,
    ids: Arc<Vec<Id>>,
    rows: Vec<Option<Arc<Row>>>,
}

impl<Id, Row> Default for Table<Id, Row> {
    fn default() -> Self {
        Self { numbers: Arc::default(), ids: Arc::default(), rows: Vec::new() }
    }
}

impl<Id: Copy + Eq + Hash, Row: Clone> Table<Id, Row> {
    pub fn number(&self, id: Id) -> Option<u32> {
        self.numbers.get(&id).copied()
    }

    /// Its number, a new one if it has none yet: what is named needn't exist.
    pub fn intern(&mut self, id: Id) -> u32 {
        if let Some(number) = self.number(id) {
            return number;
        }
        let number = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        Arc::make_mut(&mut self.numbers).insert(id, number);
        Arc::make_mut(&mut self.ids).push(id);
        self.rows.push(None);
        number
    }

    pub fn id(&self, number: u32) -> Option<Id> {
        self.ids.get(number as usize).copied()
    }

    pub fn get(&self, id: Id) -> Option<&Row> {
        self.at(self.number(id)?)
    }

    pub fn at(&self, number: u32) -> Option<&Row> {
        self.rows.get(number as usize)?.as_deref()
    }

    pub fn at_mut(&mut self, number: u32) -> Option<&mut Row> {
        self.rows.get_mut(number as usize)?.as_mut().map(Arc::make_mut)
    }

    pub fn put(&mut self, number: u32, row: Row) {
        if let Some(place) = self.rows.get_mut(number as usize) {
            *place = Some(Arc::new(row));
        }
    }

    pub fn remove(&mut self, id: Id) -> Option<Arc<Row>> {
        let number = self.number(id)?;
        self.rows.get_mut(number as usize)?.take()
    }

    /// What exists, with its number.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Row)> {
        (0..).zip(&self.rows).filter_map(|(number, row)| Some((number, row.as_deref()?)))
    }

    /// Whether both have the very same row there.
    pub fn same(&self, other: &Self, number: u32) -> bool {
        match (self.rows.get(number as usize).and_then(Option::as_ref), other.rows.get(number as usize).and_then(Option::as_ref)) {
            (Some(one), Some(two)) => Arc::ptr_eq(one, two),
            (None, None) => true,
            _ => false,
        }
    }

    pub fn len(&self) -> u32 {
        u32::try_from(self.rows.len()).unwrap_or(u32::MAX)
    }
}
