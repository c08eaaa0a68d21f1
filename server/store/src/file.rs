use stoa_domain::id::{FileId, RoomId, Seq, UserId};
use stoa_domain::time::Timestamp;
use stoa_domain::wire::file::Held;

use crate::{Record, ScanRow};

/// How far a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileState {
    Uploading,
    /// Whole, and in no message yet.
    Finished,
    /// In a message.
    Posted,
    /// Its content is to be removed from the store, and is shown to nobody.
    Removed,
    /// What stays of a posted file whose content was removed.
    Erased,
}

/// An upload that is to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    pub id: FileId,
    pub room: RoomId,
    pub uploader: UserId,
    pub name: String,
    /// None where nobody says it before.
    pub size: Option<u64>,
    pub at: Timestamp,
    pub expires_at: Timestamp,
}

/// What files may take, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    pub room: Option<u64>,
    pub pool: Option<u64>,
}

/// Whether an upload began, or was finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    Done,
    /// The room's quota is used up.
    RoomFull,
    PoolFull,
    /// This person has too many uploads that no message has.
    TooMany,
    /// It doesn't wait for that any more.
    Gone,
}

/// What an upload came to.
#[derive(Debug, Clone, PartialEq)]
pub struct FinishedFile {
    pub id: FileId,
    pub size: u64,
    pub sha256: [u8; 32],
    pub kind: String,
    pub at: Timestamp,
    pub expires_at: Timestamp,
    /// Nobody reads it before it is scanned.
    pub scan: bool,
    /// For the archive.
    pub record: Record,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    pub id: FileId,
    pub room: RoomId,
    pub uploader: UserId,
    pub state: FileState,
    pub name: String,
    /// As it was announced, until it is finished.
    pub size: Option<u64>,
    /// Both once it is finished.
    pub sha256: Option<[u8; 32]>,
    pub kind: Option<String>,
    pub created_at: Timestamp,
    /// None once it is posted.
    pub expires_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    /// The message that has it.
    pub seq: Option<Seq>,
    /// That message is deleted, withheld or replaced now.
    pub hidden: bool,
    /// The store had lost its content when it was last compared.
    pub lost: bool,
    /// Both of an image, once they are known.
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// None where nobody asked a scanner.
    pub scan: Option<ScanRow>,
}

impl FileRow {
    /// Why nobody can read it; none where that is no matter of the scanner.
    #[must_use]
    pub fn held(&self) -> Option<Held> {
        self.scan.as_ref().and_then(|scan| scan.state.held())
    }

    #[must_use]
    pub fn is_quarantined(&self) -> bool {
        self.scan.as_ref().is_some_and(|scan| scan.state.is_quarantined())
    }
}

/// By what files of all rooms are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileOrder {
    Size,
    /// From the newest on.
    Age,
}

/// Which files of all rooms, of those that are whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFilter {
    /// None: all.
    pub rooms: Option<Vec<RoomId>>,
    /// What the key of the name holds.
    pub name: Option<String>,
    /// What the type begins with.
    pub kind: Option<String>,
    pub uploader: Option<UserId>,
    pub order: FileOrder,
    pub descending: bool,
    /// Those behind this one.
    pub behind: Option<(i64, FileId)>,
}

/// A file, with what it is sorted by.
pub type Found = (FileRow, i64);

/// Of whom it is counted what files take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StorageOf {
    Rooms,
    People,
}

/// What the whole files of a room or person take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    pub id: uuid::Uuid,
    pub files: u64,
    pub bytes: u64,
}

/// Which of a room's files, the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileFilter {
    /// What the key of the name holds.
    pub name: Option<String>,
    /// What the type begins with.
    pub kind: Option<String>,
    pub uploader: Option<UserId>,
    /// Those behind this place: the message, and the place in it.
    pub behind: Option<(Seq, i64)>,
}
