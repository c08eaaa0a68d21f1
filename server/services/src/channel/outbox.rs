//! What waits to be sent to one socket. Bounded: a socket that doesn't keep up loses its queued
//! room events and is told to join those rooms again; answers and farewells are never lost, the
//! socket closes instead. Nobody who puts something in ever waits.

use std::collections::{HashSet, VecDeque};
use std::future::poll_fn;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use bytes::Bytes;
use stoa_domain::id::RoomId;
use stoa_domain::wire::channel::Signal;

use super::frame;

/// Bytes of room events that may wait.
const EVENTS_LIMIT: usize = 1024 * 1024;
/// Bytes of everything else that may wait; who wants more without reading that is closed. What is
/// added doesn't count, since a single answer may be long.
const ANSWERS_LIMIT: usize = 8 * 1024 * 1024;
/// Pieces of room events that may wait.
const PIECES_LIMIT: usize = 4_096;

enum Item {
    /// Answers, notices to this user, farewells.
    Kept(Bytes),
    /// Events of a room: dropped when the socket falls behind.
    Event(RoomId, Bytes),
    /// The place of an answer that is being made: what stands behind it waits.
    Reserved,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Item>,
    events_bytes: usize,
    events: usize,
    kept_bytes: usize,
    /// Rooms whose events were dropped, until the socket joins them again.
    // Boxed: thousands of sockets that never fall behind don't keep room for it.
    #[allow(clippy::box_collection)]
    lost: Option<Box<HashSet<RoomId>>>,
    closing: bool,
    /// The socket's task, when it waits.
    waker: Option<Waker>,
}

#[derive(Default)]
pub struct Outbox {
    state: Mutex<State>,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    Queued,
    /// The socket has lost this room, or is closing: it is no subscriber any more.
    Gone,
}

impl Outbox {
    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic while holding it can't leave a queue half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues events of a room, ready framed.
    pub fn push_event(&self, room: RoomId, frames: Bytes) -> Pushed {
        let waker = {
            let mut state = self.lock();
            if state.closing || state.lost.as_ref().is_some_and(|lost| lost.contains(&room)) {
                return Pushed::Gone;
            }
            // One piece is taken however long it is: who reads everything hasn't fallen behind.
            if state.events > 0 && (state.events_bytes + frames.len() > EVENTS_LIMIT || state.events >= PIECES_LIMIT) {
                state.fall_behind(room);
                metrics::counter!("stoa_resyncs_total").increment(1);
                let waker = state.waker.take();
                drop(state);
                wake(waker);
                return Pushed::Gone;
            }
            state.events_bytes += frames.len();
            state.events += 1;
            state.queue.push_back(Item::Event(room, frames));
            state.waker.take()
        };
        wake(waker);
        Pushed::Queued
    }

    /// Queues what must not be lost.
    pub fn push(&self, frame: Bytes) {
        let waker = {
            let mut state = self.lock();
            if state.closing {
                return;
            }
            if state.kept_bytes > ANSWERS_LIMIT {
                state.give_up();
            } else {
                state.kept_bytes += frame.len();
                state.queue.push_back(Item::Kept(frame));
            }
            state.waker.take()
        };
        wake(waker);
    }

    /// Keeps the next place for an answer, so that whatever comes meanwhile stands behind it.
    /// One at a time: a socket's requests are handled one after another.
    pub fn reserve(&self) {
        self.lock().queue.push_back(Item::Reserved);
    }

    /// Puts the answer into its place.
    pub fn fill(&self, frame: Bytes) {
        let waker = {
            let mut state = self.lock();
            let length = frame.len();
            if state.kept_bytes > ANSWERS_LIMIT {
                state.give_up();
            } else if let Some(place) = state.queue.iter_mut().find(|item| matches!(item, Item::Reserved)) {
                *place = Item::Kept(frame);
                state.kept_bytes += length;
            }
            state.waker.take()
        };
        wake(waker);
    }

