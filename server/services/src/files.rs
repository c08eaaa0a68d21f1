//! The Web service: files in rooms. Content flows into the staging place of [`stoa_files`], a piece at
//! a time; only when it is whole, and in the store, is it a file. Who may is asked at the beginning, at
//! the end, when it is posted, and each time that it is read.

mod list;
pub(crate) mod previews;
mod quarantine;
mod read;
mod receive;
mod remove;
pub(crate) mod scanning;
mod storage;
pub mod sweep;
pub mod verify;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use stoa_domain::access::Snapshot;
use stoa_domain::file::{ATTACHMENTS_LIMIT, file_name};
use stoa_domain::id::{FileId, RoomId, UserId};
use stoa_domain::settings::{FileLimits, PoolSettings};
use stoa_domain::time::Timestamp;
use stoa_domain::wire::file::{Attachment, File, Held};
use stoa_domain::wire::problem::Problem;
use stoa_files::{BlobError, Blobs};
use stoa_store::{FileRow, FileState, NewFile, Placed, Quotas};
use tokio_util::sync::CancellationToken;

pub use read::Opened;
pub use receive::{Body, Check, Cut};

use crate::access::{files_on, person};
use crate::services::Core;
use crate::{Caller, Result, StoreProblem};

/// An upload that isn't finished by then goes, and so does a file that no message has.
pub const KEPT: Duration = Duration::from_secs(24 * 3600);
/// Uploads of one person that no message has.
const MOST_WAITING: u32 = 100;

pub struct Files {
    core: Arc<Core>,
    /// Uploads that are being written to here; who comes anew takes over.
    writing: Mutex<HashMap<FileId, CancellationToken>>,
    looks: previews::Looks,
}

/// What an upload announces.
#[derive(Debug, Clone, Default)]
pub struct NewUpload {
    pub name: String,
    /// None where nobody says it before.
    pub size: Option<u64>,
}

/// How far an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Upload {
    pub id: FileId,
    pub offset: u64,
    pub size: Option<u64>,
    pub expires_at: Option<Timestamp>,
}

