use stoa_domain::id::{RoomId, Seq};
use stoa_domain::message::Level;

/// How a user stands to a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowRow {
    pub room: RoomId,
    pub following: bool,
    pub favourite: bool,
    pub level: Level,
    pub draft: Option<String>,
    pub read_seq: Seq,
    pub last_seq: Seq,
    pub last_n: i64,
    /// The room's `n` less the `n` at the read mark.
    pub unread: i64,
    /// Undeleted messages after the mark that mention the user.
    pub mentions: i64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeFollow {
    pub favourite: Option<bool>,
    pub level: Option<Level>,
    /// `Some("")` removes it.
    pub draft: Option<String>,
}

/// A read mark after it was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadMarkRow {
    pub seq: Seq,
    pub unread: i64,
    pub mentions: i64,
    /// Whether it moved.
    pub moved: bool,
}
