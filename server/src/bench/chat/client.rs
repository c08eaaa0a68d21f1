//! One client: joins its room, counts what comes, posts when it is its turn.

use std::collections::VecDeque;
use std::io::Write as _;
use std::time::Instant;

use serde::Deserialize;
use stoa_domain::id::{RoomId, Seq};
use stoa_domain::wire::channel::{Incoming, Outcome, Signal};
use uuid::Uuid;

use super::super::failure::{Result, fail};
use super::super::frame;
use super::ledger::Ledger;
use super::scan::{self, Delivery, MARK, Mark, Scanner};
use super::socket::Socket;

/// The numbers of a client's requests; posts count on from the last.
const JOIN: u64 = 1;
const HISTORY: u64 = 2;
const FIRST_POST: u64 = 16;

/// One delivery of so many is parsed in full.
const SAMPLE: u64 = 1024;

/// What all clients share: the run's rooms, books and clock.
pub struct Run {
    pub rooms: Vec<RoomId>,
    pub ledger: Ledger,
    pub scanner: Scanner,
    started: Instant,
    /// The generator's clock in microseconds, as of the last read.
    pub now: u32,
    /// Whether clients join, so that what is posted reaches them.
    pub join: bool,
    /// Whether a post that has come back is followed by the next.
    pub again: bool,
    /// How many clients are ready.
    pub ready: usize,
    pub padding: String,
    nonces: u64,
    scratch: Vec<u8>,
    until_sample: u64,
}

impl Run {
    pub fn new(rooms: Vec<RoomId>, join: bool, body: usize) -> Self {
        let words = " the quick brown fox jumps over the lazy dog".chars().cycle();
        let nonces = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Self {
            ledger: Ledger::new(rooms.len()),
            scanner: Scanner::new(),
            started: Instant::now(),
            now: 0,
            join,
            again: false,
            ready: 0,
            padding: words.take(body.saturating_sub(MARK)).collect(),
            // Half of each nonce is the run's own, so that none comes again in the next.
            nonces: u64::try_from(nonces.as_nanos() & u128::from(u64::MAX)).unwrap_or_default(),
            scratch: Vec::new(),
            until_sample: SAMPLE,
            rooms,
        }
    }

    /// Looks at the clock; an hour fits.
    pub fn tick(&mut self) {
        self.now = u32::try_from(self.started.elapsed().as_micros()).unwrap_or(u32::MAX);
    }
}

/// A client's own posts.
struct Sender {
    index: u16,
    next: u32,
    /// Number and time of each post without an acknowledgement.
    waiting: VecDeque<(u32, u32)>,
}

pub struct Client {
    pub socket: Socket,
    pub room: usize,
    pub last_seq: Seq,
    pub lost: bool,
    sender: Option<Box<Sender>>,
}

// Of the answer to a join only what is needed here.
#[derive(Deserialize)]
struct Joined {
    rooms: Vec<JoinedRoom>,
}
#[derive(Deserialize)]
struct JoinedRoom {
    last_seq: Option<Seq>,
    #[serde(default)]
    events: Vec<serde_json::Value>,
    #[serde(default)]
    truncated: bool,
    error: Option<serde_json::Value>,
}

impl Client {
    pub fn new(socket: Socket, room: usize, sender: Option<u16>) -> Self {
        let sender = sender.map(|index| Box::new(Sender { index, next: 0, waiting: VecDeque::new() }));
        Self { socket, room, last_seq: -1, lost: false, sender }
    }

    /// Posts without an acknowledgement.
    pub fn waiting(&self) -> usize {
        self.sender.as_ref().map_or(0, |sender| sender.waiting.len())
    }