    /// Control frames of the transport (pongs, close), in their turn.
    pub fn push_raw(&self, frame: Bytes) {
        self.push(frame);
    }

    /// Sends what is queued, then ends the socket.
    pub fn close(&self) {
        let waker = {
            let mut state = self.lock();
            state.closing = true;
            state.waker.take()
        };
        wake(waker);
    }

    /// Whether it takes nothing more in: the socket was told farewell, or is gone.
    pub fn is_closing(&self) -> bool {
        self.lock().closing
    }

    /// The socket joins this room (again): events count anew. Those that came while the answer is
    /// made are dropped, since the answer contains them or they are queued once more behind it.
    pub fn regain(&self, room: RoomId) {
        let mut state = self.lock();
        state.forget_behind_answer(room);
        if let Some(lost) = &mut state.lost {
            lost.remove(&room);
            if lost.is_empty() {
                state.lost = None;
            }
        }
    }

    /// Waits until something is queued and moves it to `out`. False: send that and end the socket.
    pub async fn next(&self, out: &mut Vec<Bytes>) -> bool {
        poll_fn(|context| {
            let mut state = self.lock();
            while let Some(item) = state.queue.pop_front() {
                match item {
                    Item::Kept(frame) => {
                        state.kept_bytes -= frame.len();
                        out.push(frame);
                    }
                    Item::Event(_, frames) => {
                        state.events -= 1;
                        state.events_bytes -= frames.len();
                        out.push(frames);
                    }
                    Item::Reserved if state.closing => {}
                    Item::Reserved => {
                        state.queue.push_front(Item::Reserved);
                        break;
                    }
                }
            }
            if out.is_empty() && !state.closing {
                state.waker = Some(context.waker().clone());
                return Poll::Pending;
            }
            // A burst's room isn't kept by thousands of sockets that idle afterwards.
            if state.queue.capacity() > 64 {
                state.queue = VecDeque::new();
            }
            Poll::Ready(!state.closing)
        })
        .await
    }
}

impl State {
    /// It asks without reading the answers.
    fn give_up(&mut self) {
        self.queue.clear();
        (self.events, self.events_bytes, self.kept_bytes) = (0, 0, 0);
        self.closing = true;
    }

    fn forget_behind_answer(&mut self, room: RoomId) {
        let Some(place) = self.queue.iter().position(|item| matches!(item, Item::Reserved)) else { return };
        let behind = self.queue.split_off(place);
        for item in behind {
            match item {
                Item::Event(of, frames) if of == room => {
                    self.events -= 1;
                    self.events_bytes -= frames.len();
                }
                item => self.queue.push_back(item),
            }
        }
    }

