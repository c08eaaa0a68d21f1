//! What a client can't bring the server to do.

#![allow(clippy::unwrap_used)]

mod world;

use std::time::Duration;

use serde_json::{Value, json};
use stoa_domain::id::RoomId;
use stoa_domain::message::{Importance, MessageKind};
use stoa_domain::room::Privacy;
use stoa_domain::settings::PoolSettings;
use stoa_domain::wire::channel::{Done, Empty, Incoming, Signal};
use stoa_domain::wire::message::{HistoryQuery, NewMessage, RoomEvent};
use stoa_services::{Caller, Clock as _};
use stoa_store::{Actor, Append, Appending, Audit};
use world::{Client, World, nonce};

fn message(body: &str) -> NewMessage {
    let (kind, importance) = (MessageKind::Chat, Importance::Normal);
    NewMessage { nonce: nonce().into(), body: body.into(), kind, subject: None, importance, reply_to: None, attachments: Vec::new() }
}

/// Stories of 60,000 bytes, past the limits of operations.
async fn stories(world: &World, room: RoomId, author: &Caller, count: usize) {
    let item = || Append {
        room,
        author: author.user,
        nonce: Some(nonce().into()),
        id: nonce().into(),
        at: world.clock.now(),
        access_version: 1,
        what: Appending::Message {
            kind: MessageKind::Story,
            subject: Some("long".into()),
            body: "x".repeat(60_000),
            importance: Importance::Normal,
            reply_to: None,
            mentions: Vec::new(),
            files: Vec::new(),
            withheld: false,
        },
    };
    let items: Vec<_> = (0..count).map(|_| item()).collect();
    world.store.append(&items, &[]).await.unwrap();
}

async fn joined(client: &mut Client, rooms: Value) -> Result<Vec<Value>, stoa_services::Problem> {
    let answer: Value = client.ask("join", json!({ "rooms": rooms })).await?;
    Ok(answer["rooms"].as_array().unwrap().clone())
}

