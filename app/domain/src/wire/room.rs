//! Rooms.

use serde::{Deserialize, Serialize};

use crate::access::Rights;
use crate::category::Switch;
use crate::id::{CategoryId, RoomId};
use crate::room::{Privacy, RoomState, RoomType};
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
}

/// POST `rooms/{id}/move`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MoveRoom {
    pub category: CategoryId,
}
