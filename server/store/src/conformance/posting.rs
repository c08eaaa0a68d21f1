use stoa_domain::archive::{Content, Kind};
use stoa_domain::message::{Importance, MessageKind};
use stoa_domain::wire::message::RoomEvent;

use super::world::{World, at, delete, edit, message, react, say};
use crate::{Appending, Record, Refused};

pub async fn seqs_follow_each_other_in_batches_of_several_rooms(world: World) {
    let (user, rooms) = (world.user("mira").await, [world.room("a").await, world.room("b").await, world.room("c").await]);
    let batch: Vec<_> = (0..30).map(|i| world.item(rooms[i % 3], user, say(&i.to_string()))).collect();
    for (i, outcome) in world.all(&batch).await.into_iter().enumerate() {
        let placed = outcome.unwrap();
        let seq = i64::try_from(i / 3).unwrap() + 1;
        assert_eq!((placed.seq, placed.n, placed.new, placed.id, placed.at), (seq, seq, true, batch[i].id, batch[i].at));
    }
    let notice = world.act(rooms[0], user, Appending::Notice { text: "hello".into() }).await.unwrap();
    assert_eq!((notice.seq, notice.n), (11, 10), "what is no message has a seq but doesn't count");
    assert_eq!(world.act(rooms[0], user, say("next")).await.map(|placed| (placed.seq, placed.n)), Ok((12, 11)));
    let mut heads = world.store.heads(&rooms).await.unwrap();
    heads.sort_by_key(|head| rooms.iter().position(|room| *room == head.room));
    assert_eq!(heads.iter().map(|head| (head.seq, head.n)).collect::<Vec<_>>(), [(12, 11), (10, 10), (10, 10)]);
}

pub async fn a_batch_sees_what_it_did_before(world: World) {
    let (user, room) = (world.user("mira").await, world.room("a").await);
    let batch = [
        world.item(room, user, say("one")),
        world.item(room, user, edit(1, "two", &[user])),
        world.item(room, user, edit(1, "three", &[])),
        world.item(room, user, react(1, "👍", true)),
        world.item(room, user, react(1, "👍", false)),
        world.item(room, user, react(1, "👍", true)),
        world.item(room, user, message("an answer", Some(1), &[user])),
        world.item(room, user, delete(7)),
        world.item(room, user, edit(7, "too late", &[])),
    ];
    let outcomes = world.all(&batch).await;
    assert!(outcomes[..8].iter().all(|outcome| outcome.is_ok_and(|placed| placed.new)), "{outcomes:?}");
    assert_eq!(outcomes[8], Err(Refused::NoMessage));
    let first = world.store.message(room, 1, user).await.unwrap().unwrap();
    assert_eq!((first.body.as_deref(), first.reactions.len(), first.mentions.len()), (Some("three"), 1, 0));
    let second = world.store.message(room, 7, user).await.unwrap().unwrap();
    assert_eq!((second.body, second.deleted.map(|deleted| deleted.by.id)), (None, Some(user)));
    assert_eq!(world.store.set_read(user, room, 0, true).await.unwrap().mentions, 0);
}

pub async fn edits_are_for_the_author_in_time(world: World) {
    let (mira, omar, room) = (world.user("mira").await, world.user("omar").await, world.room("a").await);
    let seq = world.post(room, mira, "first").await;
    assert_eq!(world.act(room, omar, edit(seq, "mine now", &[])).await, Err(Refused::NotYours));
    assert_eq!(world.act(room, mira, edit(seq + 1, "nothing there", &[])).await, Err(Refused::NoMessage));
    let late = Appending::Edit { of: seq, subject: None, body: "late".into(), mentions: vec![], not_before: at(101) };
    assert_eq!(world.act(room, mira, late).await, Err(Refused::TooLate));
    let placed = world.act(room, mira, edit(seq, "second", &[])).await.unwrap();
    assert_eq!((placed.seq, placed.n), (2, 1));
    assert_eq!(world.act(room, mira, edit(placed.seq, "an edit is no message", &[])).await, Err(Refused::NoMessage));
    let message = world.store.message(room, seq, omar).await.unwrap().unwrap();
    assert_eq!((message.body.as_deref(), message.edited_at, message.at), (Some("second"), Some(at(100)), at(100)));
    assert_eq!(world.store.heads(&[room]).await.unwrap()[0].seq, 2, "what is refused takes no seq");
    let story = Appending::Message {
        kind: MessageKind::Story,
        subject: Some("News".into()),
        body: "long".into(),
        importance: Importance::High,
        reply_to: None,
        mentions: vec![],
        files: vec![],
        withheld: false,
    };
    let seq = world.act(room, mira, story).await.unwrap().seq;
    let change = Appending::Edit { of: seq, subject: Some("Old".into()), body: "longer".into(), mentions: vec![], not_before: at(0) };
    world.act(room, mira, change).await.unwrap();
    let story = world.store.message(room, seq, omar).await.unwrap().unwrap();
    assert_eq!((story.kind, story.subject.as_deref(), story.importance), (MessageKind::Story, Some("Old"), Importance::High));
}

