//! What the domain writes is read here as the domain reads it.

use super::*;
use crate::json::read;
use stoa_domain::time::Timestamp;
use stoa_domain::wire::channel::{Answer, Incoming, Joined as Written, JoinedRoom, Outcome};
use stoa_domain::wire::lookup::{FilesAt, Lookup, PoolInfo};
use uuid::Uuid;

fn person() -> Person {
    Person { id: Uuid::from_u128(1).into(), name: "aiko".into(), display_name: "Aiko \"T\" Tanaka\n".into() }
}
fn room() -> RoomId {
    Uuid::from_u128(2).into()
}
fn info() -> RoomInfo {
    let may = Rights { find: true, enter: true, ..Rights::default() };
    RoomInfo {
        id: room(),
        name: "a".into(),
        description: "b".into(),
        topic: String::new(),
        category: CategoryId(Uuid::from_u128(3)),
        path: vec!["x".into(), "y".into()],
        privacy: Privacy::Secret,
        room_type: RoomType::Auditorium,
        state: RoomState::Disabled,
        may,
        upload: true,
        max_bytes: Some(7),
        kept: false,
    }
}
fn message() -> Message {
    Message {
        seq: 7,
        n: 5,
        id: MessageId(Uuid::from_u128(4)),
        at: Timestamp::from_millis(1_700_000_000_123),
        author: person(),
        kind: MessageKind::Story,
        subject: Some("s".into()),
        body: Some("b".into()),
        importance: Importance::High,
        reply_to: Some(Quote { seq: 1, author: person(), excerpt: None }),
        mentions: vec![person().id],
        attachments: vec![attachment()],
        edited_at: Some(Timestamp::from_millis(5)),
        deleted: Some(Deleted { by: person(), at: Timestamp::from_millis(6) }),
        replaced: Some(Deleted { by: person(), at: Timestamp::from_millis(8) }),
        withheld: true,
        reactions: vec![Reaction { emoji: "👍".into(), count: 2, mine: true }],
        nonce: Some(Nonce(Uuid::from_u128(5))),
    }
}
fn attachment() -> Attachment {
    Attachment {
        id: FileId(Uuid::from_u128(6)),
        name: "a.png".into(),
        kind: "image/png".into(),
        size: 7,
        sha256: "00".into(),
        width: Some(3),
        height: None,
        lost: false,
        held: Some(Held::Checking),
    }
}
fn plain() -> Message {
    Message {
        subject: None,
        body: None,
        reply_to: None,
        mentions: vec![],
        attachments: vec![Attachment { lost: true, held: None, ..attachment() }],
        edited_at: None,
        deleted: None,
        replaced: None,
        withheld: false,
        reactions: vec![],
        nonce: None,
        ..message()
    }
}
fn invitation() -> Invitation {
    Invitation { room: room(), description: info(), by: Some(person()), at: Timestamp::from_millis(3) }
}
fn request() -> JoinRequest {
    JoinRequest {
        room: room(),
        name: "a".into(),
        path: vec!["x".into()],
        person: person(),
        at: Timestamp::from_millis(3),
        text: "t".into(),
        answer: Some(JoinAnswer::Yes),
        answered_by: Some(person()),
        answered_at: Some(Timestamp::from_millis(4)),
        note: "n".into(),
    }
}
fn head(nonce: Option<Nonce>) -> EventHead {
    EventHead { room: room(), seq: 8, n: 5, at: Timestamp::from_millis(9), author: person(), nonce }
}
fn events() -> Vec<RoomEvent> {
    let nonce = Some(Nonce(Uuid::from_u128(5)));
    vec![
        RoomEvent::Message { room: room(), message: message() },
        RoomEvent::Message { room: room(), message: plain() },
        RoomEvent::Edited { head: head(nonce), of: 7, subject: Some("s".into()), body: Some("b".into()), mentions: vec![person().id], withheld: true },
        RoomEvent::Edited { head: head(None), of: 7, subject: None, body: None, mentions: vec![], withheld: false },
        RoomEvent::Deleted { head: head(None), of: 7 },
        RoomEvent::Reaction { head: head(nonce), of: 7, emoji: "👍".into(), on: true },
        RoomEvent::Reaction { head: head(None), of: 7, emoji: "👍".into(), on: false },
        RoomEvent::Cleared { head: head(None), how: Clearing::Replaced, of: vec![[1, 2], [5, 5]], text: Some("x".into()) },
        RoomEvent::Cleared { head: head(None), how: Clearing::Restored, of: vec![], text: None },
        RoomEvent::Checked { head: head(None), of: 7, file: attachment().id, held: Some(Held::Infected) },
        RoomEvent::Checked { head: head(None), of: 7, file: attachment().id, held: None },
        RoomEvent::Notice { head: head(None), text: "n".into() },
    ]
}

#[test]
fn events_are_read_as_they_were_written() {
    for event in events() {
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(frame(&text), Some(Frame::Event(Box::new(event))), "{text}");
    }
}

