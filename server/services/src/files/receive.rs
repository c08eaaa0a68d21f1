//! Taking content in.

use std::pin::Pin;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use stoa_domain::archive::Kind;
use stoa_domain::file::is_allowed;
use stoa_domain::id::{FileId, RoomId};
use stoa_domain::wire::file::File;
use stoa_domain::wire::problem::Problem;
use stoa_files::{BlobError, HEAD, Staged};
use stoa_store::{FileRow, FileState, FinishedFile, Placed, Record};
use tokio_util::sync::CancellationToken;

use super::{Files, KEPT, NewUpload, Upload, may_upload, placed, shown, told, too_large};
use crate::{Caller, Result, StoreProblem};

/// Content on its way here. [`Cut`] where it doesn't come whole.
pub type Body = Pin<Box<dyn Stream<Item = Result<Bytes, Cut>> + Send>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut;

/// What the content that comes has to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    Sha256([u8; 32]),
    Sha1([u8; 20]),
}

/// Made while content flows.
enum Sum {
    Sha256(Sha256),
    Sha1(Sha1),
}

impl Sum {
    fn of(check: &Check) -> Self {
        match check {
            Check::Sha256(_) => Self::Sha256(Sha256::new()),
            Check::Sha1(_) => Self::Sha1(Sha1::new()),
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hash) => hash.update(bytes),
            Self::Sha1(hash) => hash.update(bytes),
        }
    }

    fn is(self, check: &Check) -> bool {
        match (self, check) {
            (Self::Sha256(hash), Check::Sha256(wanted)) => hash.finalize().as_slice() == wanted,
            (Self::Sha1(hash), Check::Sha1(wanted)) => hash.finalize().as_slice() == wanted,
            _ => false,
        }
    }
}

/// A line on which nothing comes for so long is dead.
const IDLE: Duration = Duration::from_secs(60);
/// Whoever wrote to an upload before gets so long to lay it aside.
const TAKE_OVER: Duration = Duration::from_secs(5);

/// Why content stopped coming.
enum Stop {
    Whole,
    Cut,
    TooLong,
}

/// Who writes to an upload here; another who comes ends this one.
struct Turn<'a> {
    files: &'a Files,
    id: FileId,
    ended: CancellationToken,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        // Whoever took over has cancelled this one, and stands there now.
        if !self.ended.is_cancelled() {
            self.files.writing.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
        }
    }
}

impl Files {
    /// Takes a file in whole; `length` is what is announced, `check` what it has to be.
    ///
    /// # Errors
    /// As [`Files::begin`]; 400 when it doesn't come whole, 413, 415, 422 when it is something else.
    pub async fn whole(&self, caller: &Caller, room: RoomId, new: &NewUpload, check: Option<Check>, mut body: Body) -> Result<File> {
        let upload = self.begin(caller, room, new).await?;
        let id = upload.id;
        let received = async {
            if new.size != Some(0) {
                let row = self.own(caller, id).await?;
                let mut staged = self.blobs()?.resume(id.0).await.map_err(told)?;
                let limit = self.limits(room).upload_limit;
                let most = new.size.unwrap_or(limit);
                match self.flow(&mut staged, &mut body, most, &CancellationToken::new(), None).await? {
                    Stop::Whole if new.size.is_none_or(|size| size == staged.length()) => {}
                    Stop::Whole | Stop::Cut => return Err(cut()),
                    Stop::TooLong => return Err(too_large(limit)),
                }
                self.finish(caller, &row, staged, check.as_ref()).await?;
            } else if body.next().await.is_some_and(|piece| piece.is_err()) {
                return Err(cut());
            }
            let row = self.own(caller, id).await?;
            shown(&self.core.access.snapshot(), &row).ok_or_else(Problem::internal)
        };
        match received.await {
            Ok(file) => Ok(file),
            Err(problem) => {
                self.discard(id).await;
                Err(problem)
            }
        }
    }

