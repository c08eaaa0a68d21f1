//! Rooms whose chat history is off: what is posted comes live, to who was away for a moment, and is
//! not there for anybody else.

#![allow(clippy::unwrap_used)]

mod world;

use std::time::Duration;

use serde_json::{Value, json};
use stoa_domain::category::Switch;
use stoa_domain::id::RoomId;
use stoa_domain::room::Privacy;
use stoa_domain::wire::channel::Signal;
use stoa_domain::wire::message::{HistoryQuery, RoomEvent};
use stoa_domain::wire::room::ChangeRoom;
use world::{World, nonce};

async fn turn(world: &World, room: RoomId, history: Switch) {
    let version = world.services.rooms.get(&world.admin, room).unwrap().version;
    world.services.rooms.change(&world.admin, room, ChangeRoom { history: Some(history), ..ChangeRoom::default() }, Some(&version)).await.unwrap();
}

/// Everything that an answer says, to look for a text in it.
fn all(answer: &impl serde::Serialize) -> String {
    serde_json::to_string(answer).unwrap()
}

#[tokio::test]
async fn what_isnt_kept_is_for_who_is_there_or_was_away_for_a_moment() {
    let world = World::new().await;
    let (omar, mira, ana) = (world.user("omar").await, world.user("mira").await, world.user("ana").await);
    let room = world.room("hall", Privacy::Open).await;
    let (mut one, mut other) = (world.connect(&omar).await, world.connect(&mira).await);
    assert!(one.join(room, None).await.unwrap().description.kept);
    other.join(room, None).await.unwrap();
    one.post(room, "before").await.unwrap();
    turn(&world, room, Switch::Off).await;
    let told = other.signal(|signal| matches!(signal, Signal::Room { .. })).await;
    assert!(matches!(told, Signal::Room { description, .. } if !description.kept), "the room says so");

    one.post(room, "a whisper").await.unwrap();
    let edited: Value = one.ask("edit", json!({ "room": room, "seq": 2, "nonce": nonce(), "body": "a hush" })).await.unwrap();
    assert_eq!(edited["seq"], 3);
    other.event().await;
    let RoomEvent::Message { message, .. } = other.event().await else { panic!("no message") };
    assert_eq!((message.body.as_deref(), message.withheld), (Some("a whisper"), true));
    assert!(matches!(other.event().await, RoomEvent::Edited { body: Some(body), withheld: true, .. } if body == "a hush"));
    let history = world.services.channel.history(&mira, room, &HistoryQuery::default()).await.unwrap();
    assert!(all(&history).contains("before") && !all(&history).contains("hush") && !all(&history).contains("whisper"));

    // Away for a moment: the texts come, from memory and, where a server has just started, from the database.
    let again = world.connect(&mira).await.join(room, Some(1)).await.unwrap();
    assert!(all(&again.events).contains("hush"));
    // Anew: not, whatever one says that one has.
    for after in [Some(0), Some(1), None] {
        let mut anew = world.connect(&ana).await;
        let open = anew.join(room, after).await.unwrap();
        assert!(open.truncated == after.is_some() && all(&open).contains("before"));
        assert!(!all(&open).contains("hush") && !all(&open).contains("whisper"), "{}", all(&open));
        let _: Value = anew.ask("leave", json!({ "room": room })).await.unwrap();
    }

    // Their time is over, and nobody is told again: neither from memory nor by the database.
    world.clock.advance(Duration::from_secs(600));
    assert_eq!(world.services.cleanup.erase().await.unwrap(), 0, "the archive doesn't have them");
    assert!(all(&world.connect(&mira).await.join(room, Some(1)).await.unwrap().events).contains("hush"), "until it has them they are there");
    let archived: Vec<_> = world.store.queued(10_000).await.unwrap().iter().map(|row| row.id).collect();
    world.store.unqueue(&archived).await.unwrap();
    assert_eq!(world.services.cleanup.erase().await.unwrap(), 1);
    let late = all(&world.connect(&mira).await.join(room, Some(1)).await.unwrap());
    assert!(!late.contains("hush") && !late.contains("whisper"), "{late}");

    turn(&world, room, Switch::Inherit).await;
    one.post(room, "after").await.unwrap();
    let shown = all(&world.services.channel.history(&mira, room, &HistoryQuery::default()).await.unwrap());
    assert!(shown.contains("before") && shown.contains("after"), "only what was said meanwhile isn't kept");
}