async fn set(world: &World, settings: PoolSettings) {
    let mut unit = world.store.begin(Actor { user: None, from: "test".into() }, world.clock.now()).await.unwrap();
    unit.set_settings(&settings).await.unwrap();
    unit.commit(Audit { action: "test", object: "pool".into(), before: Value::Null, after: Value::Null }).await.unwrap();
    world.services.access().refresh().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_told_farewell_does_nothing_more() {
    let world = World::new().await;
    let aiko = world.user("aiko").await;
    let room = world.room("lobby", Privacy::Open).await;
    let mut client = world.connect(&aiko).await;
    client.join(room, None).await.unwrap();
    world.services.auth.sign_out(&aiko, false).await.unwrap();
    client.send("post", json!({ "room": room, "nonce": nonce(), "body": "still here" })).await;
    client.send("leave", json!({ "room": room })).await;
    // Whatever was queued before this post is committed before it.
    world.services.channel.post(&world.admin, room, message("after")).await.unwrap();
    let events = world.store.events_after(room, 0, 10).await.unwrap();
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(world.services.me.rooms(&aiko).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_worth_nothing_once_its_session_has_ended() {
    let world = World::new().await;
    let aiko = world.user("aiko").await;
    let lookup = world.services.lookup.lookup(&aiko, "ws://test").await.unwrap();
    world.services.auth.sign_out(&aiko, false).await.unwrap();
    let claims = world.services.lookup.redeem(&lookup.channel.ticket).unwrap();
    let refused = world.services.channel.connect(claims).await.err().unwrap();
    assert_eq!((refused.status, refused.slug()), (401, "bad-ticket"));
    assert_eq!(world.services.load().0, 0, "and no socket stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_join_names_each_room_once_and_carries_so_much() {
    let world = World::new().await;
    let aiko = world.user("aiko").await;
    let (long, other, short) = (world.room("long", Privacy::Open).await, world.room("other", Privacy::Open).await, world.room("short", Privacy::Open).await);
    for room in [long, other] {
        stories(&world, room, &world.admin, 50).await;
    }
    let mut client = world.connect(&aiko).await;
    let refused = joined(&mut client, json!([{ "room": long }, { "room": short }, { "room": long, "limit": 1 }])).await.unwrap_err();
    assert_eq!((refused.status, refused.errors[0].code.as_ref()), (422, "repeated"));

    let all = json!([{ "room": long, "limit": 500 }, { "room": other, "limit": 500 }, { "room": short }]);
    let rooms = joined(&mut client, all).await.unwrap();
    assert_eq!((rooms[0]["messages"].as_array().unwrap().len(), rooms[1]["messages"].as_array().unwrap().len()), (50, 50), "no room is cut");
    let late = &rooms[2];
    assert_eq!((&late["room"], &late["error"]["status"], &late["error"]["retry_after"]), (&json!(short), &json!(429), &json!(1)), "{late}");
    let rooms = joined(&mut client, json!([{ "room": short }])).await.unwrap();
    assert_eq!(rooms[0]["last_seq"], 0, "it is joined by the next");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_negative_seq_is_refused() {
    let world = World::new().await;
    let aiko = world.user("aiko").await;
    let room = world.room("lobby", Privacy::Open).await;
    let mut client = world.connect(&aiko).await;
    let refused = client.join(room, Some(-1)).await.unwrap_err();
    assert_eq!((refused.status, refused.errors[0].code.as_ref()), (422, "out-of-range"));
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_of_a_socket_are_counted() {
    let world = World::new().await;
    let aiko = world.user("aiko").await;
    set(&world, PoolSettings { rooms_per_socket: 2, ..PoolSettings::default() }).await;
    let mut rooms = Vec::new();
    for name in ["a", "b", "c"] {
        rooms.push(world.room(name, Privacy::Open).await);
    }
    let mut client = world.connect(&aiko).await;
    let refused = joined(&mut client, json!([{ "room": rooms[0] }, { "room": rooms[1] }, { "room": rooms[2] }])).await.unwrap_err();
    assert_eq!((refused.status, refused.retry_after.is_some()), (429, true));
    for room in &rooms[..2] {
        client.join(*room, None).await.unwrap();
    }
    let refused = client.join(rooms[2], None).await.unwrap_err();
    assert_eq!((refused.status, refused.retry_after.is_some()), (429, true));
    client.join(rooms[0], Some(0)).await.unwrap();
    client.ask::<Empty>("close", json!({ "room": rooms[1] })).await.unwrap();
    client.join(rooms[2], None).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn operations_are_counted_by_user_whatever_their_way() {
    let world = World::new().await;
    let aiko = world.user("aiko").await;
    let room = world.room("lobby", Privacy::Open).await;
    let channel = &world.services.channel;
    set(&world, PoolSettings { operations_per_second: 1, operations_burst: 3, ..PoolSettings::default() }).await;
    let mut client = world.connect(&aiko).await;
    client.post(room, "one").await.unwrap();
    channel.post(&aiko, room, message("two")).await.unwrap();
    client.connection.receive("not json").await;
    assert_eq!(client.answer(0).await.unwrap_err().slug(), "malformed", "the third");
    for problem in [
        client.post(room, "four").await.unwrap_err(),
        channel.post(&aiko, room, message("five")).await.unwrap_err(),
        channel.history(&aiko, room, &HistoryQuery::default()).await.unwrap_err(),
    ] {
        assert_eq!((problem.status, problem.retry_after), (429, Some(1)));
    }
    client.connection.receive("not json").await;
    assert_eq!(client.answer(0).await.unwrap_err().status, 429, "what can't be read isn't free");
    drop(client);
    let mut again = world.connect(&aiko).await;
    assert_eq!(again.post(room, "six").await.unwrap_err().status, 429, "a new socket is no new start");
    assert!(again.ask::<Value>("ping", json!({})).await.is_ok(), "a ping is free");
    channel.post(&world.admin, room, message("others go on")).await.unwrap();
    world.clock.advance(Duration::from_secs(1));
    again.post(room, "seven").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn typing_is_told_once_in_a_while() {
    let world = World::new().await;
    let (aiko, omar) = (world.user("aiko").await, world.user("omar").await);
    let room = world.room("lobby", Privacy::Open).await;
    let (mut a, mut o) = (world.connect(&aiko).await, world.connect(&omar).await);
    a.join(room, None).await.unwrap();
    o.join(room, None).await.unwrap();
    for expected in [1, 1] {
        for _ in 0..5 {
            a.ask::<Empty>("typing", json!({ "room": room })).await.unwrap();
        }
        o.ask::<Value>("ping", json!({})).await.unwrap();
        let before = o.seen.len();
        o.seen.retain(|frame| !matches!(frame, Incoming::Signal(signal) if matches!(&**signal, Signal::Typing { .. })));
        assert_eq!(before - o.seen.len(), expected);
        world.clock.advance(Duration::from_secs(2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_or_edited_is_not_told_to_who_comes_later() {
    let world = World::new().await;
    let (aiko, omar) = (world.user("aiko").await, world.user("omar").await);
    let room = world.room("lobby", Privacy::Open).await;
    let mut a = world.connect(&aiko).await;
    a.join(room, None).await.unwrap();
    a.post(room, "the first slip").await.unwrap();
    a.ask::<Value>("post", json!({ "room": room, "nonce": nonce(), "body": "indeed", "reply_to": 1 })).await.unwrap();
    a.post(room, "the second slip").await.unwrap();
    a.ask::<Done>("edit", json!({ "room": room, "seq": 3, "nonce": nonce(), "body": "the third slip" })).await.unwrap();
    a.ask::<Done>("edit", json!({ "room": room, "seq": 3, "nonce": nonce(), "body": "nothing to see" })).await.unwrap();
    a.ask::<Done>("delete", json!({ "room": room, "seq": 1, "nonce": nonce() })).await.unwrap();
    let last = a.post(room, "go on").await.unwrap().seq;
    let mut o = world.connect(&omar).await;
    // Who comes for the first time gets messages as they are now; from then on what he missed.
    assert!(o.join(room, Some(0)).await.unwrap().truncated);
    for after in 0..last {
        let open = o.join(room, Some(after)).await.unwrap();
        let events = open.events.unwrap();
        assert_eq!(events.iter().map(RoomEvent::seq).collect::<Vec<_>>(), (after + 1..=last).collect::<Vec<_>>());
        let text = serde_json::to_string(&events).unwrap();
        assert!(!text.contains("slip"), "after {after}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_follows_again_has_read_what_he_had_read() {
    let world = World::new().await;
    let aiko = world.user("aiko").await;
    let room = world.room("lobby", Privacy::Open).await;
    world.services.channel.post(&world.admin, room, message("before")).await.unwrap();
    let mut client = world.connect(&aiko).await;
    assert_eq!(client.join(room, None).await.unwrap().read_seq, 1, "who comes first has read what was there");
    client.ask::<Empty>("leave", json!({ "room": room })).await.unwrap();
    world.services.channel.post(&world.admin, room, message("meanwhile")).await.unwrap();
    let open = client.join(room, None).await.unwrap();
    let kept = world.services.me.rooms(&aiko).await.unwrap()[0].read_seq;
    assert_eq!((open.read_seq, open.last_seq), (kept, 2), "the answer says what is kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_join_that_is_given_up_leaves_no_room_behind() {
    let world = World::new().await;
    let aiko = world.user("aiko").await;
    let room = world.room("lobby", Privacy::Open).await;
    let mut client = world.connect(&aiko).await;
    world.faults.hang("latest");
    {
        let mut join = Box::pin(client.send("join", json!({ "rooms": [{ "room": room }] })));
        while world.services.load().1 == 0 {
            tokio::select! {
                biased;
                _ = &mut join => panic!("the database hangs"),
                () = tokio::task::yield_now() => {}
            }
        }
    }
    assert_eq!(world.services.load().1, 0);
}
