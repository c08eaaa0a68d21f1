//! What files may take: the smallest that the pool, a category of the path or the room itself says.

use super::model::{Category, Room};
use super::snapshot::Snapshot;
use crate::id::CategoryId;
use crate::settings::FileLimits;

/// Whose word a limit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitedBy<'a> {
    Pool,
    Category(&'a Category),
    Room(&'a Room),
}

impl Snapshot {
    /// What a limit comes to in a category, or in a room of it, and whose word that is: of those that say the
    /// same, the topmost. None where nobody says anything.
    #[must_use]
    pub fn limited<'a>(&'a self, pool: FileLimits, category: CategoryId, room: Option<&'a Room>, pick: fn(&FileLimits) -> u64) -> Option<(u64, LimitedBy<'a>)> {
        let mut path: Vec<_> = self.path_up(category).map(|level| (pick(&level.limits), LimitedBy::Category(level))).collect();
        path.reverse();
        let own = room.map(|room| (pick(&room.limits), LimitedBy::Room(room)));
        let all = std::iter::once((pick(&pool), LimitedBy::Pool)).chain(path).chain(own);
        // Of equal ones it is the first.
        all.filter(|(bytes, _)| *bytes > 0).min_by_key(|(bytes, _)| *bytes)
    }

    /// What the files of a room may take; 0 where nobody says anything.
    #[must_use]
    pub fn limits(&self, pool: FileLimits, room: &Room) -> FileLimits {
        let of = |pick| self.limited(pool, room.category, Some(room), pick).map_or(0, |(bytes, _)| bytes);
        FileLimits { upload_limit: of(|limits| limits.upload_limit), room_quota: of(|limits| limits.room_quota) }
    }
}
