//! The live rooms of this server: who is in them, and the release of their events, strictly in
//! the order of seq, to the queues of their sockets. An event is encoded once; a batch of events
//! goes to each socket as one piece. Nothing here waits for a socket or a database.

mod live;
mod pace;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use stoa_domain::access::{Refusal, Snapshot};
use stoa_domain::id::{RoomId, Seq, UserId};
use stoa_domain::settings::PoolSettings;
use stoa_domain::time::Timestamp;
use stoa_domain::wire::Person;
use stoa_domain::wire::channel::{ByeReason, People, Signal};
use stoa_domain::wire::message::RoomEvent;
use stoa_store::{Head, SessionKey};

pub(super) use live::Released;
use live::{Encoded, Gap, LiveRoom};
use pace::Pace;
use tokio::sync::Notify;

use super::frame;
use super::limit::Bucket;
use super::outbox::Outbox;
use crate::access::{Access, person, room_info, settled_alike};
use crate::bus::Committed;

/// One socket of one user.
pub struct Socket {
    pub id: u64,
    pub user: UserId,
    pub session: SessionKey,
    pub outbox: Arc<Outbox>,
    /// What the user may do how often, over all of his sockets.
    pub(super) bucket: Arc<Mutex<Bucket>>,
    /// The rooms that it is subscribed to.
    rooms: Mutex<Vec<RoomId>>,
}

#[derive(Default)]
pub struct Hub {
    rooms: RwLock<HashMap<RoomId, Arc<LiveRoom>>>,
    people: Mutex<HashMap<UserId, Vec<Arc<Socket>>>>,
    /// The invitations that connected people know of.
    invited: Mutex<HashMap<UserId, HashSet<RoomId>>>,
    /// Longer than their users' sockets live: else closing the last would be a way to a new one.
    buckets: Mutex<HashMap<UserId, Arc<Mutex<Bucket>>>>,
    /// Who has left a room because nothing can be sent to him any more.
    dropped: Mutex<Vec<Passage>>,
    next_socket: AtomicU64,
    pace: Mutex<Pace>,
    /// Told when an event came that doesn't follow the last.
    missing: Notify,
}

/// Poisoning can't leave these half changed: nothing inside a lock panics midway.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A room that is being joined.
pub struct Warmed<'a> {
    hub: &'a Hub,
    room: RoomId,
}

impl Drop for Warmed<'_> {
    fn drop(&mut self) {
        self.hub.cool(self.room);
    }
}

/// A person came into a room, or has left it.
pub struct Passage {
    pub room: RoomId,
    pub user: UserId,
    pub entered: bool,
}

impl Hub {
    // ---- sockets -----------------------------------------------------------------------

    pub fn connect(&self, user: UserId, session: SessionKey) -> Arc<Socket> {
        let bucket = self.bucket(user);
        let mut people = lock(&self.people);
        let sockets = people.entry(user).or_default();
        let socket =
            Arc::new(Socket { id: self.next_socket.fetch_add(1, Ordering::Relaxed), user, session, outbox: Arc::default(), bucket, rooms: Mutex::default() });
        sockets.push(Arc::clone(&socket));
        socket
    }

    /// What the user may do how often, by whatever way.
    pub fn bucket(&self, user: UserId) -> Arc<Mutex<Bucket>> {
        Arc::clone(lock(&self.buckets).entry(user).or_default())
    }

    /// Forgets the buckets that are full again.
    pub fn forget_buckets(&self, settings: &PoolSettings, now: Timestamp) {
        lock(&self.buckets).retain(|_, bucket| Arc::strong_count(bucket) > 1 || !lock(bucket).is_full(settings, now));
    }

    /// The socket is gone; the rooms that its user has left with it.
    pub fn disconnect(&self, socket: &Socket) -> Vec<Passage> {
        socket.outbox.close();
        {
            let mut people = lock(&self.people);
            if let Some(sockets) = people.get_mut(&socket.user) {
                sockets.retain(|other| other.id != socket.id);
                if sockets.is_empty() {
                    people.remove(&socket.user);
                    lock(&self.invited).remove(&socket.user);
                }
            }
        }
        let rooms = std::mem::take(&mut *lock(&socket.rooms));
        rooms.into_iter().filter_map(|room| self.unsubscribe(socket, room)).collect()
    }

