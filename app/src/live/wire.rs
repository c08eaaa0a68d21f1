//! Reading what the server sends. The wire types of the domain are the contract; the tests hold
//! this reading and their own together.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::Value;
use stoa_domain::access::{Refusal, Rights};
use stoa_domain::id::{CategoryId, FileId, MessageId, Nonce, RoomId, Seq, UserId};
use stoa_domain::message::{Clearing, Importance, Level, MessageKind};
use stoa_domain::person::Role;
use stoa_domain::room::{Privacy, RoomState, RoomType};
use stoa_domain::wire::channel::{ByeReason, Done, Empty, OpenRoom, People, ReadMark, Signal};
use stoa_domain::wire::file::{Attachment, File, Held};
use stoa_domain::wire::joining::{Invitation, JoinAnswer, JoinRequest};
use stoa_domain::wire::lookup::{ChannelAt, Limits};
use stoa_domain::wire::me::MyRoom;
use stoa_domain::wire::message::{Deleted, EventHead, History, Message, NewMessage, Posted, Quote, Reaction, RoomEvent};
use stoa_domain::wire::problem::{FieldError, Problem};
use stoa_domain::wire::room::RoomInfo;
use stoa_domain::wire::session::Session;
use stoa_domain::wire::{Page, Person};

use super::store::{Boot, RoomPage, Start};
use crate::json::{Read, field, objects, parse, texts};

/// A room that I follow, as [`MyRoom`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mine {
    pub room: RoomInfo,
    pub standing: Standing,
}

/// How far I am in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    pub last_seq: Seq,
    pub read_seq: Seq,
    pub unread: i64,
    pub mentions: i64,
    pub favourite: bool,
    pub level: Level,
    pub draft: Option<String>,
}

impl From<MyRoom> for Mine {
    fn from(mine: MyRoom) -> Self {
        let MyRoom { room, last_seq, read_seq, unread, mentions, favourite, level, draft, .. } = mine;
        Self { room, standing: Standing { last_seq, read_seq, unread, mentions, favourite, level, draft } }
    }
}

objects! {
    Person { id, name, display_name }
    Rights { find, see_members, enter, post, ask, manage, see_in_console }
    RoomInfo { id, name, description, topic, category, path, privacy, room_type = "type", state, may, upload, max_bytes, kept }
    Message { seq, n, id, at, author, kind, subject, body, importance, reply_to, mentions, attachments, edited_at, deleted, replaced, withheld, reactions, nonce }
    Attachment { id, name, kind = "type", size, sha256, width, height, lost, held }
    Quote { seq, author, excerpt }
    Deleted { by, at }
    Reaction { emoji, count, mine }
    History { messages, from_seq, to_seq }
    Problem { kind = "type", title, status, detail, retry_after, errors }
    FieldError { field, code, message }
    People { count, here }
    ReadMark { room, seq, unread, mentions }
    Posted { seq, n, id, at }
    Done { seq }
    Empty {}
    Page<Person> { items, next }
    Page<JoinRequest> { items, next }
    Page<File> { items, next }
    Invitation { room, description, by, at }
    ChannelAt { url, ticket, expires_at }
    Limits { message, story_offer, story, search, history, frame }
    NewMessage { nonce, body, kind, subject, importance, reply_to, attachments }
    Standing { last_seq, read_seq, unread, mentions, favourite, level, draft }
    Mine { room, standing }
    Session { user, roles, may_create_rooms, manages_categories }
    Boot { session, rooms, invitations, asked, now }
    RoomPage { info, history, requests }
    Start { boot, room, problem, anchor, said }
}

texts! {
    UserId = |text| text.parse().ok(),
    RoomId = |text| text.parse().ok(),
    CategoryId = |text| text.parse().ok(),
    MessageId = |text| text.parse().ok(),
    FileId = |text| text.parse().ok(),
    Nonce = |text| text.parse().ok(),
    Privacy = Privacy::parse,
    RoomType = RoomType::parse,
    RoomState = RoomState::parse,
    Level = Level::parse,
    Clearing = Clearing::parse,
    Held = Held::parse,
    JoinAnswer = JoinAnswer::parse,
    Role = Role::parse,
    Cow<'static, str> = |text| Some(Cow::Owned(text.to_owned())),
}

