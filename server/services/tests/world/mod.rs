//! A small company in a SQLite file, with a clock that the test owns, and clients that speak
//! the channel's frames without a network.

// Each test binary uses a part of it.
#![allow(dead_code)]

pub mod clamd;
mod faults;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use stoa_domain::access::ListOwner;
use stoa_domain::archive::Kind;
use stoa_domain::id::{CategoryId, RoomId, UserId};
use stoa_domain::principal::Principal;
use stoa_domain::room::{Privacy, RoomList, RoomType};
use stoa_domain::time::Timestamp;
use stoa_domain::wire::channel::{Incoming, JoinedRoom, OpenRoom, Outcome, Signal};
use stoa_domain::wire::list::NewEntry;
use stoa_domain::wire::message::{Posted, RoomEvent};
use stoa_domain::wire::people::NewUser;
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::room::NewRoom;
use stoa_services::channel::Connection;
use stoa_services::{Caller, Clock, Environment, Options, Services};
use stoa_store::{SessionRow, Store};

pub use faults::Faults;

pub const PASSWORD: &str = "correct horse battery";

pub struct TestClock(AtomicI64);

impl TestClock {
    /// The moment after that time, which doesn't come by this.
    pub fn advanced(&self, by: Duration) -> Timestamp {
        self.now().plus(by)
    }

    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_micros()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

pub struct World {
    pub services: Arc<Services>,
    pub store: Arc<dyn Store>,
    pub faults: Arc<Faults>,
    pub clock: Arc<TestClock>,
    pub admin: Caller,
    pub root: CategoryId,
    pub folder: tempfile::TempDir,
}

impl World {
    pub async fn new() -> Self {
        Self::with(Options::default()).await
    }

    pub async fn with(options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let faults = Arc::new(Faults::of(stoa_sqlite::open(folder.path()).await.unwrap()));
        let store: Arc<dyn Store> = Arc::clone(&faults) as _;
        let clock = Arc::new(TestClock(AtomicI64::new(1_763_900_000_000_000)));
        let environment = Environment::with_clock(Arc::clone(&clock) as Arc<dyn Clock>);
        let services = Services::start(Arc::clone(&store), environment, options).await.unwrap();
        let admin = services.auth.create_administrator("root", "Root", PASSWORD).await.unwrap();
        let mut world = Self { root: CategoryId::from(uuid::Uuid::nil()), admin: caller(admin), services, store, faults, clock, folder };
        world.admin = world.signed_in(admin).await;
        world.root = world.services.categories.tree(&world.admin).unwrap().items[0].id;
        world
    }

    pub fn clock_now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A session that holds, as a sign-in leaves it.
    pub async fn signed_in(&self, user: UserId) -> Caller {
        let caller = caller(user);
        let expires_at = self.clock.now().plus(Duration::from_secs(30 * 24 * 3600));
        let row = SessionRow { key: caller.session, user: Some(user), data: String::from("{}"), expires_at };
        assert!(self.store.session_create(&row).await.unwrap());
        caller
    }

    pub async fn user(&self, name: &str) -> Caller {
        let new = NewUser { name: name.into(), display_name: name.to_uppercase(), email: None, password: None, unit: None, domain: None };
        let account = self.services.users.create(&self.admin, new, None).await.unwrap();
        self.signed_in(account.person.id).await
    }

    pub async fn room(&self, name: &str, privacy: Privacy) -> RoomId {
        self.room_of(name, privacy, RoomType::Normal).await
    }

    pub async fn room_of(&self, name: &str, privacy: Privacy, room_type: RoomType) -> RoomId {
        let new =
            NewRoom { name: name.into(), category: self.root, description: String::new(), topic: String::new(), privacy, room_type, inherit_members: false };
        self.services.rooms.create(&self.admin, new, None).await.unwrap().info.id
    }

    pub async fn put(&self, room: RoomId, list: RoomList, who: &Caller) {
        let new = NewEntry { principal: Principal::User(who.user), until: None };
        self.services.lists.add(&self.admin, ListOwner::Room(room, list), new).await.unwrap();
    }

    pub async fn take(&self, room: RoomId, list: RoomList, who: &Caller) {
        self.services.lists.remove(&self.admin, ListOwner::Room(room, list), Principal::User(who.user)).await.unwrap();
    }

