//! The only writer of chat history. Posts from all sockets are gathered while the previous
//! commit runs, then committed in one transaction; only after that they are acknowledged and
//! told. Sharded by room, so that one hot room doesn't hold up the others where the database
//! can write in parallel.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use stoa_domain::id::RoomId;
use stoa_domain::wire::Person;
use stoa_domain::wire::file::Attachment;
use stoa_domain::wire::message::{EventHead, Message, Quote, RoomEvent};
use stoa_domain::wire::problem::Problem;
use stoa_store::{Append, Appended, Appending, Record, Refused, Store, StoreError};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::outbox::Outbox;
use super::post::Ready;
use super::reply;
use crate::bus::{Bus, Committed};
use crate::error::problem;

/// The most that one transaction takes.
const BATCH: usize = 512;
/// What may wait for a shard before senders wait too.
const QUEUE: usize = 4_096;

/// Records that may wait for a database that is away.
const CARRIED: usize = 20_000;
/// So long a record waits for others: nobody waits for it, and a commit for each would cost more than
/// what is recorded.
const GATHER: Duration = Duration::from_millis(50);
/// After this long they are tried again even if nothing else is to be committed.
const CARRY_ON: Duration = Duration::from_secs(1);

/// Where the answer goes.
pub enum Reply {
    /// To a socket, without a task that waits for it.
    Socket { outbox: Arc<Outbox>, re: u64, post: bool },
    /// To whoever awaits it.
    Caller(oneshot::Sender<Result<Appended, Problem>>),
}

impl Reply {
    fn send(self, result: Result<Appended, Problem>) {
        match self {
            Self::Socket { outbox, re, post: true } => outbox.push(reply(re, result.map(super::posted))),
            Self::Socket { outbox, re, post: false } => {
                outbox.push(reply(re, result.map(|done| stoa_domain::wire::channel::Done { seq: done.seq })));
            }
            // Whoever asked may have gone meanwhile.
            Self::Caller(sender) => drop(sender.send(result)),
        }
    }
}

/// Something to append, with what its event needs beyond what is stored.
pub struct Write {
    pub item: Append,
    pub author: Person,
    pub quote: Option<Quote>,
    pub attachments: Vec<Attachment>,
    pub reply: Reply,
}

enum Work {
    Write(Box<Write>),
    Record(Record),
}

pub struct Writer {
    shards: Vec<mpsc::Sender<Work>>,
}

impl Writer {
    /// Starts the shards; when they are to end, they first commit what is queued.
    pub(crate) fn start(
        store: &Arc<dyn Store>,
        bus: &Arc<Bus>,
        shards: usize,
        ending: &CancellationToken,
        spawn: impl Fn(Pin<Box<dyn Future<Output = ()> + Send>>),
    ) -> Self {
        let shards = (0..shards.max(1))
            .map(|_| {
                let (sender, receiver) = mpsc::channel(QUEUE);
                spawn(Box::pin(run(Arc::clone(store), Arc::clone(bus), receiver, ending.clone())));
                sender
            })
            .collect();
        Self { shards }
    }

    fn shard(&self, room: Option<RoomId>) -> &mpsc::Sender<Work> {
        // The last bytes of a UUIDv7 are random.
        let hash = room.map_or(0, |room| usize::from(room.0.as_bytes()[15]));
        &self.shards[hash % self.shards.len()]
    }

    /// Queues something; its answer comes by its reply. Waits while the queue is full.
    pub async fn write(&self, write: Write) {
        let shard = self.shard(Some(write.item.room));
        if let Err(mpsc::error::SendError(Work::Write(write))) = shard.send(Work::Write(Box::new(write))).await {
            write.reply.send(Err(Problem::unavailable().detail("The server is stopping.").retry_after(1)));
        }
    }

    /// Appends and waits until it is durable.
    ///
    /// # Errors
    /// Why it was refused, or 503 when the database is away.
    pub(super) async fn append(&self, ready: Ready) -> Result<Appended, Problem> {
        let (sender, receiver) = oneshot::channel();
        self.write(ready.write(Reply::Caller(sender))).await;
        receiver.await.unwrap_or_else(|_| Err(Problem::unavailable().retry_after(1)))
    }