pub async fn deletions_are_for_the_author_and_managers(world: World) {
    let (mira, omar, room) = (world.user("mira").await, world.user("omar").await, world.room("a").await);
    let (first, second) = (world.post(room, mira, "first").await, world.post(room, mira, "second").await);
    assert_eq!(world.act(room, omar, delete(first)).await, Err(Refused::NotYours));
    assert!(world.act(room, omar, Appending::Delete { of: first, as_manager: true }).await.is_ok());
    assert!(world.act(room, mira, delete(second)).await.is_ok());
    for refused in [delete(first), edit(first, "back", &[]), react(first, "👍", true)] {
        assert_eq!(world.act(room, mira, refused).await, Err(Refused::NoMessage));
    }
    let message = world.store.message(room, first, mira).await.unwrap().unwrap();
    let deleted = message.deleted.unwrap();
    assert_eq!((message.body, deleted.by.id, deleted.by.name.as_str(), deleted.at), (None, omar, "omar", at(100)));
}

pub async fn reactions_come_once_and_go_once(world: World) {
    let (mira, omar, room) = (world.user("mira").await, world.user("omar").await, world.room("a").await);
    let seq = world.post(room, mira, "first").await;
    assert!(world.act(room, omar, react(seq, "👍", true)).await.unwrap().new);
    let again = world.act(room, omar, react(seq, "👍", true)).await.unwrap();
    assert_eq!((again.new, again.seq), (false, seq), "nothing to change: the place is the message's");
    assert!(!world.act(room, mira, react(seq, "👍", false)).await.unwrap().new);
    assert!(world.act(room, omar, react(seq, "👍", false)).await.unwrap().new);
    assert!(world.store.message(room, seq, mira).await.unwrap().unwrap().reactions.is_empty());
    assert_eq!(world.store.heads(&[room]).await.unwrap()[0].seq, 3);
    assert_eq!(world.act(room, omar, react(9, "👍", true)).await, Err(Refused::NoMessage));
}

pub async fn answers_need_their_message(world: World) {
    let (mira, room, other) = (world.user("mira").await, world.room("a").await, world.room("b").await);
    let seq = world.post(room, mira, "first").await;
    assert!(world.act(room, mira, message("yes", Some(seq), &[])).await.is_ok());
    assert_eq!(world.act(room, mira, message("what?", Some(77), &[])).await, Err(Refused::NoMessage));
    assert_eq!(world.act(other, mira, message("not here", Some(seq), &[])).await, Err(Refused::NoMessage));
    let notice = world.act(room, mira, Appending::Notice { text: "n".into() }).await.unwrap().seq;
    assert_eq!(world.act(room, mira, message("a notice", Some(notice), &[])).await, Err(Refused::NoMessage));
    world.act(room, mira, delete(seq)).await.unwrap();
    assert!(world.act(room, mira, message("still", Some(seq), &[])).await.is_ok(), "to what is deleted one may answer");
}

pub async fn rooms_have_to_exist(world: World) {
    let (mira, room) = (world.user("mira").await, world.room("a").await);
    let batch = [world.item(world.uuid().into(), mira, say("where?")), world.item(room, mira, say("here"))];
    let outcomes = world.all(&batch).await;
    assert_eq!(outcomes[0], Err(Refused::NoRoom));
    assert!(outcomes[1].is_ok());
    assert!(world.all(&[]).await.is_empty());
}

