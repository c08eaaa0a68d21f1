//! Reading what the server sends, cheaply. The wire types of the domain are exact, and their derived
//! decoding (flattened and tagged) is large in WebAssembly: every struct in it is compiled once more for
//! each way that serde buffers. Here each is read from text once, by plain structs; the tests hold
//! both readings together.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use stoa_domain::access::Refusal;
use stoa_domain::id::{Nonce, RoomId, Seq, UserId};
use stoa_domain::message::Level;
use stoa_domain::time::Timestamp;
use stoa_domain::wire::Person;
use stoa_domain::wire::channel::{ByeReason, OpenRoom, People, ReadMark, Signal};
use stoa_domain::wire::lookup::{ChannelAt, Limits};
use stoa_domain::wire::me::MyRoom;
use stoa_domain::wire::message::{EventHead, Message, RoomEvent};
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::room::RoomInfo;

type Error = serde_json::Error;

/// Reads a type from text.
///
/// # Errors
/// When the text isn't one.
pub fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Error> {
    serde_json::from_str(text)
}

/// A room that I follow, as [`MyRoom`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mine {
    pub room: RoomInfo,
    pub standing: Standing,
}

/// How far I am in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    pub last_seq: Seq,
    pub read_seq: Seq,
    pub unread: i64,
    pub mentions: i64,
    pub favourite: bool,
    pub level: Level,
    #[serde(default)]
    pub draft: Option<String>,
}

impl From<MyRoom> for Mine {
    fn from(mine: MyRoom) -> Self {
        let MyRoom { room, last_seq, read_seq, unread, mentions, favourite, level, draft, .. } = mine;
        Self { room, standing: Standing { last_seq, read_seq, unread, mentions, favourite, level, draft } }
    }
}

fn mine(text: &RawValue) -> Result<Mine, Error> {
    Ok(Mine { room: read(text.get())?, standing: read(text.get())? })
}

/// What is needed of a [`stoa_domain::wire::lookup::Lookup`].
#[derive(Debug, PartialEq)]
pub struct Found {
    pub channel: ChannelAt,
    pub limits: Limits,
    pub rooms: Vec<Mine>,
}

pub fn lookup(text: &str) -> Result<Found, Error> {
    #[derive(Deserialize)]
    struct Wire<'a> {
        channel: ChannelAt,
        limits: Limits,
        #[serde(borrow)]
        rooms: Vec<&'a RawValue>,
    }
    let Wire { channel, limits, rooms } = read(text)?;
    Ok(Found { channel, limits, rooms: rooms.into_iter().map(mine).collect::<Result<_, _>>()? })
}

/// A frame, before it is known what it is of.
#[derive(Deserialize)]
pub struct Frame<'a> {
    /// The request that it answers.
    pub re: Option<u64>,
    #[serde(borrow)]
    pub ok: Option<&'a RawValue>,
    pub error: Option<Problem>,
    /// The event that it tells.
    pub ev: Option<&'a str>,
    pub room: Option<RoomId>,
}

/// What an event that isn't an answer is.
#[derive(Debug, PartialEq)]
pub enum Told {
    Event(Box<RoomEvent>),
    Signal(Box<Signal>),
}

/// Reads an event; none if this client doesn't know it.
pub fn told(text: &str, frame: &Frame<'_>) -> Result<Option<Told>, Error> {
    let Some(ev) = frame.ev else { return Ok(None) };
    Ok(match (event(ev, frame.room, text)?, frame.room) {
        (Some(event), _) => Some(Told::Event(Box::new(event))),
        (None, room) => signal(ev, room, text)?.map(|signal| Told::Signal(Box::new(signal))),
    })
}

fn event(ev: &str, room: Option<RoomId>, text: &str) -> Result<Option<RoomEvent>, Error> {
    #[derive(Deserialize)]
    struct Change {
        seq: Seq,
        n: i64,
        at: Timestamp,
        author: Person,
        nonce: Option<Nonce>,
        #[serde(default)]
        of: Seq,
        subject: Option<String>,
        body: Option<String>,
        #[serde(default)]
        mentions: Vec<UserId>,
        #[serde(default)]
        emoji: String,
        #[serde(default)]
        on: bool,
        #[serde(default)]
        text: String,
    }
    let Some(room) = room.filter(|_| matches!(ev, "message" | "edited" | "deleted" | "reaction" | "notice")) else { return Ok(None) };
    if ev == "message" {
        let message: Message = read(text)?;
        return Ok(Some(RoomEvent::Message { room, message }));
    }
    let Change { seq, n, at, author, nonce, of, subject, body, mentions, emoji, on, text } = read(text)?;
    let head = EventHead { room, seq, n, at, author, nonce };
    Ok(Some(match ev {
        "edited" => RoomEvent::Edited { head, of, subject, body, mentions },
        "deleted" => RoomEvent::Deleted { head, of },
        "reaction" => RoomEvent::Reaction { head, of, emoji, on },
        _ => RoomEvent::Notice { head, text },
    }))
}