    /// Drops all queued room events, and says so in their place.
    fn fall_behind(&mut self, room: RoomId) {
        let mut rooms = vec![room];
        let mut kept = VecDeque::new();
        for item in self.queue.drain(..) {
            match item {
                Item::Event(room, _) => {
                    if !rooms.contains(&room) {
                        rooms.push(room);
                    }
                }
                item => kept.push_back(item),
            }
        }
        self.queue = kept;
        self.events_bytes = 0;
        self.events = 0;
        self.lost.get_or_insert_default().extend(rooms.iter().copied());
        let resync = frame::json(&Signal::Resync { rooms });
        self.kept_bytes += resync.len();
        self.queue.push_back(Item::Kept(resync));
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(n: u128) -> RoomId {
        uuid::Uuid::from_u128(n).into()
    }

    #[tokio::test]
    async fn what_comes_while_an_answer_is_made_stands_behind_it() {
        let outbox = Outbox::default();
        outbox.push(Bytes::from_static(b"before"));
        outbox.reserve();
        outbox.push_event(room(1), Bytes::from_static(b"event"));
        let mut out = Vec::new();
        assert!(outbox.next(&mut out).await);
        assert_eq!(out, ["before"]);
        outbox.fill(Bytes::from_static(b"answer"));
        out.clear();
        assert!(outbox.next(&mut out).await);
        assert_eq!(out, ["answer", "event"]);
    }

    #[tokio::test]
    async fn a_room_that_is_joined_again_has_no_event_twice() {
        let outbox = Outbox::default();
        outbox.push_event(room(1), Bytes::from_static(b"earlier"));
        outbox.reserve();
        outbox.push_event(room(1), Bytes::from_static(b"in the answer"));
        outbox.push_event(room(2), Bytes::from_static(b"other"));
        outbox.regain(room(1));
        outbox.push_event(room(1), Bytes::from_static(b"later"));
        outbox.fill(Bytes::from_static(b"answer"));
        let mut out = Vec::new();
        assert!(outbox.next(&mut out).await);
        assert_eq!(out, ["earlier", "answer", "other", "later"]);
        let state = outbox.lock();
        assert_eq!((state.events, state.events_bytes, state.kept_bytes), (0, 0, 0), "all that was counted is counted off");
    }

    #[tokio::test]
    async fn one_long_answer_is_sent_and_asking_without_reading_ends() {
        let outbox = Outbox::default();
        outbox.push(Bytes::from(vec![0; ANSWERS_LIMIT + 1]));
        let mut out = Vec::new();
        assert!(outbox.next(&mut out).await, "nothing waited");
        assert_eq!(out.len(), 1);
        outbox.push(Bytes::from(vec![0; ANSWERS_LIMIT + 1]));
        assert!(!outbox.is_closing());
        outbox.push(Bytes::from_static(b"more"));
        assert!(outbox.is_closing(), "it doesn't read");

        let outbox = Outbox::default();
        outbox.reserve();
        outbox.push(Bytes::from(vec![0; ANSWERS_LIMIT + 1]));
        outbox.fill(Bytes::from_static(b"answer"));
        assert!(outbox.is_closing(), "the answer to a join counts as any other");
    }

    #[tokio::test]
    async fn one_long_piece_of_events_is_no_falling_behind() {
        let outbox = Outbox::default();
        assert_eq!(outbox.push_event(room(1), Bytes::from(vec![0; EVENTS_LIMIT + 1])), Pushed::Queued);
        assert_eq!(outbox.push_event(room(1), Bytes::from_static(b"x")), Pushed::Gone, "only what comes on top of it is too much");
    }

    #[tokio::test]
    async fn a_slow_socket_loses_events_and_keeps_answers() {
        let outbox = Outbox::default();
        outbox.push(Bytes::from_static(b"answer"));
        let big = Bytes::from(vec![0; EVENTS_LIMIT / 2]);
        assert_eq!(outbox.push_event(room(1), big.clone()), Pushed::Queued);
        assert_eq!(outbox.push_event(room(2), big.clone()), Pushed::Queued);
        assert_eq!(outbox.push_event(room(3), big.clone()), Pushed::Gone, "over the limit");
        assert_eq!(outbox.push_event(room(1), big.clone()), Pushed::Gone, "unsubscribed");
        assert_eq!(outbox.push_event(room(4), Bytes::from_static(b"small")), Pushed::Queued, "the others go on");
        let mut out = Vec::new();
        assert!(outbox.next(&mut out).await);
        assert_eq!(out[0], "answer");
        let resync = String::from_utf8_lossy(&out[1]).into_owned();
        assert!(resync.contains("resync") && resync.contains(&room(1).to_string()) && resync.contains(&room(3).to_string()));
        assert_eq!(out[2], "small");
        outbox.regain(room(1));
        assert_eq!(outbox.push_event(room(1), Bytes::from_static(b"x")), Pushed::Queued);
        outbox.close();
        out.clear();
        assert!(!outbox.next(&mut out).await, "what is queued is still sent");
        assert_eq!(out.len(), 1);
    }
}
