use stoa_domain::id::{RoomId, UserId};
use stoa_domain::wire::message::{History, HistoryQuery, RoomEvent};

use super::world::{World, at, delete, edit, message, react, say};
use crate::{Appending, StoreError};

async fn ask(world: &World, room: RoomId, reader: UserId, query: HistoryQuery, limit: u32) -> (Vec<i64>, i64, i64) {
    seqs(&world.store.history(room, &query, limit, reader).await.unwrap())
}

fn seqs(history: &History) -> (Vec<i64>, i64, i64) {
    (history.messages.iter().map(|message| message.seq).collect(), history.from_seq, history.to_seq)
}

fn before(seq: i64) -> HistoryQuery {
    HistoryQuery { before_seq: Some(seq), ..Default::default() }
}
fn after(seq: i64) -> HistoryQuery {
    HistoryQuery { after_seq: Some(seq), ..Default::default() }
}
fn around(seq: i64) -> HistoryQuery {
    HistoryQuery { around: Some(seq), ..Default::default() }
}

pub async fn spans_before_after_and_around(world: World) {
    let (mira, room) = (world.user("mira").await, world.room("a").await);
    assert_eq!(ask(&world, room, mira, HistoryQuery::default(), 10).await, (vec![], 1, 0), "an empty room");
    for i in 1..=20 {
        world.post(room, mira, &i.to_string()).await;
    }
    let list = |from: i64, to: i64| (from..=to).collect::<Vec<_>>();
    assert_eq!(ask(&world, room, mira, HistoryQuery::default(), 5).await, (list(16, 20), 16, 20));
    assert_eq!(ask(&world, room, mira, before(16), 5).await, (list(11, 15), 11, 15));
    assert_eq!(ask(&world, room, mira, before(4), 5).await, (list(1, 3), 1, 3));
    assert_eq!(ask(&world, room, mira, before(6), 5).await, (list(1, 5), 1, 5), "exactly the beginning");
    assert_eq!(ask(&world, room, mira, before(1), 5).await, (vec![], 1, 0));
    assert_eq!(ask(&world, room, mira, before(-3), 5).await, (vec![], 1, 0));
    assert_eq!(ask(&world, room, mira, before(1_000), 5).await, (list(16, 20), 16, 20));
    assert_eq!(ask(&world, room, mira, before(i64::MAX), 5).await, (list(16, 20), 16, 20));
    assert_eq!(ask(&world, room, mira, after(0), 5).await, (list(1, 5), 1, 5));
    assert_eq!(ask(&world, room, mira, after(15), 5).await, (list(16, 20), 16, 20));
    assert_eq!(ask(&world, room, mira, after(18), 5).await, (list(19, 20), 19, 20));
    assert_eq!(ask(&world, room, mira, after(20), 5).await, (vec![], 21, 20));
    assert_eq!(ask(&world, room, mira, after(i64::MAX), 5).await, (vec![], 21, 20));
    assert_eq!(ask(&world, room, mira, around(10), 6).await, (list(8, 13), 8, 13));
    assert_eq!(ask(&world, room, mira, around(10), 5).await, (list(8, 12), 8, 12));
    assert_eq!(ask(&world, room, mira, around(1), 6).await, (list(1, 4), 1, 4));
    assert_eq!(ask(&world, room, mira, around(99), 6).await, (list(18, 20), 18, 20));
    assert_eq!(ask(&world, room, mira, around(10), 1).await, (vec![10], 10, 10));
}

pub async fn spans_skip_what_is_no_message(world: World) {
    let (mira, room) = (world.user("mira").await, world.room("a").await);
    // 1 message, 2–4 notices, 5 message, 6 reaction, 7 message, 8–9 notices
    world.post(room, mira, "one").await;
    let notice = async || world.act(room, mira, Appending::Notice { text: "n".into() }).await.unwrap();
    for _ in 0..3 {
        notice().await;
    }
    world.post(room, mira, "two").await;
    world.act(room, mira, react(1, "👍", true)).await.unwrap();
    world.post(room, mira, "three").await;
    notice().await;
    notice().await;
    assert_eq!(ask(&world, room, mira, HistoryQuery::default(), 2).await, (vec![5, 7], 5, 9));
    assert_eq!(ask(&world, room, mira, before(5), 2).await, (vec![1], 1, 4));
    assert_eq!(ask(&world, room, mira, after(0), 2).await, (vec![1, 5], 1, 5));
    assert_eq!(ask(&world, room, mira, after(5), 1).await, (vec![7], 6, 9), "the last message reaches to the head");
    assert_eq!(ask(&world, room, mira, after(7), 2).await, (vec![], 8, 9));
    assert_eq!(ask(&world, room, mira, around(6), 2).await, (vec![5, 7], 5, 9));
}

pub async fn messages_stand_as_they_are_now(world: World) {
    let (mira, omar, room) = (world.user("mira").await, world.user("omar").await, world.room("a").await);
    for body in ["one", "two", "three"] {
        world.post(room, mira, body).await;
    }
    world.act(room, mira, edit(1, "uno", &[omar])).await.unwrap();
    world.act(room, mira, react(2, "👍", true)).await.unwrap();
    world.act(room, mira, delete(2)).await.unwrap();
    let history = world.store.history(room, &HistoryQuery::default(), 10, omar).await.unwrap();
    let [one, two, three] = &history.messages[..] else { panic!("{history:?}") };
    assert_eq!((one.body.as_deref(), one.edited_at, &one.mentions[..]), (Some("uno"), Some(at(100)), &[omar][..]));
    assert_eq!((one.author.name.as_str(), one.author.display_name.as_str(), one.author.id), ("mira", "mira Test", mira));
    assert_eq!((two.body.as_deref(), two.deleted.is_some(), two.reactions.len()), (None, true, 0));
    assert_eq!((three.body.as_deref(), three.n, three.edited_at), (Some("three"), 3, None));
    assert_eq!(world.store.message(room, 4, mira).await.unwrap(), None, "an edit is no message");
    assert_eq!(world.store.message(room, 99, mira).await.unwrap(), None);
}

