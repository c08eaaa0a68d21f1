//! A world small enough to be decided by the domain document's sentences, one by one: slow,
//! plain, and without anything that the snapshot is made of.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use uuid::Uuid;

use super::super::model::{Category, Domain, Entry, Group, ListOwner, Room, Unit, User};
use super::super::rights::{Decision, Refusal, Rights};
use super::super::{Changes, Snapshot};
use crate::category::{CategoryList, CategorySettings, Scope, Switch};
use crate::id::{CategoryId, DomainId, GroupId, RoomId, UnitId, UserId};
use crate::person::Role;
use crate::principal::Principal;
use crate::room::{Privacy, RoomList, RoomState, RoomType};
use crate::settings::FileLimits;
use crate::time::Timestamp;

pub const USERS: u128 = 6;
pub const GROUPS: u128 = 5;
pub const UNITS: u128 = 3;
pub const DOMAINS: u128 = 2;
pub const CATEGORIES: u128 = 5;
pub const ROOMS: u128 = 3;
pub const NOW: Timestamp = Timestamp::from_millis(1_000);

pub fn user(n: u128) -> UserId {
    Uuid::from_u128(1_000 + n).into()
}
pub fn group(n: u128) -> GroupId {
    Uuid::from_u128(2_000 + n).into()
}
pub fn unit(n: u128) -> UnitId {
    Uuid::from_u128(3_000 + n).into()
}
pub fn domain(n: u128) -> DomainId {
    Uuid::from_u128(4_000 + n).into()
}
pub fn category(n: u128) -> CategoryId {
    Uuid::from_u128(5_000 + n).into()
}
pub fn room(n: u128) -> RoomId {
    Uuid::from_u128(6_000 + n).into()
}

/// One change of the world, by the way that a snapshot hears of it.
#[derive(Debug, Clone)]
pub enum Op {
    User(u128, bool, Option<u128>, Option<u128>),
    Unit(u128, Option<u128>),
    Category(u128, u128, bool, bool),
    Room(u128, u128, usize, bool, bool, bool),
    GroupGone(u128),
    Put(ListOwner, Principal, Option<i64>),
    Take(ListOwner, Principal),
    Later(i64),
}

#[derive(Debug, Clone, Default)]
pub struct World {
    pub at: Timestamp,
    pub users: BTreeMap<UserId, User>,
    pub units: BTreeMap<UnitId, Unit>,
    pub groups: BTreeSet<GroupId>,
    pub categories: BTreeMap<CategoryId, Category>,
    pub rooms: BTreeMap<RoomId, Room>,
    pub lists: BTreeMap<ListOwner, BTreeMap<Principal, Entry>>,
}

fn the_user(n: u128, enabled: bool, in_domain: Option<u128>, in_unit: Option<u128>) -> User {
    let name = format!("u{n}");
    User { id: user(n), display_name: name.clone(), name, enabled, domain: in_domain.map(domain), unit: in_unit.map(unit) }
}
fn the_unit(n: u128, parent: Option<u128>) -> Unit {
    Unit { id: unit(n), name: format!("o{n}"), parent: parent.map(unit), version: 1 }
}
fn the_category(n: u128, parent: Option<u128>, list: bool, inherit_members: bool) -> Category {
    Category {
        id: category(n),
        parent: parent.map(category),
        name: format!("c{n}"),
        description: String::new(),
        scope: if list { Scope::List } else { Scope::Inherit },
        inherit_members,
        settings: CategorySettings::root(),
        limits: FileLimits::default(),
        version: 1,
    }
}
fn the_room(n: u128, above: u128, privacy: usize, auditorium: bool, inherit_members: bool, disabled: bool) -> Room {
    Room {
        id: room(n),
        category: category(above),
        name: format!("r{n}"),
        description: String::new(),
        topic: String::new(),
        privacy: Privacy::ALL[privacy],
        room_type: if auditorium { RoomType::Auditorium } else { RoomType::Normal },
        state: if disabled { RoomState::Disabled } else { RoomState::Active },
        inherit_members,
        invitations: Switch::Inherit,
        files: Switch::Inherit,
        history: Switch::Inherit,
        limits: FileLimits::default(),
        created_at: NOW,
        version: 1,
    }
}

impl World {
    /// With everybody in it, everyone let in at the root, and nothing else.
    pub fn start() -> (Self, Snapshot) {
        let mut world = Self { at: NOW, ..Self::default() };
        let mut changes = Changes { version: 1, at: NOW, ..Changes::default() };
        let none = (None, None);
        world.users = (0..USERS).map(|n| (user(n), the_user(n, true, none.0, none.1))).collect();
        world.units = (0..UNITS).map(|n| (unit(n), the_unit(n, None))).collect();
        world.groups = (0..GROUPS).map(group).collect();
        world.categories = (0..CATEGORIES).map(|n| (category(n), the_category(n, n.checked_sub(1), n == 0, true))).collect();
        world.rooms = (0..ROOMS).map(|n| (room(n), the_room(n, n + 1, 0, false, true, false))).collect();
        changes.users = world.users.values().cloned().collect();
        changes.units = world.units.values().cloned().collect();
        changes.groups = world.groups.iter().map(|id| Group { id: *id, name: String::new(), description: String::new(), version: 1 }).collect();
        changes.domains = (0..DOMAINS).map(|n| Domain { id: domain(n), name: format!("d{n}"), version: 1 }).collect();
        changes.categories = world.categories.values().cloned().collect();
        changes.rooms = world.rooms.values().cloned().collect();
        let snapshot = Snapshot::new(changes);
        let allowed = Op::Put(ListOwner::Category(category(0), CategoryList::Allowed), Principal::Everyone, None);
        let snapshot = snapshot.next(world.apply(&[allowed]));
        (world, snapshot)
    }

