//! Message clean-up: what administrators hide is hidden at once for everyone, goes on after a
//! restart, can be taken back for a while, and is erased after that.

#![allow(clippy::unwrap_used)]

mod world;

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use stoa_domain::id::RoomId;
use stoa_domain::message::Clearing;
use stoa_domain::room::{Privacy, RoomList};
use stoa_domain::wire::PageQuery;
use stoa_domain::wire::cleanup::{ClearRoom, MessageQuery, NewMessageQuery, QueryAction, QueryState};
use stoa_domain::wire::message::{History, HistoryQuery, RoomEvent};
use stoa_services::{Caller, Clock, Environment, Options, Services};
use stoa_store::{Actor, Audit, AuditRow, LegalHold};
use world::{Client, World, nonce};

fn remove() -> NewMessageQuery {
    NewMessageQuery {
        name: None,
        rooms: None,
        category: None,
        author: None,
        from: None,
        to: None,
        words: None,
        action: QueryAction::Remove,
        text: None,
        dry_run: false,
    }
}

async fn begin(world: &World, query: NewMessageQuery) -> MessageQuery {
    let id = world.services.cleanup.begin(&world.admin, query, None).await.unwrap().id;
    ended(world, id).await
}

/// What the audit log says of clean-ups, but for who looked at one.
async fn records(world: &World) -> Vec<AuditRow> {
    let mut records = world.store.audits(0, 1_000).await.unwrap();
    records.retain(|row| row.action.starts_with("messages.") && row.action != "messages.look");
    records
}

