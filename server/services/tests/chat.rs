//! The live path: order, exactly once, nothing lost, nothing told to whom it isn't for.

#![allow(clippy::unwrap_used)]

mod world;

use std::time::Duration;

use serde_json::json;
use stoa_domain::access::Refusal;
use stoa_domain::room::{Privacy, RoomList, RoomState, RoomType};
use stoa_domain::wire::Page;
use stoa_domain::wire::Person;
use stoa_domain::wire::channel::{ByeReason, Done, Incoming, Outcome, ReadMark, Signal};
use stoa_domain::wire::message::{History, RoomEvent};
use stoa_store::{Append, Appending};
use world::{Client, World, nonce};

fn body(event: &RoomEvent) -> &str {
    match event {
        RoomEvent::Message { message, .. } => message.body.as_deref().unwrap_or_default(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_chat() {
    let world = World::new().await;
    let (aiko, omar) = (world.user("aiko").await, world.user("omar").await);
    let room = world.room("lobby", Privacy::Open).await;
    let (mut a, mut o) = (world.connect(&aiko).await, world.connect(&omar).await);
    let open = a.join(room, None).await.unwrap();
    assert_eq!((open.last_seq, open.last_n), (0, 0));
    o.join(room, None).await.unwrap();
    let Signal::Joined { people, count, .. } =
        a.signal(|signal| matches!(signal, Signal::Joined { people, .. } if people.iter().any(|person| person.name == "omar"))).await
    else {
        panic!()
    };
    assert!(count >= 1 && !people.is_empty());

    let n = nonce();
    let first: stoa_domain::wire::message::Posted = a.ask("post", json!({ "room": room, "nonce": n, "body": "hello @omar" })).await.unwrap();
    assert_eq!((first.seq, first.n), (1, 1));
    let event = o.event().await;
    assert_eq!(body(&event), "hello @omar");
    assert_eq!(event.nonce(), None, "the nonce is the author's");
    let RoomEvent::Message { message, .. } = &event else { panic!() };
    assert_eq!(message.mentions, [omar.user]);
    assert_eq!(a.event().await.nonce().map(|nonce| nonce.0), Some(n), "the author gets his nonce back");

    // The same nonce again is the same post; with other content it is refused.
    let again: stoa_domain::wire::message::Posted = a.ask("post", json!({ "room": room, "nonce": n, "body": "hello @omar" })).await.unwrap();
    assert_eq!(again, first);
    let refused = a.ask::<Done>("post", json!({ "room": room, "nonce": n, "body": "other" })).await.unwrap_err();
    assert_eq!(refused.slug(), "nonce-reused");

    // Edit, reply, react, delete: each an event for both, in order.
    a.ask::<Done>("edit", json!({ "room": room, "seq": 1, "nonce": nonce(), "body": "hello all @omar" })).await.unwrap();
    let reply: stoa_domain::wire::message::Posted = o.ask("post", json!({ "room": room, "nonce": nonce(), "body": "hi", "reply_to": 1 })).await.unwrap();
    assert_eq!((reply.seq, reply.n), (3, 2));
    o.ask::<Done>("react", json!({ "room": room, "seq": 1, "nonce": nonce(), "emoji": "👍", "on": true })).await.unwrap();
    o.ask::<Done>("delete", json!({ "room": room, "seq": 3, "nonce": nonce() })).await.unwrap();
    let mut seqs = Vec::new();
    for _ in 0..4 {
        let event = a.event().await;
        seqs.push(event.seq());
        if let RoomEvent::Message { message, .. } = event {
            let quote = message.reply_to.expect("a reply quotes");
            assert_eq!((quote.seq, quote.excerpt.as_deref()), (1, Some("hello all @omar")));
        }
    }
    assert_eq!(seqs, [2, 3, 4, 5]);

    let history: History = a.ask("history", json!({ "room": room })).await.unwrap();
    assert_eq!((history.from_seq, history.to_seq), (1, 5));
    assert_eq!(history.messages.len(), 2);
    assert_eq!(history.messages[0].body.as_deref(), Some("hello all @omar"));
    assert!(history.messages[0].edited_at.is_some());
    assert_eq!(history.messages[0].reactions[0].count, 1);
    assert!(!history.messages[0].reactions[0].mine && history.messages[1].deleted.is_some() && history.messages[1].body.is_none());

    // Others' messages aren't edited; a mark moves forwards only, unless told.
    let refused = o.ask::<Done>("edit", json!({ "room": room, "seq": 1, "nonce": nonce(), "body": "mine now" })).await.unwrap_err();
    assert_eq!(refused.status, 403);
    let mark: ReadMark = o.ask("read", json!({ "room": room, "seq": 5 })).await.unwrap();
    assert_eq!((mark.seq, mark.unread, mark.mentions), (5, 0, 0));
    let mark: ReadMark = o.ask("read", json!({ "room": room, "seq": 1 })).await.unwrap();
    assert_eq!(mark.seq, 5);
    let mark: ReadMark = o.ask("read", json!({ "room": room, "seq": 0, "back": true })).await.unwrap();
    assert_eq!((mark.seq, mark.unread, mark.mentions), (0, 2, 1));
    let roster: Page<Person> = o.ask("roster", json!({ "room": room })).await.unwrap();
    assert_eq!(roster.items.len(), 2);
    a.ask::<serde_json::Value>("typing", json!({ "room": room })).await.unwrap();
    o.signal(|signal| matches!(signal, Signal::Typing { .. })).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_storm_everyone_sees_one_order_without_gaps() {
    const CLIENTS: usize = 20;
    const POSTS: usize = 15;
    let world = World::new().await;
    let room = world.room("storm", Privacy::Open).await;
    let mut clients = Vec::new();
    for n in 0..CLIENTS {
        let user = world.user(&format!("u{n}")).await;
        let mut client = world.connect(&user).await;
        client.join(room, None).await.unwrap();
        clients.push(client);
    }
    // One that leaves in the middle and comes back with what it has.
    let late = world.user("late").await;
    let mut gone = world.connect(&late).await;
    gone.join(room, None).await.unwrap();

    let tasks: Vec<_> = clients
        .into_iter()
        .enumerate()
        .map(|(n, mut client)| {
            tokio::spawn(async move {
                let mut posted = Vec::new();
                for k in 0..POSTS {
                    posted.push((client.post(room, &format!("{n}-{k}")).await.unwrap().seq, format!("{n}-{k}")));
                }
                let mut seen = Vec::new();
                while seen.len() < CLIENTS * POSTS {
                    let event = client.event().await;
                    seen.push((event.seq(), body(&event).to_owned()));
                }
                (posted, seen)
            })
        })
        .collect();
    let mut got = Vec::new();
    while got.len() < 40 {
        let event = gone.event().await;
        got.push((event.seq(), body(&event).to_owned()));
    }
    drop(gone);
    let mut back = world.connect(&late).await;
    let open = back.join(room, Some(got.last().unwrap().0)).await.unwrap();
    got.extend(open.events.expect("within one answer").iter().map(|event| (event.seq(), body(event).to_owned())));
    assert_eq!(got.last().unwrap().0, open.last_seq, "the answer ends at its last_seq");
    while got.len() < CLIENTS * POSTS {
        let event = back.event().await;
        got.push((event.seq(), body(&event).to_owned()));
    }

    let mut acknowledged = Vec::new();
    for task in tasks {
        let (posted, seen) = task.await.unwrap();
        assert_eq!(seen, got, "the same order, nothing missing, for everyone");
        acknowledged.extend(posted);
    }
    acknowledged.sort();
    let mut all = got.clone();
    all.sort();
    assert_eq!(acknowledged, all, "what was acknowledged is what is there");
    assert!(got.iter().enumerate().all(|(at, (seq, _))| *seq == at as i64 + 1), "from 1 without gaps");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_event_told_is_found_within_a_second() {
    let world = World::new().await;
    let aiko = world.user("aiko").await;
    let room = world.room("quiet", Privacy::Open).await;
    let mut client = world.connect(&aiko).await;
    client.join(room, None).await.unwrap();
    // As another server would, or a writer whose connection broke after the commit.
    let item = |body: &str| Append {
        room,
        author: aiko.user,
        nonce: Some(nonce().into()),
        id: nonce().into(),
        at: stoa_services::Clock::now(world.clock.as_ref()),
        access_version: 1,
        what: Appending::Message {
            kind: stoa_domain::message::MessageKind::Chat,
            subject: None,
            body: body.into(),
            importance: stoa_domain::message::Importance::Normal,
            reply_to: None,
            mentions: Vec::new(),
            files: Vec::new(),
            withheld: false,
        },
    };
    world.store.append(&[item("one"), item("two")], &[]).await.unwrap();
    assert_eq!(body(&client.event().await), "one");
    assert_eq!(body(&client.event().await), "two");
    // A gap in between is filled at once, and the order kept.
    world.store.append(&[item("three")], &[]).await.unwrap();
    client.post(room, "four").await.unwrap();
    assert_eq!(body(&client.event().await), "three");
    assert_eq!(body(&client.event().await), "four");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_loses_access_is_told_why_and_hears_no_more() {
    let world = World::new().await;
    let aiko = world.user("aiko").await;
    let room = world.room("inner", Privacy::Closed).await;
    let mut client = world.connect(&aiko).await;
    let refused = client.join(room, None).await.unwrap_err();
    assert_eq!(refused.status, 403, "it may be known, not entered");
    world.put(room, RoomList::Members, &aiko).await;
    client.join(room, None).await.unwrap();
    world.take(room, RoomList::Members, &aiko).await;
    let signal = client.signal(|signal| matches!(signal, Signal::Removed { .. })).await;
    assert_eq!(signal, Signal::Removed { room, reason: Refusal::NotAMember });
    let mut root = world.connect(&world.admin).await;
    root.join(room, None).await.unwrap();
    root.post(room, "among us").await.unwrap();
    assert_eq!(client.post(room, "still there?").await.unwrap_err().status, 403);
    assert!(!client.seen.iter().any(|frame| matches!(frame, Incoming::Event(_))));

    // Disabling throws everyone out; enabling lets them in again.
    world.put(room, RoomList::Members, &aiko).await;
    client.join(room, None).await.unwrap();
    world.services.rooms.set_state(&world.admin, room, RoomState::Disabled).await.unwrap();
    let signal = client.signal(|signal| matches!(signal, Signal::Removed { .. })).await;
    assert_eq!(signal, Signal::Removed { room, reason: Refusal::RoomDisabled });
    assert_eq!(client.join(room, None).await.unwrap_err().status, 404);
    world.services.rooms.set_state(&world.admin, room, RoomState::Active).await.unwrap();
    client.join(room, None).await.unwrap();

    // A disabled account's sockets end.
    let version = world.services.users.get(&world.admin, aiko.user).await.unwrap().account.unwrap().version;
    let change = stoa_domain::wire::people::ChangeUser { enabled: Some(false), ..Default::default() };
    world.services.users.change(&world.admin, aiko.user, change, Some(&version)).await.unwrap();
    let bye = client.signal(|signal| matches!(signal, Signal::Bye { .. })).await;
    assert!(matches!(bye, Signal::Bye { reason: ByeReason::SessionEnded, .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_room_answers_like_an_unknown_one() {
    let world = World::new().await;
    let aiko = world.user("aiko").await;
    let secret = world.room("secret", Privacy::Secret).await;
    let unknown: stoa_domain::id::RoomId = nonce().into();
    let mut client = world.connect(&aiko).await;
    let ops = |room| {
        [
            ("post", json!({ "room": room, "nonce": nonce(), "body": "x" })),
            ("edit", json!({ "room": room, "seq": 1, "nonce": nonce(), "body": "x" })),
            ("delete", json!({ "room": room, "seq": 1, "nonce": nonce() })),
            ("react", json!({ "room": room, "seq": 1, "nonce": nonce(), "emoji": "👍", "on": true })),
            ("history", json!({ "room": room })),
            ("roster", json!({ "room": room })),
            ("read", json!({ "room": room, "seq": 1 })),
            ("typing", json!({ "room": room })),
            ("join", json!({ "rooms": [{ "room": room }] })),
            ("close", json!({ "room": room })),
            ("leave", json!({ "room": room })),
        ]
    };
    for ((op, hidden), (_, unknown_fields)) in ops(secret).into_iter().zip(ops(unknown)) {
        let one = client.ask::<serde_json::Value>(op, hidden).await;
        let other = client.ask::<serde_json::Value>(op, unknown_fields).await;
        let text = |answer: &Result<serde_json::Value, _>| format!("{answer:?}").replace(&secret.to_string(), "ID").replace(&unknown.to_string(), "ID");
        assert_eq!(text(&one), text(&other), "{op}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_presenters_post_in_an_auditorium() {
    let world = World::new().await;
    let (aiko, omar) = (world.user("aiko").await, world.user("omar").await);
    let room = world.room_of("stage", Privacy::Open, RoomType::Auditorium).await;
    world.put(room, RoomList::Presenters, &aiko).await;
    let (mut a, mut o) = (world.connect(&aiko).await, world.connect(&omar).await);
    a.post(room, "welcome").await.unwrap();
    assert_eq!(o.post(room, "me too").await.unwrap_err().status, 403);
    assert_eq!(o.ask::<serde_json::Value>("typing", json!({ "room": room })).await.unwrap_err().status, 403);
    o.ask::<Done>("react", json!({ "room": room, "seq": 1, "nonce": nonce(), "emoji": "👏", "on": true })).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_is_told_to_come_back_and_misses_nothing() {
    let world = World::new().await;
    let (slow, fast) = (world.user("slow").await, world.user("fast").await);
    let room = world.room("busy", Privacy::Open).await;
    let mut reader = world.connect(&slow).await;
    reader.join(room, None).await.unwrap();
    let mut writer = world.connect(&fast).await;
    let big = "x".repeat(3_900);
    let mut last = 0;
    for n in 0..400 {
        if n % 50 == 49 {
            world.clock.advance(Duration::from_secs(60));
        }
        last = writer.post(room, &big).await.unwrap().seq;
    }
    // It read nothing so far: its events were dropped, and it is told so.
    let signal = reader.signal(|signal| matches!(signal, Signal::Resync { .. })).await;
    assert_eq!(signal, Signal::Resync { rooms: vec![room] });
    let have = reader.seen.iter().filter_map(|frame| if let Incoming::Event(event) = frame { Some(event.seq()) } else { None }).max().unwrap_or(0);
    let open = reader.join(room, Some(have)).await.unwrap();
    let events = open.events.unwrap();
    assert_eq!(events.iter().map(RoomEvent::seq).collect::<Vec<_>>(), (have + 1..=last).collect::<Vec<_>>());
    writer.post(room, "after").await.unwrap();
    loop {
        if reader.event().await.seq() == last + 1 {
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_that_is_no_request_is_answered_and_the_socket_lives() {
    let world = World::new().await;
    let aiko = world.user("aiko").await;
    let mut client = world.connect(&aiko).await;
    for (text, re, slug) in [
        ("not json", 0, "malformed"),
        ("[]", 0, "malformed"),
        (r#"{"id":4}"#, 4, "malformed"),
        (r#"{"id":5,"op":"dance"}"#, 5, "unknown-operation"),
        (r#"{"id":6,"op":"read","room":"no-id","seq":1}"#, 6, "malformed"),
        (r#"{"id":7,"op":"post","room":"01939c5e-7a00-7000-8000-000000000001"}"#, 7, "malformed"),
    ] {
        client.connection.receive(text).await;
        assert_eq!(client.answer(re).await.unwrap_err().slug(), slug, "{text}");
    }
    let room = world.room("lobby", Privacy::Open).await;
    for (body, code) in [(String::new(), "required"), ("x".repeat(4_001), "too-long"), ("a\0b".into(), "forbidden-character")] {
        let problem = client.post(room, &body).await.unwrap_err();
        assert_eq!((problem.status, problem.errors[0].code.as_ref()), (422, code));
    }
    client.post(room, &"é".repeat(4_000)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_good_once_for_half_a_minute() {
    let world = World::new().await;
    let aiko = world.user("aiko").await;
    let ticket = || async { world.services.lookup.lookup(&aiko, "ws://test").await.unwrap().channel.ticket };
    let first = ticket().await;
    assert!(world.services.lookup.redeem(&first).is_ok());
    assert_eq!(world.services.lookup.redeem(&first).unwrap_err().slug(), "bad-ticket");
    let late = ticket().await;
    world.clock.advance(Duration::from_secs(31));
    assert_eq!(world.services.lookup.redeem(&late).unwrap_err().slug(), "bad-ticket");
    let mut forged = ticket().await.into_bytes();
    forged[30] = if forged[30] == b'A' { b'B' } else { b'A' };
    assert!(world.services.lookup.redeem(&String::from_utf8(forged).unwrap()).is_err());
    for made_up in ["", "x", "AAAA"] {
        assert!(world.services.lookup.redeem(made_up).is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_and_following_reach_all_of_ones_sockets() {
    let world = World::new().await;
    let aiko = world.user("aiko").await;
    let room = world.room("lobby", Privacy::Open).await;
    let (mut one, mut two) = (world.connect(&aiko).await, world.connect(&aiko).await);
    one.join(room, None).await.unwrap();
    assert_eq!(two.signal(|signal| matches!(signal, Signal::Followed { .. })).await, Signal::Followed { room });
    two.join(room, None).await.unwrap();
    one.ask::<serde_json::Value>("leave", json!({ "room": room })).await.unwrap();
    two.signal(|signal| matches!(signal, Signal::Unfollowed { .. })).await;
    assert!(world.services.me.rooms(&aiko).await.unwrap().is_empty());
    let mut other: Client = world.connect(&world.admin).await;
    other.post(room, "anyone?").await.unwrap();
    two.ask::<serde_json::Value>("ping", json!({})).await.unwrap();
    assert!(!two.seen.iter().any(|frame| matches!(frame, Incoming::Event(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_that_is_joined_again_and_again_tells_each_event_once() {
    let world = World::new().await;
    let (reads, writes) = (world.user("reads").await, world.user("writes").await);
    let room = world.room("busy", Privacy::Open).await;
    let (mut reader, mut writer) = (world.connect(&reads).await, world.connect(&writes).await);
    reader.join(room, None).await.unwrap();
    const POSTS: i64 = 90;
    let posting = tokio::spawn(async move {
        for n in 0..POSTS {
            writer.post(room, &n.to_string()).await.unwrap();
        }
        writer
    });
    let mut have = 0;
    let mut joins = 0;
    while have < POSTS {
        if joins < 60 {
            joins += 1;
            reader.send("join", json!({ "rooms": [{ "room": room, "after_seq": have }] })).await;
        }
        reader.pump().await;
        for frame in std::mem::take(&mut reader.seen) {
            match frame {
                Incoming::Event(event) => {
                    assert_eq!(event.seq(), have + 1, "nothing twice, nothing missing");
                    have = event.seq();
                }
                Incoming::Answer { outcome: Outcome::Ok(answer), .. } => {
                    let last = answer["rooms"][0]["last_seq"].as_i64().unwrap();
                    assert!(last >= have, "the answer knows what was told before it");
                    have = last;
                }
                Incoming::Answer { outcome: Outcome::Error(problem), .. } => panic!("{problem}"),
                Incoming::Signal(_) => {}
            }
        }
    }
    posting.await.unwrap();
}
