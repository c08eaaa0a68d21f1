use stoa_domain::id::{AccessVersion, HoldId, MessageId, QueryId, RoomId, Seq, UserId};
use stoa_domain::time::Timestamp;
use stoa_domain::wire::cleanup::{NewMessageQuery, QueryState};

use crate::Actor;

/// A query of the message clean-up, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryRow {
    pub id: QueryId,
    pub by: Actor,
    pub at: Timestamp,
    pub query: NewMessageQuery,
    pub state: QueryState,
    pub finished_at: Option<Timestamp>,
    /// None while it runs, and of what changed nothing.
    pub undo_until: Option<Timestamp>,
    /// Of so many events so many were looked at.
    pub looked_at: i64,
    pub of_events: i64,
    pub messages: i64,
    pub rooms: i64,
    pub authors: i64,
    pub erased: i64,
    pub first_at: Option<Timestamp>,
    pub last_at: Option<Timestamp>,
    /// Where some of the first messages are.
    pub samples: Vec<(RoomId, Seq)>,
}

/// What a query found in one room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueryRoomRow {
    pub room: RoomId,
    pub messages: i64,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
}

/// A query that is to begin, in these rooms up to their present ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewQuery {
    pub id: QueryId,
    pub query: NewMessageQuery,
    pub rooms: Vec<RoomId>,
}

/// The part of a room's stream that a query looks at next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueryPart {
    pub query: QueryId,
    pub room: RoomId,
    pub next: Seq,
    pub to: Seq,
}

/// A message that may be what is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub seq: Seq,
    pub author: UserId,
    pub at: Timestamp,
    /// The event whose text it shows.
    pub shown: Seq,
    /// Only where texts were asked for.
    pub subject: Option<String>,
    pub body: Option<String>,
}

/// All candidates of a part, up to and with `until`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    pub candidates: Vec<Candidate>,
    pub until: Seq,
}

/// The event that tells a room of a clean-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClearedEvent {
    pub id: MessageId,
    pub author: UserId,
    pub at: Timestamp,
    pub access_version: AccessVersion,
    /// What stands in the messages' place.
    pub text: Option<String>,
}

/// One step of a query: these of the candidates up to `until` are what it looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryStep {
    pub part: QueryPart,
    pub until: Seq,
    pub found: Vec<Candidate>,
    /// Those that are to be remembered as samples.
    pub samples: Vec<Seq>,
    /// None of a dry run.
    pub event: Option<ClearedEvent>,
}

/// What came of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stepped {
    /// So many messages.
    Done(i64),
    /// A message was changed since it was looked at: look again.
    Again,
    /// Somebody else made this step, or the query doesn't run any more.
    Gone,
}

/// What erasing one slice came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    pub query: QueryId,
    pub erased: i64,
    /// So many are kept by a legal hold.
    pub held: i64,
}

/// What erasing some messages that aren't kept came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passed {
    pub room: RoomId,
    pub erased: i64,
    /// So many are kept by a legal hold, and read by nobody.
    pub held: i64,
}

/// Keeps the texts of messages from being erased: of a person, in a room, between two moments, as
/// far as it says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegalHold {
    pub id: HoldId,
    pub name: String,
    pub user: Option<UserId>,
    pub room: Option<RoomId>,
    pub from: Option<Timestamp>,
    /// Not with this moment itself.
    pub until: Option<Timestamp>,
}
