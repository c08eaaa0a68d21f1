use std::collections::BTreeSet;

use proptest::prelude::*;
use uuid::Uuid;

use super::model::{Category, Entry, ListOwner, Room, User};
use super::rights::{Decision, Refusal, Rights};
use super::{Changes, LimitedBy, Snapshot};
use crate::category::{CategoryList, CategorySettings, Scope, Switch};
use crate::id::{CategoryId, RoomId, UserId};
use crate::person::Role;
use crate::principal::Principal;
use crate::room::{Privacy, RoomList, RoomState, RoomType};
use crate::settings::FileLimits;
use crate::time::Timestamp;

mod model;
mod properties;

const NOW: Timestamp = Timestamp::from_millis(1_000_000);
const ROOM: u128 = 1000;

fn user(n: u128) -> UserId {
    Uuid::from_u128(n).into()
}
fn category(n: u128) -> CategoryId {
    Uuid::from_u128(100 + n).into()
}
fn room() -> RoomId {
    Uuid::from_u128(ROOM).into()
}

/// A small world to be changed by each test: categories in a line, the root first, and one
/// room in the last of them.
#[derive(Debug, Clone)]
struct World {
    users: Vec<User>,
    categories: Vec<Category>,
    room: Room,
    entries: Vec<(ListOwner, Entry)>,
}

impl World {
    fn new(depth: usize) -> Self {
        let categories = (0..depth)
            .map(|level| Category {
                id: category(level as u128),
                parent: level.checked_sub(1).map(|above| category(above as u128)),
                name: format!("c{level}"),
                description: String::new(),
                scope: if level == 0 { Scope::List } else { Scope::Inherit },
                inherit_members: true,
                settings: CategorySettings::root(),
                limits: FileLimits::default(),
                version: 1,
            })
            .collect::<Vec<_>>();
        let users = (0..4)
            .map(|n| User {
                id: user(n),
                name: format!("u{n}"),
                display_name: format!("U {n}"),
                enabled: true,
                domain: (n == 3).then(|| Uuid::from_u128(77).into()),
                unit: None,
            })
            .collect();
        let room = Room {
            id: room(),
            category: category(depth as u128 - 1),
            name: "r".into(),
            description: String::new(),
            topic: String::new(),
            privacy: Privacy::Open,
            room_type: RoomType::Normal,
            state: RoomState::Active,
            inherit_members: false,
            invitations: Switch::Inherit,
            files: Switch::Inherit,
            history: Switch::Inherit,
            limits: FileLimits::default(),
            created_at: NOW,
            version: 1,
        };
        let mut world = Self { users, categories, room, entries: Vec::new() };
        world.put(ListOwner::Category(category(0), CategoryList::Allowed), Principal::Everyone);
        world
    }

    fn put(&mut self, list: ListOwner, principal: Principal) {
        self.put_until(list, principal, None);
    }
    fn put_until(&mut self, list: ListOwner, principal: Principal, until: Option<Timestamp>) {
        self.entries.push((list, Entry { principal, until, added_by: None, added_at: NOW }));
    }
    fn in_room(&mut self, list: RoomList, n: u128) {
        self.put(ListOwner::Room(room(), list), Principal::User(user(n)));
    }
    fn in_category(&mut self, level: usize, list: CategoryList, n: u128) {
        self.put(ListOwner::Category(category(level as u128), list), Principal::User(user(n)));
    }
    fn plays(&mut self, role: Role, n: u128) {
        self.put(ListOwner::Role(role), Principal::User(user(n)));
    }
    fn snapshot(&self) -> Snapshot {
        self.snapshot_at(NOW)
    }
    fn snapshot_at(&self, at: Timestamp) -> Snapshot {
        Snapshot::new(Changes {
            version: 1,
            at,
            users: self.users.clone(),
            categories: self.categories.clone(),
            rooms: vec![self.room.clone()],
            entries: self.entries.iter().map(|(list, entry)| (*list, entry.principal, Some(*entry))).collect(),
            ..Changes::default()
        })
    }
    fn decide(&self, n: u128) -> Decision {
        self.snapshot().decide(user(n), room())
    }
}

