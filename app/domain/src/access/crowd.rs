//! Sets of people, by their numbers, and the tables that give the numbers out.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

/// Many people at once.
pub(super) type Crowd = roaring::RoaringBitmap;

/// Things of one kind by id and by number. Numbers are never given out twice, so that what
/// refers to them needs no look when something goes. Cloning shares the rows.
#[derive(Debug, Clone)]
pub(super) struct Table<Id, Row> {
    numbers: Arc<HashMap<Id, u32>>,
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
