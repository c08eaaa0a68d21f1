mod plan;
mod table;

use std::sync::Arc;

use plan::{Line, Planned};
use stoa_domain::access::{Entry, ListOwner, Snapshot};
use stoa_domain::name::name_key;
use stoa_domain::principal::Principal;
use stoa_domain::wire::people::{ImportQuery, Imported};
use stoa_domain::wire::problem::{FieldError, Problem};
use stoa_store::{Audit, Creation};

use super::groups::plans::administers;
use crate::services::Core;
use crate::{Caller, Result, StoreProblem};

/// Lines of one change: few enough that those who write meanwhile don't notice.
const SLICE: usize = 1_000;
/// More refusals than these aren't told one by one.
const TOLD: usize = 1_000;

/// Many people at once, out of a file.
pub struct Import {
    core: Arc<Core>,
}

impl Import {
    pub(crate) const fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// Whether the caller imports people.
    ///
    /// # Errors
    /// 403.
    pub fn may(&self, caller: &Caller) -> Result<()> {
        self.core.given(caller, administers)
    }

    /// Creates and changes accounts as the file says; done again, it finds all as it is. Where one line is
    /// refused all are, unless the caller wants those left out.
    ///
    /// # Errors
    /// 403, 422 for a file that can't be read, or with the refused lines, 503 when the database is away.
    pub async fn import(&self, caller: &Caller, file: Vec<u8>, query: &ImportQuery) -> Result<Imported> {
        self.may(caller)?;
        let lines = blocking(move || table::read(&file)).await??;
        self.core.access.refresh().await.or_problem()?;
        let snapshot = self.core.access.vouched()?;
        let planned = self.plan(caller, snapshot, lines).await?;
        let counted = planned.counted();
        let mut imported = Imported { refusals: counted.refusals.iter().take(TOLD).cloned().collect(), ..counted };
        if query.dry_run == Some(true) {
            return Ok(imported);
        }
        if imported.refused > 0 && query.skip_bad != Some(true) {
            return Err(refused(&imported));
        }
        // To its end, also when the caller has gone.
        let (core, caller) = (Arc::clone(&self.core), caller.clone());
        tokio::spawn(async move { apply(&core, &caller, planned).await }).await.map_err(|_| Problem::internal())??;
        imported.applied = true;
        Ok(imported)
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

/// Slice by slice, each a change with its record.
async fn apply(core: &Arc<Core>, caller: &Caller, planned: Planned) -> Result<()> {
    for (number, slice) in planned.lines.chunks(SLICE).enumerate() {
        apply_slice(core, caller, slice).await.map_err(|problem| match number {
            0 => problem,
            // What is done is found as it is by the next try.
            done => problem.detail(format!("The first {} lines that change something are imported: import the file again for the others.", done * SLICE)),
        })?;
    }
    Ok(())
}

async fn apply_slice(core: &Arc<Core>, caller: &Caller, slice: &[plan::Applied]) -> Result<()> {
    let mut unit = core.unit(caller).await?;
    core.access.refresh().await.or_problem()?;
    core.given(caller, |given| {
        administers(given)?;
        slice.iter().try_for_each(|line| line.still_holds(given))
    })?;
    let created: Vec<_> = slice.iter().filter_map(|line| line.new.clone()).collect();
    unit.create(&Creation { accounts: created, ..Creation::default() }).await.or_problem()?;
    let mut joining: std::collections::BTreeMap<_, Vec<Entry>> = std::collections::BTreeMap::new();
    for line in slice {
        if let Some(person) = &line.change {
            person.write(line.user, &mut *unit).await.or_problem()?;
        }
        let entry = Entry { principal: Principal::User(line.user), until: None, added_by: Some(caller.user), added_at: core.environment.now() };
        for group in &line.joins {
            joining.entry(*group).or_default().push(entry);
        }
    }
    for (group, entries) in &joining {
        unit.put_entries(ListOwner::Group(*group), entries).await.or_problem()?;
    }
    let after = slice.iter().map(plan::Applied::described).collect();
    core.commit(unit, Audit { action: "user.import", object: String::from("users"), before: serde_json::Value::Null, after }).await?;
    Ok(())
}
