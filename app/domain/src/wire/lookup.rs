//! The Lookup service's answer.

use serde::{Deserialize, Serialize};

use super::Person;
use super::joining::Invitation;
use super::me::MyRoom;
use crate::time::Timestamp;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Lookup {
    pub user: Person,
    pub channel: ChannelAt,
    pub files: FilesAt,
    pub limits: Limits,
    /// The followed rooms.
    pub rooms: Vec<MyRoom>,
    /// The rooms that one is invited into.
    pub invitations: Vec<Invitation>,
    pub server_time: Timestamp,
    pub pool: PoolInfo,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ChannelAt {
    pub url: String,
    /// Offered as the subprotocol `ticket.…` beside `stoa.1`.
    pub ticket: String,
    pub expires_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct FilesAt {
    pub url: String,
    pub max_bytes: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Limits {
    /// Unicode scalar values of a chat message.
    pub message: u32,
    /// From here on a story is offered.
    pub story_offer: u32,
    /// Bytes of a story.
    pub story: u32,
    /// Results of one page of search.
    pub search: u32,
    /// Messages that a join brings.
    pub history: u32,
    /// Bytes of a frame.
    pub frame: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PoolInfo {
    pub name: String,
    pub version: String,
}
