//! Content on its way: a file on a disk that only its writer holds, hashed as it comes. However long
//! it is, a writer keeps one buffer in memory.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::error::{BlobError, Result, blocking};
use crate::kind::{HEAD, kind_of};

/// What is gathered before it is written.
const BUFFER: usize = 128 * 1024;
/// The disk gets to keep it each time that so much has come: should the machine lose its power, no more is sent again.
const SYNC_EVERY: u64 = 32 * 1024 * 1024;

/// Holds the lock of its file until it is dropped.
#[derive(Debug)]
pub struct Staged {
    id: Uuid,
    path: PathBuf,
    /// None only while a thread that may wait has it, or after that has failed.
    disk: Option<Disk>,
    buffer: Vec<u8>,
    /// With what is in the buffer.
    length: u64,
}

#[derive(Debug)]
struct Disk {
    file: File,
    hash: Sha256,
    head: Vec<u8>,
    unsynced: u64,
}

/// A place to go back to.
#[derive(Debug, Clone)]
pub struct Mark {
    length: u64,
    hash: Sha256,
    head: usize,
}

/// The hash of an upload that pauses; with it nothing has to be read again.
#[derive(Debug, Clone)]
pub(crate) struct Parked {
    pub length: u64,
    hash: Sha256,
}

const GONE: BlobError = BlobError::Busy;

impl Disk {
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes)?;
        self.hash.update(bytes);
        let missing = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(bytes.get(..missing).unwrap_or_default());
        self.unsynced += bytes.len() as u64;
        if self.unsynced >= SYNC_EVERY {
            self.file.sync_data()?;
            self.unsynced = 0;
        }
        Ok(())
    }
}

impl Staged {
    pub(crate) fn create(id: Uuid, path: PathBuf) -> Result<Self> {
        let file = File::options().read(true).write(true).create_new(true).open(&path)?;
        lock(&file)?;
        let disk = Disk { file, hash: Sha256::new(), head: Vec::new(), unsynced: 0 };
        Ok(Self { id, path, disk: Some(disk), buffer: Vec::new(), length: 0 })
    }

    /// What came before is read again, unless its hash is at hand.
    pub(crate) fn resume(id: Uuid, path: PathBuf, parked: Option<Parked>) -> Result<Self> {
        let mut file = File::options().read(true).write(true).open(&path)?;
        lock(&file)?;
        let length = file.metadata()?.len();
        let mut disk = match parked.filter(|parked| parked.length == length) {
            Some(Parked { hash, .. }) => {
                let mut head = Vec::new();
                (&mut file).take(HEAD as u64).read_to_end(&mut head)?;
                Disk { file, hash, head, unsynced: 0 }
            }
            None => {
                let (hash, head) = read_through(&mut file)?;
                Disk { file, hash, head, unsynced: 0 }
            }
        };
        disk.file.seek(SeekFrom::Start(length))?;
        Ok(Self { id, path, disk: Some(disk), buffer: Vec::new(), length })
    }

    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.id
    }

    #[must_use]
    pub const fn length(&self) -> u64 {
        self.length
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Takes the next part.
    ///
    /// # Errors
    /// [`BlobError::Full`] and the like; then it holds what it did before, or a part of this one more.
    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(BUFFER - self.buffer.len()));
            self.buffer.extend_from_slice(now);
            self.length += now.len() as u64;
            bytes = later;
            if self.buffer.len() == BUFFER {
                self.flush().await?;
            }
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let mut disk = self.disk.take().ok_or(GONE)?;
        let mut buffer = std::mem::take(&mut self.buffer);
        let (disk, buffer) = blocking(move || {
            disk.write(&buffer)?;
            buffer.clear();
            Ok((disk, buffer))
        })
        .await?;
        (self.disk, self.buffer) = (Some(disk), buffer);
        Ok(())
    }

    /// The type of what came so far.
    ///
    /// # Errors
    /// As [`Staged::write`].
    pub async fn kind(&mut self) -> Result<&'static str> {
        self.flush().await?;
        Ok(kind_of(&self.disk.as_ref().ok_or(GONE)?.head))
    }

    /// # Errors
    /// As [`Staged::write`].
    pub async fn hash(&mut self) -> Result<[u8; 32]> {
        self.flush().await?;
        Ok(self.disk.as_ref().ok_or(GONE)?.hash.clone().finalize().into())
    }

    /// Remembers this place.
    ///
    /// # Errors
    /// As [`Staged::write`].
    pub async fn mark(&mut self) -> Result<Mark> {
        self.flush().await?;
        let disk = self.disk.as_ref().ok_or(GONE)?;
        Ok(Mark { length: self.length, hash: disk.hash.clone(), head: disk.head.len() })
    }

    /// Forgets all that came behind a place.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn back_to(&mut self, mark: Mark) -> Result<()> {
        self.buffer.clear();
        let mut disk = self.disk.take().ok_or(GONE)?;
        self.length = mark.length;
        let disk = blocking(move || {
            disk.file.set_len(mark.length)?;
            disk.file.seek(SeekFrom::Start(mark.length))?;
            disk.hash = mark.hash;
            disk.head.truncate(mark.head);
            Ok(disk)
        })
        .await?;
        self.disk = Some(disk);
        Ok(())
    }

    /// All that came is on the disk.
    ///
    /// # Errors
    /// As [`Staged::write`].
    pub(crate) async fn sync(&mut self) -> Result<()> {
        self.flush().await?;
        let disk = self.disk.take().ok_or(GONE)?;
        self.disk = Some(
            blocking(move || {
                disk.file.sync_all()?;
                Ok(disk)
            })
            .await?,
        );
        Ok(())
    }

    pub(crate) fn parked(&self) -> Option<Parked> {
        self.disk.as_ref().map(|disk| Parked { length: self.length, hash: disk.hash.clone() })
    }
}

fn lock(file: &File) -> Result<()> {
    file.try_lock().map_err(|error| match error {
        std::fs::TryLockError::WouldBlock => BlobError::Busy,
        std::fs::TryLockError::Error(error) => error.into(),
    })
}

/// From where it stands to the end.
pub(crate) fn read_through(file: &mut impl Read) -> Result<(Sha256, Vec<u8>)> {
    let (mut hash, mut head, mut buffer) = (Sha256::new(), Vec::new(), vec![0; BUFFER]);
    loop {
        let read = file.read(&mut buffer)?;
        let part = buffer.get(..read).unwrap_or_default();
        if part.is_empty() {
            return Ok((hash, head));
        }
        hash.update(part);
        let missing = HEAD.saturating_sub(head.len()).min(part.len());
        head.extend_from_slice(part.get(..missing).unwrap_or_default());
    }
}
