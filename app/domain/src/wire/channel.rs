//! The frames of the live protocol. One JSON text frame a request, an answer or an event.

use serde::{Deserialize, Serialize};

use super::Person;
use super::joining::{Invitation, JoinRequest};
use super::message::{History, HistoryQuery, Message, NewMessage, RoomEvent};
use super::problem::Problem;
use super::room::RoomInfo;
use crate::access::Refusal;
use crate::id::{Nonce, RoomId, Seq};
use crate::time::Timestamp;

/// The subprotocol that the server echoes.
pub const SUBPROTOCOL: &str = "stoa.1";
/// Prefix of the subprotocol that carries the ticket.
pub const TICKET_PREFIX: &str = "ticket.";

/// What a client sends. It numbers its requests itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Request {
    pub id: u64,
    #[serde(flatten)]
    pub op: Op,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Op {
    /// Subscribes this socket to the rooms and follows them.
    Join {
        rooms: Vec<JoinRoom>,
    },
    /// Unsubscribes this socket.
    Close {
        room: RoomId,
    },
    /// Ends following, on all the user's sockets.
    Leave {
        room: RoomId,
    },
    Post {
        room: RoomId,
        #[serde(flatten)]
        message: NewMessage,
    },
    Edit {
        room: RoomId,
        seq: Seq,
        nonce: Nonce,
        body: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subject: Option<String>,
    },
    Delete {
        room: RoomId,
        seq: Seq,
        nonce: Nonce,
    },
    React {
        room: RoomId,
        seq: Seq,
        nonce: Nonce,
        emoji: String,
        on: bool,
    },
    History {
        room: RoomId,
        #[serde(flatten)]
        query: HistoryQuery,
    },
    Roster {
        room: RoomId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cursor: Option<String>,
    },
    Read {
        room: RoomId,
        seq: Seq,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        back: bool,
    },
    Typing {
        room: RoomId,
    },
    Ping,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct JoinRoom {
    pub room: RoomId,
    /// The last event that the client has: it gets up to 500 events after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_seq: Option<Seq>,
    /// Without `after_seq`: how many of the last messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// What the server answers to a request, once: `{"re":7,"ok":{…}}` or `{"re":7,"error":{…}}`.
/// `re` is 0 when the request was so broken that it had no number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Answer<T> {
    pub re: u64,
    #[serde(flatten)]
    pub outcome: Outcome<T>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome<T> {
    Ok(T),
    Error(Problem),
}

impl<T> From<Result<T, Problem>> for Outcome<T> {
    fn from(result: Result<T, Problem>) -> Self {
        match result {
            Ok(value) => Self::Ok(value),
            Err(problem) => Self::Error(problem),
        }
    }
}

/// The `ok` of `join`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Joined {
    pub rooms: Vec<JoinedRoom>,
}

/// One room of a join; one room's refusal doesn't fail the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum JoinedRoom {
    Ok(Box<OpenRoom>),
    Error { room: RoomId, error: Problem },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct OpenRoom {
    pub room: RoomId,
    pub description: RoomInfo,
    pub people: People,
    pub last_seq: Seq,
    pub last_n: i64,
    pub read_seq: Seq,
    /// With `after_seq`: the events after it, up to `last_seq`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<RoomEvent>>,
    /// Without: the last messages, and where the span that they cover begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages: Option<Vec<Message>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_seq: Option<Seq>,
    /// There were more events than one answer carries: `messages` stands instead of `events`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

/// Who is in a room now: the count, and up to the participant limit the people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct People {
    pub count: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub here: Option<Vec<Person>>,
}

/// The `ok` of `edit`, `delete` and `react`: the new event's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Done {
    pub seq: Seq,
}

/// The `ok` of `read`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ReadMark {
    pub room: RoomId,
    pub seq: Seq,
    pub unread: i64,
    pub mentions: i64,
}

/// The `ok` of `ping`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Pong {
    pub server_time: Timestamp,
}

/// The `ok` of `close`, `leave` and `typing`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Empty {}

/// Every kind of `ok`, as a client that decodes before it knows which request it was sees them.
/// Clients normally keep the kind of each request and decode that.
pub type HistoryAnswer = Answer<History>;

