//! The directory of rooms that one may find.

use serde::{Deserialize, Serialize};

use super::room::RoomInfo;
use crate::id::CategoryId;
use crate::room::Privacy;
use crate::time::Timestamp;

/// GET `directory`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "server", into_params(parameter_in = Query))]
pub struct DirectoryQuery {
    /// Words that name, description or topic contain.
    pub q: Option<String>,
    /// Only rooms of this category and below it.
    #[cfg_attr(feature = "server", param(value_type = Option<String>))]
    pub category: Option<CategoryId>,
    #[cfg_attr(feature = "server", param(value_type = Option<String>))]
    pub privacy: Option<Privacy>,
    pub cursor: Option<String>,
    pub limit: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct DirectoryRoom {
    #[serde(flatten)]
    pub room: RoomInfo,
    /// Whether I follow it already.
    pub following: bool,
    /// Whether I have asked to join, and nobody answered yet.
    pub asked: bool,
    pub created_at: Timestamp,
    /// When something was last posted, told only to who may read the room.
    pub active_at: Option<Timestamp>,
    /// How many people are in the room now, told only to who may see its members.
    pub people: Option<u32>,
}
