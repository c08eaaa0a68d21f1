//! Access lists: what is shown, changed and recorded fits together.

#![allow(clippy::unwrap_used)]

mod world;

use std::time::Duration;

use serde_json::{Value, json};
use stoa_domain::access::{Entry, ListOwner};
use stoa_domain::id::RoomId;
use stoa_domain::principal::Principal;
use stoa_domain::room::{Privacy, RoomList, RoomType};
use stoa_domain::wire::list::{ChangeList, ListQuery, NewEntry, NewList};
use stoa_domain::wire::message::RoomEvent;
use stoa_domain::wire::room::NewRoom;
use stoa_services::Clock as _;
use stoa_store::{Actor, Audit};
use world::{World, nonce};

fn entry(principal: Principal) -> NewEntry {
    NewEntry { principal, until: None }
}

async fn notices(world: &World, room: RoomId) -> Vec<String> {
    let events = world.store.events_after(room, 0, 100).await.unwrap();
    events.into_iter().filter_map(|event| if let RoomEvent::Notice { text, .. } = event { Some(text) } else { None }).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_and_its_version_are_of_one_moment() {
    let world = World::new().await;
    let (aiko, room) = (world.user("aiko").await, world.room("lobby", Privacy::Closed).await);
    let list = ListOwner::Room(room, RoomList::Members);
    // As another server does it, of which this one hasn't heard.
    let at = world.clock.now();
    let mut unit = world.store.begin(Actor { user: None, from: "elsewhere".into() }, at).await.unwrap();
    let added = Entry { principal: Principal::User(aiko.user), until: None, added_by: None, added_at: at };
    unit.put_entries(list, &[added]).await.unwrap();
    let version = unit.commit(Audit { action: "test", object: "test".into(), before: Value::Null, after: Value::Null }).await.unwrap();
    let seen = world.services.lists.get(&world.admin, list, &ListQuery::default()).await.unwrap();
    assert_eq!((seen.version, seen.page.items.len()), (version.to_string(), 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_comes_too_late_is_told_so_first() {
    let world = World::new().await;
    let (aiko, room) = (world.user("aiko").await, world.room("lobby", Privacy::Closed).await);
    let (list, lists) = (ListOwner::Room(room, RoomList::Members), &world.services.lists);
    let version = lists.get(&world.admin, list, &ListQuery::default()).await.unwrap().version;
    let unknown = || NewList { items: vec![entry(Principal::User(nonce().into()))] };
    assert_eq!(lists.replace(&world.admin, list, unknown(), Some(&version)).await.unwrap_err().status, 422);
    let added = lists.add(&world.admin, list, entry(Principal::User(aiko.user))).await.unwrap();
    assert_eq!(lists.replace(&world.admin, list, unknown(), Some(&version)).await.unwrap_err().status, 412);
    // The version that a change answers is the one to go on with, also when nothing changed.
    let same = NewList { items: vec![entry(Principal::User(aiko.user))] };
    let replaced = lists.replace(&world.admin, list, same, Some(&added.version)).await.unwrap();
    assert_eq!(replaced, lists.get(&world.admin, list, &ListQuery::default()).await.unwrap());
    let emptied = lists.replace(&world.admin, list, NewList { items: Vec::new() }, Some(&replaced.version)).await.unwrap();
    assert_eq!(emptied, lists.get(&world.admin, list, &ListQuery::default()).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_come_and_go_in_one_change_beside_those_of_others() {
    let world = World::new().await;
    let (aiko, omar, zoe) = (world.user("aiko").await, world.user("omar").await, world.user("zoe").await);
    let room = world.room("lobby", Privacy::Closed).await;
    let (list, lists) = (ListOwner::Room(room, RoomList::Members), &world.services.lists);
    let of = |caller: &stoa_services::Caller| Principal::User(caller.user);
    let first = lists.add(&world.admin, list, entry(of(&aiko))).await.unwrap();
    lists.add(&world.admin, list, entry(of(&zoe))).await.unwrap();
    // Who looked before the other's change adds to it; who wants to be told is told.
    let change = || ChangeList { add: vec![entry(of(&omar))], remove: vec![of(&aiko)] };
    assert_eq!(lists.change(&world.admin, list, change(), Some(&first.version)).await.unwrap_err().status, 412);
    let changed = lists.change(&world.admin, list, change(), None).await.unwrap();
    let names: Vec<_> = changed.page.items.iter().filter_map(|entry| entry.person.as_ref()).map(|person| person.name.as_str()).collect();
    assert_eq!(names, ["omar", "zoe"]);
    // Nothing is applied where one entry is wrong.
    let half = ChangeList { add: vec![entry(of(&aiko)), entry(Principal::User(nonce().into()))], remove: vec![of(&zoe)] };
    assert_eq!(lists.change(&world.admin, list, half, None).await.unwrap_err().status, 422);
    let both = ChangeList { add: vec![entry(of(&aiko))], remove: vec![of(&aiko)] };
    assert_eq!(lists.change(&world.admin, list, both, None).await.unwrap_err().errors[0].code, "also-added");
    assert_eq!(lists.get(&world.admin, list, &ListQuery::default()).await.unwrap(), changed);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_lets_himself_in_does_so_before_everyone() {
    let world = World::new().await;
    let room = world.room("lobby", Privacy::Closed).await;
    let (list, lists) = (ListOwner::Room(room, RoomList::Members), &world.services.lists);
    let me = Principal::User(world.admin.user);
    let soon = world.clock.now().plus(Duration::from_secs(60));
    lists.add(&world.admin, list, NewEntry { principal: me, until: Some(soon) }).await.unwrap();
    assert_eq!(notices(&world, room).await, ["Root added themselves to the members."]);
    lists.add(&world.admin, list, entry(me)).await.unwrap();
    assert_eq!(notices(&world, room).await.len(), 1, "he was in");
    lists.add(&world.admin, list, NewEntry { principal: me, until: Some(soon) }).await.unwrap();
    world.clock.advance(Duration::from_secs(61));
    lists.add(&world.admin, list, entry(me)).await.unwrap();
    assert_eq!(notices(&world, room).await.len(), 2, "his entry had run out");
    lists.add(&world.admin, list, entry(Principal::Everyone)).await.unwrap();
    assert_eq!(notices(&world, room).await[2], "Root added everyone to the members.");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_shows_what_a_change_of_a_list_touched() {
    let world = World::new().await;
    let (aiko, omar) = (world.user("aiko").await, world.user("omar").await);
    let room = world.room("lobby", Privacy::Closed).await;
    let lists = &world.services.lists;
    world.put(room, RoomList::Members, &aiko).await;
    world.put(room, RoomList::Members, &omar).await;
    world.take(room, RoomList::Members, &aiko).await;
    let list = ListOwner::Room(room, RoomList::Members);
    let version = lists.get(&world.admin, list, &ListQuery::default()).await.unwrap().version;
    lists.replace(&world.admin, list, NewList { items: vec![entry(Principal::User(aiko.user))] }, Some(&version)).await.unwrap();
    let audits = world.store.audits(0, 100).await.unwrap();
    let of_list: Vec<_> = audits.into_iter().filter(|row| row.object.ends_with("/members")).map(|row| (row.action, row.before, row.after)).collect();
    let listed = |user: Option<&stoa_services::Caller>, name: &str| {
        let entries: Vec<_> = user.iter().map(|user| json!({ "principal": format!("user:{}", user.user), "name": name, "until": null })).collect();
        json!(entries)
    };
    let (none, a, o) = (listed(None, ""), listed(Some(&aiko), "AIKO"), listed(Some(&omar), "OMAR"));
    let expected = [("list.add", &none, &a), ("list.add", &none, &o), ("list.remove", &a, &none), ("list.replace", &o, &a)];
    assert_eq!(of_list, expected.map(|(action, before, after)| (action.to_owned(), before.clone(), after.clone())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_committed_is_no_failure() {
    let world = World::new().await;
    let (aiko, room) = (world.user("aiko").await, world.room("lobby", Privacy::Closed).await);
    world.faults.fail("changes", u32::MAX);
    assert!(world.services.auth.create_administrator("mira", "Mira", world::PASSWORD).await.is_ok());
    world.faults.heal("changes");
    world.services.access().refresh().await.unwrap();
    world.faults.fail("changes", u32::MAX);
    let list = ListOwner::Room(room, RoomList::Members);
    let made = world.services.lists.add(&world.admin, list, entry(Principal::User(aiko.user))).await.unwrap();
    assert_eq!(made.page.items.len(), 1);
    let new = NewRoom {
        name: "hall".into(),
        category: world.root,
        description: String::new(),
        topic: String::new(),
        privacy: Privacy::Open,
        room_type: RoomType::Normal,
        inherit_members: false,
    };
    let unseen = world.services.rooms.create(&world.admin, new.clone(), Some("key")).await.unwrap_err();
    assert!(unseen.text().starts_with("It is done"), "{unseen}");
    world.faults.heal("changes");
    world.services.access().refresh().await.unwrap();
    assert_eq!(world.services.rooms.create(&world.admin, new, Some("key")).await.unwrap().info.name, "hall");
}
