//! Contents of files of rooms.

use std::io::{self, Cursor, Read};
use std::sync::Arc;

use stoa_domain::archive::ArchivedFile;
use stoa_files::{BlobError, Blobs, Reading};
use tokio::runtime::Handle;

/// Who has them. Asked where waiting is allowed.
pub trait Contents: Send + Sync {
    /// None where there is no such content any more.
    ///
    /// # Errors
    /// When that can't be found out at the moment.
    fn open(&self, file: &ArchivedFile) -> io::Result<Option<Box<dyn Read + Send>>>;
}

/// For formats that want none.
pub struct Nothing;

impl Contents for Nothing {
    fn open(&self, _: &ArchivedFile) -> io::Result<Option<Box<dyn Read + Send>>> {
        Ok(None)
    }
}

/// The store of files itself, waited for on this runtime: only to be asked outside of its own threads
/// for asynchronous work, such as within `spawn_blocking`.
pub struct FromStore {
    pub blobs: Arc<Blobs>,
    pub runtime: Handle,
}

impl Contents for FromStore {
    fn open(&self, file: &ArchivedFile) -> io::Result<Option<Box<dyn Read + Send>>> {
        if file.size == 0 {
            return Ok(Some(Box::new(io::empty())));
        }
        match self.runtime.block_on(self.blobs.read(file.id.0, file.size, 0..file.size)) {
            Ok(reading) => Ok(Some(Box::new(Flowing { reading, runtime: self.runtime.clone(), piece: Cursor::default() }))),
            Err(BlobError::Missing) => Ok(None),
            Err(error) => Err(io::Error::other(error)),
        }
    }
}

struct Flowing {
    reading: Reading,
    runtime: Handle,
    piece: Cursor<Vec<u8>>,
}

impl Read for Flowing {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.piece.read(into)?;
            if count > 0 || into.is_empty() {
                return Ok(count);
            }
            match self.runtime.block_on(self.reading.next()).map_err(io::Error::other)? {
                Some(piece) => self.piece = Cursor::new(piece.to_vec()),
                None => return Ok(0),
            }
        }
    }
}
