//! The pool as a whole: its settings, and how it is.

use serde::{Deserialize, Serialize};

use crate::room::words;
use crate::settings::{PoolSettings, Unscanned};
use crate::time::Timestamp;

/// GET `pool/settings`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Settings {
    #[serde(flatten)]
    pub settings: PoolSettings,
    /// Also the `ETag`.
    pub version: String,
}

macro_rules! change {
    ($($name:ident: $kind:ty),+ $(,)?) => {
        /// PATCH `pool/settings`; what isn't sent stays.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
        #[serde(default, deny_unknown_fields)]
        pub struct ChangeSettings {
            $(#[serde(skip_serializing_if = "Option::is_none")] pub $name: Option<$kind>),+
        }

        impl ChangeSettings {
            /// The settings with what was sent in its place.
            #[must_use]
            pub fn applied(&self, before: &PoolSettings) -> PoolSettings {
                // Each is named, so that none is forgotten when one comes.
                PoolSettings { $($name: self.$name.clone().unwrap_or_else(|| before.$name.clone())),+ }
            }
        }
    };
}

change! {
    name: String,
    history_chunk: u32,
    message_limit: u32,
    story_offer: u32,
    story_limit: u32,
    participant_limit: u32,
    edit_window: u32,
    undo_window: u32,
    password_min_length: u32,
    session_idle: u32,
    session_lifetime: u32,
    sign_in_failures: u32,
    operations_per_second: u32,
    operations_burst: u32,
    rooms_per_socket: u32,
    upload_limit: u64,
    room_quota: u64,
    pool_quota: u64,
    file_types: String,
    unscanned_files: Unscanned,
    rescan_days: u32,
}

words! {
    /// What an administrator should look at.
    WarningKind {
        /// The database answers late, so that rights are nearly not vouched for.
        AccessUnconfirmed = "access_unconfirmed",
        DiskNearlyFull = "disk_nearly_full",
        ArchiveBehind = "archive_behind",
        WritesWaiting = "writes_waiting",
        ConnectionsNearlyFull = "connections_nearly_full",
        /// The scanner of files doesn't answer.
        ScannerAway = "scanner_away",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Warning {
    pub kind: WarningKind,
    pub message: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PeopleCount {
    pub enabled: u64,
    pub disabled: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RoomCount {
    pub active: u64,
    pub disabled: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct DatabaseState {
    /// `sqlite` or `postgres`.
    pub kind: String,
    /// How many bytes it takes.
    pub bytes: u64,
}

/// The disk on which the data folder lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Disk {
    pub bytes: u64,
    pub free: u64,
}

/// GET `pool/overview`: how it is, as this server knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Overview {
    pub name: String,
    /// Of the software.
    pub version: String,
    pub started_at: Timestamp,
    pub now: Timestamp,
    pub people: PeopleCount,
    pub rooms: RoomCount,
    pub categories: u64,
    pub groups: u64,
    /// Sockets that are open here.
    pub connections: u64,
    /// People who have one.
    pub online: u64,
    /// Messages of the last sixty minutes, a number a minute, the present one last; from the server's start on.
    pub posts_per_minute: Vec<u64>,
    pub database: DatabaseState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disk: Option<Disk>,
    /// About how many records wait for the archive.
    pub archive_queue: u64,
    pub warnings: Vec<Warning>,
}
