//! Carrying an import out, slice by slice. How far it is stands in the database with each slice, so
//! that whoever asks any server of the pool is told, and nothing of it is done twice.

use std::collections::BTreeMap;
use std::sync::Arc;

use stoa_domain::access::{Entry, ListOwner};
use stoa_domain::id::{GroupId, ImportId};
use stoa_domain::principal::Principal;
use stoa_domain::wire::people::{ImportProgress, ImportState, Imported};
use stoa_domain::wire::problem::Problem;
use stoa_store::{Audit, Creation, ImportRow, StoreError, Unit};
use tokio::sync::watch;

use super::super::carry::Turn;
use super::super::groups::plans::administers;
use super::super::{Kept, Once};
use super::plan::Applied;
use crate::services::Core;
use crate::{Caller, Result, StoreProblem};

/// Lines of one change: few enough that those who write meanwhile don't notice.
const SLICE: usize = 1_000;

pub fn state(row: &ImportRow) -> Option<ImportState> {
    row.imported.progress.as_ref().map(|progress| progress.state)
}

pub struct Job {
    core: Arc<Core>,
    caller: Caller,
    moved: Arc<watch::Sender<()>>,
    pub row: ImportRow,
}

impl Job {
    /// A new one; of one that stopped, what is left of it.
    pub fn new(
        core: &Arc<Core>,
        caller: &Caller,
        moved: &Arc<watch::Sender<()>>,
        imported: Imported,
        left: u64,
        id: Option<ImportId>,
        stopped: Option<ImportRow>,
    ) -> Self {
        let id = id.unwrap_or_else(|| core.environment.id());
        let done = stopped.as_ref().and_then(|row| row.imported.progress.as_ref()).map_or(0, |progress| progress.done);
        let mut imported = stopped.map_or(imported, |row| row.imported);
        imported.progress = Some(ImportProgress { id, state: ImportState::Running, done, of: done + left, problem: None });
        let row = ImportRow { id, by: caller.user, at: core.environment.now(), imported };
        Self { core: Arc::clone(core), caller: caller.clone(), moved: Arc::clone(moved), row }
    }

    /// Does the first slice, and the others behind the caller's back, also when he has gone. If the same
    /// request has just been carried out, what that began.
    pub async fn begin(mut self, mut lines: Vec<Applied>, once: Option<&Once<'_>>) -> Result<Option<ImportId>> {
        let rest = lines.split_off(lines.len().min(SLICE));
        let (unit, made) = self.write(&lines).await?;
        let unit = match once {
            Some(once) => match once.keep(&self.core, unit, self.row.id.0, made).await? {
                Kept::New(unit) => unit,
                Kept::Before(made) => return Ok(Some(made.into())),
            },
            None => {
                made.or_problem()?;
                unit
            }
        };
        self.commit(unit, &lines).await?;
        if !rest.is_empty() {
            tokio::spawn(async move { Box::pin(self.go_on(rest)).await });
        }
        Ok(None)
    }

    async fn go_on(mut self, lines: Vec<Applied>) {
        for slice in lines.chunks(SLICE) {
            let before = self.row.clone();
            if let Err(problem) = self.slice(slice).await {
                self.row = before;
                return self.stop(&problem).await;
            }
        }
    }

    async fn slice(&mut self, lines: &[Applied]) -> Result<()> {
        let (unit, made) = self.write(lines).await?;
        made.or_problem()?;
        self.commit(unit, lines).await
    }

    /// A slice in a unit of work, with how far it is afterwards.
    async fn write(&mut self, lines: &[Applied]) -> Result<(Turn, Result<(), StoreError>)> {
        let mut unit = self.core.unit(&self.caller).await?;
        self.core.access.refresh().await.or_problem()?;
        self.core.given(&self.caller, |given| {
            administers(given)?;
            lines.iter().try_for_each(|line| line.still_holds(given))
        })?;
        self.row.at = self.core.environment.now();
        if let Some(progress) = &mut self.row.imported.progress {
            progress.done += lines.len() as u64;
            if progress.done >= progress.of {
                progress.state = ImportState::Done;
            }
            self.row.imported.applied = progress.state == ImportState::Done;
        }
        let made = self.put(&mut *unit, lines).await;
        Ok((unit, made))
    }

    async fn put(&self, unit: &mut dyn Unit, lines: &[Applied]) -> Result<(), StoreError> {
        let created: Vec<_> = lines.iter().filter_map(|line| line.new.clone()).collect();
        unit.create(&Creation { accounts: created, ..Creation::default() }).await?;
        let mut joining: BTreeMap<GroupId, Vec<Entry>> = BTreeMap::new();
        for line in lines {
            if let Some(person) = &line.change {
                person.write(line.user, unit).await?;
            }
            let entry = Entry { principal: Principal::User(line.user), until: None, added_by: Some(self.caller.user), added_at: self.row.at };
            for group in &line.joins {
                joining.entry(*group).or_default().push(entry);
            }
        }
        for (group, entries) in &joining {
            unit.put_entries(ListOwner::Group(*group), entries).await?;
        }
        unit.put_import(&self.row).await
    }

    async fn commit(&self, unit: Turn, lines: &[Applied]) -> Result<()> {
        let after = lines.iter().map(Applied::described).collect();
        let audit = Audit { action: "user.import", object: String::from("users"), before: serde_json::Value::Null, after };
        self.core.commit(unit, audit).await?;
        self.moved.send_replace(());
        Ok(())
    }

    /// It goes on no further; what is done is found as it is by the next try.
    async fn stop(mut self, problem: &Problem) {
        tracing::warn!(import = %self.row.id, problem = problem.text(), "an import stopped");
        if let Some(progress) = &mut self.row.imported.progress {
            progress.state = ImportState::Stopped;
            progress.problem = Some(format!("{} What is done stays: import the file again for the others.", problem.text()));
        }
        self.row.at = self.core.environment.now();
        if let Err(error) = self.core.store.put_import(&self.row).await {
            // It is taken for stopped when it hasn't gone on for a while.
            tracing::warn!(%error, "that an import stopped isn't kept");
        }
        self.moved.send_replace(());
    }
}