pub async fn everything_is_queued_for_the_archive(world: World) {
    let (mira, room) = (world.user("mira").await, world.room("a").await);
    let before = world.store.queued(100).await.unwrap();
    let record = Record { kind: Kind::Join, room: Some(room), user: Some(mira), at: at(5), version: 1, payload: serde_json::json!({ "a": "b\u{0}" }) };
    let batch = [world.item(room, mira, say("one")), world.item(room, mira, react(1, "👍", true)), world.item(room, mira, delete(9))];
    world.store.append(&batch, &[record.clone(), record.clone()]).await.unwrap();
    world.store.append(&[], std::slice::from_ref(&record)).await.unwrap();
    let queued = world.store.queued(100).await.unwrap().split_off(before.len());
    let events: Vec<_> = queued.iter().filter(|row| row.seq.is_some()).map(|row| (row.room, row.seq)).collect();
    assert_eq!(events, [(Some(room), Some(1)), (Some(room), Some(2))]);
    // What says more than a join does is kept as it is.
    let join = Content::Other { name: "join".to_owned(), payload: record.payload };
    let joins: Vec<_> = queued.iter().filter(|row| row.content == join).collect();
    assert_eq!(joins.len(), 3);
    assert!(joins.iter().all(|row| (row.user, row.at, row.version) == (Some(mira), Some(at(5)), Some(1))));
    assert!(queued.windows(2).all(|pair| pair[0].id < pair[1].id));
}

pub async fn texts_of_all_kinds_come_back(world: World) {
    let (mira, room) = (world.user("mira").await, world.room("a").await);
    let texts = ["\"quoted\" \\ back\\u0041slash", "tab\tnew\nline\r\u{1}\u{1f}", "日本語 👨‍👩‍👧 \u{10FFFF}", "'; DROP TABLE users; --", "{}", ""];
    let long = "ß".repeat(40_000);
    let batch: Vec<_> = texts.iter().copied().chain([long.as_str()]).map(|text| world.item(room, mira, say(text))).collect();
    world.all(&batch).await.into_iter().for_each(|outcome| assert!(outcome.is_ok()));
    let history = world.store.history(room, &Default::default(), 50, mira).await.unwrap();
    let bodies: Vec<_> = history.messages.iter().filter_map(|message| message.body.as_deref()).collect();
    assert_eq!(bodies[..texts.len()], texts);
    assert_eq!(bodies[texts.len()], long);
    // What no database of ours takes must not fail the batch; and a repetition is recognised all the same.
    let item = world.item(room, mira, say("a\0b"));
    let placed = world.one(&item).await.unwrap();
    assert_eq!(world.store.message(room, placed.seq, mira).await.unwrap().unwrap().body.as_deref(), Some("a\u{FFFD}b"));
    assert!(!world.one(&item).await.unwrap().new);
}

pub async fn mentions_follow_the_text(world: World) {
    let (mira, omar, room) = (world.user("mira").await, world.user("omar").await, world.room("a").await);
    world.store.set_following(omar, &[room], true).await.unwrap();
    let count = async || world.store.follow(omar, room).await.unwrap().mentions;
    let seq = world.act(room, mira, message("@omar @omar", None, &[omar, omar])).await.unwrap().seq;
    assert_eq!(count().await, 1);
    world.act(room, mira, edit(seq, "@mira", &[mira])).await.unwrap();
    assert_eq!(count().await, 0);
    assert_eq!(world.store.message(room, seq, mira).await.unwrap().unwrap().mentions, [mira]);
    world.act(room, mira, edit(seq, "@mira @omar", &[mira, omar])).await.unwrap();
    assert_eq!(count().await, 1);
    world.act(room, mira, delete(seq)).await.unwrap();
    assert_eq!(count().await, 0);
    assert!(world.store.message(room, seq, mira).await.unwrap().unwrap().mentions.is_empty());
}

pub async fn ten_writers_leave_no_gap(world: World) {
    let (mira, rooms) = (world.user("mira").await, [world.room("a").await, world.room("b").await]);
    let writers: Vec<_> = (0..10)
        .map(|writer: usize| {
            let world = world.clone();
            tokio::spawn(async move {
                for round in 0..10 {
                    // Each names the rooms in another order.
                    let batch: Vec<_> = (0..4).map(|i| world.item(rooms[(writer + i) % 2], mira, say(&format!("{writer} {round} {i}")))).collect();
                    assert!(world.all(&batch).await.iter().all(Result::is_ok));
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    for room in rooms {
        let events = world.store.events_after(room, 0, 500).await.unwrap();
        assert_eq!(events.iter().map(RoomEvent::seq).collect::<Vec<_>>(), (1..=200).collect::<Vec<_>>());
        assert!(events.iter().all(|event| event.n() == event.seq()));
        let head = world.store.heads(&[room]).await.unwrap()[0];
        assert_eq!((head.seq, head.n), (200, 200));
    }
}
