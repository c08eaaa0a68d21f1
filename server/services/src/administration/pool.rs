use std::sync::Arc;

use sha2::{Digest, Sha256};
use stoa_domain::person::Role;
use stoa_domain::room::RoomState;
use stoa_domain::settings::PoolSettings;
use stoa_domain::time::Timestamp;
use stoa_domain::wire::pool::{ChangeSettings, DatabaseState, Disk, Overview, PeopleCount, RoomCount, Settings, Warning, WarningKind};
use stoa_domain::wire::problem::{FieldError, Problem};
use stoa_store::Audit;

use super::carry::Seen;
use super::plan::{Given, Plan, Step};
use crate::services::Core;
use crate::{Caller, Result, StoreProblem};

/// More records than these wait for the archive: somebody should look why.
const QUEUE_LONG: u64 = 1_000_000;
/// More posts than these wait to be written.
const WRITES_MANY: usize = 1_000;
/// In percent of what there is.
const DISK_LEAST: u64 = 10;
const CONNECTIONS_MOST: usize = 90;

/// The pool as a whole.
pub struct Pool {
    core: Arc<Core>,
    started_at: Timestamp,
}

/// Who runs the pool or looks at it.
fn sees(given: &Given<'_>) -> Result<()> {
    let may = [Role::Administrator, Role::Auditor].into_iter().any(|role| given.snapshot.holds(given.user, role));
    if may { Ok(()) } else { Err(Problem::forbidden().detail("Only administrators and auditors see this.")) }
}

fn changes(given: &Given<'_>) -> Result<()> {
    sees(given)?;
    let may = given.snapshot.holds(given.user, Role::Administrator);
    if may { Ok(()) } else { Err(Problem::forbidden().detail("Only administrators change the pool's settings.")) }
}

impl Pool {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self { started_at: core.environment.now(), core }
    }

    /// # Errors
    /// 403.
    pub fn settings(&self, caller: &Caller) -> Result<Settings> {
        self.core.given(caller, |given| {
            sees(given)?;
            Ok(shown(given.settings))
        })
    }

    /// The settings, if the caller may change them: their `ETag` is in them.
    ///
    /// # Errors
    /// 403.
    pub fn may_change(&self, caller: &Caller) -> Result<Settings> {
        self.core.given(caller, |given| {
            changes(given)?;
            Ok(shown(given.settings))
        })
    }

    /// Changes settings; what isn't sent stays.
    ///
    /// # Errors
    /// 403, 428 and 412 by `If-Match`, 422 for values with which the pool couldn't work.
    pub async fn change(&self, caller: &Caller, change: ChangeSettings, if_match: Option<&str>) -> Result<Settings> {
        self.core.given(caller, changes)?;
        let seen = if_match.ok_or_else(Problem::version_required)?.trim().trim_start_matches("W/").trim_matches('"').to_owned();
        let planned = |given: &Given<'_>| {
            let before = given.settings;
            if version(before) != seen {
                return Err(Problem::changed_meanwhile());
            }
            let after = change.applied(before);
            after.check().map_err(|(key, why)| {
                let mut problem = Problem::invalid();
                problem.errors.push(FieldError { field: format!("/{key}").into(), code: "out-of-bounds".into(), message: format!("{why}.") });
                problem
            })?;
            let audit = Audit { action: "pool.set", object: String::from("pool"), before: described(before), after: described(&after) };
            Ok(Plan { steps: vec![Step::Settings(after)], audit })
        };
        self.core.given(caller, |given| planned(given).map(drop))?;
        self.core.carry_out(caller, Seen::Any, changes, planned).await?.shown(self.settings(caller))
    }

    /// How it is; what is known of the disk is told by who knows the data folder.
    ///
    /// # Errors
    /// 403, 503 when the database is away.
    pub async fn overview(&self, caller: &Caller, disk: Option<Disk>) -> Result<Overview> {
        self.core.given(caller, sees)?;
        let core = &self.core;
        let (snapshot, settings) = (core.access.snapshot(), core.access.settings());
        let bytes = core.store.size().await.or_problem()?;
        let archive_queue = core.store.queue_state().await.or_problem()?.length;
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let enabled = snapshot.users().filter(|user| user.enabled).count();
        let active = snapshot.rooms().filter(|room| room.state == RoomState::Active).count();
        let now = core.environment.now();
        Ok(Overview {
            name: settings.name.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: self.started_at,
            now,
            people: PeopleCount { enabled: count(enabled), disabled: count(snapshot.users().count() - enabled) },
            rooms: RoomCount { active: count(active), disabled: count(snapshot.rooms().count() - active) },
            categories: count(snapshot.categories().count()),
            groups: count(snapshot.groups().count()),
            connections: count(core.hub.connections()),
            online: count(core.hub.online()),
            posts_per_minute: core.hub.pace(now),
            database: DatabaseState { kind: core.store.kind().to_owned(), bytes },
            disk,
            archive_queue,
            warnings: self.warnings(disk, archive_queue),
        })
    }

    fn warnings(&self, disk: Option<Disk>, archive_queue: u64) -> Vec<Warning> {
        let core = &self.core;
        let mut warnings = Vec::new();
        let mut warn = |kind, message: String| warnings.push(Warning { kind, message });
        let late = core.access.unconfirmed();
        if late > std::time::Duration::from_secs(1) {
            warn(
                WarningKind::AccessUnconfirmed,
                format!("For {} ms the database hasn't said whether rights changed; after 1,500 nobody is let in.", late.as_millis()),
            );
        }
        if let Some(Disk { bytes, free }) = disk.filter(|disk| disk.free < disk.bytes / 100 * DISK_LEAST) {
            warn(WarningKind::DiskNearlyFull, format!("Of the disk of the data folder {} of {} MB are free.", free / 1_000_000, bytes / 1_000_000));
        }
        if archive_queue > QUEUE_LONG {
            warn(WarningKind::ArchiveBehind, format!("About {archive_queue} records wait for the archive."));
        }
        let waiting = core.writer.waiting();
        if waiting > WRITES_MANY {
            warn(WarningKind::WritesWaiting, format!("{waiting} posts wait to be written."));
        }
        if let Some((since, why)) = core.scanning.away() {
            warn(WarningKind::ScannerAway, format!("The scanner of files hasn't answered since {since}: {why}."));
        }
        let (open, limit) = (core.hub.connections(), core.options.connection_limit);
        if open * 100 > limit * CONNECTIONS_MOST {
            warn(WarningKind::ConnectionsNearlyFull, format!("{open} of {limit} connections are open; above that clients are sent away."));
        }
        warnings
    }
}

fn shown(settings: &PoolSettings) -> Settings {
    Settings { settings: settings.clone(), version: version(settings) }
}

/// What they are is their version: the same settings are the same, whoever set them.
fn version(settings: &PoolSettings) -> String {
    Sha256::digest(serde_json::to_vec(settings).unwrap_or_default())[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// As the audit log shows them.
fn described(settings: &PoolSettings) -> serde_json::Value {
    serde_json::to_value(settings).unwrap_or_default()
}