    pub fn sockets_of(&self, user: UserId) -> Vec<Arc<Socket>> {
        lock(&self.people).get(&user).cloned().unwrap_or_default()
    }

    pub fn all_sockets(&self) -> Vec<Arc<Socket>> {
        lock(&self.people).values().flatten().cloned().collect()
    }

    /// Who is connected here.
    pub fn users(&self) -> Vec<UserId> {
        lock(&self.people).keys().copied().collect()
    }

    /// Somebody was told that he is invited into these rooms: if he loses one, he is told that, too.
    pub fn invited(&self, user: UserId, rooms: &[RoomId]) {
        if !rooms.is_empty() {
            lock(&self.invited).entry(user).or_default().extend(rooms);
        }
    }

    pub fn connections(&self) -> usize {
        lock(&self.people).values().map(Vec::len).sum()
    }

    /// How many people have a socket.
    pub fn online(&self) -> usize {
        lock(&self.people).len()
    }

    /// Messages of the last sixty minutes, the present one last.
    pub fn pace(&self, now: Timestamp) -> Vec<u64> {
        lock(&self.pace).minutes(now)
    }

    /// Tells all sockets of a user, or all but one.
    pub fn tell(&self, user: UserId, but: Option<u64>, signal: &Signal) {
        let frame = frame::json(signal);
        for socket in self.sockets_of(user) {
            if Some(socket.id) != but {
                socket.outbox.push(frame.clone());
            }
        }
    }

    /// Says farewell to a socket and ends it.
    pub fn bye(socket: &Socket, after_ms: u32, reason: ByeReason) {
        socket.outbox.push(frame::json(&Signal::Bye { after_ms, reason }));
        socket.outbox.close();
    }

    // ---- rooms -------------------------------------------------------------------------

    fn live(&self, room: RoomId) -> Option<Arc<LiveRoom>> {
        self.rooms.read().unwrap_or_else(PoisonError::into_inner).get(&room).cloned()
    }

    fn live_or_new(&self, room: RoomId) -> Arc<LiveRoom> {
        if let Some(live) = self.live(room) {
            return live;
        }
        let mut rooms = self.rooms.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(rooms.entry(room).or_insert_with(|| Arc::new(LiveRoom::new(room))))
    }

    pub fn live_rooms(&self) -> Vec<RoomId> {
        self.rooms.read().unwrap_or_else(PoisonError::into_inner).keys().copied().collect()
    }