pub async fn answers_quote(world: World) {
    let (mira, omar, room) = (world.user("mira").await, world.user("omar").await, world.room("a").await);
    world.post(room, mira, &"word ".repeat(100)).await;
    world.act(room, omar, message("yes", Some(1), &[])).await.unwrap();
    let quote = async || world.store.message(room, 2, mira).await.unwrap().unwrap().reply_to.unwrap();
    let long = quote().await;
    assert_eq!((long.seq, long.author.id), (1, mira));
    assert!(long.excerpt.is_some_and(|text| text.chars().count() <= 140 && text.starts_with("word word")));
    world.act(room, mira, edit(1, "short", &[])).await.unwrap();
    assert_eq!(quote().await.excerpt.as_deref(), Some("short"));
    assert_eq!(world.store.quote(room, 1).await.unwrap(), Some(quote().await));
    world.act(room, mira, delete(1)).await.unwrap();
    assert_eq!(quote().await.excerpt, None);
    assert_eq!(world.store.quote(room, 1).await.unwrap(), Some(quote().await));
    assert_eq!(world.store.quote(room, 3).await.unwrap(), None);
}

pub async fn reactions_are_counted(world: World) {
    let (mira, omar, room) = (world.user("mira").await, world.user("omar").await, world.room("a").await);
    world.post(room, mira, "one").await;
    world.post(room, mira, "two").await;
    for (user, emoji, on) in [(omar, "🎉", true), (mira, "👍", true), (omar, "👍", true), (mira, "❤️", true), (mira, "❤️", false)] {
        world.act(room, user, react(1, emoji, on)).await.unwrap();
    }
    let history = world.store.history(room, &HistoryQuery::default(), 10, mira).await.unwrap();
    let reactions: Vec<_> = history.messages[0].reactions.iter().map(|r| (r.emoji.as_str(), r.count, r.mine)).collect();
    assert_eq!(reactions, [("🎉", 1, false), ("👍", 2, true)], "in the order of their first coming");
    assert!(history.messages[1].reactions.is_empty());
}

pub async fn events_come_in_order(world: World) {
    let (mira, room) = (world.user("mira").await, world.room("a").await);
    world.post(room, mira, "one").await;
    world.post(room, mira, "two").await;
    world.act(room, mira, edit(1, "uno", &[mira])).await.unwrap();
    world.act(room, mira, react(2, "👍", true)).await.unwrap();
    world.act(room, mira, delete(2)).await.unwrap();
    world.act(room, mira, edit(1, "eins", &[])).await.unwrap();
    world.act(room, mira, Appending::Notice { text: "so".into() }).await.unwrap();
    let events = world.store.events_after(room, 0, 100).await.unwrap();
    assert_eq!(events.iter().map(RoomEvent::seq).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7]);
    assert!(events.iter().all(|event| event.nonce().is_none() && event.room() == room && event.author().id == mira));
    let text = |event: &RoomEvent| match event {
        RoomEvent::Message { message, .. } => message.body.clone(),
        RoomEvent::Edited { body, of: 1, .. } => body.clone(),
        RoomEvent::Reaction { emoji, of: 2, on: true, .. } => Some(emoji.clone()),
        RoomEvent::Notice { text, .. } => Some(text.clone()),
        _ => None,
    };
    let texts: Vec<_> = events.iter().map(text).collect();
    let texts: Vec<_> = texts.iter().map(Option::as_deref).collect();
    assert_eq!(texts, [Some("eins"), None, Some("eins"), Some("👍"), None, Some("eins"), Some("so")], "the texts that hold now");
    assert!(matches!(&events[4], RoomEvent::Deleted { of: 2, head } if head.n == 2));
    let part = world.store.events_after(room, 2, 3).await.unwrap();
    assert_eq!(part.iter().map(RoomEvent::seq).collect::<Vec<_>>(), [3, 4, 5]);
    assert!(world.store.events_after(room, 7, 3).await.unwrap().is_empty());
}

pub async fn the_latest_come_with_the_head(world: World) {
    let (mira, room) = (world.user("mira").await, world.room("a").await);
    for i in 0..7 {
        world.act(room, mira, say(&i.to_string())).await.unwrap();
    }
    world.act(room, mira, edit(7, "new", &[])).await.unwrap();
    let (head, history) = world.store.latest(room, 3, mira).await.unwrap();
    assert_eq!((head.room, head.seq, head.n), (room, 8, 7));
    assert_eq!(seqs(&history), (vec![5, 6, 7], 5, 8));
    assert_eq!(seqs(&world.store.latest(room, 0, mira).await.unwrap().1), (vec![], 9, 8));
}

pub async fn unknown_rooms_are_missing(world: World) {
    let (mira, room) = (world.user("mira").await, RoomId(world.uuid()));
    assert!(matches!(world.store.history(room, &before(9), 10, mira).await, Err(StoreError::Missing)));
    assert!(matches!(world.store.latest(room, 10, mira).await, Err(StoreError::Missing)));
    assert!(world.store.events_after(room, 0, 10).await.unwrap().is_empty());
    assert!(world.store.heads(&[room]).await.unwrap().is_empty());
    assert_eq!(world.store.message(room, 1, mira).await.unwrap(), None);
}
