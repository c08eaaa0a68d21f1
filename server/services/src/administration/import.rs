mod job;
mod plan;
mod table;

use std::sync::Arc;
use std::time::Duration;

use job::{Job, state};
use plan::{Line, Planned};
use sha2::{Digest, Sha256};
use stoa_domain::access::Snapshot;
use stoa_domain::id::ImportId;
use stoa_domain::name::name_key;
use stoa_domain::wire::people::{ImportQuery, ImportState, Imported};
use stoa_domain::wire::problem::{FieldError, Problem};
use stoa_store::ImportRow;
use tokio::sync::watch;

use super::Once;
use super::groups::plans::administers;
use crate::services::Core;
use crate::{Caller, Result, StoreProblem};

/// More refusals than these aren't told one by one.
const TOLD: usize = 1_000;

/// Who imports few people gets the end for an answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// What hasn't gone on for so long goes on no more: the server that did it has ended.
const QUIET: Duration = Duration::from_secs(60);

/// Many people at once, out of a file.
pub struct Import {
    core: Arc<Core>,
    /// After each slice.
    moved: Arc<watch::Sender<()>>,
}

impl Import {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self { core, moved: Arc::new(watch::Sender::new(())) }
    }

    /// Whether the caller imports people.
    ///
    /// # Errors
    /// 403.
    pub fn may(&self, caller: &Caller) -> Result<()> {
        self.core.given(caller, administers)
    }

    /// Creates and changes accounts as the file says; done again, it finds all as it is. Where one line is
    /// refused all are, unless the caller wants those left out. What takes longer goes on behind the answer.
    ///
    /// # Errors
    /// 403, 422 for a file that can't be read, or with the refused lines, 409 for a reused key, 503 when the database is away.
    pub async fn import(&self, caller: &Caller, file: Vec<u8>, query: &ImportQuery, key: Option<&str>) -> Result<Imported> {
        self.may(caller)?;
        let dry = query.dry_run == Some(true);
        let asked = (Sha256::digest(&file).to_vec(), query.skip_bad == Some(true));
        // Looking leaves nothing that could be there twice.
        let once = Once::new(caller, "users/import", key.filter(|_| !dry), &asked)?;
        let before = once.before(&self.core).await?.map(ImportId::from);
        let begun = match before {
            Some(id) => self.row(id).await?,
            None => None,
        };
        if let Some(row) = &begun
            && state(row) != Some(ImportState::Stopped)
        {
            return self.settled(caller, row.id).await;
        }
        let lines = blocking(move || table::read(&file)).await??;
        self.core.access.refresh().await.or_problem()?;
        let snapshot = self.core.access.vouched()?;
        let planned = self.plan(caller, snapshot, lines).await?;
        let counted = planned.counted();
        let mut imported = Imported { refusals: counted.refusals.iter().take(TOLD).cloned().collect(), ..counted };
        if dry {
            return Ok(imported);
        }
        if imported.refused > 0 && query.skip_bad != Some(true) {
            return Err(refused(&imported));
        }
        if planned.lines.is_empty() && begun.is_none() {
            imported.applied = true;
            return Ok(imported);
        }
        let job = Job::new(&self.core, caller, &self.moved, imported, planned.lines.len() as u64, before, begun);
        let id = job.row.id;
        match Box::pin(job.begin(planned.lines, before.is_none().then_some(&once))).await? {
            Some(before) => self.settled(caller, before).await,
            None => self.settled(caller, id).await,
        }
    }

    /// How far an import is.
    ///
    /// # Errors
    /// 404 also to who doesn't import people.
    pub async fn get(&self, caller: &Caller, id: ImportId) -> Result<Imported> {
        self.may(caller).map_err(|problem| if problem.status == 403 { Problem::import_not_found() } else { problem })?;
        self.row(id).await?.map(|row| row.imported).ok_or_else(Problem::import_not_found)
    }

    async fn row(&self, id: ImportId) -> Result<Option<ImportRow>> {
        let row = self.core.store.import(id).await.or_problem()?;
        let now = self.core.environment.now();
        Ok(row.map(|mut row| {
            if let Some(progress) = row.imported.progress.as_mut().filter(|progress| progress.state == ImportState::Running && row.at.plus(QUIET) < now) {
                progress.state = ImportState::Stopped;
                progress.problem = Some(String::from("The server that imported it has ended: import the file again for the others."));
            }
            row
        }))
    }

    /// Waits a little for its end.
    async fn settled(&self, caller: &Caller, id: ImportId) -> Result<Imported> {
        let mut moved = self.moved.subscribe();
        let end = async {
            while matches!(self.row(id).await, Ok(Some(row)) if state(&row) == Some(ImportState::Running)) {
                if moved.changed().await.is_err() {
                    break;
                }
            }
        };
        // Whoever doesn't get the end is told how far it is.
        let _ = tokio::time::timeout(PATIENCE, end).await;
        self.get(caller, id).await
    }

    /// What each line comes to; the addresses only the database knows.
    async fn plan(&self, caller: &Caller, snapshot: Arc<Snapshot>, lines: Vec<Line>) -> Result<Planned> {
        let keys: Vec<String> = lines.iter().filter_map(|line| line.email.as_deref()).map(name_key).collect();
        let owners = self.core.store.accounts_by_email(&keys).await.or_problem()?;
        let existing: Vec<_> = lines.iter().filter_map(|line| snapshot.user_by_key(&name_key(&line.name))).collect();
        let emails = self.core.store.emails(&existing).await.or_problem()?;
        let (core, user) = (Arc::clone(&self.core), caller.user);
        blocking(move || Planned::new(&core.environment, &snapshot, user, lines, owners, emails)).await
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Problem::internal())
}

/// All lines that stand in the way.
fn refused(imported: &Imported) -> Problem {
    let mut problem = Problem::invalid().detail(format!("Nothing is imported: {} lines can't be taken.", imported.refused));
    problem.errors = imported
        .refusals
        .iter()
        .map(|line| FieldError { field: format!("/lines/{}/{}", line.line, line.column).into(), code: line.code.clone(), message: line.message.clone() })
        .collect();
    problem
}
