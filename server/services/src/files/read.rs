//! Giving content out, to whoever may read the room at that moment.

use std::ops::Range;

use stoa_domain::archive::Kind;
use stoa_domain::id::FileId;
use stoa_domain::time::Timestamp;
use stoa_domain::wire::file::{Attachment, Held};
use stoa_domain::wire::problem::Problem;
use stoa_files::{BlobError, Reading};
use stoa_store::{FileRow, FileState};

use super::{Files, attachment, told};
use crate::{Caller, Result, StoreProblem};

/// A file that the caller may read.
#[derive(Debug, Clone)]
pub struct Opened {
    pub file: Attachment,
    pub at: Timestamp,
    pub(super) row: FileRow,
}

impl Files {
    /// What a file is. One that isn't posted is there for its uploader only.
    ///
    /// # Errors
    /// 404 where there is none for this caller, 409 while it is being checked, 403 where it is withheld, 410 where the store has lost it.
    pub async fn open(&self, caller: &Caller, id: FileId) -> Result<Opened> {
        self.core.access.confirm().await;
        let row = self.core.store.file(id).await.or_problem()?.filter(|row| match row.state {
            FileState::Posted => !row.hidden,
            FileState::Finished => row.uploader == caller.user,
            FileState::Uploading | FileState::Removed | FileState::Erased => false,
        });
        // Asked before anything else is told, and after the file was read.
        let snapshot = self.core.access.vouched()?;
        let row = row.filter(|row| snapshot.decide(caller.user, row.room).rights.enter).ok_or_else(Problem::file_not_found)?;
        let (Some(file), Some(at)) = (attachment(&row), row.finished_at) else { return Err(Problem::internal()) };
        match row.held() {
            Some(Held::Checking) => return Err(Problem::file_held().retry_after(5)),
            Some(Held::Infected | Held::Unscannable) => return Err(Problem::file_withheld()),
            Some(Held::Removed) => return Err(Problem::file_not_found()),
            None => {}
        }
        if row.lost { Err(Problem::file_lost()) } else { Ok(Opened { file, at, row }) }
    }

    /// A part of its content, with the record that it was read.
    ///
    /// # Errors
    /// 410, 503.
    pub async fn read(&self, caller: &Caller, opened: &Opened, part: Range<u64>) -> Result<Reading> {
        let row = &opened.row;
        let blobs = self.core.options.files.as_ref().ok_or_else(Problem::store_away)?;
        let reading = blobs.read(row.id.0, opened.file.size, part.clone()).await.map_err(|error| match error {
            BlobError::Missing => {
                tracing::error!(file = %row.id, "the store has lost a file: see `stoa files verify`");
                Problem::file_lost()
            }
            BlobError::Wrong(_) => {
                tracing::error!(file = %row.id, %error, "the store has changed a file: see `stoa files verify`");
                Problem::file_lost()
            }
            other => told(other),
        })?;
        let payload = serde_json::json!({ "file": row.id, "name": row.name, "from": part.start, "to": part.end, "size": opened.file.size });
        self.core.writer.record(self.core.record(Kind::Download, row.room, caller.user, payload));
        Ok(reading)
    }
}
