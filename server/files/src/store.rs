//! The store, and the place where content is staged before it.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt, PutPayload, WriteMultipart};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::error::{BlobError, Result, blocking};
use crate::reading::Reading;
use crate::staged::{Parked, Staged};

/// Within the folder of a folder store.
const STAGING: &str = "staging";
/// Contents that are sent to a store elsewhere at once, each with [`PART`] in memory.
const SENDING: usize = 4;
/// What stores elsewhere want at least, but for the last part.
const PART: usize = 5 * 1024 * 1024;
/// Hashes of uploads that pause.
const PARKED: usize = 10_000;

/// A content that is in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    pub id: Uuid,
    pub size: u64,
    pub at: SystemTime,
}

#[derive(Debug)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    staging: PathBuf,
    place: Place,
    parked: Mutex<HashMap<Uuid, Parked>>,
}

#[derive(Debug)]
enum Place {
    /// On the disk where content is staged: it needn't be copied.
    Folder(PathBuf),
    Elsewhere(Semaphore),
}

/// Two levels of folders by what is random in an id, so that none grows large.
fn key(id: Uuid) -> String {
    let text = id.simple().to_string();
    let (one, two) = (text.get(28..30).unwrap_or_default(), text.get(30..32).unwrap_or_default());
    format!("{one}/{two}/{id}")
}

/// The content that lies there, if it is one.
fn at_key(path: &str) -> Option<Uuid> {
    let id: Uuid = path.rsplit('/').next()?.parse().ok()?;
    (key(id) == path).then_some(id)
}

impl Blobs {
    /// A folder, made where it is missing. Servers that share it see each other's uploads, also those that aren't whole.
    ///
    /// # Errors
    /// When it can't be made or written to.
    pub fn folder(folder: &Path) -> io::Result<Self> {
        let staging = folder.join(STAGING);
        fs::create_dir_all(&staging)?;
        check_writable(&staging)?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(io::Error::other)?;
        Ok(Self { store: Arc::new(store), staging, place: Place::Folder(folder.to_owned()), parked: Mutex::default() })
    }

    /// A store elsewhere; content is staged in a folder here.
    ///
    /// # Errors
    /// When that folder can't be made or written to.
    pub fn elsewhere(store: Arc<dyn ObjectStore>, staging: &Path) -> io::Result<Self> {
        fs::create_dir_all(staging)?;
        check_writable(staging)?;
        let place = Place::Elsewhere(Semaphore::new(SENDING));
        Ok(Self { store, staging: staging.to_owned(), place, parked: Mutex::default() })
    }

    // ---- staging ---------------------------------------------------------------------------

    fn staged_at(&self, id: Uuid) -> PathBuf {
        self.staging.join(id.to_string())
    }

    /// # Errors
    /// [`BlobError::Full`], or when the disk fails.
    pub async fn begin(&self, id: Uuid) -> Result<Staged> {
        let path = self.staged_at(id);
        blocking(move || Staged::create(id, path)).await
    }

    /// # Errors
    /// [`BlobError::Missing`], [`BlobError::Busy`].
    pub async fn resume(&self, id: Uuid) -> Result<Staged> {
        let path = self.staged_at(id);
        let parked = self.parked.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        blocking(move || Staged::resume(id, path, parked)).await
    }

