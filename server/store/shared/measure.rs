//! Measures a store: durable posts per second by batch size, in one room and in a hundred, and
//! chunks of history out of a large room. Included by an example of each database crate.

use std::sync::Arc;
use std::time::{Duration, Instant};

use stoa_domain::access::Room;
use stoa_domain::category::Switch;
use stoa_domain::id::{MessageId, Nonce, RoomId, UserId, uuid_v7};
use stoa_domain::message::{Importance, MessageKind};
use stoa_domain::room::{Privacy, RoomState, RoomType};
use stoa_domain::settings::FileLimits;
use stoa_domain::time::Timestamp;
use stoa_domain::wire::message::HistoryQuery;
use stoa_store::{Actor, Append, Appending, Audit, NewAccount, Store};

const ROOMS: usize = 100;
const AUTHORS: usize = 50;
const BODY: &str = "A message of the length that people write on average in a group chat, which is hundred and twenty bytes, as the plan says.";

struct Bench {
    store: Arc<dyn Store>,
    rooms: Vec<RoomId>,
    authors: Vec<UserId>,
    random: u64,
}

/// Arguments: seconds a measurement, messages in the large room (0: no such room, no reading).
pub async fn measure(store: Arc<dyn Store>) -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1).filter_map(|argument| argument.parse::<usize>().ok());
    let (seconds, large) = (arguments.next().unwrap_or(3), arguments.next().unwrap_or(1_000_000));
    let mut bench = Bench { store, rooms: Vec::new(), authors: Vec::new(), random: 1 };
    bench.furnish().await?;
    for rooms in [1, ROOMS] {
        for batch in [1, 10, 200] {
            let rate = bench.posts(rooms, batch, Duration::from_secs(seconds as u64)).await?;
            println!("{}: {rate:>7.0} posts/s, {rooms:>3} room(s), batches of {batch}", bench.store.kind());
        }
    }
    if large == 0 {
        return Ok(());
    }
    let began = Instant::now();
    for _ in 0..large.div_ceil(1_000) {
        bench.batch(1, 1_000).await?;
    }
    let rate = large as f64 / began.elapsed().as_secs_f64();
    println!("{}: {rate:>7.0} posts/s in batches of 1000 while filling the large room", bench.store.kind());
    for rooms in [1, ROOMS] {
        let rate = bench.posts(rooms, 200, Duration::from_secs(seconds as u64)).await?;
        println!("{}: {rate:>7.0} posts/s, {rooms:>3} room(s), batches of 200, behind {large} messages", bench.store.kind());
    }
    bench.reads().await
}

impl Bench {
    /// Xorshift: quick, and the same in each run.
    fn next(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }

    fn uuid(&mut self) -> uuid::Uuid {
        let (now, random) = (now(), self.next());
        let mut bytes = [0; 10];
        bytes[..8].copy_from_slice(&random.to_be_bytes());
        uuid_v7(now, bytes)
    }

    async fn furnish(&mut self) -> Result<(), Box<dyn std::error::Error>> {
        let category = self.store.snapshot(Timestamp::default()).await?.root().ok_or("no root")?.id;
        let mut unit = self.store.begin(Actor { user: None, from: "measure".into() }, now()).await?;
        for i in 0..AUTHORS {
            let id = self.uuid().into();
            let name = format!("user{i}-{id}");
            unit.insert_account(&NewAccount { id, display_name: name.clone(), name, email: None, password_hash: None, domain: None, unit: None }).await?;
            self.authors.push(id);
        }
        for _ in 0..ROOMS {
            let id: RoomId = self.uuid().into();
            let switch = Switch::Inherit;
            unit.put_room(&Room {
                id,
                category,
                name: id.to_string(),
                description: String::new(),
                topic: String::new(),
                privacy: Privacy::Open,
                room_type: RoomType::Normal,
                state: RoomState::Active,
                inherit_members: false,
                invitations: switch,
                files: switch,
                history: switch,
                limits: FileLimits::default(),
                created_at: now(),
                version: 0,
            })
            .await?;
            self.rooms.push(id);
        }
        let nothing = serde_json::Value::Null;
        unit.commit(Audit { action: "measure", object: "measure".into(), before: nothing.clone(), after: nothing }).await?;
        for author in &self.authors {
            self.store.set_following(*author, &self.rooms, true).await?;
        }
        Ok(())
    }