impl Files {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self { core, writing: Mutex::default(), looks: previews::Looks::default() }
    }

    fn blobs(&self) -> Result<&Arc<Blobs>> {
        self.core.options.files.as_ref().ok_or_else(|| Problem::unavailable().detail("This server has nothing to do with files."))
    }

    /// Whether the caller may post files in a room at this moment.
    ///
    /// # Errors
    /// 404, 403.
    pub fn may_upload(&self, caller: &Caller, room: RoomId) -> Result<()> {
        may_upload(&self.core, caller.user, room).map(drop)
    }

    /// The largest file that any room takes.
    #[must_use]
    pub fn limit(&self) -> u64 {
        self.core.access.settings().upload_limit
    }

    /// What the files of a room may take at this moment.
    fn limits(&self, room: RoomId) -> FileLimits {
        limits(&self.core.access.snapshot(), &self.core.access.settings(), room)
    }

    fn quotas(&self, room: RoomId) -> Quotas {
        let some = |quota: u64| (quota > 0).then_some(quota);
        Quotas { room: some(self.limits(room).room_quota), pool: some(self.core.access.settings().pool_quota) }
    }

    /// Begins an upload. One of nothing is finished with that.
    ///
    /// # Errors
    /// 404, 403, 413, 429, 503, 507.
    pub async fn begin(&self, caller: &Caller, room: RoomId, new: &NewUpload) -> Result<Upload> {
        self.core.running()?;
        self.core.access.confirm().await;
        self.may_upload(caller, room)?;
        self.core.take(&self.core.hub.bucket(caller.user))?;
        let blobs = Arc::clone(self.blobs()?);
        let limit = self.limits(room).upload_limit;
        if new.size.is_some_and(|size| size > limit) {
            return Err(too_large(limit));
        }
        let (id, at) = (self.core.environment.id::<FileId>(), self.core.environment.now());
        let row = NewFile { id, room, uploader: caller.user, name: file_name(&new.name), size: new.size, at, expires_at: at.plus(KEPT) };
        placed(self.core.store.file_begin(&row, self.quotas(room), MOST_WAITING).await.or_problem()?)?;
        let staged = match blobs.begin(id.0).await {
            Ok(staged) => staged,
            Err(error) => {
                self.discard(id).await;
                return Err(told(error));
            }
        };
        let offset = staged.length();
        if new.size == Some(0) {
            let whole = self.core.store.file(id).await.or_problem()?.ok_or_else(Problem::file_not_found)?;
            self.finish(caller, &whole, staged, None).await?;
        } else {
            // Whoever goes on with it finds it in its place.
            drop(staged);
        }
        Ok(Upload { id, offset, size: new.size, expires_at: Some(row.expires_at) })
    }

    /// How far one's own upload is.
    ///
    /// # Errors
    /// 404 for any that isn't one's own, or is posted.
    pub async fn upload(&self, caller: &Caller, id: FileId) -> Result<Upload> {
        let row = self.own(caller, id).await?;
        let offset = match row.state {
            FileState::Uploading => self.blobs()?.staged_length(id.0).await.map_err(told)?.ok_or_else(Problem::file_not_found)?,
            _ => row.size.unwrap_or(0),
        };
        // All is here, and nobody was there to finish it: clients take it for finished.
        if row.state == FileState::Uploading && row.size == Some(offset) {
            return self.receive(caller, id, offset, Some(0), None, Box::pin(futures_util::stream::empty())).await;
        }
        Ok(Upload { id, offset, size: row.size, expires_at: row.expires_at })
    }

    async fn own(&self, caller: &Caller, id: FileId) -> Result<FileRow> {
        let row = self.core.store.file(id).await.or_problem()?;
        let waits = |row: &FileRow| matches!(row.state, FileState::Uploading | FileState::Finished) && row.uploader == caller.user;
        // What who manages the room has removed goes in its own time.
        row.filter(|row| waits(row) && row.held() != Some(Held::Removed)).ok_or_else(Problem::file_not_found)
    }

    /// Gives one's own upload up, also a finished one that no message has.
    ///
    /// # Errors
    /// As [`Files::upload`].
    pub async fn abandon(&self, caller: &Caller, id: FileId) -> Result<()> {
        self.core.take(&self.core.hub.bucket(caller.user))?;
        self.own(caller, id).await?;
        if !self.core.store.file_abandon(id).await.or_problem()? {
            return Err(Problem::file_not_found());
        }
        self.discard(id).await;
        Ok(())
    }

    /// Removes all of an upload. What can't be removed now is swept later.
    async fn discard(&self, id: FileId) {
        let gone = async {
            self.core.store.file_abandon(id).await.or_problem()?;
            if let Ok(blobs) = self.blobs() {
                sweep::erase(self.core.store.as_ref(), blobs, id).await?;
            }
            Ok::<_, Problem>(())
        };
        if let Err(problem) = gone.await {
            tracing::warn!(file = %id, %problem, "an upload that was given up is left to be swept");
        }
    }
}

fn may_upload(core: &Core, user: UserId, room: RoomId) -> Result<Arc<Snapshot>> {
    let (snapshot, decision) = core.access.room(user, room)?;
    if !decision.rights.post {
        return Err(if decision.rights.enter { Problem::forbidden().detail("Only presenters post in this room.") } else { crate::access::refused(decision) });
    }
    check_on(&snapshot, room)?;
    Ok(snapshot)
}

fn check_on(snapshot: &Snapshot, room: RoomId) -> Result<()> {
    if snapshot.room(room).is_some_and(|room| files_on(snapshot, room)) {
        Ok(())
    } else {
        Err(Problem::forbidden().detail("Files can't be posted in this room."))
    }
}

