//! Files that the scanner keeps from being read, and how the scanner is.

use serde::{Deserialize, Serialize};

use super::Person;
use super::file::{Attachment, Held};
use crate::id::{RoomId, Seq};
use crate::settings::Unscanned;
use crate::time::Timestamp;

/// A file that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Quarantined {
    #[serde(flatten)]
    pub file: Attachment,
    pub room: RoomId,
    pub room_name: String,
    /// The categories in which it stands, the root left out.
    pub room_path: Vec<String>,
    pub by: Person,
    /// When its upload was finished.
    pub at: Timestamp,
    /// The message that has it; none before it is posted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<Seq>,
    /// What the scanner found, or why it couldn't look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// When it last was looked at, and what the scanner called itself and its signatures then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scanned_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scanned_by: Option<String>,
    /// It waits to be looked at, also again.
    pub waits: bool,
    /// How often that failed since it waits.
    pub tries: u32,
    /// Whether I may have it looked at again, and delete it.
    pub may_manage: bool,
    pub may_release: bool,
}

/// GET `quarantine`: what came last first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "server", into_params(parameter_in = Query))]
#[serde(default)]
pub struct QuarantineQuery {
    /// `checking` for those that wait for the scanner; without, those that it has looked at.
    pub held: Option<Held>,
}

/// POST `quarantine/{file}/release`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReleaseFile {
    /// Why everybody in the room may read it all the same; for the audit log.
    pub reason: String,
}

/// POST `scanner/rescan`: one of the two.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Rescan {
    /// Files that came at this moment or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    pub all: bool,
}

/// How many files will be scanned again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Rescanning {
    pub files: u64,
}

/// GET `scanner`: how it is, as this server knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ScannerState {
    /// Whether this server has one.
    pub configured: bool,
    /// Since when it doesn't answer; none while it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub away_since: Option<Timestamp>,
    /// What it calls itself and its signatures; none before it first answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What becomes of files meanwhile.
    pub unscanned_files: Unscanned,
    /// Files of all rooms that nobody can read before it has looked at them,
    pub checking: u64,
    /// that can be read though it hasn't,
    pub passed: u64,
    /// in which it found something,
    pub infected: u64,
    /// and at which it can't look.
    pub unscannable: u64,
}
