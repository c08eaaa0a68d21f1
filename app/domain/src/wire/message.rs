//! Messages in their present state, and the events of a room's stream.

use serde::{Deserialize, Serialize};

use super::Person;
use super::file::{Attachment, Held};
use crate::id::{FileId, MessageId, Nonce, RoomId, Seq, UserId};
use crate::message::{Clearing, Importance, MessageKind};
use crate::time::Timestamp;

/// A message as it stands now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Message {
    pub seq: Seq,
    pub n: i64,
    pub id: MessageId,
    pub at: Timestamp,
    pub author: Person,
    pub kind: MessageKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// None when deleted or withheld.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    #[serde(default = "normal", skip_serializing_if = "is_normal")]
    pub importance: Importance,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Quote>,
    /// The people whom it mentions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<UserId>,
    /// Its files, in the order of the author.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<Deleted>,
    /// Who put this text in the place of the author's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced: Option<Deleted>,
    /// Chat history was off: it isn't kept. Its text comes live, and to who was away for a moment.
    #[serde(default, skip_serializing_if = "is_false")]
    pub withheld: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
    /// To the author's own sockets only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<Nonce>,
}

const fn normal() -> Importance {
    Importance::Normal
}
// serde hands a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
const fn is_normal(importance: &Importance) -> bool {
    matches!(importance, Importance::Normal)
}

// serde hands a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// The message that a reply refers to, as it stood when the answer was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Quote {
    pub seq: Seq,
    pub author: Person,
    /// None when deleted or withheld.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Deleted {
    pub by: Person,
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Reaction {
    pub emoji: String,
    pub count: u32,
    /// Whether mine is among them.
    pub mine: bool,
}

/// An event of a room. Per room, strictly `seq` = previous + 1.
// Almost all events are messages, so a box would be one more allocation for each.
#[allow(clippy::large_enum_variant)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(tag = "ev", rename_all = "snake_case")]
pub enum RoomEvent {
    Message {
        room: RoomId,
        #[serde(flatten)]
        message: Message,
    },
    Edited {
        #[serde(flatten)]
        head: EventHead,
        of: Seq,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subject: Option<String>,
        /// None when it was erased since.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        mentions: Vec<UserId>,
        /// Of a message that isn't kept.
        #[serde(default, skip_serializing_if = "is_false")]
        withheld: bool,
    },
    Deleted {
        #[serde(flatten)]
        head: EventHead,
        of: Seq,
    },
    Reaction {
        #[serde(flatten)]
        head: EventHead,
        of: Seq,
        emoji: String,
        on: bool,
    },
    /// A clean-up hid messages, put another text in their place, or took that back.
    Cleared {
        #[serde(flatten)]
        head: EventHead,
        how: Clearing,
        /// The messages, as pairs of the first and last seq of each unbroken run.
        of: Vec<[Seq; 2]>,
        /// What stands in their place now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// A file of a message can be read from now on, or can't any more.
    Checked {
        #[serde(flatten)]
        head: EventHead,
        of: Seq,
        file: FileId,
        /// Why it can't be read; none where it can.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        held: Option<Held>,
    },
    /// Something about the room that everyone in it is told, such as a manager adding himself.
    Notice {
        #[serde(flatten)]
        head: EventHead,
        text: String,
    },
}

/// What every event but a message begins with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct EventHead {
    pub room: RoomId,
    pub seq: Seq,
    pub n: i64,
    pub at: Timestamp,
    pub author: Person,
    /// To the author's own sockets only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<Nonce>,
}