/// The files that a post names, as its event shows them. Whether they are free is asked where it is appended.
pub(crate) async fn to_post(core: &Core, snapshot: &Snapshot, user: UserId, room: RoomId, files: &[FileId]) -> Result<Vec<Attachment>> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    if files.len() > ATTACHMENTS_LIMIT {
        return Err(Problem::invalid().field("/attachments", "too-many", format!("A message has at most {ATTACHMENTS_LIMIT} files.")));
    }
    check_on(snapshot, room)?;
    let rows = core.store.files(files).await.or_problem()?;
    if let Some(row) = rows.iter().find(|row| row.uploader == user && row.state == FileState::Finished && row.is_quarantined()) {
        return Err(withheld(Some(&row.name)));
    }
    // A posted one may come with a repetition of its own post.
    let fits = |row: &&FileRow| (row.room, row.uploader) == (room, user) && matches!(row.state, FileState::Finished | FileState::Posted);
    let attachments: Vec<_> = rows.iter().filter(fits).filter_map(attachment).collect();
    if attachments.len() == files.len() { Ok(attachments) } else { Err(not_to_post()) }
}

/// What is told of one's own file that is in quarantine.
pub(crate) fn withheld(name: Option<&str>) -> Problem {
    let which = name.map_or_else(|| String::from("One of the files"), |name| format!("{name:?}"));
    Problem::file_withheld().detail(format!("{which} is withheld: malware was found in it, or it couldn't be checked."))
}

/// What is told of a file that can't be posted, whatever the reason.
pub(crate) fn not_to_post() -> Problem {
    Problem::invalid().field("/attachments", "unknown", "Each file has to be an upload of your own into this room, finished, and in no other message.")
}

/// None before it is finished.
fn attachment(row: &FileRow) -> Option<Attachment> {
    let sha256 = hexadecimal(&row.sha256?);
    Some(Attachment {
        id: row.id,
        name: row.name.clone(),
        kind: row.kind.clone()?,
        size: row.size?,
        sha256,
        width: row.width,
        height: row.height,
        lost: row.lost,
        held: row.held(),
    })
}

fn hexadecimal(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn shown(snapshot: &Snapshot, row: &FileRow) -> Option<File> {
    let by = person(snapshot, row.uploader);
    Some(File { file: attachment(row)?, room: row.room, by, at: row.finished_at?, seq: row.seq, expires_at: row.expires_at })
}

fn limits(snapshot: &Snapshot, settings: &PoolSettings, room: RoomId) -> FileLimits {
    snapshot.room(room).map_or_else(|| settings.limits(), |room| snapshot.limits(settings.limits(), room))
}

fn placed(placed: Placed) -> Result<()> {
    Err(match placed {
        Placed::Done => return Ok(()),
        Placed::RoomFull => Problem::quota_exceeded().detail("The files of this room take as much as they may."),
        Placed::PoolFull => Problem::quota_exceeded().detail("The files of all rooms take as much as they may."),
        Placed::TooMany => Problem::too_many().detail(format!("At most {MOST_WAITING} uploads that no message has.")).retry_after(60),
        Placed::Gone => Problem::file_not_found(),
    })
}

fn too_large(limit: u64) -> Problem {
    const MIB: u64 = 1024 * 1024;
    let most = if limit.is_multiple_of(MIB) { format!("{} MiB", limit / MIB) } else { format!("{limit} bytes") };
    Problem::file_too_large().detail(format!("A file has at most {most}."))
}

/// How what the store of files says becomes what the caller is told; the cause goes to the log.
fn told(error: BlobError) -> Problem {
    match error {
        BlobError::Missing => Problem::file_not_found(),
        BlobError::Busy => Problem::upload_busy().retry_after(1),
        BlobError::Full => {
            tracing::error!("no space left for files");
            Problem::store_full()
        }
        BlobError::Wrong(_) | BlobError::Away(_) => {
            tracing::warn!(%error, "store of files");
            Problem::store_away().retry_after(5)
        }
    }
}
