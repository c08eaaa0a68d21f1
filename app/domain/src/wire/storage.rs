//! Files of all rooms, for whoever looks after them in the console.

use serde::{Deserialize, Serialize};

use super::Person;
use super::file::Held;
use super::preview::NamedRoom;
use crate::id::{CategoryId, FileId, RoomId, Seq, UserId};
use crate::room::words;
use crate::time::Timestamp;

words! {
    /// By what files are sorted.
    FileSort { Size = "size", Age = "age" }
}
words! {
    /// Of whom one asks what files take.
    StorageBy { Room = "room", Category = "category", Person = "person" }
}

/// GET `files`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "server", into_params(parameter_in = Query))]
#[serde(default)]
pub struct FoundQuery {
    /// What the name holds.
    pub q: Option<String>,
    /// What the type begins with, such as `image/`.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "server", param(rename = "type"))]
    pub kind: Option<String>,
    /// Who uploaded it.
    #[cfg_attr(feature = "server", param(value_type = Option<String>, format = "uuid"))]
    pub by: Option<UserId>,
    #[cfg_attr(feature = "server", param(value_type = Option<String>, format = "uuid"))]
    pub room: Option<RoomId>,
    /// In rooms of this category and of those below it.
    #[cfg_attr(feature = "server", param(value_type = Option<String>, format = "uuid"))]
    pub category: Option<CategoryId>,
    /// `size` unless said.
    #[cfg_attr(feature = "server", param(value_type = Option<String>))]
    pub sort: Option<FileSort>,
    /// The largest, or the oldest, first: so it is unless said.
    pub descending: Option<bool>,
}

/// A whole file of any room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct FoundFile {
    pub id: FileId,
    pub room: NamedRoom,
    pub by: Person,
    /// None where the caller may not read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// By its content.
    #[serde(rename = "type")]
    pub kind: String,
    pub size: u64,
    /// Of its content, in hexadecimal digits.
    pub sha256: String,
    /// When its upload was finished.
    pub at: Timestamp,
    /// The message that has it; none before it is posted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<Seq>,
    /// That message is deleted, or shows no files any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
    /// The store has lost its content.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lost: bool,
    /// Why nobody can read it; none where who may read the room can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Held>,
    /// Whether I may remove it.
    pub may_remove: bool,
}

/// GET `files/storage`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "server", into_params(parameter_in = Query))]
#[serde(default)]
pub struct StorageQuery {
    /// `room` unless said.
    #[cfg_attr(feature = "server", param(value_type = Option<String>))]
    pub by: Option<StorageBy>,
}

/// What whole files take, in the rooms that the caller sees in the console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Storage {
    pub files: u64,
    pub bytes: u64,
    /// The most that all rooms, and each that isn't given less, may take; none without a limit.
    pub pool_quota: Option<u64>,
    pub room_quota: Option<u64>,
    /// Who takes most comes first. A category takes what the rooms in it and below it do.
    pub items: Vec<StorageLine>,
    pub next: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct StorageLine {
    #[serde(flatten)]
    pub of: StorageOwner,
    pub files: u64,
    pub bytes: u64,
    /// The most that it may take, of a room that has a limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StorageOwner {
    Room(NamedRoom),
    Category { id: CategoryId, name: String },
    Person(Person),
}
