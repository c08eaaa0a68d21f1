//! The audit log: what was changed and looked at, and whether the log is whole.

use serde::{Deserialize, Serialize};

use super::Person;
use crate::id::{AccessVersion, UserId};
use crate::time::Timestamp;

/// Which records are meant; those that fit all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "server", into_params(parameter_in = Query))]
pub struct AuditQuery {
    /// Who did it.
    #[cfg_attr(feature = "server", param(value_type = Option<String>, format = "uuid"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// What the action begins with, such as `room.`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// What the object begins with: `room:ID` also finds that room's lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Not before this time.
    #[cfg_attr(feature = "server", param(value_type = Option<String>, format = "date-time"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Before this time.
    #[cfg_attr(feature = "server", param(value_type = Option<String>, format = "date-time"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
    /// Words that stand in what was before or after, whatever their case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// The address that it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// 50 unless asked, at most 200. With `q` a page can be shorter although another one follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// GET `audit`, `audit/{id}`: one record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct AuditRecord {
    pub id: i64,
    pub at: Timestamp,
    /// None when it was the server or its command line.
    pub by: Option<Person>,
    /// The address, or `command line`.
    pub from: String,
    /// Such as `room.create`; looks end in `.look`.
    pub action: String,
    /// Such as `room:ID` or `room:ID/members`.
    pub object: String,
    /// What it is called now; if it is gone, what it was called then.
    pub object_name: Option<String>,
    pub before: serde_json::Value,
    /// Of a look, what was asked for.
    pub after: serde_json::Value,
    /// The access version under which it happened.
    #[cfg_attr(feature = "server", schema(value_type = i64))]
    pub version: AccessVersion,
    /// Its place in the chain; none in the first moment.
    pub position: Option<i64>,
    /// The hash of that place, in hexadecimal digits.
    pub hash: Option<String>,
}

/// How `audit/export` is asked: with the filters of `audit`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    #[default]
    Csv,
    /// A JSON object a line, as GET `audit` has them.
    Jsonl,
}

/// POST `audit/verify`: one slice of the log is looked at in a call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Verify {
    /// What the call before gave as `next`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// A head that was noted earlier: it has to be met on the way. A cut-off end shows only so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expect: Option<ChainHead>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChainHead {
    /// 0 while nothing is linked.
    pub position: i64,
    /// 64 hexadecimal digits.
    pub hash: String,
}

/// How far the log was found whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Verification {
    /// The last link that was looked at and is right: note it, to compare with it later.
    pub head: ChainHead,
    /// Records counted so far. They are counted behind the chain.
    pub records: i64,
    /// Of these, those that still wait for their link.
    pub waiting: i64,
    /// The first break, if there is one: then nothing further is looked at.
    pub finding: Option<AuditFinding>,
    /// Give it back as `cursor` to go on; `null` at the end.
    pub next: Option<String>,
}

/// What was done to the log, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct AuditFinding {
    pub fault: Fault,
    /// None where a record stands outside of the chain.
    pub position: Option<i64>,
    pub record: Option<i64>,
    pub text: String,
}

/// What was done to a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// A record is gone.
    Missing,
    /// A record, or its link, isn't what was linked.
    Changed,
    /// A record stands where none was linked.
    Inserted,
    /// Records or links changed places.
    Reordered,
    /// The end that was noted isn't there.
    CutOff,
    /// At the position that was noted stands another head.
    Rewritten,
}
