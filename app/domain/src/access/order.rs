//! Rooms, groups and people in the orders in which lists show them. An order is made when it is first
//! asked for; the snapshots that follow share it, or put what changed into its new place.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use super::build::Changes;
use super::crowd::{Crowd, Table};
use super::model::{Group, Room, User};
use super::snapshot::{PersonNode, RoomNode, Snapshot};
use crate::id::RoomId;
use crate::name::name_key;
use crate::principal::Principal;

/// More changes at once, and the order is sorted anew.
const FEW: usize = 1_000;
/// So many people are sorted by themselves, rather than looked for in the order of all.
const CROWD: u64 = 2_000;

/// Where something stands, by number. Its key ends with its id, so that no two are alike.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub key: Arc<str>,
    number: u32,
}

type Order = OnceLock<Arc<[Placed]>>;

#[derive(Debug, Clone, Default)]
pub(super) struct Orders {
    rooms_by_name: Order,
    rooms_by_path: Order,
    groups: Order,
    people: Order,
}

/// What changes touch, by number.
#[derive(Default)]
pub(super) struct Touched {
    rooms: BTreeSet<u32>,
    groups: BTreeSet<u32>,
    people: BTreeSet<u32>,
    /// Every room's path may be another one.
    paths: bool,
}

impl Touched {
    /// By the numbers that `next` has for all that is in the changes.
    pub fn of(changes: &Changes, next: &mut Snapshot) -> Self {
        fn all<Id: Copy + Eq + std::hash::Hash, Row: Clone>(table: &mut Table<Id, Row>, ids: impl Iterator<Item = Id>) -> BTreeSet<u32> {
            ids.map(|id| table.intern(id)).collect()
        }
        Self {
            rooms: all(&mut next.rooms, changes.rooms.iter().map(|room| room.id).chain(changes.gone_rooms.iter().copied())),
            groups: all(&mut next.groups, changes.groups.iter().map(|group| group.id).chain(changes.gone_groups.iter().copied())),
            people: all(&mut next.users, changes.users.iter().map(|user| user.id)),
            paths: !changes.categories.is_empty() || !changes.gone_categories.is_empty(),
        }
    }
}

fn ordered(placed: impl Iterator<Item = Placed>) -> Arc<[Placed]> {
    let mut placed: Vec<Placed> = placed.collect();
    placed.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    placed.into()
}

/// The same order with what was touched in its present place.
fn renewed(order: &Order, touched: &BTreeSet<u32>, place: impl Fn(u32) -> Option<Placed>) -> Order {
    let Some(old) = order.get() else { return Order::new() };
    if touched.is_empty() {
        return order.clone();
    }
    if touched.len() > FEW {
        return Order::new();
    }
    let moved = ordered(touched.iter().filter_map(|number| place(*number)));
    let mut moved = moved.iter().peekable();
    let mut all = Vec::with_capacity(old.len() + touched.len());
    for stays in old.iter().filter(|placed| !touched.contains(&placed.number)) {
        while let Some(before) = moved.next_if(|moved| moved.key < stays.key) {
            all.push(before.clone());
        }
        all.push(stays.clone());
    }
    all.extend(moved.cloned());
    Order::from(Arc::from(all))
}

/// What stands behind a key, from either end.
fn behind<'a>(order: &'a [Placed], after: Option<&str>, descending: bool) -> Box<dyn Iterator<Item = &'a Placed> + 'a> {
    if descending {
        let end = after.map_or(order.len(), |after| order.partition_point(|placed| &*placed.key < after));
        Box::new(order[..end].iter().rev())
    } else {
        let start = after.map_or(0, |after| order.partition_point(|placed| &*placed.key <= after));
        Box::new(order[start..].iter())
    }
}

/// With the key under which it stands.
type Keyed<'a, T> = Box<dyn Iterator<Item = (&'a str, &'a T)> + 'a>;

impl Snapshot {
    pub(super) fn renew_orders(&mut self, touched: &Touched) {
        let orders = Orders {
            rooms_by_name: renewed(&self.orders.rooms_by_name, &touched.rooms, |number| self.room_by_name(number)),
            rooms_by_path: if touched.paths { Order::new() } else { renewed(&self.orders.rooms_by_path, &touched.rooms, |number| self.room_by_path(number)) },
            groups: renewed(&self.orders.groups, &touched.groups, |number| self.group_by_name(number)),
            people: renewed(&self.orders.people, &touched.people, |number| self.person_by_name(number)),
        };
        self.orders = orders;
    }

    fn room_by_name(&self, number: u32) -> Option<Placed> {
        let node = self.rooms.at(number)?;
        Some(Placed { key: format!("{} {}", node.key, node.room.id).into(), number })
    }

