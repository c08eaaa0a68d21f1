use stoa_domain::audit::{Head, Link, Record};
use stoa_domain::id::{AccessVersion, UserId};
use stoa_domain::time::Timestamp;
use uuid::Uuid;

use crate::Actor;

/// A record with its place in the chain, if it has one by now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    pub record: Record,
    pub link: Option<Link>,
}

/// Which records of the audit log are meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    pub by: Option<UserId>,
    /// What the action begins with.
    pub action: Option<String>,
    /// What the object begins with.
    pub object: Option<String>,
    /// Not before this.
    pub from: Option<Timestamp>,
    /// Before this.
    pub to: Option<Timestamp>,
    /// The address, exactly.
    pub place: Option<String>,
}

/// What has no link yet, and what its first one has to follow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unlinked {
    pub head: Head,
    pub records: Vec<Record>,
}

/// How a record stands to the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub id: i64,
    /// Where it is linked.
    pub position: Option<i64>,
    /// Whether it waits for its link.
    pub waits: bool,
}

/// That somebody looked at what isn't his own.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    pub actor: Actor,
    pub at: Timestamp,
    pub version: AccessVersion,
    /// Such as `list.look`.
    pub action: &'static str,
    /// What was looked at, such as `room:ID/members`.
    pub object: String,
    /// What was asked for, if that says more.
    pub asked: serde_json::Value,
}

/// That this holder, and nobody else of the pool, does something, for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    pub name: &'static str,
    pub holder: Uuid,
    /// Higher with each other holder: what a former one still does is known by it.
    pub fence: i64,
}