impl RoomEvent {
    #[must_use]
    pub const fn room(&self) -> RoomId {
        match self {
            Self::Message { room, .. } => *room,
            Self::Edited { head, .. }
            | Self::Deleted { head, .. }
            | Self::Reaction { head, .. }
            | Self::Cleared { head, .. }
            | Self::Checked { head, .. }
            | Self::Notice { head, .. } => head.room,
        }
    }
    #[must_use]
    pub const fn seq(&self) -> Seq {
        match self {
            Self::Message { message, .. } => message.seq,
            Self::Edited { head, .. }
            | Self::Deleted { head, .. }
            | Self::Reaction { head, .. }
            | Self::Cleared { head, .. }
            | Self::Checked { head, .. }
            | Self::Notice { head, .. } => head.seq,
        }
    }
    #[must_use]
    pub const fn n(&self) -> i64 {
        match self {
            Self::Message { message, .. } => message.n,
            Self::Edited { head, .. }
            | Self::Deleted { head, .. }
            | Self::Reaction { head, .. }
            | Self::Cleared { head, .. }
            | Self::Checked { head, .. }
            | Self::Notice { head, .. } => head.n,
        }
    }
    #[must_use]
    pub const fn author(&self) -> &Person {
        match self {
            Self::Message { message, .. } => &message.author,
            Self::Edited { head, .. }
            | Self::Deleted { head, .. }
            | Self::Reaction { head, .. }
            | Self::Cleared { head, .. }
            | Self::Checked { head, .. }
            | Self::Notice { head, .. } => &head.author,
        }
    }
    /// Whether it holds a text that isn't kept.
    #[must_use]
    pub const fn withheld(&self) -> bool {
        match self {
            Self::Message { message, .. } => message.withheld,
            Self::Edited { withheld, .. } => *withheld,
            Self::Deleted { .. } | Self::Reaction { .. } | Self::Cleared { .. } | Self::Checked { .. } | Self::Notice { .. } => false,
        }
    }
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::Message { message, .. } => message.at,
            Self::Edited { head, .. }
            | Self::Deleted { head, .. }
            | Self::Reaction { head, .. }
            | Self::Cleared { head, .. }
            | Self::Checked { head, .. }
            | Self::Notice { head, .. } => head.at,
        }
    }
    /// The nonce is for the author's sockets only: the copy that all others get goes without.
    pub fn set_nonce(&mut self, nonce: Option<Nonce>) {
        match self {
            Self::Message { message, .. } => message.nonce = nonce,
            Self::Edited { head, .. }
            | Self::Deleted { head, .. }
            | Self::Reaction { head, .. }
            | Self::Cleared { head, .. }
            | Self::Checked { head, .. }
            | Self::Notice { head, .. } => head.nonce = nonce,
        }
    }
    #[must_use]
    pub const fn nonce(&self) -> Option<Nonce> {
        match self {
            Self::Message { message, .. } => message.nonce,
            Self::Edited { head, .. }
            | Self::Deleted { head, .. }
            | Self::Reaction { head, .. }
            | Self::Cleared { head, .. }
            | Self::Checked { head, .. }
            | Self::Notice { head, .. } => head.nonce,
        }
    }
}

/// `history`, and GET `rooms/{id}/messages`: messages in their present state, and the span of
/// the stream that this answer covers completely.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct History {
    pub messages: Vec<Message>,
    pub from_seq: Seq,
    pub to_seq: Seq,
}

/// What is asked of history: one of the three, and how many messages at most.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[cfg_attr(feature = "server", into_params(parameter_in = Query))]
#[serde(default)]
pub struct HistoryQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before_seq: Option<Seq>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_seq: Option<Seq>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub around: Option<Seq>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// What a post consists of; `post` on a channel and POST `rooms/{id}/messages`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct NewMessage {
    pub nonce: Nonce,
    pub body: String,
    #[serde(default = "chat", skip_serializing_if = "is_chat")]
    pub kind: MessageKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    #[serde(default = "normal", skip_serializing_if = "is_normal")]
    pub importance: Importance,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Seq>,
    /// One's own uploads into this room that no message has yet; with one the body may be empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<FileId>,
}

const fn chat() -> MessageKind {
    MessageKind::Chat
}
#[allow(clippy::trivially_copy_pass_by_ref)]
const fn is_chat(kind: &MessageKind) -> bool {
    matches!(kind, MessageKind::Chat)
}

/// The answer to a post, given only once it is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Posted {
    pub seq: Seq,
    pub n: i64,
    pub id: MessageId,
    pub at: Timestamp,
}