    fn room_by_path(&self, number: u32) -> Option<Placed> {
        let RoomNode { room, key, .. } = self.rooms.at(number)?;
        let mut path: Vec<&str> = self.nodes_up(room.category).filter(|level| level.category.parent.is_some()).map(|level| &*level.key).collect();
        path.reverse();
        Some(Placed { key: format!("{}\u{1}{key} {}", path.join("\u{1}"), room.id).into(), number })
    }

    fn group_by_name(&self, number: u32) -> Option<Placed> {
        let node = self.groups.at(number)?;
        Some(Placed { key: format!("{} {}", node.key, node.group.id).into(), number })
    }

    fn person_by_name(&self, number: u32) -> Option<Placed> {
        let node = self.users.at(number)?;
        Some(Placed { key: format!("{} {}", node.display_key(), node.user.id).into(), number })
    }

    /// Rooms by their names, behind a key.
    #[must_use]
    pub fn rooms_by_name<'a>(&'a self, after: Option<&str>, descending: bool) -> Keyed<'a, Room> {
        let order = self.orders.rooms_by_name.get_or_init(|| ordered((0..self.rooms.len()).filter_map(|number| self.room_by_name(number))));
        self.rooms_in(order, after, descending)
    }

    /// By the categories' names from just below the root on, then by their own.
    #[must_use]
    pub fn rooms_by_path<'a>(&'a self, after: Option<&str>, descending: bool) -> Keyed<'a, Room> {
        let order = self.orders.rooms_by_path.get_or_init(|| ordered((0..self.rooms.len()).filter_map(|number| self.room_by_path(number))));
        self.rooms_in(order, after, descending)
    }

    fn rooms_in<'a>(&'a self, order: &'a [Placed], after: Option<&str>, descending: bool) -> Keyed<'a, Room> {
        Box::new(behind(order, after, descending).filter_map(|placed| Some((&*placed.key, &self.rooms.at(placed.number)?.room))))
    }

    #[must_use]
    pub fn groups_by_name<'a>(&'a self, after: Option<&str>) -> Keyed<'a, Group> {
        let order = self.orders.groups.get_or_init(|| ordered((0..self.groups.len()).filter_map(|number| self.group_by_name(number))));
        Box::new(behind(order, after, false).filter_map(|placed| Some((&*placed.key, &self.groups.at(placed.number)?.group))))
    }

    /// The people who may enter the room, by their display names.
    #[must_use]
    pub fn entering_by_name<'a>(&'a self, room: RoomId, after: Option<&str>) -> Box<dyn Iterator<Item = (Arc<str>, &'a User)> + 'a> {
        self.crowd_by_name((*self.reach(room).enter).clone(), after)
    }

    /// The members, presenters and managers of the room who may enter it, by their display names.
    #[must_use]
    pub fn belonging_by_name<'a>(&'a self, room: RoomId, after: Option<&str>) -> Box<dyn Iterator<Item = (Arc<str>, &'a User)> + 'a> {
        self.crowd_by_name((*self.reach(room).inside).clone(), after)
    }

    pub(super) fn people_by_name(&self) -> &[Placed] {
        self.orders.people.get_or_init(|| ordered((0..self.users.len()).filter_map(|number| self.person_by_name(number))))
    }

    fn crowd_by_name<'a>(&'a self, crowd: Crowd, after: Option<&str>) -> Box<dyn Iterator<Item = (Arc<str>, &'a User)> + 'a> {
        let shown = |placed: &Placed| Some((Arc::clone(&placed.key), &*self.users.at(placed.number)?.user));
        if crowd.len() <= CROWD {
            let own = ordered(crowd.iter().filter_map(|number| self.person_by_name(number)));
            let rest: Vec<Placed> = behind(&own, after, false).cloned().collect();
            return Box::new(rest.into_iter().filter_map(move |placed| shown(&placed)));
        }
        Box::new(behind(self.people_by_name(), after, false).filter(move |placed| crowd.contains(placed.number)).filter_map(shown))
    }

    /// The key of what it is called; empty where there is no such principal.
    #[must_use]
    pub fn name_key(&self, principal: Principal) -> Cow<'_, str> {
        match principal {
            Principal::User(id) => Cow::Borrowed(self.users.get(id).map_or("", PersonNode::display_key)),
            Principal::Group(id) => Cow::Borrowed(self.groups.get(id).map_or("", |node| &node.key)),
            other => Cow::Owned(self.name(other).map(name_key).unwrap_or_default()),
        }
    }

    /// The key of all that is written about the room.
    #[must_use]
    pub fn room_text(&self, room: RoomId) -> &str {
        self.rooms.get(room).map_or("", |node| &node.text)
    }

    /// The key of the room's name.
    #[must_use]
    pub fn room_key(&self, room: RoomId) -> &str {
        self.rooms.get(room).map_or("", |node| &node.key)
    }
}