/// Waits for the query's end.
async fn ended(world: &World, id: stoa_domain::id::QueryId) -> MessageQuery {
    let waited = std::time::Instant::now();
    loop {
        let query = world.services.cleanup.get(&world.admin, id).await.unwrap();
        if !matches!(query.state, QueryState::Running | QueryState::Undoing) {
            return query;
        }
        assert!(waited.elapsed() < Duration::from_secs(20), "never ends: {query:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn bodies(world: &World, who: &Caller, room: RoomId) -> Vec<Option<String>> {
    let History { messages, .. } = world.services.channel.history(who, room, &HistoryQuery::default()).await.unwrap();
    messages.into_iter().map(|message| message.body).collect()
}

/// A room with three messages of omar's, and him and mira in it.
async fn talk(world: &World) -> (RoomId, Caller, Caller, Client, Client) {
    let (omar, mira) = (world.user("omar").await, world.user("mira").await);
    let room = world.room("hall", Privacy::Open).await;
    let (mut one, mut other) = (world.connect(&omar).await, world.connect(&mira).await);
    one.join(room, None).await.unwrap();
    other.join(room, None).await.unwrap();
    for body in ["the secret is out", "Nothing to see", "SECRET, too"] {
        one.post(room, body).await.unwrap();
        other.event().await;
    }
    (room, omar, mira, one, other)
}

#[tokio::test]
async fn what_is_removed_is_gone_for_everyone_at_once() {
    let world = World::new().await;
    let (room, omar, mira, _one, mut other) = talk(&world).await;
    other.ask::<serde_json::Value>("post", json!({ "room": room, "nonce": nonce(), "body": "what?", "reply_to": 1 })).await.unwrap();
    other.event().await;
    let done = begin(&world, NewMessageQuery { words: Some("secret".into()), ..remove() }).await;
    assert_eq!((done.state, done.messages, done.rooms, done.authors), (QueryState::Done, 2, 1, 1));
    assert!(done.undo_until.is_some_and(|until| until == world.clock.now().plus(Duration::from_secs(24 * 3600))));
    let RoomEvent::Cleared { head, how: Clearing::Removed, of, .. } = other.event().await else { panic!("no cleared") };
    assert_eq!((head.seq, head.author.id, of), (5, world.admin.user, vec![[1, 1], [3, 3]]));
    assert_eq!(bodies(&world, &mira, room).await, [None, Some("Nothing to see".into()), None, Some("what?".into())]);
    // Whoever comes back, or comes anew, doesn't find it either: not in the events, and in no quote.
    let again = world.connect(&omar).await.join(room, Some(0)).await.unwrap();
    let texts = serde_json::to_string(&again.events).unwrap().to_lowercase();
    assert!(!texts.contains("secret") && texts.contains("cleared"), "{texts}");
    assert!(!serde_json::to_string(&world.connect(&omar).await.join(room, None).await.unwrap()).unwrap().to_lowercase().contains("secret"));

    let undone = world.services.cleanup.undo(&world.admin, done.id).await.unwrap();
    assert_eq!(ended(&world, undone.id).await.state, QueryState::Undone);
    assert!(matches!(other.event().await, RoomEvent::Cleared { how: Clearing::Restored, .. }));
    assert_eq!(bodies(&world, &mira, room).await[0].as_deref(), Some("the secret is out"));
    assert_eq!(world.services.cleanup.undo(&world.admin, done.id).await.unwrap().state, QueryState::Undone, "twice is once");
    assert_eq!(
        records(&world).await.into_iter().map(|row| row.action).collect::<Vec<_>>(),
        ["messages.remove", "messages.removed", "messages.undo", "messages.undone"]
    );
}

#[tokio::test]
async fn a_dry_run_shows_texts_only_of_rooms_that_one_may_read() {
    let world = World::new().await;
    let (room, _omar, mira, ..) = talk(&world).await;
    let closed = world.room("vault", Privacy::Secret).await;
    world.put(closed, RoomList::Members, &mira).await;
    let mut inside = world.connect(&mira).await;
    inside.join(closed, None).await.unwrap();
    inside.post(closed, "a secret among us").await.unwrap();
    world.take(closed, RoomList::Managers, &world.admin).await;
    let found = begin(&world, NewMessageQuery { action: QueryAction::Find, words: Some("Secret".into()), ..remove() }).await;
    assert_eq!((found.messages, found.rooms, found.authors, found.undo_until), (3, 2, 2, None));
    let shown = found.found.unwrap();
    assert_eq!(shown.rooms.iter().map(|found| (found.room, found.messages, found.readable)).collect::<Vec<_>>(), [(room, 2, true), (closed, 1, false)]);
    assert_eq!(shown.messages.iter().map(|found| (found.room, found.message.seq)).collect::<Vec<_>>(), [(room, 1), (room, 3)]);
    assert!(bodies(&world, &mira, room).await.iter().all(Option::is_some), "nothing was hidden");
    let last = records(&world).await.pop().unwrap();
    assert_eq!((last.action.as_str(), &last.after["messages"]), ("messages.found", &json!(3)));
    assert_eq!(world.services.cleanup.undo(&world.admin, found.id).await.unwrap_err().status, 409);
    // A run for real is told of both, and hides both. The newest stands first.
    world.clock.advance(Duration::from_secs(1));
    let removed = begin(&world, NewMessageQuery { words: Some("secret".into()), ..remove() }).await;
    assert_eq!(removed.messages, 3);
    let listed = world.services.cleanup.list(&world.admin, &PageQuery { limit: Some(1), cursor: None }).await.unwrap();
    assert_eq!(listed.items.iter().map(|query| query.id).collect::<Vec<_>>(), [removed.id]);
    let rest = world.services.cleanup.list(&world.admin, &PageQuery { limit: None, cursor: listed.next }).await.unwrap();
    assert_eq!(rest.items.iter().map(|query| query.id).collect::<Vec<_>>(), [found.id]);
}

#[tokio::test]
async fn another_text_stands_there_and_the_author_cannot_bring_his_back() {
    let world = World::new().await;
    let (room, omar, mira, mut one, mut other) = talk(&world).await;
    let replace = NewMessageQuery { action: QueryAction::Replace, text: Some("[removed by request]".into()), author: Some(omar.user), ..remove() };
    assert_eq!(begin(&world, replace).await.messages, 3);
    let RoomEvent::Cleared { how: Clearing::Replaced, of, text: Some(text), .. } = other.event().await else { panic!("no cleared") };
    assert_eq!((of, text.as_str()), (vec![[1, 3]], "[removed by request]"));
    assert!(bodies(&world, &mira, room).await.iter().all(|body| body.as_deref() == Some("[removed by request]")));
    let refused = one.ask::<serde_json::Value>("edit", json!({ "room": room, "seq": 1, "nonce": nonce(), "body": "mine" })).await.unwrap_err();
    assert_eq!(refused.status, 403);
}

#[tokio::test]
async fn a_room_is_cleared_up_to_a_moment() {
    let world = World::new().await;
    let (room, _omar, mira, mut one, _other) = talk(&world).await;
    world.clock.advance(Duration::from_secs(60));
    let before = world.clock.now();
    one.post(room, "afterwards").await.unwrap();
    let clear = |dry_run| ClearRoom { before, dry_run };
    assert_eq!(world.services.cleanup.clear(&mira, room, clear(true), None).await.unwrap_err().status, 403);
    let dry = world.services.cleanup.clear(&world.admin, room, clear(true), None).await.unwrap();
    assert_eq!(ended(&world, dry.id).await.messages, 3);
    let done = world.services.cleanup.clear(&world.admin, room, clear(false), Some("k")).await.unwrap();
    assert_eq!(world.services.cleanup.clear(&world.admin, room, clear(false), Some("k")).await.unwrap().id, done.id, "once");
    assert_eq!(ended(&world, done.id).await.messages, 3);
    assert_eq!(bodies(&world, &mira, room).await, [None, None, None, Some("afterwards".into())]);
}

#[tokio::test]
async fn what_was_begun_goes_on_after_a_restart() {
    let world = World::new().await;
    let (room, _omar, mira, mut one, _other) = talk(&world).await;
    // Two slices at least.
    for n in 0..1_200 {
        one.send("post", json!({ "room": room, "nonce": nonce(), "body": format!("m {n}") })).await;
        if n % 50 == 0 {
            world.clock.advance(Duration::from_secs(10));
            one.pump().await;
        }
    }
    while world.store.heads(&[room]).await.unwrap()[0].n < 1_203 {
        one.pump().await;
    }
    // The database is lost in the middle, and this server with it.
    world.faults.fail("query_step", 1_000);
    let id = world.services.cleanup.begin(&world.admin, NewMessageQuery { rooms: Some(vec![room]), ..remove() }, None).await.unwrap().id;
    assert_eq!(world.services.cleanup.get(&world.admin, id).await.unwrap().state, QueryState::Running);
    world.services.stop(Duration::ZERO).await;
    world.faults.heal("query_step");
    let store = stoa_sqlite::open(world.folder.path()).await.unwrap();
    let environment = Environment::with_clock(Arc::clone(&world.clock) as Arc<dyn Clock>);
    let services = Services::start(Arc::clone(&store), environment, Options::default()).await.unwrap();
    let waited = std::time::Instant::now();
    while services.cleanup.get(&world.admin, id).await.unwrap().state == QueryState::Running {
        assert!(waited.elapsed() < Duration::from_secs(20), "never ends");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let done = services.cleanup.get(&world.admin, id).await.unwrap();
    assert_eq!((done.messages, done.progress.done), (1_203, done.progress.of));
    let history = services.channel.history(&mira, room, &HistoryQuery { limit: Some(500), ..HistoryQuery::default() }).await.unwrap();
    assert!(history.messages.iter().all(|message| message.body.is_none()));
    let events = store.events_after(room, 1_203, 100).await.unwrap();
    let told: i64 =
        events.iter().map(|event| if let RoomEvent::Cleared { of, .. } = event { of.iter().map(|[from, to]| to - from + 1).sum() } else { 0 }).sum();
    assert_eq!(told, 1_203, "each message is told of once");
    assert!(events.len() >= 3, "in slices");
    services.stop(Duration::ZERO).await;
}

#[tokio::test]
async fn after_the_window_texts_are_erased_but_for_what_is_held() {
    let world = World::new().await;
    let (room, _omar, mira, mut one, mut other) = talk(&world).await;
    other.post(room, "held").await.unwrap();
    one.event().await;
    let hold = LegalHold { id: uuid::Uuid::from_u128(1).into(), name: "case".into(), user: Some(mira.user), room: Some(room), from: None, until: None };
    let mut unit = world.store.begin(Actor { user: None, from: "test".into() }, world.clock.now()).await.unwrap();
    unit.put_hold(&hold).await.unwrap();
    unit.commit(Audit { action: "test", object: "test".into(), before: json!(null), after: json!(null) }).await.unwrap();
    let done = begin(&world, NewMessageQuery { rooms: Some(vec![room]), ..remove() }).await;
    assert_eq!(world.services.cleanup.erase().await.unwrap(), 0, "it may be undone");
    world.clock.advance(Duration::from_secs(24 * 3600));
    assert_eq!(world.services.cleanup.erase().await.unwrap(), 0, "the archive doesn't have it");
    let archived: Vec<_> = world.store.queued(10_000).await.unwrap().iter().map(|row| row.id).collect();
    world.store.unqueue(&archived).await.unwrap();
    assert_eq!(world.services.cleanup.erase().await.unwrap(), 3, "all but what is held");
    let shown = world.services.cleanup.get(&world.admin, done.id).await.unwrap();
    assert_eq!((shown.state, shown.erased, shown.messages), (QueryState::Done, 3, 4));
    assert_eq!(world.services.cleanup.undo(&world.admin, done.id).await.unwrap_err().status, 409);
    assert!(bodies(&world, &mira, room).await.iter().all(Option::is_none), "held isn't shown");
    let mut unit = world.store.begin(Actor { user: None, from: "test".into() }, world.clock.now()).await.unwrap();
    assert!(unit.release_hold(hold.id).await.unwrap());
    unit.commit(Audit { action: "test", object: "test".into(), before: json!(null), after: json!(null) }).await.unwrap();
    assert_eq!(world.services.cleanup.erase().await.unwrap(), 1);
    assert_eq!(world.services.cleanup.get(&world.admin, done.id).await.unwrap().state, QueryState::Erased);
}

#[tokio::test]
async fn what_is_asked_wrongly_is_refused() {
    let world = World::new().await;
    let (room, omar, ..) = talk(&world).await;
    let cleanup = &world.services.cleanup;
    let field = async |query: NewMessageQuery| {
        let problem = cleanup.begin(&world.admin, query, None).await.unwrap_err();
        assert_eq!(problem.status, 422);
        problem.errors[0].field.to_string()
    };
    let now = world.clock.now();
    assert_eq!(field(remove()).await, "/rooms", "all of the pool's messages");
    assert_eq!(field(NewMessageQuery { rooms: Some(vec![]), ..remove() }).await, "/rooms");
    assert_eq!(field(NewMessageQuery { rooms: Some(vec![uuid::Uuid::nil().into()]), ..remove() }).await, "/rooms");
    assert_eq!(field(NewMessageQuery { category: Some(uuid::Uuid::nil().into()), ..remove() }).await, "/category");
    assert_eq!(field(NewMessageQuery { author: Some(uuid::Uuid::nil().into()), ..remove() }).await, "/author");
    assert_eq!(field(NewMessageQuery { from: Some(now), to: Some(now), ..remove() }).await, "/to");
    assert_eq!(field(NewMessageQuery { words: Some(" -! ".into()), ..remove() }).await, "/words");
    assert_eq!(field(NewMessageQuery { words: Some("x".repeat(1_001)), ..remove() }).await, "/words");
    assert_eq!(field(NewMessageQuery { name: Some("a\u{202E}".into()), author: Some(omar.user), ..remove() }).await, "/name");
    assert_eq!(field(NewMessageQuery { action: QueryAction::Replace, author: Some(omar.user), ..remove() }).await, "/text");
    assert_eq!(field(NewMessageQuery { action: QueryAction::Replace, text: Some(" ".into()), author: Some(omar.user), ..remove() }).await, "/text");
    assert_eq!(field(NewMessageQuery { text: Some("x".into()), author: Some(omar.user), ..remove() }).await, "/text");
    assert_eq!(field(NewMessageQuery { action: QueryAction::Clear, rooms: Some(vec![room]), ..remove() }).await, "/action");
    let whole = NewMessageQuery { dry_run: true, ..remove() };
    assert_eq!(cleanup.begin(&omar, whole.clone(), None).await.unwrap_err().status, 403);
    assert_eq!(cleanup.list(&omar, &PageQuery::default()).await.unwrap_err().status, 403);
    let query = begin(&world, whole).await;
    assert_eq!(query.messages, 3);
    assert_eq!((cleanup.get(&omar, query.id).await.unwrap_err().status, cleanup.undo(&omar, query.id).await.unwrap_err().status), (404, 404));
    assert!(cleanup.list(&world.admin, &PageQuery { cursor: Some("x".into()), limit: None }).await.is_err());
}
