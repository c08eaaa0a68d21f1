//! What the entries of a list come to, and whom a category lets in.

use super::crowd::Crowd;
use super::list::Kind;
use super::model::{Entry, ListOwner, User};
use super::rights::Idle;
use super::snapshot::Snapshot;
use crate::category::CategoryList;
use crate::id::CategoryId;
use crate::principal::Principal;
use crate::room::RoomList;

impl Snapshot {
    /// For how many people an entry of the list has effect, and if for nobody, why.
    #[must_use]
    pub fn effect(&self, owner: ListOwner, entry: &Entry) -> (u64, Option<Idle>) {
        let idle = |why| (0, Some(why));
        if !entry.lives(self.at) {
            return idle(Idle::Ended);
        }
        if !self.exists(entry.principal) {
            return idle(Idle::Gone);
        }
        let mut people = self.people_of(entry.principal);
        if people.is_empty() {
            return idle(Idle::Empty);
        }
        people &= &*self.enabled;
        if people.is_empty() {
            return idle(Idle::Disabled);
        }
        match owner {
            // These keep out whomever they name.
            ListOwner::Room(_, RoomList::Excluded) | ListOwner::Category(_, CategoryList::Denied) | ListOwner::Group(_) | ListOwner::Role(_) => {}
            ListOwner::Room(room, _) => {
                people &= self.rooms.get(room).map_or_else(Crowd::new, |node| self.let_in(node.room.category));
            }
            ListOwner::Category(category, CategoryList::Allowed) => people &= self.let_in(category),
            // Who is named here counts in the rooms below, into which the root lets partners, too.
            ListOwner::Category(category, _) => people &= self.categories.get(category).map_or_else(Crowd::new, |node| (*node.scope).clone()),
        }
        if people.is_empty() {
            return idle(Idle::OutOfScope);
        }
        if let ListOwner::Room(room, list) = owner
            && list != RoomList::Excluded
        {
            people -= self.expand(self.items(ListOwner::Room(room, RoomList::Excluded)), Some(&people));
        }
        if people.is_empty() { idle(Idle::Excluded) } else { (people.len(), None) }
    }

    /// The enabled people whom the category lets into rooms that stand directly in it.
    #[must_use]
    pub fn who_passes(&self, category: CategoryId) -> Vec<&User> {
        self.let_in(category).iter().filter_map(|number| self.users.at(number)).map(|node| &*node.user).collect()
    }

    /// How many they are.
    #[must_use]
    pub fn passing(&self, category: CategoryId) -> u64 {
        self.let_in(category).len()
    }

    /// Of the enabled people whom a principal stands for, how many there are, and how many the category lets in.
    #[must_use]
    pub fn passing_of(&self, principal: Principal, category: CategoryId) -> (u64, u64) {
        let people = self.people_of(principal) & &*self.enabled;
        (people.len(), (&people & self.let_in(category)).len())
    }

    fn people_of(&self, principal: Principal) -> Crowd {
        match self.code(principal) {
            Some(code) if code.kind() == Kind::User => self.users.at(code.number()).map(|_| code.number()).into_iter().collect(),
            Some(code) => self.crowd(code).cloned().unwrap_or_default(),
            None => Crowd::new(),
        }
    }

    fn let_in(&self, category: CategoryId) -> Crowd {
        let Some(node) = self.categories.get(category) else { return Crowd::new() };
        let mut people = &*node.scope & &*self.enabled;
        if node.category.parent.is_none() {
            people &= &*self.crowds.everyone;
        }
        people
    }
}
