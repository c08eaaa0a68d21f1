//! Comparing the database with the store. Needs nothing else, so it also does for a restored backup.

use std::fmt;
use std::time::{Duration, SystemTime};

use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use stoa_domain::id::{FileId, RoomId};
use stoa_files::{BlobError, Blobs};
use stoa_store::{FileRow, FileState, Store, StoreError};

use super::sweep::is_wanted;

const BATCH: u32 = 500;
/// What is younger may be on its way.
const YOUNG: Duration = Duration::from_secs(3_600);

/// Something that isn't as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The store has nothing of this file.
    Missing { file: FileId, room: RoomId, name: String },
    /// The store has something else.
    Changed { file: FileId, room: RoomId, name: String, how: String },
    /// The store has what no file of the database is.
    Orphaned { id: FileId, size: u64 },
    /// It was lost, and is there again.
    Back { file: FileId, room: RoomId, name: String },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { file, room, name } => write!(f, "missing: {file} {name:?} of room {room}"),
            Self::Changed { file, room, name, how } => write!(f, "changed: {file} {name:?} of room {room}: {how}"),
            Self::Orphaned { id, size } => write!(f, "orphaned: {id}, {size} bytes"),
            Self::Back { file, room, name } => write!(f, "back: {file} {name:?} of room {room}"),
        }
    }
}

/// What comparing came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compared {
    pub files: u64,
    pub bytes: u64,
    pub missing: u64,
    pub changed: u64,
    pub orphaned: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum Failed {
    #[error(transparent)]
    Database(#[from] StoreError),
    #[error(transparent)]
    Files(#[from] BlobError),
}

/// How to compare.
#[derive(Debug, Clone, Copy, Default)]
pub struct How {
    /// Remove what is orphaned, and mark what is lost, so that people are told.
    pub repair: bool,
    /// Sizes only; otherwise all content is read.
    pub quick: bool,
}

/// Compares all; each finding is told at once.
///
/// # Errors
/// When the database or the store doesn't answer.
pub async fn verify(store: &dyn Store, blobs: &Blobs, how: How, mut found: impl FnMut(&Finding)) -> Result<Compared, Failed> {
    // All would be missing in a store that isn't there.
    blobs.check().await?;
    let mut compared = Compared::default();
    let mut last = None;
    loop {
        let rows = store.files_after(last, BATCH).await?;
        for row in &rows {
            last = Some(row.id);
            if !matches!(row.state, FileState::Finished | FileState::Posted) {
                continue;
            }
            compared.files += 1;
            compared.bytes += row.size.unwrap_or(0);
            let finding = compare(blobs, row, how.quick).await?;
            match &finding {
                Some(Finding::Missing { .. }) => compared.missing += 1,
                Some(Finding::Changed { .. }) => compared.changed += 1,
                _ => {}
            }
            let lost = matches!(finding, Some(Finding::Missing { .. } | Finding::Changed { .. }));
            if how.repair && lost != row.lost {
                store.file_set_lost(row.id, lost).await?;
            }
            if let Some(finding) = &finding {
                found(finding);
            } else if row.lost {
                found(&Finding::Back { file: row.id, room: row.room, name: row.name.clone() });
            }
        }
        if rows.len() < BATCH as usize {
            break;
        }
    }
    let mut all = blobs.all();
    while let Some(kept) = all.next().await {
        let kept = kept?;
        let young = SystemTime::now().duration_since(kept.at).unwrap_or_default() < YOUNG;
        let row = store.file(FileId(kept.id)).await?;
        // Content is there a moment before its file is, but never before its upload.
        if is_wanted(row.as_ref()) || (young && row.is_some()) {
            continue;
        }
        compared.orphaned += 1;
        found(&Finding::Orphaned { id: FileId(kept.id), size: kept.size });
        if how.repair {
            blobs.remove(kept.id).await?;
        }
    }
    Ok(compared)
}

async fn compare(blobs: &Blobs, row: &FileRow, quick: bool) -> Result<Option<Finding>, BlobError> {
    let (file, room, name, size) = (row.id, row.room, row.name.clone(), row.size.unwrap_or(0));
    let Some(there) = blobs.size(file.0).await? else { return Ok(Some(Finding::Missing { file, room, name })) };
    let changed = |how: String| Ok(Some(Finding::Changed { file, room, name: row.name.clone(), how }));
    if there != size {
        return changed(format!("{there} bytes instead of {size}"));
    }
    if quick {
        return Ok(None);
    }
    let mut reading = match blobs.read(file.0, size, 0..size).await {
        Err(BlobError::Wrong(how)) => return changed(how),
        Err(BlobError::Missing) => return Ok(Some(Finding::Missing { file, room, name })),
        other => other?,
    };
    let mut hash = Sha256::new();
    while let Some(piece) = reading.next().await? {
        hash.update(&piece);
    }
    if row.sha256.is_some_and(|kept| hash.finalize().as_slice() == kept) { Ok(None) } else { changed("its SHA-256 is another".to_owned()) }
}
