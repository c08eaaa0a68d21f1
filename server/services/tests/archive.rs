//! The archive has everything that was acknowledged, once, in order, whatever happens on the way.

#![allow(clippy::unwrap_used)]

mod world;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde_json::json;
use stoa_domain::archive::{Batch, Content, Kind, Party, Place, PlaceKind, Record};
use stoa_domain::id::{MessageId, RoomId, Seq, UserId};
use stoa_domain::room::{Privacy, RoomList};
use stoa_domain::time::Timestamp;
use stoa_services::compliance::{Archiver, Reader, Turn, compare, verify};
use stoa_services::{Clock, Environment};
use stoa_store::{Append, Appending, Archive, ArchiveEnd, ArchiveRow, NewBatch, Result, StoreError};
use uuid::Uuid;
use world::World;

/// An archive that fails as the test wants: before its work, or after it was done.
struct Unsteady {
    archive: Arc<dyn Archive>,
    failing: Mutex<HashMap<&'static str, (u32, bool)>>,
    written: AtomicU32,
}

impl Unsteady {
    fn fail(&self, call: &'static str, times: u32, afterwards: bool) {
        self.failing.lock().unwrap().insert(call, (times, afterwards));
    }

    fn meet(&self, call: &'static str, afterwards: bool) -> Result<()> {
        match self.failing.lock().unwrap().get_mut(call) {
            Some((times, after)) if *times > 0 && *after == afterwards => {
                *times -= 1;
                Err(StoreError::Unavailable("as the test wants it".into()))
            }
            _ => Ok(()),
        }
    }
}

macro_rules! passed_on {
    ($($name:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)+) => {
        #[async_trait]
        impl Archive for Unsteady {
            fn kind(&self) -> &'static str { self.archive.kind() }
            async fn close(&self) { self.archive.close().await; }
            $(async fn $name(&self, $($argument: $kind),*) -> Result<$answer> {
                self.meet(stringify!($name), false)?;
                let answer = self.archive.$name($($argument),*).await;
                if stringify!($name) == "append" && answer.is_ok() { self.written.fetch_add(1, Ordering::SeqCst); }
                self.meet(stringify!($name), true)?;
                answer
            })+
        }
    };
}
passed_on! {
    size() -> u64;
    end() -> ArchiveEnd;
    numbers(batch: i64) -> Vec<i64>;
    archived(numbers: &[i64], events: &[(RoomId, Seq)]) -> (Vec<i64>, Vec<(RoomId, Seq)>);
    rooms_end(rooms: &[RoomId]) -> Vec<(RoomId, Seq)>;
    last_parties(users: &[UserId]) -> Vec<(i64, Party)>;
    last_places(places: &[Uuid]) -> Vec<(i64, Place)>;
    members(room: RoomId) -> Vec<UserId>;
    members_at(room: RoomId, position: i64) -> Vec<UserId>;
    append(batch: &NewBatch) -> ();
    batches(after: i64, limit: u32) -> Vec<Batch>;
    rows(after: i64, limit: u32) -> Vec<ArchiveRow>;
    parties(ids: &[i64]) -> Vec<(i64, Party)>;
    places(ids: &[i64]) -> Vec<(i64, Place)>;
    position_at(at: Timestamp) -> i64;
}

struct Archived {
    world: World,
    unsteady: Arc<Unsteady>,
    archive: Arc<dyn Archive>,
}

impl Archived {
    async fn new() -> Self {
        let world = World::new().await;
        let archive = stoa_sqlite::open_archive(world.folder.path()).await.unwrap();
        let unsteady = Arc::new(Unsteady { archive, failing: Mutex::default(), written: AtomicU32::new(0) });
        Self { world, archive: Arc::clone(&unsteady) as _, unsteady }
    }

    fn worker(&self) -> Archiver {
        let environment = Environment::with_clock(Arc::clone(&self.world.clock) as Arc<dyn Clock>);
        Archiver::new(Arc::clone(&self.world.store), Arc::clone(&self.archive), Arc::clone(self.world.services.access()), environment)
    }

    async fn drain(&self, worker: &mut Archiver) {
        while worker.turn().await.unwrap() != Turn::Idle {}
    }

    async fn records(&self) -> Vec<Record> {
        Reader::new(Arc::clone(&self.archive)).records(0, 10_000).await.unwrap()
    }