    /// Queues a record for compliance of what has no event; it goes with the next commit.
    pub fn record(&self, record: Record) {
        if self.shard(record.room).try_send(Work::Record(record)).is_err() {
            lost(1, "the writer's queue is full");
        }
    }

    /// The same, waiting for a place in the queue.
    pub async fn record_patiently(&self, record: Record) {
        if self.shard(record.room).send(Work::Record(record)).await.is_err() {
            lost(1, "the writer has ended");
        }
    }

    /// What waits for the shards.
    pub fn waiting(&self) -> usize {
        self.shards.iter().map(|shard| shard.max_capacity() - shard.capacity()).sum()
    }
}

fn lost(records: usize, why: &'static str) {
    if records > 0 {
        metrics::counter!("stoa_records_lost_total").increment(records as u64);
        tracing::warn!(records, why, "records for compliance were lost");
    }
}

async fn run(store: Arc<dyn Store>, bus: Arc<Bus>, mut queue: mpsc::Receiver<Work>, ending: CancellationToken) {
    let mut work = Vec::with_capacity(BATCH);
    // Records whose commit failed: nobody will send them again.
    // And those that wait for a post to go with.
    let mut carried: Vec<Record> = Vec::new();
    // When they go without one.
    let mut due = Instant::now();
    loop {
        let ended = tokio::select! {
            biased;
            taken = queue.recv_many(&mut work, BATCH) => taken == 0,
            () = ending.cancelled(), if !queue.is_closed() => {
                // Takes nothing more in; what is queued is still committed.
                queue.close();
                continue;
            }
            () = tokio::time::sleep_until(due), if !carried.is_empty() => false,
        };
        if ended && carried.is_empty() {
            return;
        }
        if carried.is_empty() {
            due = Instant::now() + GATHER;
        }
        let mut writes = Vec::with_capacity(work.len());
        for work in work.drain(..) {
            match work {
                Work::Write(write) => writes.push(*write),
                Work::Record(record) => carried.push(record),
            }
        }
        if !ended && writes.is_empty() && Instant::now() < due {
            continue;
        }
        let records = std::mem::take(&mut carried);
        carried = commit(store.as_ref(), &bus, writes, records).await;
        if ended {
            lost(carried.len(), "the database is away at the end");
            return;
        }
        due = Instant::now() + CARRY_ON;
        lost(carried.len().saturating_sub(CARRIED), "the database is away for too long");
        carried.truncate(CARRIED);
        // Whoever was acknowledged gets to say the next thing before the next batch is closed:
        // without this a batch would hold what came in during the commit only by chance.
        tokio::task::yield_now().await;
    }
}

/// Returns the records that another commit has to take.
async fn commit(store: &dyn Store, bus: &Bus, writes: Vec<Write>, records: Vec<Record>) -> Vec<Record> {
    let mut items = Vec::with_capacity(writes.len());
    let mut rest = Vec::with_capacity(writes.len());
    for Write { item, author, quote, attachments, reply } in writes {
        items.push(item);
        rest.push((Shown { author, quote, attachments }, reply));
    }
    let began = Instant::now();
    let mut result = store.append(&items, &records).await;
    if let Err(StoreError::Unavailable(error)) = &result {
        // Whether it was committed is unknown. The nonces make repeating harmless, so one try
        // more spares everyone a retry after a connection that was merely lost.
        tracing::warn!(%error, "commit failed, trying once more");
        tokio::time::sleep(Duration::from_millis(50)).await;
        result = store.append(&items, &records).await;
    }
    metrics::histogram!("stoa_commit_seconds").record(began.elapsed().as_secs_f64());
    match result {
        Ok(outcomes) => {
            let committed = acknowledge(items, rest, outcomes);
            for mut room in committed {
                metrics::counter!("stoa_events_total").increment(room.events.len() as u64);
                if let Err(error) = check_again(store, &mut room).await {
                    // The hub misses them, and reads them from the database.
                    tracing::warn!(%error, "events with files aren't told yet");
                    continue;
                }
                bus.publish(room);
            }
            metrics::histogram!("stoa_told_seconds").record(began.elapsed().as_secs_f64());
            Vec::new()
        }
        Err(error) => {
            // What the database refuses rather than misses would be refused again, and hold up all that follows.
            let away = matches!(error, StoreError::Unavailable(_));
            let refusal = problem(error);
            for (_, reply) in rest {
                reply.send(Err(refusal.clone()));
            }
            if away {
                return records;
            }
            lost(records.len(), "the database refuses them");
            Vec::new()
        }
    }
}

