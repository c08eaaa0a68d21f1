//! Rooms.

use serde::{Deserialize, Serialize};

use super::category::EffectiveSettings;
use crate::access::Rights;
use crate::category::Switch;
use crate::id::{CategoryId, RoomId, UserId};
use crate::room::{Privacy, RoomState, RoomType, words};
use crate::settings::FileLimits;
use crate::time::Timestamp;

/// What everyone who finds a room sees of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RoomInfo {
    pub id: RoomId,
    pub name: String,
    pub description: String,
    pub topic: String,
    pub category: CategoryId,
    /// The names of the categories from just below the root to the room's own.
    pub path: Vec<String>,
    pub privacy: Privacy,
    #[serde(rename = "type")]
    pub room_type: RoomType,
    pub state: RoomState,
    pub may: Rights,
    /// Whether one may post files here.
    pub upload: bool,
    /// The largest file of this room, in bytes, where that may be less than what holds for all rooms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_bytes: Option<u64>,
    /// Whether what is posted stays to be read: chat history is on.
    pub kept: bool,
}

/// GET `rooms/{id}`, POST `rooms`: the whole configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Room {
    #[serde(flatten)]
    pub info: RoomInfo,
    pub inherit_members: bool,
    pub invitations: Switch,
    pub files: Switch,
    pub history: Switch,
    /// What its files may take; 0 says nothing.
    pub limits: FileLimits,
    /// What they come to here, and where each comes from.
    pub effective: EffectiveSettings,
    pub created_at: Timestamp,
    /// Also the `ETag`, to give back as `If-Match`.
    pub version: String,
}

/// POST `rooms`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewRoom {
    pub name: String,
    pub category: CategoryId,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub topic: String,
    pub privacy: Privacy,
    #[serde(rename = "type", default = "normal")]
    pub room_type: RoomType,
    #[serde(default)]
    pub inherit_members: bool,
}

const fn normal() -> RoomType {
    RoomType::Normal
}

/// PATCH `rooms/{id}`: what is not sent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ChangeRoom {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub privacy: Option<Privacy>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub room_type: Option<RoomType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inherit_members: Option<bool>,
    /// `inherit` or `off`, as the other two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invitations: Option<Switch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<Switch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history: Option<Switch>,
    /// Both, where either is to change; 0 says nothing. What holds above is never widened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<FileLimits>,
}

words! {
    /// By what the console's table of rooms is sorted.
    RoomOrder { Name = "name", Category = "category", Active = "active", Messages = "messages", People = "people" }
}

/// How GET `rooms` is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "server", into_params(parameter_in = Query))]
pub struct RoomQuery {
    /// Words that the name contains.
    pub q: Option<String>,
    #[cfg_attr(feature = "server", param(value_type = Option<String>, format = "uuid"))]
    pub category: Option<CategoryId>,
    /// Also rooms below the category.
    pub below: Option<bool>,
    #[cfg_attr(feature = "server", param(value_type = Option<String>))]
    pub privacy: Option<Privacy>,
    #[serde(rename = "type")]
    #[cfg_attr(feature = "server", param(value_type = Option<String>))]
    pub room_type: Option<RoomType>,
    #[cfg_attr(feature = "server", param(value_type = Option<String>))]
    pub state: Option<RoomState>,
    /// Whom a list of managers, the room's or a category's, lets manage it.
    #[cfg_attr(feature = "server", param(value_type = Option<String>, format = "uuid"))]
    pub manager: Option<UserId>,
    /// Who is a member, presenter or manager, by any way, and may enter.
    #[cfg_attr(feature = "server", param(value_type = Option<String>, format = "uuid"))]
    pub member: Option<UserId>,
    /// Nothing was said from this moment on.
    #[cfg_attr(feature = "server", param(value_type = Option<String>, format = "date-time"))]
    pub active_before: Option<Timestamp>,
    #[cfg_attr(feature = "server", param(value_type = Option<String>, format = "date-time"))]
    pub active_after: Option<Timestamp>,
    pub min_messages: Option<i64>,
    /// `name` unless asked otherwise.
    #[cfg_attr(feature = "server", param(value_type = Option<String>))]
    pub sort: Option<RoomOrder>,
    pub descending: Option<bool>,
    pub cursor: Option<String>,
    /// 50 unless asked otherwise, at most 200.
    pub limit: Option<u32>,
}

/// A room as the console lists it: what it is, and how much it is used; never what is said there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ConsoleRoom {
    #[serde(flatten)]
    pub room: Room,
    /// Entries of its own list of members.
    pub entries: u64,
    /// Members, presenters and managers, by any way, who may enter.
    pub people: u64,
    pub messages: i64,
    pub active_at: Option<Timestamp>,
}

/// GET `rooms`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RoomPage {
    pub items: Vec<ConsoleRoom>,
    pub next: Option<String>,
    /// How many there are in all.
    pub total: u64,
}

/// POST `rooms/{id}/move`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MoveRoom {
    pub category: CategoryId,
}