#[test]
fn signals_are_read_as_they_were_written() {
    let mut signals = vec![
        Signal::Joined { room: room(), people: vec![person()], count: 3 },
        Signal::Left { room: room(), people: vec![], count: 0 },
        Signal::Typing { room: room(), person: person() },
        Signal::Read(ReadMark { room: room(), seq: 4, unread: 2, mentions: 1 }),
        Signal::Room { room: room(), description: info() },
        Signal::Unfollowed { room: room() },
        Signal::Followed { room: room() },
        Signal::Invited(Box::new(invitation())),
        Signal::Asked { room: room(), waiting: 2 },
        Signal::Answered(Box::new(request())),
        Signal::Answered(Box::new(JoinRequest { answer: None, answered_by: None, answered_at: None, note: String::new(), ..request() })),
        Signal::Resync { rooms: vec![room()] },
    ];
    let refusals =
        [Refusal::Unknown, Refusal::AccountDisabled, Refusal::RoomDisabled, Refusal::OutOfScope, Refusal::Denied, Refusal::Excluded, Refusal::NotAMember];
    signals.extend(refusals.map(|reason| Signal::Removed { room: room(), reason }));
    signals.extend([ByeReason::Stopping, ByeReason::SessionEnded, ByeReason::AccessUnknown].map(|reason| Signal::Bye { after_ms: 5, reason }));
    for signal in signals {
        let text = serde_json::to_string(&signal).unwrap();
        assert!(matches!(Incoming::decode(&text), Ok(Some(Incoming::Signal(_)))), "{text}");
        assert_eq!(frame(&text), Some(Frame::Signal(Box::new(signal))), "{text}");
    }
    assert_eq!(frame(r#"{"ev":"something-new","room":7,"x":1}"#), None);
    assert_eq!(frame("[]"), None);
}

#[test]
fn answers_are_read_as_they_were_written() {
    let mark = ReadMark { room: room(), seq: 1, unread: 0, mentions: 0 };
    let text = serde_json::to_string(&Answer { re: 3, outcome: Outcome::Ok(mark) }).unwrap();
    let Some(Frame::Answer { re: 3, answer: Ok(ok) }) = frame(&text) else { panic!("{text}") };
    assert_eq!(ReadMark::read(&ok), Some(mark));
    let problem = Problem::invalid().field("/name", "required", "m").detail("d").retry_after(2);
    let text = serde_json::to_string(&Answer::<()> { re: 3, outcome: Outcome::Error(problem.clone()) }).unwrap();
    assert_eq!(frame(&text), Some(Frame::Answer { re: 3, answer: Err(problem) }));
}

#[test]
fn joins_are_read_as_they_were_written() {
    let open = |events, messages, truncated| OpenRoom {
        room: room(),
        description: info(),
        people: People { count: 2, here: Some(vec![person()]) },
        last_seq: 8,
        last_n: 5,
        read_seq: 3,
        events,
        messages,
        from_seq: Some(2),
        truncated,
    };
    let rooms = [open(Some(events()), None, false), open(None, Some(vec![message(), plain()]), true)];
    let error = Problem::forbidden().detail("x").retry_after(3);
    let wire = Written {
        rooms: rooms.iter().map(|room| JoinedRoom::Ok(Box::new(room.clone()))).chain([JoinedRoom::Error { room: room(), error: error.clone() }]).collect(),
    };
    let [one, two] = rooms;
    assert_eq!(read(&serde_json::to_string(&wire).unwrap()), Some(Joined(vec![Ok(one), Ok(two), Err((room(), error))])));
}

#[test]
fn a_lookup_is_read_as_it_was_written() {
    let my_room =
        MyRoom { room: info(), last_seq: 1, last_n: 2, read_seq: 3, unread: 4, mentions: 5, favourite: true, level: Level::Mentions, draft: Some("d".into()) };
    let wire = Lookup {
        user: person(),
        channel: ChannelAt { url: "ws://a".into(), ticket: "t".into(), expires_at: Timestamp::from_millis(1) },
        files: FilesAt { url: "f".into(), max_bytes: 1 },
        limits: Limits { message: 1, story_offer: 2, story: 3, search: 4, history: 5, frame: 6 },
        rooms: vec![my_room.clone(), MyRoom { draft: None, ..my_room.clone() }],
        invitations: vec![invitation()],
        server_time: Timestamp::from_millis(1),
        pool: PoolInfo { name: "p".into(), version: "v".into() },
    };
    let found: Option<Found> = read(&serde_json::to_string(&wire).unwrap());
    assert_eq!(
        found,
        Some(Found { channel: wire.channel, limits: wire.limits, rooms: wire.rooms.into_iter().map(Mine::from).collect(), invitations: wire.invitations })
    );
}

#[test]
fn a_start_is_read_as_it_was_written() {
    let my_room = MyRoom { room: info(), last_seq: 1, last_n: 2, read_seq: 3, unread: 4, mentions: 5, favourite: true, level: Level::All, draft: None };
    let session = Session { user: person(), roles: vec![Role::Administrator, Role::UserAdministrator], may_create_rooms: true, manages_categories: true };
    let start = Start {
        boot: Boot { session, rooms: vec![my_room.into()], invitations: vec![invitation()], asked: vec![request()], now: Timestamp::from_millis(7) },
        room: Some(RoomPage { info: info(), history: History { messages: vec![message(), plain()], from_seq: 1, to_seq: 9 }, requests: vec![request()] }),
        problem: Some(Problem::forbidden()),
        anchor: Some(3),
        said: "x".into(),
    };
    assert_eq!(read(&serde_json::to_string(&start).unwrap()), Some(start));
}

#[test]
fn an_unsent_post_is_read_as_it_was_written() {
    let mut post = NewMessage {
        nonce: Nonce(Uuid::from_u128(5)),
        body: "b".into(),
        kind: MessageKind::Story,
        subject: Some("s".into()),
        importance: Importance::High,
        reply_to: Some(4),
        attachments: vec![attachment().id],
    };
    assert_eq!(read(&serde_json::to_string(&post).unwrap()), Some(post.clone()));
    post = NewMessage { kind: MessageKind::Chat, subject: None, importance: Importance::Normal, reply_to: None, attachments: vec![], ..post };
    assert_eq!(read(&serde_json::to_string(&post).unwrap()), Some(post));
}