/// The domain document's table, every cell of it.
#[test]
fn the_table_of_rooms() {
    #[derive(Debug, Clone, Copy, PartialEq)]
    enum As {
        Nobody,
        Member,
        Presenter,
        Manager,
    }
    for privacy in [Privacy::Open, Privacy::Closed, Privacy::Secret] {
        for room_type in [RoomType::Normal, RoomType::Auditorium] {
            for role in [As::Nobody, As::Member, As::Presenter, As::Manager] {
                let mut world = World::new(2);
                (world.room.privacy, world.room.room_type) = (privacy, room_type);
                match role {
                    As::Nobody => {}
                    As::Member => world.in_room(RoomList::Members, 1),
                    As::Presenter => world.in_room(RoomList::Presenters, 1),
                    As::Manager => world.in_room(RoomList::Managers, 1),
                }
                let inside = role != As::Nobody;
                let enter = inside || privacy == Privacy::Open;
                let expected = Rights {
                    find: inside || privacy != Privacy::Secret,
                    see_members: enter,
                    enter,
                    post: enter && (room_type == RoomType::Normal || role == As::Presenter),
                    ask: privacy == Privacy::Closed && !inside,
                    manage: role == As::Manager,
                    see_in_console: role == As::Manager,
                };
                assert_eq!(world.decide(1).rights, expected, "{privacy} {room_type} {role:?}");

                // Every line also needs an enabled account, scope, no exclusion, an active room.
                let mut disabled = world.clone();
                disabled.users[1].enabled = false;
                assert_eq!(disabled.decide(1).rights, Rights::default());
                let mut excluded = world.clone();
                excluded.in_room(RoomList::Excluded, 1);
                assert_eq!(excluded.decide(1).rights, Rights::default());
                let mut denied = world.clone();
                denied.in_category(0, CategoryList::Denied, 1);
                assert_eq!(denied.decide(1).rights, Rights::default());
                let mut out = world.clone();
                out.categories[1].scope = Scope::List;
                assert_eq!(out.decide(1).rights, Rights::default());
                world.room.state = RoomState::Disabled;
                let manages = role == As::Manager;
                assert_eq!(world.decide(1).rights, Rights { manage: manages, see_in_console: manages, ..Rights::default() });
            }
        }
    }
}

#[test]
fn an_administrator_manages_everything_and_reads_only_as_a_member() {
    let mut world = World::new(3);
    world.room.privacy = Privacy::Secret;
    world.plays(Role::Administrator, 0);
    let rights = world.decide(0).rights;
    assert_eq!(rights, Rights { manage: true, see_in_console: true, ..Rights::default() });
    world.in_category(1, CategoryList::Denied, 0);
    assert!(world.decide(0).rights.manage, "denied administrators still manage");
    world.plays(Role::Auditor, 2);
    assert_eq!(world.decide(2).rights, Rights { see_in_console: true, ..Rights::default() });
}

#[test]
fn members_come_down_the_tree_as_far_as_the_switches_go() {
    let mut world = World::new(4);
    world.room.privacy = Privacy::Closed;
    world.in_category(1, CategoryList::Members, 1);
    assert!(!world.decide(1).rights.enter, "the room doesn't inherit");
    world.room.inherit_members = true;
    assert!(world.decide(1).rights.enter);
    world.categories[2].inherit_members = false;
    assert!(!world.decide(1).rights.enter, "a switch above stops them");
    world.in_category(2, CategoryList::Members, 1);
    assert!(world.decide(1).rights.enter);
}