    /// Takes the next part of one's own upload, which begins at `offset`; what came stays, also of a line that broke.
    ///
    /// # Errors
    /// 404, 403, 409 at another place, 413, 415, 423, 460, 503, 507.
    pub async fn receive(&self, caller: &Caller, id: FileId, offset: u64, length: Option<u64>, check: Option<Check>, mut body: Body) -> Result<Upload> {
        self.core.running()?;
        self.core.access.confirm().await;
        let row = self.own(caller, id).await?;
        may_upload(&self.core, caller.user, row.room)?;
        self.core.take(&self.core.hub.bucket(caller.user))?;
        if row.state == FileState::Finished {
            // Whoever didn't hear that all of it is here asks once more.
            let size = row.size.unwrap_or(0);
            let there = Upload { id, offset: size, size: Some(size), expires_at: row.expires_at };
            return if offset == size { Ok(there) } else { Err(elsewhere(size)) };
        }
        let turn = self.turn(id);
        let staged = self.take_over(&turn).await;
        // Asked again now that nobody else writes to it. What another line has finished isn't staged any more.
        let row = self.own(caller, id).await?;
        let size = row.size.ok_or_else(Problem::file_not_found)?;
        if row.state == FileState::Finished {
            return Err(elsewhere(size));
        }
        let mut staged = staged?;
        if staged.length() != offset {
            return Err(elsewhere(staged.length()));
        }
        if length.is_some_and(|length| length > size - offset) {
            return Err(Problem::file_too_large().detail(format!("{} bytes were announced, and {offset} are here.", size)));
        }
        let mark = staged.mark().await.map_err(told)?;
        let mut hash = check.as_ref().map(Sum::of);
        let stop = match self.flow(&mut staged, &mut body, size, &turn.ended, hash.as_mut()).await {
            Ok(stop) => stop,
            Err(problem) if problem.status == 415 => {
                drop(staged);
                self.discard(id).await;
                return Err(problem);
            }
            Err(problem) => return Err(problem),
        };
        let short = length.is_some_and(|length| staged.length() - offset != length);
        match stop {
            Stop::TooLong => {
                staged.back_to(mark).await.map_err(told)?;
                self.blobs()?.pause(staged).await.map_err(told)?;
                return Err(Problem::file_too_large().detail(format!("{size} bytes were announced.")));
            }
            Stop::Cut | Stop::Whole if matches!(stop, Stop::Cut) || short => {
                // Of a part that was to be checked only the whole counts.
                if check.is_some() {
                    staged.back_to(mark).await.map_err(told)?;
                }
                self.blobs()?.pause(staged).await.map_err(told)?;
                return Err(cut());
            }
            Stop::Cut | Stop::Whole => {}
        }
        if let (Some(check), Some(hash)) = (&check, hash)
            && !hash.is(check)
        {
            staged.back_to(mark).await.map_err(told)?;
            self.blobs()?.pause(staged).await.map_err(told)?;
            return Err(Problem::checksum_wrong());
        }
        let at = staged.length();
        if at < size {
            self.blobs()?.pause(staged).await.map_err(told)?;
            return Ok(Upload { id, offset: at, size: Some(size), expires_at: row.expires_at });
        }
        self.finish(caller, &row, staged, None).await?;
        let expires_at = Some(self.core.environment.now().plus(KEPT));
        Ok(Upload { id, offset: at, size: Some(size), expires_at })
    }

    /// Whether the caller may go on with an upload.
    ///
    /// # Errors
    /// 404, 403.
    pub async fn may_continue(&self, caller: &Caller, id: FileId) -> Result<()> {
        let row = self.own(caller, id).await?;
        may_upload(&self.core, caller.user, row.room).map(drop)
    }

