//! The caller's own state.

use serde::{Deserialize, Serialize};

use super::room::RoomInfo;
use crate::id::Seq;
use crate::message::Level;

/// A room that I follow, and how far I am in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct MyRoom {
    #[serde(flatten)]
    pub room: RoomInfo,
    pub last_seq: Seq,
    pub last_n: i64,
    pub read_seq: Seq,
    pub unread: i64,
    pub mentions: i64,
    pub favourite: bool,
    pub level: Level,
    /// What I began to write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<String>,
}

/// PATCH `me/rooms/{room}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ChangeMyRoom {
    pub favourite: Option<bool>,
    pub level: Option<Level>,
    /// An empty draft removes it.
    pub draft: Option<String>,
}