    async fn records_of(&self, room: RoomId) -> Vec<Record> {
        self.records().await.into_iter().filter(|record| record.place.as_ref().is_some_and(|place| place.id == room.0)).collect()
    }

    /// The chain holds, archive and history agree event for event, and nothing waits.
    async fn proven(&self) {
        let walk = verify(&self.archive, None, |_| {}).await.unwrap().unwrap();
        let compared = compare(self.world.store.as_ref(), &self.archive).await.unwrap();
        assert!(compared.differences.is_empty() && compared.waiting == 0, "{compared:?}");
        assert_eq!(compared.events, walk.rooms.values().map(|seq| seq.unsigned_abs()).sum::<u64>());
        let records = self.records().await;
        assert_eq!(records.iter().map(|record| record.position).collect::<Vec<_>>(), (1..=records.len() as i64).collect::<Vec<_>>());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_happens_is_archived_as_it_was() {
    let archived = Archived::new().await;
    let world = &archived.world;
    let (aiko, omar) = (world.user("aiko").await, world.user("omar").await);
    let room = world.room("vault", Privacy::Closed).await;
    world.put(room, RoomList::Members, &aiko).await;
    let mut client = world.connect(&aiko).await;
    client.join(room, None).await.unwrap();
    client.post(room, "first").await.unwrap();
    let edit = json!({ "room": room, "seq": 1, "nonce": Uuid::from_u128(7), "body": "second" });
    client.ask::<serde_json::Value>("edit", edit).await.unwrap();
    let react = json!({ "room": room, "seq": 1, "nonce": Uuid::from_u128(8), "emoji": "👍", "on": true });
    client.ask::<serde_json::Value>("react", react).await.unwrap();
    world.put(room, RoomList::Members, &omar).await;
    client.post(room, "for both").await.unwrap();
    world.take(room, RoomList::Members, &omar).await;
    let delete = json!({ "room": room, "seq": 1, "nonce": Uuid::from_u128(9) });
    client.ask::<serde_json::Value>("delete", delete).await.unwrap();

    let mut worker = archived.worker();
    archived.drain(&mut worker).await;
    archived.proven().await;
    let told: Vec<_> = archived.records_of(room).await;
    let kinds: Vec<Kind> = told.iter().map(|record| record.kind).collect();
    let mut expected = vec![Kind::Membership, Kind::Join, Kind::Post, Kind::Edit, Kind::Reaction, Kind::Membership, Kind::Post, Kind::Membership, Kind::Delete];
    // Records of what has no event come with the batch behind: where the join stands isn't said.
    let (mut sorted, mut sorted_kinds) = (expected.split_off(0), kinds.clone());
    sorted.sort_unstable();
    sorted_kinds.sort_unstable();
    assert_eq!(sorted_kinds, sorted, "{kinds:?}");
    let bodies: Vec<_> = told
        .iter()
        .filter_map(|record| match record.content.as_ref().unwrap() {
            Content::Post(post) => Some(post.body.as_str()),
            Content::Edit { body, .. } => Some(body),
            _ => None,
        })
        .collect();
    assert_eq!(bodies, ["first", "second", "for both"], "with all versions, and what was deleted since");
    let moved: Vec<_> = told
        .iter()
        .filter_map(|record| match record.content.as_ref().unwrap() {
            Content::Membership { joined, left } => Some((names(joined), names(left))),
            _ => None,
        })
        .collect();
    let one = |name: &str| vec![name.to_owned()];
    assert_eq!(moved, [(vec!["aiko".to_owned(), "root".to_owned()], vec![]), (one("omar"), vec![]), (vec![], one("omar"))]);
    let post = told.iter().find(|record| record.kind == Kind::Post).unwrap();
    let (place, who) = (post.place.as_ref().unwrap(), post.who.as_ref().unwrap());
    assert_eq!((place.kind, place.name.as_str(), place.privacy), (PlaceKind::Room, "vault", Privacy::Closed));
    assert_eq!(place.path.iter().map(|category| category.name.as_str()).collect::<Vec<_>>(), ["All rooms"]);
    assert_eq!((who.name.as_str(), who.display_name.as_str(), who.is_internal()), ("aiko", "AIKO", true));
    let mut now = archived.archive.members(room).await.unwrap();
    now.sort_unstable();
    let mut both = [world.admin.user, aiko.user];
    both.sort_unstable();
    assert_eq!(now, both, "who manages the room belongs to it");
    let then = told.iter().rfind(|record| record.kind == Kind::Post).unwrap().position;
    assert_eq!(archived.archive.members_at(room, then).await.unwrap().len(), 3);
    assert!(archived.records().await.iter().any(|record| matches!(&record.content, Some(Content::Configuration { action, .. }) if action.starts_with("room"))));
}

fn names(parties: &[Party]) -> Vec<String> {
    let mut names: Vec<String> = parties.iter().map(|party| party.name.clone()).collect();
    names.sort_unstable();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_is_archived_as_it_was_called_when_it_happened() {
    let archived = Archived::new().await;
    let world = &archived.world;
    let room = world.room("before", Privacy::Open).await;
    let mut client = world.connect(&world.admin).await;
    client.join(room, None).await.unwrap();
    client.post(room, "one").await.unwrap();
    let change = serde_json::from_value(json!({ "name": "after", "privacy": "secret" })).unwrap();
    let version = world.services.rooms.get(&world.admin, room).unwrap().version;
    world.services.rooms.change(&world.admin, room, change, Some(&format!("\"{version}\""))).await.unwrap();
    client.post(room, "two").await.unwrap();
    // Only now: the worker has to look back.
    let mut worker = archived.worker();
    archived.drain(&mut worker).await;
    archived.proven().await;
    let posts: Vec<_> = archived.records_of(room).await.into_iter().filter(|record| record.kind == Kind::Post).collect();
    let places: Vec<_> = posts.iter().map(|record| record.place.as_ref().map(|place| (place.name.as_str(), place.privacy)).unwrap()).collect();
    assert_eq!(places, [("before", Privacy::Open), ("after", Privacy::Secret)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_fails_nothing_is_lost_or_doubled() {
    let archived = Archived::new().await;
    let world = &archived.world;
    let room = world.room("desk", Privacy::Secret).await;
    let aiko = world.user("aiko").await;
    world.put(room, RoomList::Members, &aiko).await;
    let mut client = world.connect(&aiko).await;
    client.join(room, None).await.unwrap();
    let mut worker = archived.worker();
    let calls = ["end", "batches", "numbers", "archived", "rooms_end", "last_parties", "last_places", "members", "append", "rows", "parties", "places"];
    for (turn, call) in calls.iter().flat_map(|call| [(false, *call), (true, *call)]) {
        client.post(room, &format!("{call} {turn}")).await.unwrap();
        archived.unsteady.fail(call, 1, turn);
        // The same worker goes on, or another one that knows nothing takes over.
        let _ = worker.turn().await;
        archived.unsteady.failing.lock().unwrap().clear();
        if turn {
            worker.finish().await;
            worker = archived.worker();
        }
        archived.drain(&mut worker).await;
    }
    for call in ["queued", "queue_state", "lease", "unqueue", "accounts_of"] {
        client.post(room, call).await.unwrap();
        world.faults.fail(call, 1);
        let _ = worker.turn().await;
        world.faults.heal(call);
        archived.drain(&mut worker).await;
    }
    archived.proven().await;
    assert_eq!(world.store.queue_state().await.unwrap().length, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_lost_its_turn_unaware_cant_write() {
    let archived = Archived::new().await;
    let world = &archived.world;
    let room = world.room("desk", Privacy::Open).await;
    let mut client = world.connect(&world.admin).await;
    client.join(room, None).await.unwrap();
    client.post(room, "one").await.unwrap();
    let (mut first, mut second) = (archived.worker(), archived.worker());
    archived.drain(&mut first).await;
    client.post(room, "two").await.unwrap();
    assert_eq!(second.turn().await.unwrap(), Turn::Elsewhere, "the lease is held");
    first.finish().await;
    archived.drain(&mut second).await;
    client.post(room, "three").await.unwrap();
    // As if it had never heard that its time was over: it goes on from where it was.
    second.finish().await;
    archived.drain(&mut first).await;
    archived.proven().await;

    // Two batches behind the same one: one of them is refused by the archive itself.
    let end = archived.archive.end().await.unwrap();
    let stale = NewBatch {
        batch: Batch { first: end.head.position, ..Batch::after(end.head, Timestamp::from_micros(1), &[]) },
        records: vec![],
        parties: vec![],
        places: vec![],
        moved: vec![],
    };
    assert!(matches!(archived.archive.append(&stale).await, Err(StoreError::Stale)));
    let old = NewBatch { batch: Batch { number: end.head.batch, ..stale.batch }, ..stale };
    assert!(matches!(archived.archive.append(&old).await, Err(StoreError::Stale)));
    archived.proven().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_queue_has_lost_or_twice_is_set_right() {
    let archived = Archived::new().await;
    let world = &archived.world;
    let room = world.room("desk", Privacy::Open).await;
    let mut client = world.connect(&world.admin).await;
    client.join(room, None).await.unwrap();
    for text in ["one", "two", "three", "four"] {
        client.post(room, text).await.unwrap();
    }
    let queued = world.store.queued(1_000).await.unwrap();
    let lost: Vec<i64> = queued.iter().filter(|row| row.room == Some(room) && matches!(row.seq, Some(2 | 3))).map(|row| row.id).collect();
    assert_eq!(world.store.unqueue(&lost).await.unwrap(), 2);
    let mut worker = archived.worker();
    archived.drain(&mut worker).await;
    archived.proven().await;
    let seqs: Vec<_> = archived.records_of(room).await.iter().filter_map(|record| record.seq).collect();
    assert_eq!(seqs, [1, 2, 3, 4]);
    // What is archived comes once more.
    let again = world.store.requeue(room, 2, 3).await.unwrap();
    assert_eq!(again.len(), 2);
    client.post(room, "five").await.unwrap();
    archived.drain(&mut worker).await;
    archived.proven().await;
    assert_eq!(world.store.queue_state().await.unwrap().length, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn conversations_and_kinds_of_tomorrow_are_kept() {
    let archived = Archived::new().await;
    let world = &archived.world;
    let (aiko, omar) = (world.user("aiko").await, world.user("omar").await);
    let conversation = RoomId(Uuid::from_u128(77));
    let at = world.clock.now();
    let record =
        |payload: serde_json::Value| stoa_store::Record { kind: Kind::Conversation, room: Some(conversation), user: Some(aiko.user), at, version: 1, payload };
    let other = stoa_store::Record {
        kind: Kind::Search,
        room: None,
        user: Some(omar.user),
        at,
        version: 1,
        payload: json!({ "query": "x", "found": 3, "of": "tomorrow" }),
    };
    world.store.append(&[], &[record(json!({ "people": [aiko.user, omar.user] })), other]).await.unwrap();
    let mut worker = archived.worker();
    archived.drain(&mut worker).await;
    let told = archived.records_of(conversation).await;
    assert_eq!(told.iter().map(|record| record.kind).collect::<Vec<_>>(), [Kind::Membership, Kind::Conversation]);
    let place = told[1].place.as_ref().unwrap();
    assert_eq!((place.kind, place.name.as_str()), (PlaceKind::Conversation, "AIKO, OMAR"));
    assert!(matches!(&told[1].content, Some(Content::Conversation { people }) if names(people) == ["aiko", "omar"]));
    let records = archived.records().await;
    let kept = records.iter().find(|record| record.who.as_ref().is_some_and(|who| who.id == omar.user) && record.place.is_none()).unwrap();
    assert!(matches!(&kept.content, Some(Content::Other { name, payload }) if name == "search" && payload["of"] == "tomorrow"));
    verify(&archived.archive, None, |_| {}).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_back_changes_no_order() {
    let archived = Archived::new().await;
    let world = &archived.world;
    let room = world.room("desk", Privacy::Open).await;
    let version = world.services.access().snapshot().version;
    let mut worker = archived.worker();
    for (number, micros) in [(1_u128, 5_000_000), (2, 4_000_000), (3, 1_000)] {
        let item = Append {
            room,
            author: world.admin.user,
            nonce: None,
            id: MessageId(Uuid::from_u128(number)),
            at: Timestamp::from_micros(micros),
            access_version: version,
            what: Appending::Notice { text: format!("{number}") },
        };
        world.store.append(&[item], &[]).await.unwrap()[0].unwrap();
        archived.drain(&mut worker).await;
    }
    archived.proven().await;
    assert_eq!(archived.unsteady.written.load(Ordering::SeqCst), 3);
}
