//! Messages of rooms whose chat history is off.

use stoa_domain::id::{RoomId, Seq, UserId};
use stoa_domain::wire::message::{HistoryQuery, RoomEvent};

use super::cleanup::drain;
use super::files::{state, uploaded, with};
use super::world::{World, at, audit, delete, edit, message, react, say};
use crate::{Appended, Appending, FileState, LegalHold, Passed, Refused};

fn unkept(what: Appending) -> Appending {
    match what {
        Appending::Message { kind, subject, body, importance, reply_to, mentions, files, .. } => {
            Appending::Message { kind, subject, body, importance, reply_to, mentions, files, withheld: true }
        }
        other => other,
    }
}

async fn post(world: &World, room: RoomId, author: UserId, what: Appending) -> Appended {
    world.act(room, author, unkept(what)).await.unwrap()
}

/// The texts that history shows.
async fn kept(world: &World, room: RoomId) -> Vec<Option<String>> {
    let history = world.store.history(room, &HistoryQuery::default(), 100, UserId(world.uuid())).await.unwrap();
    assert!(history.messages.iter().all(|message| message.body.is_some() != message.withheld));
    history.messages.into_iter().map(|message| message.body).collect()
}

/// The texts that come to who was away for a moment.
async fn passing(world: &World, room: RoomId, after: Seq) -> Vec<Option<String>> {
    let events = world.store.events_after(room, after, 100).await.unwrap();
    events
        .into_iter()
        .filter_map(|event| match event {
            RoomEvent::Message { message, .. } => Some(message.body),
            RoomEvent::Edited { body, .. } => Some(body),
            _ => None,
        })
        .collect()
}

/// How many are erased and held, at ten minutes and so many seconds behind the messages.
async fn erase(world: &World, second: i64) -> Option<(i64, i64)> {
    let passed = world.store.erase_passing(at(700 + second), at(760 + second)).await.unwrap();
    passed.map(|Passed { erased, held, .. }| (erased, held))
}

pub async fn what_isnt_kept_is_there_for_a_while(world: World) {
    let (mira, omar, room) = (world.user("mira").await, world.user("omar").await, world.room("a").await);
    world.store.set_following(omar, &[room], true).await.unwrap();
    let first = post(&world, room, mira, message("one, @omar", None, &[omar])).await;
    assert!(first.withheld && first.new);
    world.post(room, omar, "kept").await;
    assert_eq!(kept(&world, room).await, [None, Some("kept".into())]);
    assert_eq!(passing(&world, room, 0).await, [Some("one, @omar".into()), Some("kept".into())]);
    // As long as it is there it is a message like others, but for what outlives it.
    assert!(world.act(room, mira, edit(1, "uno", &[omar])).await.unwrap().withheld);
    assert!(!world.act(room, omar, react(1, "👍", true)).await.unwrap().withheld);
    world.act(room, omar, message("why?", Some(1), &[])).await.unwrap();
    assert_eq!(passing(&world, room, 0).await, [Some("uno".into()), Some("kept".into()), Some("uno".into()), Some("why?".into())]);
    assert_eq!(kept(&world, room).await, [None, Some("kept".into()), Some("why?".into())]);
    assert_eq!(world.store.quote(room, 1).await.unwrap().unwrap().excerpt, None);
    let quote = world.store.message(room, 5, mira).await.unwrap().unwrap().reply_to.unwrap();
    assert_eq!((quote.seq, quote.excerpt), (1, None), "no answer keeps its words");

    assert_eq!(erase(&world, 0).await, None, "the archive doesn't have it");
    drain(&world).await;
    assert_eq!(erase(&world, -1).await, None, "its time isn't over");
    // What is queued behind the message, but changes it, the archive has to have as well.
    world.act(room, mira, edit(1, "eins", &[omar])).await.unwrap();
    assert_eq!(erase(&world, 0).await, None);
    drain(&world).await;
    assert_eq!(erase(&world, 0).await, Some((1, 0)));
    assert_eq!(erase(&world, 0).await, None);
    assert_eq!(passing(&world, room, 0).await, [None, Some("kept".into()), None, Some("why?".into()), None]);
    assert_eq!(kept(&world, room).await, [None, Some("kept".into()), Some("why?".into())]);
    for what in [edit(1, "un", &[]), react(1, "👎", true), delete(1)] {
        assert_eq!(world.act(room, mira, what).await, Err(Refused::NoMessage));
    }
    world.store.set_read(omar, room, 0, true).await.unwrap();
    assert_eq!(world.store.follow(omar, room).await.unwrap().mentions, 0, "nobody is led to what isn't there");
    assert_eq!(world.store.heads(&[room]).await.unwrap()[0].n, 3, "that something was said stays");
}

pub async fn who_deletes_what_isnt_kept_deletes_it_at_once(world: World) {
    let (mira, room) = (world.user("mira").await, world.room("a").await);
    post(&world, room, mira, say("oops")).await;
    world.act(room, mira, delete(1)).await.unwrap();
    assert_eq!(passing(&world, room, 0).await, [None]);
    drain(&world).await;
    assert_eq!(erase(&world, 0).await, Some((1, 0)));
    assert!(world.store.message(room, 1, mira).await.unwrap().unwrap().deleted.is_some());
}

pub async fn a_hold_keeps_what_isnt_kept_but_shows_it_to_nobody(world: World) {
    let (mira, omar, room) = (world.user("mira").await, world.user("omar").await, world.room("a").await);
    post(&world, room, mira, say("one")).await;
    post(&world, room, omar, say("two")).await;
    drain(&world).await;
    let hold = LegalHold { id: world.uuid().into(), name: "case".into(), user: Some(omar), room: None, from: None, until: None };
    let mut unit = world.begin().await;
    unit.put_hold(&hold).await.unwrap();
    unit.commit(audit("test")).await.unwrap();
    assert_eq!(erase(&world, 0).await, Some((1, 1)));
    assert_eq!(passing(&world, room, 0).await, [None, None]);
    assert_eq!(world.act(room, omar, edit(2, "zwei", &[])).await, Err(Refused::NoMessage));
    assert_eq!(erase(&world, 59).await, None);
    assert_eq!(erase(&world, 60).await, Some((0, 1)), "tried again");
    let mut unit = world.begin().await;
    assert!(unit.release_hold(hold.id).await.unwrap());
    unit.commit(audit("test")).await.unwrap();
    assert_eq!(passing(&world, room, 0).await, [None, None], "its time is over");
    assert_eq!(erase(&world, 61).await, Some((1, 0)));
    assert_eq!(erase(&world, 61).await, None);
}

pub async fn files_of_what_isnt_kept_go_with_it(world: World) {
    let (mira, room) = (world.user("mira").await, world.room("a").await);
    let file = uploaded(&world, room, mira).await;
    post(&world, room, mira, with(&[file], "")).await;
    assert_eq!(state(&world, file).await, Some((FileState::Posted, false)), "who saw it opens it");
    assert!(matches!(&world.store.events_after(room, 0, 10).await.unwrap()[..], [RoomEvent::Message { message, .. }] if message.attachments.len() == 1));
    assert!(world.store.message(room, 1, mira).await.unwrap().unwrap().attachments.is_empty());
    drain(&world).await;
    assert_eq!(erase(&world, 0).await, Some((1, 0)));
    assert_eq!(world.store.files_to_erase(10).await.unwrap(), [file]);
}
