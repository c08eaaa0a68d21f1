//! Message clean-up: finding messages by query, hiding them or their texts, and taking that back.

use serde::{Deserialize, Serialize};

use super::Person;
use super::message::Message;
use crate::id::{CategoryId, QueryId, RoomId, UserId};
use crate::room::words;
use crate::time::Timestamp;

words! {
    /// What is done to the messages that a query finds.
    QueryAction {
        Find = "find",
        /// A tombstone stays.
        Remove = "remove",
        /// Another text stands in their place.
        Replace = "replace",
        /// As remove, of everything in a room before a moment.
        Clear = "clear",
    }
}
words! {
    QueryState {
        Running = "running",
        Done = "done",
        Undoing = "undoing",
        Undone = "undone",
        /// The window for undoing is over, and the texts are gone for good.
        Erased = "erased",
    }
}

/// POST `messages/query`. What isn't said doesn't narrow; all that is said has to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewMessageQuery {
    /// What the query is remembered by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// None: all rooms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rooms: Option<Vec<RoomId>>,
    /// The rooms of this category and of all below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<UserId>,
    /// Posted at this moment or later,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// and before this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
    /// Whole words, all of which the title and text together hold, whatever their case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    pub action: QueryAction,
    /// What stands in the messages' place; only with `replace`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Only counts and shows what it would be. That is so unless it is said otherwise.
    #[serde(default = "yes")]
    pub dry_run: bool,
}

const fn yes() -> bool {
    true
}

/// POST `rooms/{id}/clear`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ClearRoom {
    /// All messages that were posted before this moment.
    pub before: Timestamp,
    #[serde(default = "yes")]
    pub dry_run: bool,
}

/// A query that was made, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct MessageQuery {
    pub id: QueryId,
    /// What was asked for, as it was sent.
    pub query: NewMessageQuery,
    pub by: Person,
    pub at: Timestamp,
    pub state: QueryState,
    pub progress: QueryProgress,
    /// How many messages it found, and if it is no dry run, hid.
    pub messages: i64,
    /// In how many rooms, by how many authors.
    pub rooms: i64,
    pub authors: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
    /// Until when it can be undone; none of what changed nothing, and while it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo_until: Option<Timestamp>,
    /// How many of the messages are erased for good. What isn't after the window waits for the
    /// archive, or is under a legal hold.
    pub erased: i64,
    /// Only where one query is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<QueryFound>,
}

/// How much of what is to be looked through it has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct QueryProgress {
    pub done: i64,
    pub of: i64,
}

/// Where and whose the messages are, the most of them first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct QueryFound {
    pub rooms: Vec<QueryRoom>,
    pub authors: Vec<QueryAuthor>,
    /// Some of the first, as they stand now, of rooms that the caller may read.
    pub messages: Vec<FoundMessage>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct QueryRoom {
    pub room: RoomId,
    pub name: String,
    pub path: Vec<String>,
    pub messages: i64,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
    /// Whether the caller may read it.
    pub readable: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct QueryAuthor {
    pub person: Person,
    pub messages: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct FoundMessage {
    pub room: RoomId,
    pub message: Message,
}
