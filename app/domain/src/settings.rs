//! Pool-wide settings: in the database, the same on every server.

use serde::{Deserialize, Serialize};

use crate::room::words;

words! {
    /// What becomes of files while the scanner is away, and of those that it can't look at.
    Unscanned {
        /// Nobody reads them.
        Hold = "hold",
        /// They can be read, and are scanned later.
        Pass = "pass",
    }
}

/// What files may take, in bytes. At the pool 0 is no limit; at a category or room it says nothing, and what
/// counts is the smallest of the path: those above are never widened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FileLimits {
    /// The largest file.
    pub upload_limit: u64,
    /// What all files of one room may take together.
    pub room_quota: u64,
}

impl FileLimits {
    /// As much as databases count.
    pub const MOST: u64 = i64::MAX.unsigned_abs();

    /// Which value is more than can be counted.
    ///
    /// # Errors
    /// The key, and what is wrong.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        let all = [("upload_limit", self.upload_limit), ("room_quota", self.room_quota)];
        all.into_iter().find(|(_, value)| *value > Self::MOST).map_or(Ok(()), |(key, value)| Err((key, format!("0 to {}, not {value}", Self::MOST))))
    }
}

/// What an administrator sets for the whole pool. Sizes in bytes, times in seconds, texts in characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct PoolSettings {
    pub name: String,
    /// How many messages a join brings unless it asks for another number.
    pub history_chunk: u32,
    /// The longest chat message, in Unicode scalar values.
    pub message_limit: u32,
    /// From this length on the client offers a story instead.
    pub story_offer: u32,
    /// The longest story, in bytes.
    pub story_limit: u32,
    /// Above this many people in a room, joins and leaves aren't told any more, only counted.
    pub participant_limit: u32,
    /// How long a message can be edited by its author.
    pub edit_window: u32,
    /// How long a clean-up of messages can be undone; then the texts are erased.
    pub undo_window: u32,
    pub password_min_length: u32,
    /// A session ends when it wasn't used for this long,
    pub session_idle: u32,
    /// and at the latest after this long.
    pub session_lifetime: u32,
    /// Failed sign-ins of one account before it has to wait.
    pub sign_in_failures: u32,
    /// Posts, edits, reactions and the like, per second and user, on average.
    pub operations_per_second: u32,
    /// How many operations may come at once before that average counts.
    pub operations_burst: u32,
    /// Rooms that one socket may have joined.
    pub rooms_per_socket: u32,
    /// The largest file, in bytes.
    pub upload_limit: u64,
    /// What all files of one room may take together, in bytes; 0 is no limit.
    pub room_quota: u64,
    /// The same of all rooms.
    pub pool_quota: u64,
    /// The types of files that may be posted, with commas between them, `image/*` for all that begin so; empty is any.
    pub file_types: String,
    /// What becomes of files that the scanner hasn't looked at, where there is one.
    pub unscanned_files: Unscanned,
    /// Files that aren't older than so many days are scanned again when the scanner knows more; 0 is never.
    pub rescan_days: u32,
}

impl Default for PoolSettings {
    fn default() -> Self {
        Self {
            name: "Stoa".into(),
            history_chunk: 30,
            message_limit: 4_000,
            story_offer: 500,
            story_limit: 64 * 1024,
            participant_limit: 75,
            edit_window: 24 * 3600,
            undo_window: 24 * 3600,
            password_min_length: 10,
            session_idle: 7 * 24 * 3600,
            session_lifetime: 30 * 24 * 3600,
            sign_in_failures: 5,
            operations_per_second: 20,
            operations_burst: 100,
            rooms_per_socket: 1_000,
            upload_limit: 20 * 1024 * 1024,
            room_quota: 0,
            pool_quota: 0,
            file_types: String::new(),
            unscanned_files: Unscanned::Hold,
            rescan_days: 7,
        }
    }
}

impl PoolSettings {
    /// What files may take where no category or room says less.
    #[must_use]
    pub const fn limits(&self) -> FileLimits {
        FileLimits { upload_limit: self.upload_limit, room_quota: self.room_quota }
    }

    /// Which value the pool couldn't work with any more, and why.
    ///
    /// # Errors
    /// The key, and what is wrong.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        crate::name::check_name(&self.name).map_err(|error| ("name", error.to_string()))?;
        let bounds = [
            ("history_chunk", self.history_chunk, 1, 500),
            ("message_limit", self.message_limit, 1, 64 * 1024),
            ("story_offer", self.story_offer, 1, 64 * 1024),
            ("story_limit", self.story_limit, 1, 64 * 1024),
            ("participant_limit", self.participant_limit, 0, 10_000),
            ("password_min_length", self.password_min_length, 1, 128),
            ("session_idle", self.session_idle, 60, u32::MAX),
            ("session_lifetime", self.session_lifetime, 60, u32::MAX),
            ("sign_in_failures", self.sign_in_failures, 1, 1_000),
            ("operations_per_second", self.operations_per_second, 1, 1_000_000),
            ("operations_burst", self.operations_burst, 1, 1_000_000),
            ("rooms_per_socket", self.rooms_per_socket, 1, 100_000),
            ("rescan_days", self.rescan_days, 0, 3_650),
        ];
        match bounds.into_iter().find(|(_, value, least, most)| value < least || value > most) {
            Some((key, value, least, most)) => Err((key, format!("{least} to {most}, not {value}"))),
            None => self.check_files(),
        }
    }

    fn check_files(&self) -> Result<(), (&'static str, String)> {
        const MOST: u64 = FileLimits::MOST;
        if self.upload_limit == 0 {
            return Err(("upload_limit", format!("1 to {MOST}, not 0")));
        }
        self.limits().check()?;
        if self.pool_quota > MOST {
            return Err(("pool_quota", format!("0 to {MOST}, not {}", self.pool_quota)));
        }
        match crate::file::patterns(&self.file_types).find(|pattern| !crate::file::is_pattern(pattern)) {
            Some(pattern) => Err(("file_types", format!("{pattern:?} is no type such as image/png or image/*"))),
            None => Ok(()),
        }
    }
}
