//! What nobody waits for any more: uploads and files whose time has run out, content whose file is
//! gone, what was left behind by a server that died. One server of the pool does it; each looks after
//! its own staging place.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures_util::StreamExt;
use stoa_domain::id::FileId;
use stoa_files::Blobs;
use stoa_store::{FileRow, FileState, LetGo, Store};

use crate::services::Core;
use crate::{Problem, StoreProblem};

const LEASE: &str = "file sweep";
/// How long a holder that says nothing more keeps the others waiting.
const LASTING: Duration = Duration::from_secs(300);
const EVERY: Duration = Duration::from_secs(60);
/// What the store holds is gone through once so many rounds: that is a day.
const WHOLE_EVERY: u32 = 24 * 60;
/// The previews of this server are gone through once so many rounds.
const PREVIEWS_EVERY: u32 = 60;
/// What a legal hold keeps is tried again after this long.
const HELD: Duration = Duration::from_secs(3_600);
/// Removed in one go.
const BATCH: u32 = 100;
/// What is younger may belong to something that is just being done.
const YOUNG: Duration = Duration::from_secs(3_600);

pub(crate) async fn run(core: Arc<Core>) {
    let Some(blobs) = core.options.files.clone() else { return };
    let holder = core.environment.id();
    let mut tick = tokio::time::interval(EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut rounds = 0_u32;
    loop {
        tick.tick().await;
        let round = async {
            leftovers(&core, &blobs).await?;
            let Some(lease) = core.store.lease(LEASE, holder, LASTING).await.or_problem()? else { return Ok(()) };
            let swept = sweep(&core, &blobs).await;
            // Not at the start, when everything else begins as well.
            if rounds % WHOLE_EVERY == WHOLE_EVERY - 1 {
                orphans(&core, &blobs).await?;
            }
            core.store.release(&lease).await.or_problem()?;
            swept
        };
        let round = async {
            round.await?;
            // What another server erased.
            if rounds % PREVIEWS_EVERY == PREVIEWS_EVERY - 1 { previews(&core).await } else { Ok(()) }
        };
        if let Err(problem) = round.await {
            tracing::warn!(%problem, "files aren't swept yet");
        }
        rounds = rounds.wrapping_add(1);
    }
}

/// Uploads and files whose time has run out, and what was removed.
async fn sweep(core: &Core, blobs: &Blobs) -> Result<(), Problem> {
    while core.store.files_run_out(core.environment.now(), BATCH).await.or_problem()? > 0 {}
    loop {
        let now = core.environment.now();
        let LetGo { gone, held } = core.store.files_let_go(now, now.plus(HELD), BATCH).await.or_problem()?;
        if held > 0 {
            tracing::info!(held, "a legal hold keeps removed files from being erased");
        }
        if gone + held < u64::from(BATCH) {
            break;
        }
    }
    loop {
        let files = core.store.files_to_erase(BATCH).await.or_problem()?;
        for file in &files {
            if let Some(cache) = &core.options.previews {
                cache.forget(file.0).await.map_err(|error| Problem::unavailable().detail(error.to_string()))?;
            }
            erase(core.store.as_ref(), blobs, *file).await?;
        }
        if files.len() < BATCH as usize {
            return Ok(());
        }
    }
}

/// Removes a content, and then says so: should this end between the two, it is done again.
pub(super) async fn erase(store: &dyn Store, blobs: &Blobs, file: FileId) -> Result<(), Problem> {
    blobs.forget(file.0).await.map_err(super::told)?;
    blobs.remove(file.0).await.map_err(super::told)?;
    store.file_erased(file).await.or_problem()
}

/// Staged files that no upload goes on with.
async fn leftovers(core: &Core, blobs: &Blobs) -> Result<(), Problem> {
    for (id, changed) in blobs.all_staged().await.map_err(super::told)? {
        if is_young(core, changed) {
            continue;
        }
        let row = core.store.file(FileId(id)).await.or_problem()?;
        if row.is_none_or(|row| row.state != FileState::Uploading) {
            blobs.forget(id).await.map_err(super::told)?;
            tracing::info!(file = %id, "a staged file that was left behind is removed");
        }
    }
    Ok(())
}

/// Previews of this server whose file isn't there to be read any more; also of what another server erased.
async fn previews(core: &Core) -> Result<(), Problem> {
    let Some(cache) = &core.options.previews else { return Ok(()) };
    let failed = |error: std::io::Error| Problem::unavailable().detail(format!("previews: {error}"));
    for id in cache.all().await.map_err(failed)? {
        if !is_wanted(core.store.file(FileId(id)).await.or_problem()?.as_ref()) {
            cache.forget(id).await.map_err(failed)?;
        }
    }
    cache.trim().await.map_err(failed)
}

/// Content in the store whose file is gone.
async fn orphans(core: &Core, blobs: &Blobs) -> Result<u64, Problem> {
    let mut removed = 0;
    let mut all = blobs.all();
    while let Some(kept) = all.next().await {
        let kept = kept.map_err(super::told)?;
        if !is_young(core, kept.at) && !is_wanted(core.store.file(FileId(kept.id)).await.or_problem()?.as_ref()) {
            blobs.remove(kept.id).await.map_err(super::told)?;
            tracing::warn!(file = %kept.id, "content without a file is removed");
            removed += 1;
        }
    }
    Ok(removed)
}

/// Whether the store should have the content of this file, or may.
pub(super) fn is_wanted(row: Option<&FileRow>) -> bool {
    row.is_some_and(|row| matches!(row.state, FileState::Uploading | FileState::Finished | FileState::Posted))
}

fn is_young(core: &Core, at: SystemTime) -> bool {
    let at = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let now = Duration::from_micros(core.environment.now().micros().max(0).unsigned_abs());
    now.saturating_sub(at) < YOUNG
}

impl super::Files {
    /// One round, at once, with going through the whole store.
    ///
    /// # Errors
    /// When the store or the database doesn't answer.
    pub async fn sweep(&self) -> Result<u64, Problem> {
        let blobs = self.blobs()?;
        leftovers(&self.core, blobs).await?;
        sweep(&self.core, blobs).await?;
        orphans(&self.core, blobs).await
    }
}
