use stoa_domain::id::{AccessVersion, FileId, MessageId, RoomId, UserId};
use stoa_domain::time::Timestamp;
use stoa_domain::wire::file::Held;
use uuid::Uuid;

use crate::Record;

/// What is known of a file's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scan {
    /// It came before there was a scanner, and is to be scanned now.
    Unknown,
    /// Nobody reads it before it is scanned.
    Waiting,
    /// It can be read, though it wasn't scanned.
    Passed,
    Clean,
    Infected,
    /// It can't be scanned, and nobody reads it.
    Unscannable,
    /// An administrator has let it go.
    Released,
    /// Who looks after the room has removed it; nothing makes that undone.
    Removed,
}

impl Scan {
    /// Why nobody can read a file of which this is known.
    #[must_use]
    pub const fn held(self) -> Option<Held> {
        match self {
            Self::Waiting => Some(Held::Checking),
            Self::Infected => Some(Held::Infected),
            Self::Unscannable => Some(Held::Unscannable),
            Self::Removed => Some(Held::Removed),
            Self::Unknown | Self::Passed | Self::Clean | Self::Released => None,
        }
    }

    /// Whether it is looked after by those who manage the room.
    #[must_use]
    pub const fn is_quarantined(self) -> bool {
        matches!(self, Self::Infected | Self::Unscannable)
    }
}

/// How a file stands to the scanner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanRow {
    pub state: Scan,
    /// When it is to be scanned, or by when whoever is at it will be done.
    pub due: Option<Timestamp>,
    /// How often that failed since it waits.
    pub tries: u32,
    /// What was found, or why it couldn't be looked at.
    pub signature: Option<String>,
    pub at: Option<Timestamp>,
    /// What the scanner called itself and its signatures then.
    pub base: Option<String>,
}

/// What scanning a file came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Scanned {
    pub file: FileId,
    pub room: RoomId,
    /// Under which it was scanned: no other's counts. None for who decides without scanning.
    pub claim: Option<Uuid>,
    /// None where nothing came of it.
    pub found: Option<ScanFound>,
    /// When it is to be tried again.
    pub due: Option<Timestamp>,
    pub tries: u32,
    pub at: Timestamp,
    /// Who decided it, if not the scanner.
    pub by: Option<UserId>,
    /// Of the event that tells the room, should there be something to tell.
    pub event: MessageId,
    pub access_version: AccessVersion,
    /// For the archive.
    pub record: Option<Record>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanFound {
    pub state: Scan,
    pub signature: Option<String>,
    /// None where it wasn't looked at.
    pub base: Option<String>,
}

/// Which files are to be scanned now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextScans {
    /// Only those that nobody can read before.
    pub held: bool,
    pub limit: u32,
}

/// Which files are to be scanned again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rescans {
    /// That came at this moment or later.
    pub since: Option<Timestamp>,
    /// That weren't scanned with these signatures.
    pub unless: Option<String>,
}

/// What becomes of the content of removed files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LetGo {
    pub gone: u64,
    /// So many are kept by a legal hold.
    pub held: u64,
}