    /// Appends a post to what is sent next.
    pub fn post(&mut self, run: &mut Run) -> Result<()> {
        let Some(sender) = &mut self.sender else { return Ok(()) };
        let mark = Mark { sender: sender.index, number: sender.next, at: run.now };
        let (id, nonce) = (FIRST_POST + u64::from(sender.next), Uuid::from_u64_pair(run.nonces, mark.key()));
        sender.waiting.push_back((sender.next, run.now));
        sender.next += 1;
        run.scratch.clear();
        let (room, padding) = (run.rooms[self.room], &run.padding);
        write!(run.scratch, r#"{{"id":{id},"op":"post","room":"{room}","nonce":"{nonce}","body":"{mark}{padding}"}}"#)?;
        self.socket.push(frame::TEXT, &run.scratch);
        Ok(())
    }

    /// Reads until there is nothing left, then sends what that led to.
    pub fn receive(&mut self, run: &mut Run, buffer: &mut [u8]) -> Result<()> {
        while let Some((filled, all)) = self.socket.fill(buffer)? {
            run.tick();
            let done = self.take(run, &buffer[..filled])?;
            self.socket.keep(&buffer[done..filled]);
            if all {
                break;
            }
        }
        self.socket.flush()
    }

    /// Handles the whole frames and tells how far they reach.
    fn take(&mut self, run: &mut Run, bytes: &[u8]) -> Result<usize> {
        let Some(mut done) = self.socket.upgrade(bytes)? else { return Ok(0) };
        if done > 0 {
            self.upgraded(run)?;
        }
        while let Some(head) = frame::head(&bytes[done..])? {
            let payload = &bytes[done + head.start..done + head.end];
            match head.opcode {
                frame::TEXT => self.text(run, payload)?,
                frame::PING => self.socket.push(frame::PONG, payload),
                frame::CLOSE => return Err(fail(format!("the server closed the socket: {}", String::from_utf8_lossy(payload.get(2..).unwrap_or_default())))),
                _ => {}
            }
            done += head.end;
        }
        Ok(done)
    }

    fn upgraded(&mut self, run: &mut Run) -> Result<()> {
        if run.join {
            return self.request_join(run, None);
        }
        run.ready += 1;
        Ok(())
    }

    fn request_join(&mut self, run: &Run, after_seq: Option<Seq>) -> Result<()> {
        let after = after_seq.map(|seq| format!(r#","after_seq":{seq}"#)).unwrap_or_default();
        let request = format!(r#"{{"id":{JOIN},"op":"join","rooms":[{{"room":"{}"{after}}}]}}"#, run.rooms[self.room]);
        self.socket.push(frame::TEXT, request.as_bytes());
        Ok(())
    }

    fn text(&mut self, run: &mut Run, payload: &[u8]) -> Result<()> {
        if let Some(delivery) = run.scanner.delivery(payload) {
            run.until_sample -= 1;
            if run.until_sample == 0 {
                run.until_sample = SAMPLE;
                let whole = std::str::from_utf8(payload).ok().and_then(|text| Incoming::decode(text).ok().flatten());
                if !matches!(whole, Some(Incoming::Event(event)) if event.seq() == delivery.seq) {
                    run.ledger.faults.unreadable += 1;
                }
            }
            return self.delivered(run, &delivery);
        }
        match scan::posted(payload) {
            Some((re, seq)) if re >= FIRST_POST => self.acknowledged(run, re, Ok(seq)),
            _ => self.other(run, payload),
        }
    }

    fn delivered(&mut self, run: &mut Run, delivery: &Delivery) -> Result<()> {
        if delivery.seq != self.last_seq + 1 {
            let faults = &mut run.ledger.faults;
            *(if delivery.seq <= self.last_seq { &mut faults.repeated } else { &mut faults.gaps }) += 1;
        }
        self.last_seq = self.last_seq.max(delivery.seq);
        run.ledger.delivered(self.room, delivery, run.now);
        let own = delivery.mark.is_some_and(|mark| self.sender.as_ref().is_some_and(|sender| sender.index == mark.sender));
        if own && run.again { self.post(run) } else { Ok(()) }
    }

    fn acknowledged(&mut self, run: &mut Run, re: u64, outcome: std::result::Result<Seq, String>) -> Result<()> {
        let Some(sender) = &mut self.sender else { return Ok(()) };
        let number = u32::try_from(re - FIRST_POST).unwrap_or(u32::MAX);
        let Some(place) = sender.waiting.iter().position(|(waiting, _)| *waiting == number) else {
            run.ledger.faults.error(|| format!("an answer to a request that wasn't made: {re}"));
            return Ok(());
        };
        let sent = sender.waiting.remove(place).map_or(0, |(_, sent)| sent);
        match outcome {
            Ok(seq) => {
                let key = Mark { sender: sender.index, number, at: sent }.key();
                run.ledger.acknowledged(self.room, seq, key, sent, run.now);
                // With receivers the loop closes when the post itself comes back.
                if !run.join && run.again { self.post(run) } else { Ok(()) }
            }
            Err(why) => {
                run.ledger.faults.error(|| why);
                Ok(())
            }
        }
    }

    /// Everything that is rare enough to be parsed.
    fn other(&mut self, run: &mut Run, payload: &[u8]) -> Result<()> {
        let text = std::str::from_utf8(payload)?;
        match Incoming::decode(text) {
            Ok(Some(Incoming::Answer { re, outcome })) => self.answer(run, re, outcome),
            Ok(Some(Incoming::Event(event))) => self.delivered(run, &Delivery { seq: event.seq(), mark: None }),
            Ok(Some(Incoming::Signal(signal))) => match *signal {
                Signal::Resync { .. } => {
                    run.ledger.resyncs += 1;
                    self.request_join(run, Some(self.last_seq))
                }
                Signal::Removed { .. } | Signal::Bye { .. } => {
                    run.ledger.faults.error(|| text.to_owned());
                    Ok(())
                }
                _ => Ok(()),
            },
            Ok(None) => Ok(()),
            Err(_) => {
                run.ledger.faults.unreadable += 1;
                Ok(())
            }
        }
    }

    fn answer(&mut self, run: &mut Run, re: u64, outcome: Outcome<serde_json::Value>) -> Result<()> {
        let value = match outcome {
            Outcome::Ok(value) => value,
            Outcome::Error(problem) if re >= FIRST_POST => return self.acknowledged(run, re, Err(problem.to_string())),
            Outcome::Error(problem) => return Err(fail(format!("a join or history was refused: {problem}"))),
        };
        match re {
            JOIN => self.joined(run, serde_json::from_value(value)?),
            HISTORY => {
                self.catch_up(run, value["messages"].as_array().map(Vec::as_slice).unwrap_or_default())?;
                self.request_join(run, Some(self.last_seq))
            }
            _ => {
                let seq = value["seq"].as_i64().ok_or_else(|| "an acknowledgement without seq".to_owned());
                self.acknowledged(run, re, seq)
            }
        }
    }

    fn joined(&mut self, run: &mut Run, joined: Joined) -> Result<()> {
        let Some(JoinedRoom { last_seq: Some(last_seq), events, truncated, error: None }) = joined.rooms.into_iter().next() else {
            return Err(fail("the room can't be joined"));
        };
        if self.last_seq < 0 {
            self.last_seq = last_seq;
            run.ledger.joined(self.room, last_seq);
            run.ready += 1;
            return Ok(());
        }
        if truncated {
            let (room, after) = (run.rooms[self.room], self.last_seq);
            let request = format!(r#"{{"id":{HISTORY},"op":"history","room":"{room}","after_seq":{after},"limit":500}}"#);
            self.socket.push(frame::TEXT, request.as_bytes());
            return Ok(());
        }
        self.catch_up(run, &events)
    }

    /// What was missed, after a resync.
    fn catch_up(&mut self, run: &mut Run, events: &[serde_json::Value]) -> Result<()> {
        for event in events {
            let seq = event["seq"].as_i64().ok_or_else(|| fail(format!("an event without seq: {event}")))?;
            let mark = event["body"].as_str().and_then(|body| Mark::of(body.as_bytes()));
            self.delivered(run, &Delivery { seq, mark })?;
        }
        Ok(())
    }
}
