use serde_json::Value;
use stoa_domain::archive::{Content, Kind};
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

/// Something that waits for the compliance archive: an event of a room (with room and seq), as it was
/// written, or what has no event.
#[derive(Debug, Clone, PartialEq)]
pub struct Queued {
    /// No other record of the pool ever has it.
    pub id: i64,
    pub room: Option<RoomId>,
    /// Of an event.
    pub seq: Option<Seq>,
    pub user: Option<UserId>,
    pub at: Option<Timestamp>,
    pub version: Option<AccessVersion>,
    pub content: Content,
}

impl Queued {
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.content.kind()
    }
}

/// How much waits for the archive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueState {
    /// By the span of the numbers, since counting would read all of it.
    pub length: u64,
    /// When the first of it happened.
    pub oldest: Option<Timestamp>,
}