#[test]
fn partners_are_let_in_by_name_at_every_level_below_the_root() {
    let mut world = World::new(3);
    assert_eq!(world.decide(3).refusal, Some(Refusal::OutOfScope));
    let partner = Principal::Domain(Uuid::from_u128(77).into());
    for level in [1, 2] {
        world.categories[level].scope = Scope::List;
        assert!(!world.decide(3).rights.find, "level {level} doesn't name them yet");
        world.put(ListOwner::Category(category(level as u128), CategoryList::Allowed), partner);
    }
    assert!(world.decide(3).rights.enter);
    world.put(ListOwner::Category(category(0), CategoryList::Denied), partner);
    assert_eq!(world.decide(3).refusal, Some(Refusal::Denied));

    let in_the_root = World::new(1);
    assert!(!in_the_root.decide(3).rights.find, "rooms directly in the root are internal");
    assert!(in_the_root.decide(1).rights.enter);
}

#[test]
fn an_entry_has_no_effect_from_its_end_on() {
    let mut world = World::new(2);
    world.room.privacy = Privacy::Closed;
    world.put_until(ListOwner::Room(room(), RoomList::Members), Principal::User(user(1)), Some(NOW));
    let snapshot = world.snapshot_at(Timestamp::from_micros(NOW.micros() - 1));
    assert!(snapshot.decide(user(1), room()).rights.enter);
    assert_eq!(snapshot.next_end(), Some(NOW));
    let later = snapshot.at_moment(NOW);
    assert!(!later.decide(user(1), room()).rights.enter);
    assert_eq!(later.next_end(), None);
    assert!(later.at_moment(snapshot.at).decide(user(1), room()).rights.enter, "a clock that is set back");
}

#[test]
fn who_may_create_rooms_sees_the_category() {
    let mut world = World::new(3);
    world.room.privacy = Privacy::Secret;
    let of = |world: &World| world.snapshot().visible_categories(user(1));
    assert!(of(&world).is_empty());
    world.in_category(1, CategoryList::Creators, 1);
    assert!(world.snapshot().may_create_room(user(1), category(2)), "creators create below their category too");
    assert!(!world.snapshot().may_create_room(user(1), category(0)));
    assert_eq!(of(&world), BTreeSet::from([category(0), category(1), category(2)]));
    world.in_category(2, CategoryList::Denied, 1);
    assert!(!world.snapshot().may_create_room(user(1), category(2)));
}

#[test]
fn a_circle_or_a_missing_parent_lets_nobody_in() {
    let mut world = World::new(3);
    world.categories[0].parent = Some(category(2));
    assert!(!world.decide(1).rights.find);
    let mut world = World::new(3);
    world.categories.remove(1);
    assert!(!world.decide(1).rights.find);
}

fn any_world() -> impl Strategy<Value = World> {
    let entry = (0..5_usize, 0..9_usize, 0..4_u128, prop::bool::weighted(0.15), prop::bool::weighted(0.2));
    let room = (0..3_usize, prop::bool::ANY, prop::bool::ANY, prop::bool::weighted(0.1));
    (1..6_usize, prop::collection::vec(prop::bool::weighted(0.3), 5), prop::collection::vec(entry, 0..14), room).prop_map(
        |(depth, scopes, entries, (privacy, auditorium, inherit, disabled))| {
            let mut world = World::new(depth);
            for (category, list) in world.categories.iter_mut().skip(1).zip(scopes) {
                category.scope = if list { Scope::List } else { Scope::Inherit };
                category.inherit_members = !list;
            }
            world.room.privacy = Privacy::ALL[privacy];
            world.room.room_type = if auditorium { RoomType::Auditorium } else { RoomType::Normal };
            world.room.inherit_members = inherit;
            world.room.state = if disabled { RoomState::Disabled } else { RoomState::Active };
            for (level, list, who, everyone, ended) in entries {
                let owner = match list {
                    0..4 => ListOwner::Room(super::tests::room(), RoomList::ALL[list]),
                    _ => ListOwner::Category(category((level % depth) as u128), CategoryList::ALL[list - 4]),
                };
                let principal = if everyone { Principal::Everyone } else { Principal::User(user(who)) };
                world.put_until(owner, principal, ended.then_some(NOW));
            }
            world
        },
    )
}

