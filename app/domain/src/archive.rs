//! The compliance archive: what a record of it is, how records are chained batch by batch, and what a
//! broken chain says about what was done to it. Pure: records and batches come from whoever keeps them.

pub mod adapter;
mod chain;
mod content;
mod walk;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::id::{AccessVersion, CategoryId, DomainId, Seq, UserId};
use crate::room::{Privacy, RoomType, words};
use crate::time::Timestamp;

pub use chain::{Batch, Head, Kept, Text, batch_hash, party_hash, place_hash};
pub use content::{ArchivedFile, Content, Post};
pub use walk::{Fault, Finding, Walk};

/// What happened, who did it and where, as it was at that moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Its place in the archive: from 1, without gaps.
    pub position: i64,
    /// Its number in the queue, which no other record of the pool has.
    pub number: i64,
    pub at: Timestamp,
    /// Under which access version it happened; what the server did by itself may have none.
    pub version: Option<AccessVersion>,
    /// None for what concerns no room.
    pub place: Option<Place>,
    /// Of an event of the room's stream, whose place in it this is.
    pub seq: Option<Seq>,
    /// None when it was the server or its command line.
    pub who: Option<Party>,
    pub kind: Kind,
    /// None once retention has deleted it.
    pub content: Option<Content>,
}

/// A person as he was called when something happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Party {
    pub id: UserId,
    /// The same for each record of this person, whatever he is called: for formats whose ids are numbers.
    pub number: i64,
    pub name: String,
    pub display_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The partner whose user it is; none for an internal one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<PartnerName>,
}

impl Party {
    #[must_use]
    pub const fn is_internal(&self) -> bool {
        self.domain.is_none()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PartnerName {
    pub id: DomainId,
    pub name: String,
}

words! {
    /// What has a stream of its own.
    PlaceKind { Room = "room", Conversation = "conversation" }
}

/// A room, or a conversation, as it was when something happened there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Place {
    pub kind: PlaceKind,
    pub id: Uuid,
    /// Of a conversation its people.
    pub name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The categories above it, the root first; none of a conversation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<CategoryName>,
    pub privacy: Privacy,
    pub room_type: RoomType,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct CategoryName {
    pub id: CategoryId,
    pub name: String,
}

words! {
    /// What can happen, in the words of the archive.
    Kind {
        Post = "post",
        Edit = "edit",
        Delete = "delete",
        Reaction = "reaction",
        /// A clean-up hid messages, put another text in their place, or took that back.
        Cleared = "cleared",
        /// A file of a message can be read from now on, or can't any more.
        FileShown = "file_shown",
        Notice = "notice",
        Join = "join",
        Leave = "leave",
        HistoryViewed = "history_viewed",
        /// Texts were seen in what a clean-up found.
        MessagesFound = "messages_found",
        FilesViewed = "files_viewed",
        Search = "search",
        FileUploaded = "file_uploaded",
        Download = "download",
        PreviewViewed = "preview_viewed",
        /// A scanner, or who looks after the quarantine, has judged a file.
        FileChecked = "file_checked",
        FileRemoved = "file_removed",
        Invited = "invited",
        /// Who belongs to a room or conversation has changed since the record before it there.
        Membership = "membership",
        Configuration = "configuration",
        /// A conversation has begun.
        Conversation = "conversation",
        /// Retention has deleted something.
        Deleted = "retention",
        Other = "other",
    }
}
