use stoa_domain::archive::Kind;
use stoa_domain::id::{AccessVersion, FileId, MessageId, Nonce, RoomId, Seq, UserId};
use stoa_domain::message::{Importance, MessageKind};
use stoa_domain::time::Timestamp;

/// One thing to append to a room's stream. It was allowed under `access_version`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Append {
    pub room: RoomId,
    pub author: UserId,
    /// None only for what the server itself says.
    pub nonce: Option<Nonce>,
    pub id: MessageId,
    pub at: Timestamp,
    pub access_version: AccessVersion,
    pub what: Appending,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appending {
    Message {
        kind: MessageKind,
        subject: Option<String>,
        body: String,
        importance: Importance,
        reply_to: Option<Seq>,
        mentions: Vec<UserId>,
        /// The author's own uploads into this room that no message has yet.
        files: Vec<FileId>,
        /// Chat history is off: it isn't kept.
        withheld: bool,
    },
    /// By the author only, of messages that aren't older than `not_before`. Of a chat message
    /// the subject is ignored.
    Edit {
        of: Seq,
        subject: Option<String>,
        body: String,
        mentions: Vec<UserId>,
        not_before: Timestamp,
    },
    /// By the author, or by a manager.
    Delete {
        of: Seq,
        as_manager: bool,
    },
    React {
        of: Seq,
        emoji: String,
        on: bool,
    },
    Notice {
        text: String,
    },
}

/// Where it stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    pub seq: Seq,
    pub n: i64,
    pub id: MessageId,
    pub at: Timestamp,
    /// False when the same nonce had done the same before, or there was nothing to change (a
    /// reaction that is there already): then these are the place of that earlier event, or of the
    /// message, and nothing is to be told to anyone.
    pub new: bool,
    /// A message that isn't kept, or what changes one.
    pub withheld: bool,
}

/// Why something was not appended, though the database is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The nonce stands for something else already.
    NonceReused,
    NoRoom,
    /// One of the files isn't there to be posted by this author in this room.
    NoFile,
    /// One of the files, the author's own, is in quarantine.
    Withheld,
    /// No such message, or it is deleted or withheld.
    NoMessage,
    /// Someone else's message.
    NotYours,
    /// The edit window is over.
    TooLate,
    /// An administrator has put another text in its place.
    Replaced,
}

/// How far a room is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    pub room: RoomId,
    pub seq: Seq,
    pub n: i64,
}

/// Something for the compliance queue that has no event: a join, a leave, a look at history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub kind: Kind,
    pub room: Option<RoomId>,
    pub user: Option<UserId>,
    pub at: Timestamp,
    /// The access version under which it was allowed.
    pub version: AccessVersion,
    pub payload: serde_json::Value,
}
