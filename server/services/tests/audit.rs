//! The audit log: linked within a second whatever happens to the database, looks recorded with it.

#![allow(clippy::unwrap_used)]

mod world;

use std::sync::Arc;
use std::time::{Duration, Instant};

use stoa_domain::access::ListOwner;
use stoa_domain::id::RoomId;
use stoa_domain::person::Role;
use stoa_domain::principal::Principal;
use stoa_domain::room::{Privacy, RoomList};
use stoa_domain::wire::PageQuery;
use stoa_domain::wire::access::AccessQuery;
use stoa_domain::wire::audit::{AuditQuery, Verify};
use stoa_domain::wire::list::{ListQuery, NewEntry};
use stoa_services::audit::verify_all;
use stoa_services::{Caller, Environment, Options, Services};
use stoa_store::{AuditFilter, Audited};
use world::World;

/// Waits until the records that begin so are as the test wants them; newest first.
async fn records(world: &World, action: &str, enough: impl Fn(&[Audited]) -> bool) -> Vec<Audited> {
    let waited = Instant::now();
    loop {
        let filter = AuditFilter { action: Some(action.to_owned()), ..AuditFilter::default() };
        let found = world.store.audit_page(&filter, None, 1_000).await.unwrap();
        if enough(&found) {
            return found;
        }
        assert!(waited.elapsed() < Duration::from_secs(20), "never recorded so: {found:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn linked(world: &World) {
    records(world, "", |records| !records.is_empty() && records.iter().all(|audited| audited.link.is_some())).await;
}

async fn give(world: &World, role: Role, who: &Caller) {
    let new = NewEntry { principal: Principal::User(who.user), until: None };
    world.services.lists.add(&world.admin, ListOwner::Role(role), new).await.unwrap();
}

fn members(room: RoomId) -> ListOwner {
    ListOwner::Room(room, RoomList::Members)
}

async fn look(world: &World, who: &Caller, room: RoomId) {
    world.services.lists.get(who, members(room), &ListQuery::default()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_linked_and_the_log_is_whole() {
    let world = World::new().await;
    for n in 0..5 {
        world.room(&format!("room {n}"), Privacy::Open).await;
    }
    linked(&world).await;
    let whole = verify_all(world.store.as_ref(), None).await.unwrap().unwrap();
    assert_eq!((whole.waiting, whole.head.position), (0, whole.records));
    let told = world.services.audit.verify(&world.admin, &Verify::default()).await.unwrap();
    assert_eq!((told.finding, told.next, told.head.hash), (None, None, whole.head.hash.to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_only_puts_the_links_off() {
    let world = World::new().await;
    linked(&world).await;
    world.faults.fail("audit_unlinked", 2);
    world.faults.fail("lease", 1);
    world.faults.fail("audit_link", 1);
    world.room("lobby", Privacy::Open).await;
    linked(&world).await;
    assert!(verify_all(world.store.as_ref(), None).await.unwrap().is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_server_takes_over() {
    let world = World::new().await;
    linked(&world).await;
    let other = stoa_sqlite::open(world.folder.path()).await.unwrap();
    let second = Services::start(Arc::clone(&other), Environment::system(), Options::default()).await.unwrap();
    // The first one holds the lease, and says nothing more.
    world.faults.hang("audit_link");
    world.faults.hang("audit_unlinked");
    world.room("lobby", Privacy::Open).await;
    let began = Instant::now();
    while !other.audit_page(&AuditFilter::default(), None, 1_000).await.unwrap().iter().all(|audited| audited.link.is_some()) {
        assert!(began.elapsed() < Duration::from_secs(10), "nobody took over");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(verify_all(other.as_ref(), None).await.unwrap().is_ok());
    second.stop(Duration::ZERO).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_without_a_link_at_the_end() {
    let world = World::new().await;
    let room = world.room("lobby", Privacy::Closed).await;
    let aiko = world.user("aiko").await;
    give(&world, Role::Auditor, &aiko).await;
    look(&world, &aiko, room).await;
    world.services.stop(Duration::ZERO).await;
    let store = stoa_sqlite::open(world.folder.path()).await.unwrap();
    let whole = verify_all(store.as_ref(), None).await.unwrap().unwrap();
    assert_eq!(whole.waiting, 0);
    let newest = store.audit_page(&AuditFilter::default(), None, 1).await.unwrap();
    assert_eq!(newest[0].record.action, "list.look", "what was queued is written before the end");
}

#[tokio::test(flavor = "multi_thread")]
async fn looks_at_what_is_not_ones_own_are_recorded() {
    let world = World::new().await;
    let (aiko, mira) = (world.user("aiko").await, world.user("mira").await);
    let room = world.room("lobby", Privacy::Closed).await;
    world.put(room, RoomList::Managers, &mira).await;
    give(&world, Role::Auditor, &aiko).await;
    let rooms = &world.services.rooms;
    // Her own room's, which leave no trace; and somebody's who sees it by a role.
    look(&world, &mira, room).await;
    rooms.access(&mira, room, &AccessQuery::default()).await.unwrap();
    look(&world, &aiko, room).await;
    rooms.access(&aiko, room, &AccessQuery { user: Some(mira.user), ..AccessQuery::default() }).await.unwrap();
    rooms.people(&aiko, room, &PageQuery::default()).unwrap();
    world.services.lists.get(&aiko, ListOwner::Role(Role::Administrator), &ListQuery::default()).await.unwrap();
    world.services.audit.list(&aiko, &AuditQuery { object: Some(format!("room:{room}")), ..AuditQuery::default() }).await.unwrap();
    // Who may not look has seen nothing.
    assert!(world.services.audit.list(&mira, &AuditQuery::default()).await.is_err());
    let found = records(&world, "", |records| records.iter().any(|audited| audited.record.action == "audit.look")).await;
    let looks: Vec<_> = found.iter().filter(|audited| audited.record.action.ends_with(".look")).map(|audited| &audited.record).rev().collect();
    let told: Vec<_> = looks.iter().map(|look| (look.action.as_str(), look.object.clone())).collect();
    let of = |rest: &str| format!("room:{room}{rest}");
    let expected = [
        ("list.look", of("/members")),
        ("access.look", of("")),
        ("people.look", of("")),
        ("list.look", "role:administrator".to_owned()),
        ("audit.look", "audit".to_owned()),
    ];
    assert_eq!(told, expected);
    assert!(looks.iter().all(|look| look.by == Some(aiko.user) && look.from == "127.0.0.1" && look.before == "null"));
    assert_eq!(looks[1].after, format!("{{\"user\":\"{}\"}}", mira.user));
    assert_eq!(looks[4].after, format!("{{\"object\":\"room:{room}\"}}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn looks_survive_an_outage_and_the_same_at_once_is_one() {
    let world = World::new().await;
    let aiko = world.user("aiko").await;
    give(&world, Role::Auditor, &aiko).await;
    let (one, other) = (world.room("one", Privacy::Closed).await, world.room("other", Privacy::Closed).await);
    world.faults.fail("audit_looks", 3);
    for _ in 0..10 {
        look(&world, &aiko, one).await;
    }
    look(&world, &aiko, other).await;
    let found = records(&world, "list.look", |records| records.iter().any(|audited| audited.record.object.contains(&other.to_string()))).await;
    let of_one = found.iter().filter(|audited| audited.record.object.contains(&one.to_string())).count();
    assert!((1..10).contains(&of_one), "{of_one}");
}