/// What the server tells without being asked and without a seq.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(tag = "ev", rename_all = "snake_case")]
pub enum Signal {
    /// Someone came in. `count` is who is in the room now.
    Joined {
        room: RoomId,
        people: Vec<Person>,
        count: u32,
    },
    Left {
        room: RoomId,
        people: Vec<Person>,
        count: u32,
    },
    Typing {
        room: RoomId,
        person: Person,
    },
    /// One's own read mark moved, on another socket perhaps.
    Read(ReadMark),
    /// The room's properties changed, or what one may do in it.
    Room {
        room: RoomId,
        description: RoomInfo,
    },
    /// Access is lost: the client leaves the room.
    Removed {
        room: RoomId,
        reason: Refusal,
    },
    /// One left the room on another socket.
    Unfollowed {
        room: RoomId,
    },
    /// One follows a room since another socket joined it.
    Followed {
        room: RoomId,
    },
    /// One has become a member of a room.
    Invited(Box<Invitation>),
    /// Somebody asked to join a room that one manages, or no longer does: so many wait there now.
    Asked {
        room: RoomId,
        waiting: u32,
    },
    /// What one asked for was answered.
    Answered(Box<JoinRequest>),
    /// This socket fell behind there and is unsubscribed: join again with `after_seq`.
    Resync {
        rooms: Vec<RoomId>,
    },
    /// Go to Lookup again after this time.
    Bye {
        after_ms: u32,
        reason: ByeReason,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ByeReason {
    /// The server drains or stops.
    Stopping,
    /// The session ended: sign in again.
    SessionEnded,
    /// The server can't vouch for what one may read.
    AccessUnknown,
}

/// Anything that a server sends, as a client decodes it: the body of an answer stays raw until
/// the client knows which request it answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Incoming {
    Answer { re: u64, outcome: Outcome<serde_json::Value> },
    Event(Box<RoomEvent>),
    Signal(Box<Signal>),
}

impl Incoming {
    /// Decodes a frame. Unknown events are `None`, so that an older client bears a newer server.
    ///
    /// # Errors
    /// When it isn't a frame of this protocol.
    pub fn decode(text: &str) -> Result<Option<Self>, serde_json::Error> {
        #[derive(Deserialize)]
        struct Head<'a> {
            #[serde(borrow)]
            ev: Option<std::borrow::Cow<'a, str>>,
        }
        let head: Head<'_> = serde_json::from_str(text)?;
        Ok(match head.ev.as_deref() {
            None => {
                let answer: Answer<serde_json::Value> = serde_json::from_str(text)?;
                Some(Self::Answer { re: answer.re, outcome: answer.outcome })
            }
            Some("message" | "edited" | "deleted" | "reaction" | "cleared" | "checked" | "notice") => Some(Self::Event(serde_json::from_str(text)?)),
            Some(
                "joined" | "left" | "typing" | "read" | "room" | "removed" | "unfollowed" | "followed" | "invited" | "asked" | "answered" | "resync" | "bye",
            ) => Some(Self::Signal(serde_json::from_str(text)?)),
            Some(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_read_as_the_protocol_writes_them() {
        let room = "01939c5e-7a00-7000-8000-000000000001";
        let text = format!(r#"{{"id":7,"op":"post","room":"{room}","nonce":"{room}","body":"hello"}}"#);
        let request: Request = serde_json::from_str(&text).unwrap();
        assert_eq!(request.id, 7);
        let Op::Post { message, .. } = &request.op else { panic!("{request:?}") };
        assert_eq!(message.body, "hello");
        assert_eq!(serde_json::to_string(&request).unwrap(), text);
        let ping: Request = serde_json::from_str(r#"{"id":1,"op":"ping"}"#).unwrap();
        assert_eq!(ping.op, Op::Ping);
    }

    #[test]
    fn answers_stand_under_ok_or_error() {
        let answer = Answer { re: 3, outcome: Outcome::Ok(Done { seq: 9 }) };
        assert_eq!(serde_json::to_string(&answer).unwrap(), r#"{"re":3,"ok":{"seq":9}}"#);
        let answer: Answer<Done> = Answer { re: 3, outcome: Outcome::Error(Problem::room_not_found()) };
        let text = serde_json::to_string(&answer).unwrap();
        assert_eq!(text, r#"{"re":3,"error":{"type":"/problems/room-not-found","title":"There is no such room.","status":404}}"#);
        assert!(matches!(Incoming::decode(&text), Ok(Some(Incoming::Answer { re: 3, outcome: Outcome::Error(_) }))));
    }

    #[test]
    fn an_unknown_event_is_passed_over() {
        assert_eq!(Incoming::decode(r#"{"ev":"something-new","x":1}"#).unwrap(), None);
        assert!(Incoming::decode("[]").is_err());
    }
}