fn signal(ev: &str, room: Option<RoomId>, text: &str) -> Result<Option<Signal>, Error> {
    #[derive(Deserialize)]
    #[serde(default)]
    struct Wire<'a> {
        people: Vec<Person>,
        count: u32,
        person: Option<Person>,
        seq: Seq,
        unread: i64,
        mentions: i64,
        description: Option<RoomInfo>,
        #[serde(borrow)]
        reason: Option<&'a RawValue>,
        rooms: Vec<RoomId>,
        after_ms: u32,
    }
    impl Default for Wire<'_> {
        fn default() -> Self {
            Self { people: Vec::new(), count: 0, person: None, seq: 0, unread: 0, mentions: 0, description: None, reason: None, rooms: Vec::new(), after_ms: 0 }
        }
    }
    let Wire { people, count, person, seq, unread, mentions, description, reason, rooms, after_ms } = read(text)?;
    let reason = reason.map_or("", |reason| reason.get().trim_matches('"'));
    Ok(match (ev, room) {
        ("joined", Some(room)) => Some(Signal::Joined { room, people, count }),
        ("left", Some(room)) => Some(Signal::Left { room, people, count }),
        ("typing", Some(room)) => person.map(|person| Signal::Typing { room, person }),
        ("read", Some(room)) => Some(Signal::Read(ReadMark { room, seq, unread, mentions })),
        ("room", Some(room)) => description.map(|description| Signal::Room { room, description }),
        ("removed", Some(room)) => Some(Signal::Removed { room, reason: refusal(reason) }),
        ("unfollowed", Some(room)) => Some(Signal::Unfollowed { room }),
        ("followed", Some(room)) => Some(Signal::Followed { room }),
        ("resync", _) => Some(Signal::Resync { rooms }),
        ("bye", _) => Some(Signal::Bye { after_ms, reason: bye_reason(reason) }),
        _ => None,
    })
}

fn refusal(word: &str) -> Refusal {
    match word {
        "account_disabled" => Refusal::AccountDisabled,
        "room_disabled" => Refusal::RoomDisabled,
        "out_of_scope" => Refusal::OutOfScope,
        "denied" => Refusal::Denied,
        "excluded" => Refusal::Excluded,
        "not_a_member" => Refusal::NotAMember,
        _ => Refusal::Unknown,
    }
}

fn bye_reason(word: &str) -> ByeReason {
    match word {
        "session_ended" => ByeReason::SessionEnded,
        "access_unknown" => ByeReason::AccessUnknown,
        _ => ByeReason::Stopping,
    }
}

/// The answer to a join: what each room said, and which room refused.
pub fn joined(text: &str) -> Result<Vec<Result<OpenRoom, (RoomId, Problem)>>, Error> {
    #[derive(Deserialize)]
    struct Rooms<'a> {
        #[serde(borrow)]
        rooms: Vec<Room<'a>>,
    }
    #[derive(Deserialize)]
    struct Room<'a> {
        room: RoomId,
        error: Option<Problem>,
        description: Option<RoomInfo>,
        #[serde(default)]
        people: People,
        #[serde(default)]
        last_seq: Seq,
        #[serde(default)]
        last_n: i64,
        #[serde(default)]
        read_seq: Seq,
        #[serde(borrow)]
        events: Option<Vec<&'a RawValue>>,
        messages: Option<Vec<Message>>,
        from_seq: Option<Seq>,
        #[serde(default)]
        truncated: bool,
    }
    let rooms: Rooms<'_> = read(text)?;
    rooms
        .rooms
        .into_iter()
        .map(|answer| {
            let Room { room, error, description, people, last_seq, last_n, read_seq, events, messages, from_seq, truncated } = answer;
            let Some(description) = description.filter(|_| error.is_none()) else {
                return Ok(Err((room, error.unwrap_or(Problem::internal()))));
            };
            let events = events.map(|events| events.into_iter().map(|text| one_event(text.get())).filter_map(Result::transpose).collect()).transpose()?;
            Ok(Ok(OpenRoom { room, description, people, last_seq, last_n, read_seq, events, messages, from_seq, truncated }))
        })
        .collect()
}

fn one_event(text: &str) -> Result<Option<RoomEvent>, Error> {
    let frame: Frame<'_> = read(text)?;
    event(frame.ev.unwrap_or_default(), frame.room, text)
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