#[test]
fn limits_only_narrow_downwards() {
    let mut world = World::new(3);
    let pool = FileLimits { upload_limit: 100, room_quota: 0 };
    let limit = |world: &World, pool| {
        let snapshot = world.snapshot();
        let found = snapshot.limited(pool, world.room.category, Some(&world.room), |limits| limits.upload_limit);
        found.map(|(bytes, by)| {
            (
                bytes,
                match by {
                    LimitedBy::Pool => "pool".to_owned(),
                    LimitedBy::Category(category) => category.name.clone(),
                    LimitedBy::Room(_) => "room".to_owned(),
                },
            )
        })
    };
    let (upper, lower) = (world.categories[1].name.clone(), world.categories[2].name.clone());
    let is = |bytes: u64, by: &str| Some((bytes, by.to_owned()));
    assert_eq!((limit(&world, pool), limit(&world, FileLimits::default())), (is(100, "pool"), None));
    world.room.limits.upload_limit = 200;
    assert_eq!(limit(&world, pool), is(100, "pool"), "nothing is widened");
    world.categories[1].limits.upload_limit = 50;
    world.categories[2].limits.upload_limit = 50;
    assert_eq!(limit(&world, pool), is(50, &upper), "who says it first");
    world.categories[2].limits.upload_limit = 40;
    assert_eq!(limit(&world, pool), is(40, &lower));
    world.room.limits = FileLimits { upload_limit: 1, room_quota: 7 };
    assert_eq!(limit(&world, pool), is(1, "room"));
    assert_eq!(world.snapshot().limits(pool, &world.room), FileLimits { upload_limit: 1, room_quota: 7 });
}

proptest! {
    #[test]
    fn rights_hang_together(world in any_world()) {
        for n in 0..4 {
            let Decision { rights, refusal } = world.decide(n);
            prop_assert!(!rights.enter || rights.find);
            prop_assert!(!rights.post || rights.enter);
            prop_assert_eq!(rights.see_members, rights.enter);
            prop_assert!(!(rights.ask && rights.enter));
            prop_assert!(!rights.manage || rights.see_in_console);
            prop_assert_eq!(refusal.is_none(), rights.enter);
        }
    }

    #[test]
    fn deny_always_wins(mut world in any_world(), level in 0..5_usize, n in 0..4_u128) {
        let level = level % world.categories.len();
        // The later entry of one principal on one list stands.
        world.in_category(level, CategoryList::Denied, n);
        prop_assert_eq!(world.decide(n).rights, Rights::default());
        let snapshot = world.snapshot();
        prop_assert!(!snapshot.may_create_room(user(n), category(level as u128)));
        prop_assert!(!snapshot.may_manage_category(user(n), category(level as u128)));
    }

    #[test]
    fn exclusion_always_wins(mut world in any_world(), n in 0..4_u128) {
        world.in_room(RoomList::Excluded, n);
        prop_assert_eq!(world.decide(n).rights, Rights::default());
    }

    #[test]
    fn scope_only_narrows(world in any_world(), level in 1..5_usize) {
        let level = level % world.categories.len();
        // The root's scope is a list already.
        if level == 0 {
            return Ok(());
        }
        let mut narrower = world.clone();
        if narrower.categories[level].scope == Scope::Inherit {
            narrower.categories[level].scope = Scope::List;
        } else {
            narrower.entries.retain(|(owner, _)| *owner != ListOwner::Category(category(level as u128), CategoryList::Allowed));
        }
        // Internal people: a partner needs to be named, so a list can let one in.
        for n in 0..3 {
            let (before, after) = (world.decide(n).rights, narrower.decide(n).rights);
            prop_assert!(before.enter || !after.enter);
            prop_assert!(before.find || !after.find);
            prop_assert!(before.manage || !after.manage);
        }
    }

    #[test]
    fn more_members_never_take_anything_away(mut world in any_world(), n in 0..4_u128) {
        let before = world.decide(n).rights;
        world.in_room(RoomList::Members, n);
        let after = world.decide(n).rights;
        prop_assert!(!before.find || after.find);
        prop_assert!(!before.enter || after.enter);
        prop_assert!(!before.post || after.post);
    }
}
