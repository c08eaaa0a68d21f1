//! Ways to destinations.

pub mod bucket;
mod credentials;
pub mod folder;
pub mod smtp;

use std::path::PathBuf;

use crate::Staged;
use crate::error::{ExportError, Result};
use crate::manifest::MANIFEST;
use crate::work::{entries, staged_at};

/// A staged file, and by which name it goes out.
pub struct Outgoing {
    pub path: PathBuf,
    pub name: String,
    pub bytes: u64,
}

impl Staged {
    fn outgoing(&self, ending: &str, bytes: u64) -> Outgoing {
        Outgoing { path: staged_at(&self.folder, ending), name: format!("{}{ending}", self.summary().name), bytes }
    }

    /// All files but the manifest, in the order in which they were made.
    fn all(&self) -> Result<impl Iterator<Item = Result<Outgoing>>> {
        Ok(entries(&self.folder)?.map(|entry| {
            let entry = entry?;
            Ok(self.outgoing(&entry.name, entry.bytes))
        }))
    }

    fn manifest_out(&self) -> Result<Outgoing> {
        let bytes = staged_at(&self.folder, MANIFEST).metadata()?.len();
        Ok(self.outgoing(MANIFEST, bytes))
    }
}

/// Runs what waits for a disk.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| ExportError::Away(error.into()))?
}