    /// How much of it has come; none if nothing is staged.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn staged_length(&self, id: Uuid) -> Result<Option<u64>> {
        let path = self.staged_at(id);
        blocking(move || match fs::metadata(path) {
            Ok(data) => Ok(Some(data.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        })
        .await
    }

    /// Lays it aside until more comes.
    ///
    /// # Errors
    /// [`BlobError::Full`], or when the disk fails.
    pub async fn pause(&self, mut staged: Staged) -> Result<()> {
        staged.sync().await?;
        if let Some(parked) = staged.parked() {
            let mut all = self.parked.lock().unwrap_or_else(PoisonError::into_inner);
            if all.len() < PARKED {
                all.insert(staged.id(), parked);
            }
        }
        Ok(())
    }

    /// Forgets what is staged under an id.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn forget(&self, id: Uuid) -> Result<()> {
        self.parked.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        let path = self.staged_at(id);
        blocking(move || match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        })
        .await
    }

    /// All that is staged, with when it last changed.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn all_staged(&self) -> Result<Vec<(Uuid, SystemTime)>> {
        let staging = self.staging.clone();
        blocking(move || {
            let mut all = Vec::new();
            for entry in fs::read_dir(staging)? {
                let entry = entry?;
                let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
                // What is gone meanwhile isn't there.
                let Ok(data) = entry.metadata() else { continue };
                all.push((id, data.modified()?));
            }
            Ok(all)
        })
        .await
    }

    // ---- the store -------------------------------------------------------------------------

    /// Whether the store is there at all. Of a bucket that is gone, stores say what they say of a content that is.
    ///
    /// # Errors
    /// [`BlobError::Away`].
    pub async fn check(&self) -> Result<()> {
        self.store.list(None).next().await.transpose().map(drop).map_err(away)
    }

    /// Puts what came into the store; it stays staged until [`Blobs::forget`]. Repeating it does no harm.
    ///
    /// # Errors
    /// [`BlobError::Full`], [`BlobError::Away`]; then it is as it was.
    pub async fn keep(&self, staged: &mut Staged) -> Result<()> {
        staged.sync().await?;
        let id = staged.id();
        match &self.place {
            Place::Folder(folder) => {
                let (from, to) = (staged.path().to_owned(), folder.join(key(id)));
                blocking(move || place(&from, &to)).await
            }
            Place::Elsewhere(turns) => {
                let _turn = turns.acquire().await.map_err(|error| BlobError::Away(error.into()))?;
                self.send(id, staged.path().to_owned(), staged.length()).await
            }
        }
    }

    async fn send(&self, id: Uuid, from: PathBuf, length: u64) -> Result<()> {
        let path = object_store::path::Path::from(key(id));
        let mut file = tokio::fs::File::open(from).await?;
        if length <= PART as u64 {
            let mut whole = Vec::new();
            tokio::io::AsyncReadExt::read_to_end(&mut file, &mut whole).await?;
            self.store.put(&path, PutPayload::from(whole)).await.map_err(away)?;
        } else {
            let mut upload = WriteMultipart::new_with_chunk_size(self.store.put_multipart(&path).await.map_err(away)?, PART);
            let mut piece = vec![0; 256 * 1024];
            let sent = async {
                loop {
                    let read = tokio::io::AsyncReadExt::read(&mut file, &mut piece).await?;
                    if read == 0 {
                        return Ok(());
                    }
                    upload.wait_for_capacity(1).await.map_err(away)?;
                    upload.write(piece.get(..read).unwrap_or_default());
                }
            };
            let sent: Result<()> = sent.await;
            if let Err(error) = sent {
                // What can't be taken back runs out by the store's own rules.
                drop(upload.abort().await);
                return Err(error);
            }
            upload.finish().await.map_err(away)?;
        }
        // Not every store says what it dropped.
        match self.size(id).await? {
            Some(size) if size == length => Ok(()),
            other => Err(BlobError::Wrong(format!("{length} bytes were sent, {other:?} are there"))),
        }
    }

    /// How large a content is; none if it isn't there.
    ///
    /// # Errors
    /// [`BlobError::Away`].
    pub async fn size(&self, id: Uuid) -> Result<Option<u64>> {
        match self.store.head(&object_store::path::Path::from(key(id))).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// A part of a content that is so large in whole.
    ///
    /// # Errors
    /// [`BlobError::Missing`]; [`BlobError::Wrong`] when it isn't so large.
    pub async fn read(&self, id: Uuid, size: u64, part: Range<u64>) -> Result<Reading> {
        let path = object_store::path::Path::from(key(id));
        // A range of nothing isn't understood by stores.
        let range = (part.start < part.end).then(|| GetRange::Bounded(part.clone()));
        let got = match self.store.get_opts(&path, GetOptions { range, ..GetOptions::default() }).await {
            Ok(got) => got,
            Err(object_store::Error::NotFound { .. }) => {
                self.check().await?;
                return Err(BlobError::Missing);
            }
            Err(error) => return Err(error.into()),
        };
        if got.meta.size != size {
            return Err(BlobError::Wrong(format!("{size} bytes were kept, {} are there", got.meta.size)));
        }
        Reading::new(got.payload, part.start, part.end - part.start).await
    }

    /// Removes a content; it need not be there.
    ///
    /// # Errors
    /// [`BlobError::Away`].
    pub async fn remove(&self, id: Uuid) -> Result<()> {
        match self.store.delete(&object_store::path::Path::from(key(id))).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// All that is in the store.
    #[must_use]
    pub fn all(&self) -> BoxStream<'static, Result<Kept>> {
        let items = self.store.list(None).filter_map(async |item| match item {
            Ok(meta) => {
                let id = at_key(meta.location.as_ref())?;
                Some(Ok(Kept { id, size: meta.size, at: meta.last_modified.into() }))
            }
            Err(error) => Some(Err(error.into())),
        });
        items.boxed()
    }
}

/// Nothing that is sent can be missing there: then it is the bucket.
fn away(error: object_store::Error) -> BlobError {
    BlobError::Away(error.into())
}

/// Another name for the staged file: should this end between the two, it can be done again.
fn place(from: &Path, to: &Path) -> Result<()> {
    let folder = to.parent().ok_or(BlobError::Missing)?;
    fs::create_dir_all(folder)?;
    match fs::hard_link(from, to) {
        Ok(()) => {}
        // An earlier try, which didn't get to its end.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            fs::remove_file(to)?;
            fs::hard_link(from, to)?;
        }
        // Not every file system gives a file two names.
        Err(error) if matches!(error.kind(), io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied | io::ErrorKind::TooManyLinks) => {
            fs::rename(from, to)?;
        }
        Err(error) => return Err(error.into()),
    }
    // Its name has to be on the disk, too; the folders above may be as new.
    for folder in folder.ancestors().take(3) {
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Whether a file can be made there.
fn check_writable(folder: &Path) -> io::Result<()> {
    let path = folder.join(format!(".{}", std::process::id()));
    fs::write(&path, "")?;
    fs::remove_file(path)
}
