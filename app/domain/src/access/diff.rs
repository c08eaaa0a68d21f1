//! Who gains or loses what between two snapshots of one line.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::crowd::Crowd;
use super::reach::{Ground, Reach};
use super::rights::Rights;
use super::snapshot::{CategoryNode, RoomNode, Snapshot};
use crate::id::{CategoryId, RoomId, UserId};

/// What a change comes to, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// People who gain something somewhere.
    pub gained: u64,
    /// People who lose something somewhere.
    pub lost: u64,
    /// Rooms where anybody gains or loses.
    pub rooms: u64,
}

/// One person's gains and losses in one room. `ask` follows from the others and isn't told;
/// `see_in_console` neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    pub user: UserId,
    pub room: RoomId,
    pub gained: Rights,
    pub lost: Rights,
}

/// Behind which of the changes a page begins: in the order of rooms' and then users' ids, which is
/// the same on every server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub room: RoomId,
    pub user: UserId,
}

/// The two snapshots side by side.
pub(super) struct Sides<'a> {
    before: &'a Snapshot,
    after: &'a Snapshot,
    /// The people who became something else; the others differ only by the rooms and categories that do.
    people: Crowd,
    /// What rooms stand on: by the side, whether it is of all people, and the category.
    grounds: RefCell<HashMap<(bool, bool, CategoryId), Rc<Ground>>>,
    /// By number: whether lists or properties of the category or of one above it differ.
    categories: Vec<bool>,
}

impl Snapshot {
    /// What becomes of everyone when `after`, which was made from this snapshot, comes in its place,
    /// as far as somebody sees who sees these rooms.
    #[must_use]
    pub fn count_changes(&self, after: &Self, sees: impl Fn(RoomId) -> bool) -> Count {
        let sides = Sides::new(self, after);
        let (mut gained, mut lost, mut rooms) = (Crowd::new(), Crowd::new(), 0);
        for (room, _) in sides.rooms(sees) {
            let Some((one, two)) = sides.reaches(room) else { continue };
            let (more, less) = (one.missing_from(&two), two.missing_from(&one));
            rooms += u64::from(!more.is_empty() || !less.is_empty());
            gained |= more;
            lost |= less;
        }
        Count { gained: gained.len(), lost: lost.len(), rooms }
    }

    /// The changes one by one behind a place, and whether there are more.
    #[must_use]
    pub fn changes(&self, after: &Self, behind: Option<Place>, limit: usize, sees: impl Fn(RoomId) -> bool) -> (Vec<Changed>, bool) {
        let sides = Sides::new(self, after);
        let mut rooms: Vec<(RoomId, u32)> = sides.rooms(sees).map(|(room, id)| (id, room)).collect();
        rooms.sort_unstable();
        let mut found = Vec::new();
        let from = behind.map_or(0, |place| rooms.partition_point(|(id, _)| *id < place.room));
        for (id, room) in rooms.into_iter().skip(from) {
            let Some((one, two)) = sides.reaches(room) else { continue };
            let changed = one.missing_from(&two) | two.missing_from(&one);
            let mut users: Vec<(UserId, u32)> = changed.iter().filter_map(|user| Some((after.users.id(user)?, user))).collect();
            users.sort_unstable();
            users.retain(|(user, _)| behind.is_none_or(|place| place < Place { room: id, user: *user }));
            for (user_id, user) in users {
                if found.len() == limit {
                    return (found, true);
                }
                let (before, after) = (one.of(user), two.of(user));
                found.push(Changed { user: user_id, room: id, gained: only_in(after, before), lost: only_in(before, after) });
            }
        }
        (found, false)
    }
}

impl<'a> Sides<'a> {
    fn new(before: &'a Snapshot, after: &'a Snapshot) -> Self {
        let users = before.users.len().max(after.users.len());
        let mut people: Crowd = (0..users).filter(|number| !before.users.same(&after.users, *number)).collect();
        for (one, two) in before.roles.iter().zip(&after.roles) {
            if !one.same(two) {
                people |= before.expand(one, None) ^ after.expand(two, None);
            }
        }
        let mut sides = Self { before, after, people, grounds: RefCell::default(), categories: Vec::new() };
        let numbers = before.categories.len().max(after.categories.len());
        let differs: Vec<bool> = (0..numbers).map(|number| sides.category_differs(number)).collect();
        sides.categories = (0..numbers).map(|number| sides.path_differs(number, &differs)).collect();
        sides
    }

