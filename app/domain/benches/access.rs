//! Decisions at the size of a large company: 150,000 people, 40,000 nested groups, 3,000
//! categories, 30,000 rooms, 2,000,000 entries. `cargo bench -p stoa-domain --features server`.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use stoa_domain::access::{Category, Changes, Entry, Group, ListOwner, Room, Snapshot, User};
use stoa_domain::category::{CategoryList, CategorySettings, Scope, Switch};
use stoa_domain::id::{CategoryId, GroupId, RoomId, UserId};
use stoa_domain::principal::Principal;
use stoa_domain::room::{Privacy, RoomList, RoomState, RoomType};
use stoa_domain::settings::FileLimits;
use stoa_domain::time::Timestamp;
use uuid::Uuid;

const USERS: u64 = 150_000;
const GROUPS: u64 = 40_000;
const CATEGORIES: u64 = 3_000;
const ROOMS: u64 = 30_000;
const ENTRIES: usize = 2_000_000;
const NOW: Timestamp = Timestamp::from_millis(1_000);

fn id(kind: u128, n: u64) -> Uuid {
    Uuid::from_u128((kind << 64) | u128::from(n))
}
fn user(n: u64) -> UserId {
    id(1, n).into()
}
fn group(n: u64) -> GroupId {
    id(2, n).into()
}
fn category(n: u64) -> CategoryId {
    id(3, n).into()
}
fn room(n: u64) -> RoomId {
    id(4, n).into()
}

/// Always the same numbers.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }
}

const fn put(owner: ListOwner, principal: Principal) -> (ListOwner, Principal, Option<Entry>) {
    (owner, principal, Some(Entry { principal, until: None, added_by: None, added_at: NOW }))
}

fn company() -> Changes {
    let mut dice = Dice(1);
    let mut changes = Changes { version: 1, at: NOW, ..Changes::default() };
    changes.users = (0..USERS)
        .map(|n| User { id: user(n), name: format!("user{n}"), display_name: format!("User {n}"), enabled: true, domain: None, unit: None })
        .collect();
    changes.groups = (0..GROUPS).map(|n| Group { id: group(n), name: format!("group{n}"), description: String::new(), version: 1 }).collect();
    changes.categories = (0..CATEGORIES)
        .map(|n| Category {
            id: category(n),
            parent: (n > 0).then(|| category((n - 1) / 8)),
            name: format!("category{n}"),
            description: String::new(),
            scope: if n == 0 || n % 20 == 7 { Scope::List } else { Scope::Inherit },
            inherit_members: true,
            settings: CategorySettings::default(),
            limits: FileLimits::default(),
            version: 1,
        })
        .collect();
    changes.rooms = (0..ROOMS)
        .map(|n| Room {
            id: room(n),
            category: category(n % CATEGORIES),
            name: format!("room{n}"),
            description: String::new(),
            topic: String::new(),
            privacy: Privacy::ALL[usize::try_from(n % 3).unwrap_or_default()],
            room_type: RoomType::Normal,
            state: RoomState::Active,
            inherit_members: n % 4 == 0,
            invitations: Switch::Inherit,
            files: Switch::Inherit,
            history: Switch::Inherit,
            limits: FileLimits::default(),
            created_at: NOW,
            version: 1,
        })
        .collect();
    let entries = &mut changes.entries;
    entries.push(put(ListOwner::Category(category(0), CategoryList::Allowed), Principal::Everyone));
    for n in (7..CATEGORIES).step_by(20) {
        for _ in 0..30 {
            entries.push(put(ListOwner::Category(category(n), CategoryList::Allowed), Principal::Group(group(dice.below(400)))));
        }
    }
    // Each group but the first stands in one of lower number; people stand in five.
    for n in 1..GROUPS {
        entries.push(put(ListOwner::Group(group(dice.below(n.min(2_000)))), Principal::Group(group(n))));
    }
    for n in 0..USERS {
        for _ in 0..5 {
            entries.push(put(ListOwner::Group(group(dice.below(GROUPS))), Principal::User(user(n))));
        }
    }
    while entries.len() < ENTRIES {
        let at = room(dice.below(ROOMS));
        let list = match dice.below(20) {
            0 => RoomList::Managers,
            1 => RoomList::Presenters,
            2 => RoomList::Excluded,
            _ => RoomList::Members,
        };
        let who = if dice.below(10) == 0 { Principal::Group(group(dice.below(GROUPS))) } else { Principal::User(user(dice.below(USERS))) };
        entries.push(put(ListOwner::Room(at, list), who));
    }
    changes
}

fn large(c: &mut Criterion) {
    let snapshot = Snapshot::new(company());
    let mut bench = c.benchmark_group("150k people, 40k groups, 30k rooms, 2M entries");
    bench.sample_size(10).measurement_time(Duration::from_secs(5));
    let mut dice = Dice(2);
    bench.bench_function("decide", |bench| {
        bench.iter_batched(|| (user(dice.below(USERS)), room(dice.below(ROOMS))), |(user, room)| snapshot.decide(user, room), BatchSize::SmallInput);
    });
    bench.bench_function("explain", |bench| {
        bench.iter_batched(|| (user(dice.below(USERS)), room(dice.below(ROOMS))), |(user, room)| snapshot.explain(user, room), BatchSize::SmallInput);
    });
    let next = |entries: Vec<_>| Changes { version: 2, at: NOW, entries, ..Changes::default() };
    bench.bench_function("a person joins a group", |bench| {
        bench.iter(|| snapshot.next(next(vec![put(ListOwner::Group(group(3)), Principal::User(user(77)))])));
    });
    bench.bench_function("a group with thousands below joins another", |bench| {
        bench.iter(|| snapshot.next(next(vec![put(ListOwner::Group(group(30_000)), Principal::Group(group(1)))])));
    });
    bench.bench_function("a room's list changes", |bench| {
        bench.iter(|| snapshot.next(next(vec![put(ListOwner::Room(room(5), RoomList::Members), Principal::User(user(77)))])));
    });
    let denied = snapshot.next(next(vec![put(ListOwner::Category(category(0), CategoryList::Denied), Principal::Group(group(1)))]));
    bench.bench_function("count what a denial at the root takes", |bench| bench.iter(|| snapshot.count_changes(black_box(&denied), |_| true)));
    bench.bench_function("the first page of it", |bench| bench.iter(|| snapshot.changes(black_box(&denied), None, 50, |_| true)));
    bench.bench_function("who enters a room", |bench| bench.iter(|| snapshot.reach(room(9))));
    bench.bench_function("all that somebody sees", |bench| {
        bench.iter(|| snapshot.rooms().filter(|room| snapshot.decide(user(4_711), room.id).rights.find).count());
    });
    bench.bench_function("everything out of nothing", |bench| bench.iter_batched(company, Snapshot::new, BatchSize::PerIteration));
    bench.finish();
}

criterion_group!(benches, large);
criterion_main!(benches);
