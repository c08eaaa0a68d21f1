//! What a change would do, before it is made.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Person;
use super::access::Because;
use crate::access::Right;
use crate::id::RoomId;
use crate::room::words;

words! {
    /// How a call that changes something is made.
    Method { Put = "PUT", Post = "POST", Patch = "PATCH", Delete = "DELETE" }
}

/// POST `access/preview`: the very calls that would be made, one after the other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Preview {
    /// At most 100.
    pub changes: Vec<Proposed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// 50 unless asked otherwise, at most 200.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// One call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Proposed {
    pub method: Method,
    /// Below `/api/v1`, such as `/rooms/ID/lists/members`.
    pub path: String,
    /// What the call takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
}

/// What would come of it, as far as the caller sees the rooms in the console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Previewed {
    /// The pool's version that this was worked out on.
    pub version: String,
    /// People who gain something somewhere.
    pub gained: u64,
    /// People who lose something somewhere.
    pub lost: u64,
    /// Rooms where anybody gains or loses.
    pub rooms: u64,
    /// By rooms.
    pub items: Vec<PreviewedAccess>,
    pub next: Option<String>,
}

/// What one person gains and loses in one room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PreviewedAccess {
    pub user: Person,
    pub room: NamedRoom,
    pub gained: Vec<Right>,
    pub lost: Vec<Right>,
    /// Every rule that would apply then; none where the room is gone.
    pub because: Vec<Because>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct NamedRoom {
    pub id: RoomId,
    pub name: String,
}