    /// Waits until something holds of what the compliance queue says of joins and leaves.
    pub async fn passages(&self, enough: impl Fn(&[(String, UserId)]) -> bool) -> Vec<(String, UserId)> {
        let waited = std::time::Instant::now();
        loop {
            let queued = self.store.queued(10_000).await.unwrap();
            let passages: Vec<_> = queued
                .into_iter()
                .filter(|row| matches!(row.kind(), Kind::Join | Kind::Leave))
                .map(|row| (row.kind().to_string(), row.user.unwrap()))
                .collect();
            if enough(&passages) {
                return passages;
            }
            assert!(waited.elapsed() < Duration::from_secs(20), "never recorded: {passages:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub async fn connect(&self, who: &Caller) -> Client {
        let lookup = self.services.lookup.lookup(who, "ws://test").await.unwrap();
        let claims = self.services.lookup.redeem(&lookup.channel.ticket).unwrap();
        Client { connection: self.services.channel.connect(claims).await.unwrap(), next: 0, seen: Vec::new(), open: true }
    }
}

fn caller(user: UserId) -> Caller {
    Caller { user, session: rand::random(), from: String::from("127.0.0.1") }
}

/// One socket, without the network.
pub struct Client {
    pub connection: Connection,
    next: u64,
    /// What came and wasn't looked at yet.
    pub seen: Vec<Incoming>,
    pub open: bool,
}

impl Client {
    /// Sends a request without waiting for the answer; its number.
    pub async fn send(&mut self, op: &str, fields: Value) -> u64 {
        self.next += 1;
        let mut request = json!({ "id": self.next, "op": op });
        request.as_object_mut().unwrap().extend(fields.as_object().cloned().unwrap_or_default());
        self.connection.receive(&request.to_string()).await;
        self.next
    }

    /// Waits for frames.
    pub async fn pump(&mut self) {
        let mut frames = Vec::new();
        let open = tokio::time::timeout(Duration::from_secs(10), self.connection.outbox().next(&mut frames)).await.expect("something comes");
        self.open = open;
        for frame in frames {
            self.seen.extend(texts(&frame).into_iter().filter_map(|text| Incoming::decode(&text).unwrap()));
        }
    }

    /// The answer to a request.
    pub async fn answer(&mut self, id: u64) -> Result<Value, Problem> {
        loop {
            if let Some(at) = self.seen.iter().position(|frame| matches!(frame, Incoming::Answer { re, .. } if *re == id)) {
                let Incoming::Answer { outcome, .. } = self.seen.remove(at) else { unreachable!() };
                return match outcome {
                    Outcome::Ok(value) => Ok(value),
                    Outcome::Error(problem) => Err(problem),
                };
            }
            assert!(self.open, "closed before the answer");
            self.pump().await;
        }
    }

    pub async fn ask<T: DeserializeOwned>(&mut self, op: &str, fields: Value) -> Result<T, Problem> {
        let id = self.send(op, fields).await;
        self.answer(id).await.map(|value| serde_json::from_value(value).unwrap())
    }

    pub async fn join(&mut self, room: RoomId, after_seq: Option<i64>) -> Result<OpenRoom, Problem> {
        #[derive(serde::Deserialize)]
        struct Joined {
            rooms: Vec<JoinedRoom>,
        }
        let mut wanted = json!({ "room": room });
        if let Some(after) = after_seq {
            wanted["after_seq"] = after.into();
        }
        let joined: Joined = self.ask("join", json!({ "rooms": [wanted] })).await?;
        match joined.rooms.into_iter().next().unwrap() {
            JoinedRoom::Ok(open) => Ok(*open),
            JoinedRoom::Error { error, .. } => Err(error),
        }
    }

    pub async fn post(&mut self, room: RoomId, body: &str) -> Result<Posted, Problem> {
        self.ask("post", json!({ "room": room, "nonce": nonce(), "body": body })).await
    }

    /// The next event of a room that wasn't looked at yet.
    pub async fn event(&mut self) -> RoomEvent {
        loop {
            if let Some(at) = self.seen.iter().position(|frame| matches!(frame, Incoming::Event(_))) {
                let Incoming::Event(event) = self.seen.remove(at) else { unreachable!() };
                return *event;
            }
            self.pump().await;
        }
    }

    /// The next signal that the test wants.
    pub async fn signal(&mut self, wanted: impl Fn(&Signal) -> bool) -> Signal {
        loop {
            if let Some(at) = self.seen.iter().position(|frame| matches!(frame, Incoming::Signal(signal) if wanted(signal))) {
                let Incoming::Signal(signal) = self.seen.remove(at) else { unreachable!() };
                return *signal;
            }
            assert!(self.open, "closed before the signal");
            self.pump().await;
        }
    }
}

pub fn nonce() -> uuid::Uuid {
    uuid::Uuid::from_bytes(rand::random())
}

/// The texts of the frames in a piece of what would go over the wire.
fn texts(bytes: &Bytes) -> Vec<String> {
    let mut rest: &[u8] = bytes;
    let mut texts = Vec::new();
    while !rest.is_empty() {
        assert_eq!(rest[0], 0x81, "a whole text frame, unmasked");
        let (length, header) = match rest[1] {
            126 => (usize::from(u16::from_be_bytes([rest[2], rest[3]])), 4),
            127 => (usize::try_from(u64::from_be_bytes(rest[2..10].try_into().unwrap())).unwrap(), 10),
            short => (usize::from(short), 2),
        };
        texts.push(String::from_utf8(rest[header..header + length].to_vec()).unwrap());
        rest = &rest[header + length..];
    }
    texts
}
