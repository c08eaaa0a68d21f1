//! Files in rooms.

use serde::{Deserialize, Serialize};

use super::Person;
use crate::id::{FileId, RoomId, Seq};
use crate::room::words;
use crate::time::Timestamp;

words! {
    /// Why nobody can read a file, though it is there.
    Held {
        /// The scanner hasn't looked at it yet.
        Checking = "checking",
        /// The scanner has found something.
        Infected = "infected",
        /// The scanner can't look at it.
        Unscannable = "unscannable",
        /// Somebody who looks after the room has removed it. Its name is gone, too.
        Removed = "removed",
    }
}

/// A file as the message shows it that has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Attachment {
    pub id: FileId,
    pub name: String,
    /// By its content.
    #[serde(rename = "type")]
    pub kind: String,
    pub size: u64,
    /// Of its content, in hexadecimal digits.
    pub sha256: String,
    /// Of an image, as it is to be seen; none before that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// The store has lost its content.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lost: bool,
    /// Why it can't be read; none where it can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Held>,
}

/// A file with where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct File {
    #[serde(flatten)]
    pub file: Attachment,
    pub room: RoomId,
    pub by: Person,
    /// When its upload was finished.
    pub at: Timestamp,
    /// The message that has it; none before it is posted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<Seq>,
    /// When it is removed if no message has it by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// GET `rooms/{id}/files`: the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "server", into_params(parameter_in = Query))]
#[serde(default)]
pub struct FilesQuery {
    /// What the name holds.
    pub q: Option<String>,
    /// What the type begins with, such as `image/`.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "server", param(rename = "type"))]
    pub kind: Option<String>,
    /// Who posted it.
    #[cfg_attr(feature = "server", param(value_type = Option<String>, format = "uuid"))]
    pub by: Option<crate::id::UserId>,
}