    /// Changes the world, and says it in the words of a snapshot.
    pub fn apply(&mut self, ops: &[Op]) -> Changes {
        let mut changes = Changes { version: 1, at: self.at, ..Changes::default() };
        for op in ops {
            match op.clone() {
                Op::User(n, enabled, domain, unit) => {
                    let user = the_user(n, enabled, domain, unit);
                    self.users.insert(user.id, user.clone());
                    changes.users.push(user);
                }
                Op::Unit(n, parent) => {
                    let unit = the_unit(n, parent);
                    self.units.insert(unit.id, unit.clone());
                    changes.units.push(unit);
                }
                Op::Category(n, parent, list, inherit) => {
                    let category = the_category(n, (n > 0).then_some(parent), list || n == 0, inherit);
                    self.categories.insert(category.id, category.clone());
                    changes.categories.push(category);
                }
                Op::Room(n, above, privacy, auditorium, inherit, disabled) => {
                    let room = the_room(n, above, privacy, auditorium, inherit, disabled);
                    self.rooms.insert(room.id, room.clone());
                    changes.rooms.push(room);
                }
                Op::GroupGone(n) => {
                    self.groups.remove(&group(n));
                    changes.gone_groups.push(group(n));
                }
                Op::Put(owner, principal, until) => {
                    let until = until.map(Timestamp::from_millis);
                    let entry = Entry { principal, until, added_by: Some(user(0)), added_at: NOW };
                    self.lists.entry(owner).or_default().insert(principal, entry);
                    changes.entries.push((owner, principal, Some(entry)));
                }
                Op::Take(owner, principal) => {
                    self.lists.entry(owner).or_default().remove(&principal);
                    changes.entries.push((owner, principal, None));
                }
                Op::Later(at) => {
                    self.at = Timestamp::from_millis(at);
                    changes.at = self.at;
                }
            }
        }
        // What has gone stays gone, whatever came to it in the same change.
        for gone in &changes.gone_groups {
            self.lists.remove(&ListOwner::Group(*gone));
        }
        changes
    }

    fn live(&self, owner: ListOwner) -> BTreeSet<Principal> {
        if let ListOwner::Group(id) = owner
            && !self.groups.contains(&id)
        {
            return BTreeSet::new();
        }
        self.lists.get(&owner).into_iter().flatten().filter(|(_, entry)| entry.until.is_none_or(|until| self.at < until)).map(|(who, _)| *who).collect()
    }

    pub fn principals(&self, of: &User) -> BTreeSet<Principal> {
        let mut all = BTreeSet::from([Principal::User(of.id), of.domain.map_or(Principal::Everyone, Principal::Domain)]);
        let mut at = of.unit;
        while let Some(unit) = at.and_then(|unit| self.units.get(&unit)) {
            if !all.insert(Principal::Unit(unit.id)) {
                break;
            }
            at = unit.parent;
        }
        loop {
            let reached = all.iter().filter(|who| matches!(who, Principal::User(_) | Principal::Group(_)));
            let reached: BTreeSet<_> = reached.copied().collect();
            let more: Vec<_> = self
                .groups
                .iter()
                .filter(|group| !all.contains(&Principal::Group(**group)))
                .filter(|group| !self.live(ListOwner::Group(**group)).is_disjoint(&reached))
                .map(|group| Principal::Group(*group))
                .collect();
            if more.is_empty() {
                return all;
            }
            all.extend(more);
        }
    }

    /// From the category upwards, and whether that comes to a root.
    fn path(&self, from: CategoryId) -> (Vec<&Category>, bool) {
        let mut path: Vec<&Category> = Vec::new();
        let mut at = Some(from);
        while let Some(id) = at {
            let Some(category) = self.categories.get(&id).filter(|category| !path.contains(category)) else { return (path, false) };
            path.push(category);
            at = category.parent;
        }
        (path, true)
    }

