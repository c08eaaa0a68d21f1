//! One live room: its subscribers, who they are, and its recent events.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use indexmap::IndexMap;
use stoa_domain::access::Snapshot;
use stoa_domain::id::{Nonce, RoomId, Seq, UserId};
use stoa_domain::message::PASSING;
use stoa_domain::time::Timestamp;
use stoa_domain::wire::channel::People;
use stoa_domain::wire::file::Held;
use stoa_domain::wire::message::RoomEvent;
use stoa_store::Head;

use super::super::frame;
use super::super::outbox::Pushed;
use super::{Passage, Socket, lock};
use crate::access::person;

/// How many recent events a room keeps for those who join or come back.
const KEPT_EVENTS: usize = 512;
const KEPT_BYTES: usize = 512 * 1024;

pub(super) struct LiveRoom {
    pub id: RoomId,
    state: Mutex<State>,
}

/// An event as it is sent.
pub(super) struct Encoded {
    seq: Seq,
    n: i64,
    author: UserId,
    event: Arc<RoomEvent>,
    /// Without nonce: for everyone but the author.
    shared: Bytes,
    /// With nonce, if the author is here.
    own: Option<Bytes>,
}

impl Encoded {
    pub fn new(mut event: RoomEvent, nonce: Option<Nonce>, is_here: impl FnOnce(UserId) -> bool) -> Self {
        event.set_nonce(None);
        let shared = frame::json(&event);
        let author = event.author().id;
        let own = (nonce.is_some() && is_here(author)).then(|| {
            event.set_nonce(nonce);
            frame::json(&event)
        });
        event.set_nonce(None);
        Self { seq: event.seq(), n: event.n(), author, shared, own, event: Arc::new(event) }
    }
}

/// What `recent` hands out.
pub struct Released {
    pub head: Head,
    pub events: Vec<Arc<RoomEvent>>,
}

/// Whether events before the newest are missing here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    None,
    /// One before it is still on its way, or lost: the database knows.
    Behind,
}

struct Subscriber {
    socket: Arc<Socket>,
    /// It has everything up to here already.
    after: Seq,
}

pub(super) struct State {
    room: RoomId,
    /// The last event that went out; none before the room was first read.
    pub released: Option<Head>,
    recent: VecDeque<Encoded>,
    recent_bytes: usize,
    /// When the oldest text came that isn't kept and may be among them.
    passing_since: Option<Timestamp>,
    subscribers: IndexMap<u64, Subscriber>,
    /// How many sockets each person has here.
    here: HashMap<UserId, u32>,
    entered: HashSet<UserId>,
    left: HashSet<UserId>,
    /// Users who are out since their sockets don't keep up or are gone.
    pub dropped: Vec<Passage>,
    /// When each who types was last told of.
    typing: HashMap<UserId, Timestamp>,
    /// No longer in the hub's map.
    pub gone: bool,
}

impl LiveRoom {
    pub fn new(id: RoomId) -> Self {
        Self {
            id,
            state: Mutex::new(State {
                room: id,
                released: None,
                recent: VecDeque::new(),
                recent_bytes: 0,
                passing_since: None,
                subscribers: IndexMap::new(),
                here: HashMap::new(),
                entered: HashSet::new(),
                left: HashSet::new(),
                dropped: Vec::new(),
                typing: HashMap::new(),
                gone: false,
            }),
        }
    }