    async fn batch(&mut self, rooms: usize, size: usize) -> Result<(), Box<dyn std::error::Error>> {
        let items: Vec<Append> = (0..size)
            .map(|_| {
                let (id, random) = (MessageId(self.uuid()), self.next() as usize);
                let what = Appending::Message {
                    kind: MessageKind::Chat,
                    subject: None,
                    body: BODY[..120].into(),
                    importance: Importance::Normal,
                    reply_to: None,
                    mentions: Vec::new(),
                    files: Vec::new(),
                    withheld: false,
                };
                let nonce = Some(Nonce(self.uuid()));
                let (room, author) = (self.rooms[random % rooms], self.authors[random / ROOMS % AUTHORS]);
                Append { room, author, nonce, id, at: now(), access_version: 2, what }
            })
            .collect();
        let placed = self.store.append(&items, &[]).await?;
        if placed.iter().all(Result::is_ok) { Ok(()) } else { Err("a post was refused".into()) }
    }

    async fn posts(&mut self, rooms: usize, size: usize, lasting: Duration) -> Result<f64, Box<dyn std::error::Error>> {
        let (began, before, mut count) = (Instant::now(), used(), 0);
        while began.elapsed() < lasting {
            self.batch(rooms, size).await?;
            count += size;
        }
        let posts = count as f64;
        let (cpu, bytes) = (used().0 - before.0, used().1 - before.1);
        print!("{:>5.1} µs of CPU here and {:>6.0} bytes written a post; ", cpu * 1e6 / posts, bytes / posts);
        Ok(posts / began.elapsed().as_secs_f64())
    }

    async fn reads(&mut self) -> Result<(), Box<dyn std::error::Error>> {
        let (room, reader) = (self.rooms[0], self.authors[0]);
        let head = self.store.heads(&[room]).await?.pop().ok_or("no head")?.seq;
        for what in ["history", "events", "latest", "follows"] {
            let mut times = Vec::new();
            for _ in 0..2_000 {
                let seq = i64::try_from(self.next() % head.unsigned_abs())?;
                let began = Instant::now();
                match what {
                    "history" => {
                        let query = HistoryQuery { before_seq: Some(seq + 51), ..HistoryQuery::default() };
                        self.store.history(room, &query, 50, reader).await.map(drop)?;
                    }
                    "events" => self.store.events_after(room, seq, 50).await.map(drop)?,
                    "latest" => self.store.latest(room, 50, reader).await.map(drop)?,
                    _ => self.store.follows(reader).await.map(drop)?,
                }
                times.push(began.elapsed());
            }
            times.sort_unstable();
            let at = |part: usize| times[times.len() * part / 1_000].as_secs_f64() * 1_000.0;
            println!("{}: {what} of 50: p50 {:.2} ms, p99 {:.2} ms, p99.9 {:.2} ms", self.store.kind(), at(500), at(990), at(999));
        }
        Ok(())
    }
}

/// Seconds of CPU and bytes written of this process so far: what other work on the machine doesn't change.
fn used() -> (f64, f64) {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks: f64 = stat.rsplit(") ").next().unwrap_or_default().split(' ').skip(11).take(2).filter_map(|n| n.parse::<f64>().ok()).sum();
    let io = std::fs::read_to_string("/proc/self/io").unwrap_or_default();
    let bytes = io.lines().find_map(|line| line.strip_prefix("wchar: ")?.parse().ok()).unwrap_or(0.0);
    (ticks / 100.0, bytes)
}

fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or_default())
}