/// A file that was being checked when it was looked up may have been found clean before its message was there: then
/// no event tells it.
async fn check_again(store: &dyn Store, room: &mut Committed) -> Result<(), StoreError> {
    for (event, _) in &mut room.events {
        let RoomEvent::Message { message, .. } = event else { continue };
        for file in message.attachments.iter_mut().filter(|file| file.held.is_some()) {
            file.held = store.file(file.id).await?.and_then(|row| row.held());
        }
    }
    Ok(())
}

/// What an event shows beyond what is appended.
struct Shown {
    author: Person,
    quote: Option<Quote>,
    attachments: Vec<Attachment>,
}

/// Answers everyone, and returns what is to be told, by room.
fn acknowledge(items: Vec<Append>, rest: Vec<(Shown, Reply)>, outcomes: Vec<Result<Appended, Refused>>) -> Vec<Committed> {
    let mut committed: Vec<Committed> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for ((item, (shown, reply)), outcome) in items.into_iter().zip(rest).zip(outcomes) {
        match outcome {
            Ok(done) => {
                reply.send(Ok(done));
                if done.new {
                    let (room, nonce) = (item.room, item.nonce);
                    let place = *places.entry(room).or_insert_with(|| {
                        committed.push(Committed { room, events: Vec::new() });
                        committed.len() - 1
                    });
                    committed[place].events.push((event(item, shown, done), nonce));
                }
            }
            Err(refused) => reply.send(Err(refusal(refused))),
        }
    }
    committed
}

fn refusal(refused: Refused) -> Problem {
    match refused {
        Refused::NonceReused => Problem::nonce_reused(),
        Refused::NoRoom => Problem::room_not_found(),
        Refused::NoFile => crate::files::not_to_post(),
        Refused::Withheld => crate::files::withheld(None),
        Refused::NoMessage => Problem::message_not_found(),
        Refused::NotYours => Problem::forbidden().detail("Only its author changes a message."),
        Refused::Replaced => Problem::forbidden().detail("An administrator has put another text in the place of this message."),
        Refused::TooLate => Problem::forbidden().detail("The time in which this message could be edited is over."),
    }
}

/// The event that everyone in the room is told, as the database will tell it later.
fn event(item: Append, shown: Shown, done: Appended) -> RoomEvent {
    let Shown { author, quote, attachments } = shown;
    let head = EventHead { room: item.room, seq: done.seq, n: done.n, at: done.at, author, nonce: None };
    match item.what {
        Appending::Message { kind, subject, body, importance, reply_to: _, mentions, files: _, withheld } => RoomEvent::Message {
            room: item.room,
            message: Message {
                seq: done.seq,
                n: done.n,
                id: done.id,
                at: done.at,
                author: head.author,
                kind,
                subject,
                body: Some(body),
                importance,
                reply_to: quote,
                mentions,
                attachments,
                edited_at: None,
                deleted: None,
                replaced: None,
                withheld,
                reactions: Vec::new(),
                nonce: None,
            },
        },
        Appending::Edit { of, subject, body, mentions, .. } => RoomEvent::Edited { head, of, subject, body: Some(body), mentions, withheld: done.withheld },
        Appending::Delete { of, .. } => RoomEvent::Deleted { head, of },
        Appending::React { of, emoji, on } => RoomEvent::Reaction { head, of, emoji, on },
        Appending::Notice { text } => RoomEvent::Notice { head, text },
    }
}