    pub fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl State {
    pub fn is_here(&self, user: UserId) -> bool {
        self.here.contains_key(&user)
    }

    pub fn is_empty(&self) -> bool {
        self.subscribers.is_empty()
    }

    pub fn count(&self) -> u32 {
        u32::try_from(self.here.len()).unwrap_or(u32::MAX)
    }

    pub fn roster(&self) -> Vec<UserId> {
        let mut users: Vec<_> = self.here.keys().copied().collect();
        users.sort_unstable();
        users
    }

    pub fn people(&self, limit: u32, snapshot: &Snapshot) -> People {
        let count = self.count();
        let here = (count <= limit).then(|| self.roster().into_iter().map(|user| person(snapshot, user)).collect());
        People { count, here }
    }

    /// Whether a reader who has everything up to `head` can go on from what is kept here.
    pub fn can_continue(&self, head: Head) -> bool {
        match self.released {
            None => true,
            // What is between is on its way to this hub and will be told to all but this reader.
            Some(released) if head.seq >= released.seq => true,
            Some(_) => self.recent.front().is_some_and(|first| first.seq <= head.seq + 1),
        }
    }

    /// Adds a subscriber; whether its user wasn't here before.
    pub fn add(&mut self, socket: &Arc<Socket>, head: Head) -> bool {
        if self.released.is_none() {
            self.released = Some(head);
        }
        let known = self.subscribers.insert(socket.id, Subscriber { socket: Arc::clone(socket), after: head.seq });
        if known.is_some() {
            return false;
        }
        let sockets = self.here.entry(socket.user).or_default();
        *sockets += 1;
        let entered = *sockets == 1;
        if entered && !self.left.remove(&socket.user) {
            self.entered.insert(socket.user);
        }
        entered
    }

    /// Removes a subscriber; whether its user is gone with it.
    pub fn remove(&mut self, socket: u64) -> bool {
        let Some(subscriber) = self.subscribers.swap_remove(&socket) else { return false };
        let user = subscriber.socket.user;
        let Some(sockets) = self.here.get_mut(&user) else { return false };
        *sockets -= 1;
        if *sockets > 0 {
            return false;
        }
        self.here.remove(&user);
        if !self.entered.remove(&user) {
            self.left.insert(user);
        }
        true
    }

    pub fn take_passages(&mut self) -> (Vec<UserId>, Vec<UserId>) {
        (self.entered.drain().collect(), self.left.drain().collect())
    }

    /// Queues for one socket what was released after `seq`.
    pub fn catch_up(&mut self, socket: &Arc<Socket>, seq: Seq) {
        let mut last = seq;
        for event in self.recent.iter().filter(|event| event.seq > seq) {
            let frames = if event.author == socket.user { event.own.as_ref().unwrap_or(&event.shared) } else { &event.shared };
            if socket.outbox.push_event(self.room, frames.clone()) == Pushed::Gone {
                return;
            }
            last = event.seq;
        }
        if let Some(subscriber) = self.subscribers.get_mut(&socket.id) {
            subscriber.after = last;
        }
    }

    pub fn recent(&mut self, after: Seq, now: Timestamp) -> Option<Released> {
        if self.passing_since.is_some_and(|since| since.plus(PASSING) <= now) {
            // The database knows which of them are still there.
            self.forget_all();
        }
        let head = self.released?;
        let complete = after >= head.seq || self.recent.front().is_some_and(|first| first.seq <= after + 1);
        complete.then(|| Released { head, events: self.recent.iter().filter(|event| event.seq > after).map(|event| Arc::clone(&event.event)).collect() })
    }

    /// Lets events out that follow what went out before, without gap; drops what went out already.
    pub fn release(&mut self, events: Vec<Encoded>) -> Gap {
        let mut gap = Gap::None;
        let mut batch: Vec<Encoded> = Vec::with_capacity(events.len());
        for event in events {
            let expected = batch.last().map_or(self.released.map(|head| head.seq), |last| Some(last.seq)).map(|seq| seq + 1);
            match expected {
                Some(expected) if event.seq < expected => {}
                Some(expected) if event.seq > expected => {
                    gap = Gap::Behind;
                    break;
                }
                _ => batch.push(event),
            }
        }
        let (Some(first), Some(last)) = (batch.first(), batch.last()) else { return gap };
        let first_seq = first.seq;
        self.released = Some(Head { room: self.room, seq: last.seq, n: last.n });
        self.fan_out(&batch, first_seq);
        self.keep(batch);
        gap
    }

    /// The same bytes for everyone but the authors, who get theirs with the nonce.
    fn fan_out(&mut self, batch: &[Encoded], first: Seq) {
        if self.subscribers.is_empty() {
            return;
        }
        let whole = concatenated(batch);
        let authors: HashSet<UserId> = batch.iter().filter(|event| event.own.is_some()).map(|event| event.author).collect();
        let mut gone = Vec::new();
        for (id, subscriber) in &self.subscribers {
            let socket = &subscriber.socket;
            let pushed = if subscriber.after < first && !authors.contains(&socket.user) {
                socket.outbox.push_event(self.room, whole.clone())
            } else {
                push_each(self.room, batch, subscriber)
            };
            if pushed == Pushed::Gone {
                gone.push(*id);
            }
        }
        metrics::counter!("stoa_deliveries_total").increment((batch.len() * (self.subscribers.len() - gone.len())) as u64);
        for id in gone {
            if let Some(subscriber) = self.subscribers.get(&id) {
                let socket = Arc::clone(&subscriber.socket);
                if self.remove(id) {
                    self.dropped.push(Passage { room: self.room, user: socket.user, entered: false });
                }
                lock(&socket.rooms).retain(|room| *room != self.room);
            }
        }
    }

    fn keep(&mut self, batch: Vec<Encoded>) {
        for event in batch {
            // Of a file that is removed also its name.
            if let RoomEvent::Edited { of, .. } | RoomEvent::Deleted { of, .. } | RoomEvent::Checked { of, held: Some(Held::Removed), .. } = &*event.event {
                self.forget_text(*of);
            }
            if let RoomEvent::Cleared { .. } = &*event.event {
                // Any of them may show what is hidden now, or be hidden and shown again.
                self.forget_all();
            }
            if event.event.withheld() {
                self.passing_since = self.passing_since.or(Some(event.event.at()));
            }
            self.recent_bytes += event.shared.len();
            self.recent.push_back(event);
        }
        while self.recent.len() > KEPT_EVENTS || self.recent_bytes > KEPT_BYTES {
            self.forget_oldest();
        }
    }

    fn forget_all(&mut self) {
        self.recent.clear();
        self.recent_bytes = 0;
        self.passing_since = None;
    }

    fn forget_oldest(&mut self) {
        if let Some(oldest) = self.recent.pop_front() {
            self.recent_bytes -= oldest.shared.len();
        }
    }

    /// Who joins is not to read here what a message said before: up to the last event that shows
    /// it (the message, an edit, a reply that quotes it) they are read from the database.
    fn forget_text(&mut self, of: Seq) {
        let shows = |event: &RoomEvent| match event {
            RoomEvent::Message { message, .. } => message.seq == of || message.reply_to.as_ref().is_some_and(|quote| quote.seq == of),
            RoomEvent::Edited { of: edited, .. } => *edited == of,
            RoomEvent::Deleted { .. } | RoomEvent::Reaction { .. } | RoomEvent::Cleared { .. } | RoomEvent::Checked { .. } | RoomEvent::Notice { .. } => false,
        };
        if let Some(last) = self.recent.iter().rposition(|kept| shows(&kept.event)) {
            for _ in 0..=last {
                self.forget_oldest();
            }
        }
    }

    /// Whether this sign of typing is to be told: the first for a while.
    pub fn begins_typing(&mut self, user: UserId, now: Timestamp) -> bool {
        /// Shorter than clients show it.
        const WHILE: Duration = Duration::from_secs(2);
        self.typing.retain(|_, last| *last <= now && now.since(*last) < WHILE);
        let told = self.typing.contains_key(&user);
        if !told {
            self.typing.insert(user, now);
        }
        !told
    }

    /// Something without a seq, to all but one user. Dropped with the events for whoever is slow.
    pub fn broadcast(&mut self, frame: &Bytes, but: Option<UserId>) {
        for subscriber in self.subscribers.values() {
            if Some(subscriber.socket.user) != but {
                subscriber.socket.outbox.push_event(self.room, frame.clone());
            }
        }
    }
}

fn concatenated(batch: &[Encoded]) -> Bytes {
    if let [only] = batch {
        return only.shared.clone();
    }
    let mut whole = BytesMut::with_capacity(batch.iter().map(|event| event.shared.len()).sum());
    for event in batch {
        whole.extend_from_slice(&event.shared);
    }
    whole.freeze()
}

/// For an author, and for whoever has the first of the batch already.
fn push_each(room: RoomId, batch: &[Encoded], subscriber: &Subscriber) -> Pushed {
    let socket = &subscriber.socket;
    let mut piece = BytesMut::new();
    for event in batch.iter().filter(|event| event.seq > subscriber.after) {
        let own = if event.author == socket.user { event.own.as_ref() } else { None };
        piece.extend_from_slice(own.unwrap_or(&event.shared));
    }
    if piece.is_empty() { Pushed::Queued } else { socket.outbox.push_event(room, piece.freeze()) }
}