    pub fn decide(&self, who: UserId, room: RoomId) -> Decision {
        let (Some(user), Some(room)) = (self.users.get(&who), self.rooms.get(&room)) else {
            return Decision::refused(Rights::default(), Refusal::Unknown);
        };
        if !user.enabled {
            return Decision::refused(Rights::default(), Refusal::AccountDisabled);
        }
        let who = self.principals(user);
        let on = |owner: ListOwner| !self.live(owner).is_disjoint(&who);
        let on_room = |list| on(ListOwner::Room(room.id, list));
        let (above, rooted) = self.path(room.category);
        let internal = user.domain.is_none();
        let denied = above.iter().any(|category| on(ListOwner::Category(category.id, CategoryList::Denied)));
        let passes = above.iter().all(|category| match category.scope {
            _ if category.parent.is_none() && !internal => true,
            Scope::Inherit => internal,
            Scope::List => on(ListOwner::Category(category.id, CategoryList::Allowed)),
        });
        let in_the_root = above.len() == 1 && !internal;
        let refusal = if denied {
            Some(Refusal::Denied)
        } else if !rooted || !passes || in_the_root {
            Some(Refusal::OutOfScope)
        } else if on_room(RoomList::Excluded) {
            Some(Refusal::Excluded)
        } else {
            None
        };
        let (manager, presenter) = (on_room(RoomList::Managers), on_room(RoomList::Presenters));
        let of_category = above.iter().any(|category| on(ListOwner::Category(category.id, CategoryList::Managers)));
        let manage = on(ListOwner::Role(Role::Administrator)) || (refusal.is_none() && (manager || of_category));
        let console = Rights { manage, see_in_console: manage || on(ListOwner::Role(Role::Auditor)), ..Rights::default() };
        let refusal = refusal.or((room.state == RoomState::Disabled).then_some(Refusal::RoomDisabled));
        if let Some(refusal) = refusal {
            return Decision::refused(console, refusal);
        }
        let mut member = on_room(RoomList::Members);
        if room.inherit_members {
            for category in above {
                member |= on(ListOwner::Category(category.id, CategoryList::Members));
                if !category.inherit_members {
                    break;
                }
            }
        }
        let inside = member || presenter || manager;
        let enter = inside || room.privacy == Privacy::Open;
        let find = inside || room.privacy != Privacy::Secret;
        let post = enter && (presenter || room.room_type == RoomType::Normal);
        let rights = Rights { find, see_members: enter, enter, post, ask: find && !enter, ..console };
        Decision { rights, refusal: (!enter).then_some(Refusal::NotAMember) }
    }
}

fn any_principal() -> impl Strategy<Value = Principal> {
    prop_oneof![
        4 => (0..USERS).prop_map(|n| Principal::User(user(n))),
        4 => (0..GROUPS).prop_map(|n| Principal::Group(group(n))),
        2 => (0..UNITS).prop_map(|n| Principal::Unit(unit(n))),
        1 => (0..DOMAINS).prop_map(|n| Principal::Domain(domain(n))),
        1 => Just(Principal::Everyone),
    ]
}

fn any_owner() -> impl Strategy<Value = ListOwner> {
    prop_oneof![
        4 => (0..ROOMS, 0..4_usize).prop_map(|(n, list)| ListOwner::Room(room(n), RoomList::ALL[list])),
        4 => (0..CATEGORIES, 0..5_usize).prop_map(|(n, list)| ListOwner::Category(category(n), CategoryList::ALL[list])),
        4 => (0..GROUPS).prop_map(|n| ListOwner::Group(group(n))),
        1 => prop_oneof![Just(Role::Administrator), Just(Role::Auditor)].prop_map(ListOwner::Role),
    ]
}

fn any_entry() -> impl Strategy<Value = (ListOwner, Principal)> {
    // Groups hold users and groups; others aren't let in by whoever takes the entry.
    (any_owner(), any_principal()).prop_filter("groups hold users and groups", |(owner, principal)| {
        !matches!(owner, ListOwner::Group(_)) || matches!(principal, Principal::User(_) | Principal::Group(_))
    })
}

pub fn any_op() -> impl Strategy<Value = Op> {
    let until = prop::option::weighted(0.25, 900..1_200_i64);
    let flag = prop::bool::ANY;
    prop_oneof![
        12 => (any_entry(), until).prop_map(|((owner, who), until)| Op::Put(owner, who, until)),
        4 => any_entry().prop_map(|(owner, who)| Op::Take(owner, who)),
        2 => (0..USERS, prop::bool::weighted(0.85), prop::option::weighted(0.25, 0..DOMAINS), prop::option::of(0..UNITS))
            .prop_map(|(n, enabled, domain, unit)| Op::User(n, enabled, domain, unit)),
        1 => (0..UNITS, prop::option::of(0..UNITS)).prop_map(|(n, parent)| Op::Unit(n, parent)),
        2 => (0..CATEGORIES, 0..CATEGORIES, flag, flag).prop_map(|(n, parent, list, inherit)| Op::Category(n, parent, list, inherit)),
        2 => (0..ROOMS, 0..CATEGORIES, 0..3_usize, flag, flag, prop::bool::weighted(0.15))
            .prop_map(|(n, above, privacy, auditorium, inherit, disabled)| Op::Room(n, above, privacy, auditorium, inherit, disabled)),
        1 => (0..GROUPS).prop_map(Op::GroupGone),
        1 => (900..1_200_i64).prop_map(Op::Later),
    ]
}

pub fn any_ops(many: usize) -> impl Strategy<Value = Vec<Op>> {
    prop::collection::vec(any_op(), 0..many)
}