/// The file and where it stands are one object.
impl Read for File {
    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            file: Read::read(value)?,
            room: field(value, "room")?,
            by: field(value, "by")?,
            at: field(value, "at")?,
            seq: field(value, "seq")?,
            expires_at: field(value, "expires_at")?,
        })
    }
}

/// A note that isn't sent is empty.
impl Read for JoinRequest {
    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            room: field(value, "room")?,
            name: field(value, "name")?,
            path: field(value, "path")?,
            person: field(value, "person")?,
            at: field(value, "at")?,
            text: field(value, "text")?,
            answer: field(value, "answer")?,
            answered_by: field(value, "answered_by")?,
            answered_at: field(value, "answered_at")?,
            note: field::<Option<String>>(value, "note")?.unwrap_or_default(),
        })
    }
}

/// What isn't sent is a chat message.
impl Read for MessageKind {
    fn read(value: &Value) -> Option<Self> {
        value.as_str().map_or(Some(Self::Chat), Self::parse)
    }
}
impl Read for Importance {
    fn read(value: &Value) -> Option<Self> {
        value.as_str().map_or(Some(Self::Normal), Self::parse)
    }
}

impl Read for Refusal {
    fn read(value: &Value) -> Option<Self> {
        Some(match value.as_str()? {
            "account_disabled" => Self::AccountDisabled,
            "room_disabled" => Self::RoomDisabled,
            "out_of_scope" => Self::OutOfScope,
            "denied" => Self::Denied,
            "excluded" => Self::Excluded,
            "not_a_member" => Self::NotAMember,
            _ => Self::Unknown,
        })
    }
}

impl Read for ByeReason {
    fn read(value: &Value) -> Option<Self> {
        Some(match value.as_str()? {
            "session_ended" => Self::SessionEnded,
            "access_unknown" => Self::AccessUnknown,
            _ => Self::Stopping,
        })
    }
}

/// What is needed of a [`stoa_domain::wire::lookup::Lookup`].
#[derive(Debug, PartialEq)]
pub struct Found {
    pub channel: ChannelAt,
    pub limits: Limits,
    pub rooms: Vec<Mine>,
    pub invitations: Vec<Invitation>,
}

impl Read for Found {
    fn read(value: &Value) -> Option<Self> {
        // There, the room and how far I am in it are one object.
        let mine = |value: &Value| Some(Mine { room: Read::read(value)?, standing: Read::read(value)? });
        let rooms = value.get("rooms")?.as_array()?.iter().map(mine).collect::<Option<_>>()?;
        Some(Self { channel: field(value, "channel")?, limits: field(value, "limits")?, rooms, invitations: field(value, "invitations")? })
    }
}

/// What a frame is.
#[derive(Debug, PartialEq)]
pub enum Frame {
    /// The answer to a request: its `ok`, or why there is none.
    Answer {
        re: u64,
        answer: Result<Value, Problem>,
    },
    Event(Box<RoomEvent>),
    Signal(Box<Signal>),
}

/// Reads a frame; none if this client doesn't know it.
pub fn frame(text: &str) -> Option<Frame> {
    let mut value = parse(text)?;
    if let Some(re) = value.get("re").and_then(Value::as_u64) {
        let answer = match field(&value, "error")? {
            Some(problem) => Err(problem),
            None => Ok(value.get_mut("ok").map(Value::take).unwrap_or_default()),
        };
        return Some(Frame::Answer { re, answer });
    }
    match event(&value) {
        Some(event) => Some(Frame::Event(Box::new(event))),
        None => signal(&value).map(|signal| Frame::Signal(Box::new(signal))),
    }
}

