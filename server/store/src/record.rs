use serde_json::Value;
use stoa_domain::id::{AccessVersion, RoomId, Seq, UserId};
use stoa_domain::time::Timestamp;

use crate::Actor;

/// A record of the audit log.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditRow {
    pub id: i64,
    pub at: Timestamp,
    pub actor: Actor,
    pub action: String,
    pub object: String,
    pub before: Value,
    pub after: Value,
    pub version: AccessVersion,
}

/// Something that waits for the compliance archive: an event of a room (`kind` is `event`, with
/// room and seq), or what carries its own payload.
#[derive(Debug, Clone, PartialEq)]
pub struct Queued {
    pub id: i64,
    pub kind: String,
    pub room: Option<RoomId>,
    pub seq: Option<Seq>,
    pub user: Option<UserId>,
    pub at: Option<Timestamp>,
    pub version: Option<AccessVersion>,
    pub payload: Option<Value>,
}