    /// Makes the room live before it is read from the database, so that what is committed
    /// from now on is kept for the one who joins. It stays so if somebody is in it when the
    /// guard goes, however the join ended.
    pub fn warm(&self, room: RoomId) -> Warmed<'_> {
        self.live_or_new(room);
        Warmed { hub: self, room }
    }

    fn cool(&self, room: RoomId) {
        if let Some(live) = self.live(room) {
            self.drop_if_empty(&live, &mut live.lock());
        }
    }

    fn drop_if_empty(&self, live: &LiveRoom, state: &mut live::State) {
        if state.is_empty() {
            // Whoever holds it still sees `gone` and asks for a new one.
            state.gone = true;
            self.rooms.write().unwrap_or_else(PoisonError::into_inner).remove(&live.id);
        }
    }

    /// Subscribes a socket that gets an answer that ends at `head`: queues all released events
    /// after it, so that nothing is missing or doubled. None when the events between aren't kept
    /// any more: read again.
    pub fn subscribe(&self, socket: &Arc<Socket>, room: RoomId, head: Head, limit: u32, snapshot: &Snapshot) -> Option<(People, Option<Passage>)> {
        let live = self.live_or_new(room);
        let mut state = live.lock();
        if state.gone || !state.can_continue(head) {
            return None;
        }
        {
            let mut rooms = lock(&socket.rooms);
            // Looked at under this lock: who disconnects the socket closes it first, then takes its rooms.
            if socket.outbox.is_closing() {
                return None;
            }
            if !rooms.contains(&room) {
                rooms.push(room);
            }
        }
        socket.outbox.regain(room);
        let entered = state.add(socket, head);
        state.catch_up(socket, head.seq);
        Some((state.people(limit, snapshot), entered.then_some(Passage { room, user: socket.user, entered: true })))
    }

    /// Takes a socket out of a room.
    pub fn unsubscribe(&self, socket: &Socket, room: RoomId) -> Option<Passage> {
        let Some(live) = self.live(room) else {
            lock(&socket.rooms).retain(|other| *other != room);
            return None;
        };
        self.leave(&live, &mut live.lock(), socket)
    }

    fn leave(&self, live: &LiveRoom, state: &mut live::State, socket: &Socket) -> Option<Passage> {
        lock(&socket.rooms).retain(|other| *other != live.id);
        let left = state.remove(socket.id);
        self.drop_if_empty(live, state);
        left.then_some(Passage { room: live.id, user: socket.user, entered: false })
    }

    /// How many rooms a socket is subscribed to.
    pub fn joined(&self, socket: &Socket) -> usize {
        lock(&socket.rooms).len()
    }

    pub fn is_in(&self, socket: &Socket, room: RoomId) -> bool {
        lock(&socket.rooms).contains(&room)
    }

    /// What a transaction committed. Rooms that nobody here is in are none of our business.
    pub fn committed(&self, committed: Committed) {
        {
            let mut pace = lock(&self.pace);
            for (event, _) in &committed.events {
                if let RoomEvent::Message { message, .. } = event {
                    pace.count(message.at, 1);
                }
            }
        }
        let Some(live) = self.live(committed.room) else { return };
        let mut state = live.lock();
        let encoded: Vec<Encoded> = committed.events.into_iter().map(|(event, nonce)| Encoded::new(event, nonce, |user| state.is_here(user))).collect();
        if state.release(encoded) == Gap::Behind {
            self.missing.notify_one();
        }
        self.note_dropped(&mut state);
    }

    /// Events that were read from the database because the room was behind.
    pub fn caught_up(&self, room: RoomId, events: Vec<RoomEvent>) {
        let Some(live) = self.live(room) else { return };
        let mut state = live.lock();
        // If there is more to read, the next comparison of heads finds it.
        let _ = state.release(events.into_iter().map(|event| Encoded::new(event, None, |_| false)).collect());
        self.note_dropped(&mut state);
    }

    fn note_dropped(&self, state: &mut live::State) {
        if !state.dropped.is_empty() {
            lock(&self.dropped).append(&mut state.dropped);
        }
    }

    /// Hands out who was dropped since the last time, before anything that happened later.
    pub fn take_dropped(&self, mut each: impl FnMut(Passage)) {
        // The lock is kept while they are handed out, so that nobody overtakes them.
        let mut dropped = lock(&self.dropped);
        dropped.drain(..).for_each(&mut each);
    }

    /// Of these heads, the rooms that are behind, with the last seq released.
    pub fn behind(&self, heads: &[Head]) -> Vec<(RoomId, Seq)> {
        heads
            .iter()
            .filter_map(|head| {
                let released = self.live(head.room)?.lock().released?;
                (released.seq < head.seq).then_some((head.room, released.seq))
            })
            .collect()
    }

    /// Waits until some room knows that it misses something.
    pub async fn something_missing(&self) {
        self.missing.notified().await;
    }

    /// Something was committed past the writer: compare with the database now.
    pub fn look_again(&self) {
        self.missing.notify_one();
    }

    /// Events after `after` up to the last released, if all of them are kept.
    pub fn recent(&self, room: RoomId, after: Seq, now: Timestamp) -> Option<Released> {
        self.live(room)?.lock().recent(after, now)
    }

    pub fn people(&self, room: RoomId, limit: u32, snapshot: &Snapshot) -> People {
        self.live(room).map(|live| live.lock().people(limit, snapshot)).unwrap_or_default()
    }

    /// Everyone in the room, by id.
    pub fn roster(&self, room: RoomId) -> Vec<UserId> {
        self.live(room).map(|live| live.lock().roster()).unwrap_or_default()
    }

    pub fn count(&self, room: RoomId) -> u32 {
        self.live(room).map_or(0, |live| live.lock().count())
    }

    /// Tells everyone else in the room that a user types; not more often than they need it.
    pub fn typing(&self, room: RoomId, user: UserId, signal: &Signal, limit: u32, now: Timestamp) {
        let Some(live) = self.live(room) else { return };
        let mut state = live.lock();
        if state.count() <= limit && state.begins_typing(user, now) {
            state.broadcast(&frame::json(signal), Some(user));
        }
    }

    /// Tells the joins and leaves since the last time, room by room, where few enough are in.
    pub fn flush_rosters(&self, limit: u32, snapshot: &Snapshot) {
        let rooms: Vec<_> = self.rooms.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        for live in rooms {
            let mut state = live.lock();
            let (entered, left) = state.take_passages();
            if entered.is_empty() && left.is_empty() || state.count() > limit {
                continue;
            }
            let named = |users: Vec<UserId>| -> Vec<Person> { users.into_iter().map(|user| person(snapshot, user)).collect() };
            let count = state.count();
            if !entered.is_empty() {
                state.broadcast(&frame::json(&Signal::Joined { room: live.id, people: named(entered), count }), None);
            }
            if !left.is_empty() {
                state.broadcast(&frame::json(&Signal::Left { room: live.id, people: named(left), count }), None);
            }
        }
    }

    /// Holds the live connections against the newest snapshot: whoever lost a room is told why and
    /// leaves it; whoever stays is told where the room or the own rights changed.
    pub fn recheck(&self, before: &Snapshot, access: &Access) -> Vec<Passage> {
        let rooms: Vec<_> = self.rooms.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        let mut uninvited = self.uninvited(&access.snapshot());
        let mut left = Vec::new();
        for live in rooms {
            // Not in the head of the loop: there the lock would be held to its end.
            let users = live.lock().roster();
            for user in users {
                let mut state = live.lock();
                // The newest, and under the lock that joins take: an older one would throw out who
                // has been let in again meanwhile.
                let now_is = access.snapshot();
                let decision = now_is.decide(user, live.id);
                if !decision.rights.enter {
                    let frame = frame::json(&removed(&now_is, user, live.id));
                    let everywhere = uninvited.remove(&(user, live.id));
                    for socket in self.sockets_of(user) {
                        let is_in = self.is_in(&socket, live.id);
                        if is_in {
                            left.extend(self.leave(&live, &mut state, &socket));
                        }
                        if is_in || everywhere {
                            socket.outbox.push(frame.clone());
                        }
                    }
                } else if let Some(room) = now_is.room(live.id)
                    && (before.room(live.id) != Some(room) || before.decide(user, live.id).rights != decision.rights || !settled_alike(before, &now_is, room))
                {
                    self.tell_in(user, live.id, &Signal::Room { room: live.id, description: room_info(&now_is, room, decision) });
                }
            }
        }
        for (user, room) in uninvited {
            self.tell(user, None, &removed(&access.snapshot(), user, room));
        }
        left
    }

    /// Whose invitations don't stand any more.
    fn uninvited(&self, now_is: &Snapshot) -> HashSet<(UserId, RoomId)> {
        let mut gone = HashSet::new();
        for (user, rooms) in lock(&self.invited).iter_mut() {
            rooms.retain(|room| {
                let stands = now_is.belongs(*user, *room);
                if !stands {
                    gone.insert((*user, *room));
                }
                stands
            });
        }
        gone
    }

    fn tell_in(&self, user: UserId, room: RoomId, signal: &Signal) {
        let frame = frame::json(signal);
        for socket in self.sockets_of(user) {
            if self.is_in(&socket, room) {
                socket.outbox.push(frame.clone());
            }
        }
    }
}

fn removed(now_is: &Snapshot, user: UserId, room: RoomId) -> Signal {
    Signal::Removed { room, reason: now_is.decide(user, room).refusal.unwrap_or(Refusal::Unknown) }
}