    fn category_differs(&self, number: u32) -> bool {
        fn same(one: &CategoryNode, two: &CategoryNode) -> bool {
            one.category == two.category && one.lists.iter().zip(&two.lists).all(|(one, two)| one.same(two))
        }
        match (self.before.categories.at(number), self.after.categories.at(number)) {
            (Some(one), Some(two)) => !same(one, two),
            (None, None) => false,
            _ => true,
        }
    }

    fn path_differs(&self, number: u32, differs: &[bool]) -> bool {
        let on = |snapshot: &Snapshot| {
            snapshot
                .categories
                .id(number)
                .is_some_and(|id| snapshot.path_up(id).any(|category| snapshot.categories.number(category.id).is_some_and(|number| differs[number as usize])))
        };
        differs[number as usize] || on(self.before) || on(self.after)
    }

    /// The rooms of either side that somebody sees, with their ids.
    fn rooms(&self, sees: impl Fn(RoomId) -> bool) -> impl Iterator<Item = (u32, RoomId)> {
        (0..self.after.rooms.len().max(self.before.rooms.len())).filter_map(move |room| Some((room, self.after.rooms.id(room).filter(|id| sees(*id))?)))
    }

    /// What the people concerned may do in a room on both sides; none where nothing can differ.
    fn reaches(&self, room: u32) -> Option<(Reach, Reach)> {
        let (one, two) = (self.before.rooms.at(room), self.after.rooms.at(room));
        let below = |snapshot: &Snapshot, node: Option<&RoomNode>| {
            node.and_then(|node| snapshot.categories.number(node.room.category)).is_some_and(|number| self.categories[number as usize])
        };
        let all = !self.before.rooms.same(&self.after.rooms, room) || below(self.before, one) || below(self.after, two);
        if !all && self.people.is_empty() {
            return None;
        }
        let only = (!all).then_some(&self.people);
        let of = |is_after: bool, node: Option<&RoomNode>| {
            let snapshot = if is_after { self.after } else { self.before };
            node.map_or_else(Reach::default, |node| snapshot.reach_on(node, &self.ground(is_after, node.room.category, only), only))
        };
        Some((of(false, one), of(true, two)))
    }

    fn ground(&self, is_after: bool, category: CategoryId, only: Option<&Crowd>) -> Rc<Ground> {
        let snapshot = if is_after { self.after } else { self.before };
        let mut grounds = self.grounds.borrow_mut();
        let ground = grounds.entry((is_after, only.is_none(), category)).or_insert_with(|| Rc::new(snapshot.ground(category, only)));
        Rc::clone(ground)
    }
}

impl Reach {
    /// The people who have some right in the other that they don't have here.
    fn missing_from(&self, other: &Self) -> Crowd {
        let missing = |one: &Arc<Crowd>, two: &Arc<Crowd>| if Arc::ptr_eq(one, two) { Crowd::new() } else { &**two - &**one };
        // Who has several rights at once is looked for once.
        let alike =
            |pick: fn(&Self) -> &Arc<Crowd>, next: fn(&Self) -> &Arc<Crowd>| Arc::ptr_eq(pick(self), next(self)) && Arc::ptr_eq(pick(other), next(other));
        let mut more = missing(&self.find, &other.find);
        if !alike(|reach| &reach.find, |reach| &reach.enter) {
            more |= missing(&self.enter, &other.enter);
        }
        if !alike(|reach| &reach.enter, |reach| &reach.post) {
            more |= missing(&self.post, &other.post);
        }
        if self.manage != other.manage {
            more |= &other.manage - &self.manage;
        }
        more
    }

    fn of(&self, user: u32) -> Rights {
        let enter = self.enter.contains(user);
        Rights {
            find: self.find.contains(user),
            see_members: enter,
            enter,
            post: self.post.contains(user),
            manage: self.manage.contains(user),
            ..Rights::default()
        }
    }
}

/// What the one has and the other hasn't.
const fn only_in(one: Rights, other: Rights) -> Rights {
    Rights {
        find: one.find && !other.find,
        see_members: one.see_members && !other.see_members,
        enter: one.enter && !other.enter,
        post: one.post && !other.post,
        ask: false,
        manage: one.manage && !other.manage,
        see_in_console: false,
    }
}