fn event(value: &Value) -> Option<RoomEvent> {
    let ev = value.get("ev")?.as_str()?;
    let room = field(value, "room")?;
    if ev == "message" {
        return Some(RoomEvent::Message { room, message: Read::read(value)? });
    }
    if !matches!(ev, "edited" | "deleted" | "reaction" | "cleared" | "checked" | "notice") {
        return None;
    }
    let head = EventHead {
        room,
        seq: field(value, "seq")?,
        n: field(value, "n")?,
        at: field(value, "at")?,
        author: field(value, "author")?,
        nonce: field(value, "nonce")?,
    };
    Some(match ev {
        "edited" => RoomEvent::Edited {
            head,
            of: field(value, "of")?,
            subject: field(value, "subject")?,
            body: field(value, "body")?,
            mentions: field(value, "mentions")?,
            withheld: field(value, "withheld")?,
        },
        "deleted" => RoomEvent::Deleted { head, of: field(value, "of")? },
        "reaction" => RoomEvent::Reaction { head, of: field(value, "of")?, emoji: field(value, "emoji")?, on: field(value, "on")? },
        "cleared" => RoomEvent::Cleared { head, how: field(value, "how")?, of: field(value, "of")?, text: field(value, "text")? },
        "checked" => RoomEvent::Checked { head, of: field(value, "of")?, file: field(value, "file")?, held: field(value, "held")? },
        _ => RoomEvent::Notice { head, text: field(value, "text")? },
    })
}

fn signal(value: &Value) -> Option<Signal> {
    let room = || field(value, "room");
    Some(match value.get("ev")?.as_str()? {
        "joined" => Signal::Joined { room: room()?, people: field(value, "people")?, count: field(value, "count")? },
        "left" => Signal::Left { room: room()?, people: field(value, "people")?, count: field(value, "count")? },
        "typing" => Signal::Typing { room: room()?, person: field(value, "person")? },
        "read" => Signal::Read(Read::read(value)?),
        "room" => Signal::Room { room: room()?, description: field(value, "description")? },
        "removed" => Signal::Removed { room: room()?, reason: field(value, "reason")? },
        "unfollowed" => Signal::Unfollowed { room: room()? },
        "followed" => Signal::Followed { room: room()? },
        "invited" => Signal::Invited(Box::new(Read::read(value)?)),
        "asked" => Signal::Asked { room: room()?, waiting: field(value, "waiting")? },
        "answered" => Signal::Answered(Box::new(Read::read(value)?)),
        "resync" => Signal::Resync { rooms: field(value, "rooms")? },
        "bye" => Signal::Bye { after_ms: field(value, "after_ms")?, reason: field(value, "reason")? },
        _ => return None,
    })
}

/// What each room of a join said: that it is open, or why not.
#[derive(Debug, PartialEq)]
pub struct Joined(pub Vec<Result<OpenRoom, (RoomId, Problem)>>);

impl Read for Joined {
    fn read(value: &Value) -> Option<Self> {
        value.get("rooms")?.as_array()?.iter().map(joined).collect::<Option<_>>().map(Self)
    }
}

fn joined(value: &Value) -> Option<Result<OpenRoom, (RoomId, Problem)>> {
    let room = field(value, "room")?;
    if let Some(problem) = field(value, "error")? {
        return Some(Err((room, problem)));
    }
    // One that this client doesn't know mustn't hide the others.
    let events = value.get("events").and_then(Value::as_array).map(|events| events.iter().filter_map(event).collect());
    Some(Ok(OpenRoom {
        room,
        description: field(value, "description")?,
        people: field(value, "people")?,
        last_seq: field(value, "last_seq")?,
        last_n: field(value, "last_n")?,
        read_seq: field(value, "read_seq")?,
        events,
        messages: field(value, "messages")?,
        from_seq: field(value, "from_seq")?,
        truncated: field(value, "truncated")?,
    }))
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