    fn turn(&self, id: FileId) -> Turn<'_> {
        let ended = CancellationToken::new();
        let before = self.writing.lock().unwrap_or_else(PoisonError::into_inner).insert(id, ended.clone());
        if let Some(before) = before {
            before.cancel();
        }
        Turn { files: self, id, ended }
    }

    /// A client that comes back may find its own broken line still holding the upload.
    async fn take_over(&self, turn: &Turn<'_>) -> Result<Staged> {
        let blobs = self.blobs()?;
        let began = Instant::now();
        loop {
            match blobs.resume(turn.id.0).await {
                Err(BlobError::Busy) if began.elapsed() < TAKE_OVER && !turn.ended.is_cancelled() => tokio::time::sleep(Duration::from_millis(20)).await,
                other => return other.map_err(told),
            }
        }
    }

    /// Takes what comes, up to `most` bytes in all. What is allowed is known from the beginning of it.
    async fn flow(&self, staged: &mut Staged, body: &mut Body, most: u64, ended: &CancellationToken, mut hash: Option<&mut Sum>) -> Result<Stop> {
        loop {
            let piece = tokio::select! {
                piece = tokio::time::timeout(IDLE, body.next()) => piece,
                () = ended.cancelled() => return Ok(Stop::Cut),
            };
            let bytes = match piece {
                Ok(Some(Ok(bytes))) => bytes,
                Ok(None) => return Ok(Stop::Whole),
                Ok(Some(Err(Cut))) | Err(_) => return Ok(Stop::Cut),
            };
            if staged.length() + bytes.len() as u64 > most {
                return Ok(Stop::TooLong);
            }
            let was_short = staged.length() < HEAD as u64;
            staged.write(&bytes).await.map_err(told)?;
            if let Some(hash) = hash.as_deref_mut() {
                hash.update(&bytes);
            }
            if was_short && staged.length() >= HEAD as u64 {
                self.check_kind(staged).await?;
            }
        }
    }

    async fn check_kind(&self, staged: &mut Staged) -> Result<&'static str> {
        let kind = staged.kind().await.map_err(told)?;
        if is_allowed(&self.core.access.settings().file_types, kind) {
            Ok(kind)
        } else {
            Err(Problem::file_type().detail(format!("Files of the type {kind} may not be posted here.")))
        }
    }

    /// Puts what is whole into the store, and then says so in the database: only from then on it is a file. What
    /// is refused goes.
    pub(super) async fn finish(&self, caller: &Caller, row: &FileRow, mut staged: Staged, check: Option<&Check>) -> Result<()> {
        let id = row.id;
        let kept = self.keep(caller, row, &mut staged, check).await;
        drop(staged);
        match kept {
            Ok(()) => {
                // What stays is swept.
                if let Err(error) = self.blobs()?.forget(id.0).await {
                    tracing::warn!(file = %id, %error, "a staged file stays for a while");
                }
                if self.core.options.scanner.is_some() {
                    self.core.scanning.wake.notify_one();
                } else {
                    self.core.images.finished(id);
                }
                Ok(())
            }
            // It may be tried again, from where it is.
            Err(problem) if problem.status >= 500 => Err(problem),
            Err(problem) => {
                self.discard(id).await;
                Err(problem)
            }
        }
    }

    async fn keep(&self, caller: &Caller, row: &FileRow, staged: &mut Staged, check: Option<&Check>) -> Result<()> {
        let (id, size) = (row.id, staged.length());
        let kind = self.check_kind(staged).await?;
        let sha256 = staged.hash().await.map_err(told)?;
        if check.is_some_and(|check| *check != Check::Sha256(sha256)) {
            return Err(Problem::invalid().field("/content", "checksum", "What came has another SHA-256 than was said."));
        }
        self.blobs()?.keep(staged).await.map_err(told)?;
        self.core.access.confirm().await;
        may_upload(&self.core, caller.user, row.room)?;
        // Narrower than when it began, perhaps.
        let limit = self.limits(row.room).upload_limit;
        if size > limit {
            return Err(too_large(limit));
        }
        let at = self.core.environment.now();
        let hex = super::hexadecimal(&sha256);
        let payload = serde_json::json!({ "file": id, "name": row.name, "size": size, "sha256": hex, "type": kind });
        let record = Record { at, ..self.core.record(Kind::FileUploaded, row.room, caller.user, payload) };
        let finished =
            FinishedFile { id, size, sha256, kind: kind.to_owned(), at, expires_at: at.plus(KEPT), scan: self.core.options.scanner.is_some(), record };
        match self.core.store.file_finish(&finished, self.quotas(row.room)).await.or_problem()? {
            // An earlier try was committed, though nobody was told.
            Placed::Gone => self.own(caller, id).await.and_then(|row| if row.state == FileState::Finished { Ok(()) } else { Err(Problem::file_not_found()) }),
            other => placed(other),
        }
    }
}

fn elsewhere(at: u64) -> Problem {
    Problem::offset_wrong().detail(format!("{at} bytes are here."))
}

fn cut() -> Problem {
    Problem::malformed().detail("The file didn't come whole.")
}
