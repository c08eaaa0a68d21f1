//! Looking for malware in files. What waits for that stands in the database, so that it survives a server; a server
//! claims some, has the scanner look at them, a few at a time, and keeps what it found. Who dies doesn't renew his
//! claims, and others take them over.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use stoa_domain::archive::Kind;
use stoa_domain::id::FileId;
use stoa_domain::settings::Unscanned;
use stoa_domain::time::Timestamp;
use stoa_files::{BlobError, Blobs, Reading};
use stoa_scanning::{Failed, Scanner, Verdict};
use stoa_store::{Actor, Audit, FileRow, NextScans, Record, Rescans, Scan, ScanFound, ScanRow, Scanned};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::services::Core;
use crate::{Problem, StoreProblem};

/// Another server may have something to scan, or its claims have run out.
const LOOK: Duration = Duration::from_secs(1);
/// Files that are scanned here at once.
const AT_ONCE: usize = 4;
/// How long a claim holds that isn't renewed.
const CLAIMED: Duration = Duration::from_secs(30);
const RENEWED: Duration = Duration::from_secs(10);
/// Whether the scanner is there, and what it knows, is asked so often,
const PROBE: Duration = Duration::from_secs(60);
/// and while it is away the more seldom, the longer.
const AWAY_LEAST: Duration = Duration::from_secs(1);
const AWAY_MOST: Duration = Duration::from_secs(60);
/// What fails is tried again after this, doubled each time,
const AGAIN: Duration = Duration::from_secs(5);
const AGAIN_MOST: Duration = Duration::from_secs(300);
/// and so often. Whatever the scanner doesn't survive isn't to keep it from all else.
const TRIES: u32 = 10;
/// Passed in one go while the scanner is away.
const BATCH: u32 = 100;

/// What wakes the work, and what it knows of the scanner.
#[derive(Default)]
pub(crate) struct Scanning {
    pub wake: Notify,
    known: Mutex<Known>,
}

#[derive(Debug, Clone, Default)]
struct Known {
    version: Option<String>,
    /// Since when it is away, and why.
    away: Option<(Timestamp, String)>,
    probe_at: Option<Timestamp>,
    misses: u32,
}

impl Scanning {
    fn known<T>(&self, with: impl FnOnce(&mut Known) -> T) -> T {
        with(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Since when the scanner doesn't answer, and why.
    pub fn away(&self) -> Option<(Timestamp, String)> {
        self.known(|known| known.away.clone())
    }

    /// What it called itself when it last answered.
    pub fn version(&self) -> Option<String> {
        self.known(|known| known.version.clone())
    }

    /// It has answered. Whether it was away, and whether it knows something else than before.
    fn is_there(&self, version: &str, now: Timestamp) -> (bool, bool) {
        self.known(|known| {
            let was_away = known.away.take().is_some();
            let news = known.version.as_deref() != Some(version);
            *known = Known { version: Some(version.to_owned()), away: None, probe_at: Some(now.plus(PROBE)), misses: 0 };
            (was_away, news)
        })
    }

    fn is_away(&self, why: &str, now: Timestamp) {
        let new = self.known(|known| {
            let new = known.away.is_none();
            let since = known.away.take().map_or(now, |(since, _)| since);
            known.away = Some((since, why.to_owned()));
            known.probe_at = Some(now.plus(doubled(AWAY_LEAST, known.misses, AWAY_MOST)));
            known.misses = known.misses.saturating_add(1);
            new
        });
        if new {
            tracing::warn!(why, "the scanner of files is away");
        }
        metrics::gauge!("stoa_scanner_away").set(1.0);
    }
}

fn doubled(first: Duration, times: u32, most: Duration) -> Duration {
    first.saturating_mul(1 << times.min(16)).min(most)
}

/// What came of one try.
enum Tried {
    /// By a scanner that calls itself so.
    Found(Verdict, String),
    Failed(String),
    /// Nobody was there to look.
    Away,
}

struct Work {
    core: Arc<Core>,
    scanner: Scanner,
    blobs: Arc<Blobs>,
}

pub(crate) async fn run(core: Arc<Core>) {
    let (Some(scanner), Some(blobs)) = (core.options.scanner.clone(), core.options.files.clone()) else { return };
    let work = Arc::new(Work { core, scanner, blobs });
    let mut scans = JoinSet::new();
    let mut tick = tokio::time::interval(LOOK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            () = work.core.scanning.wake.notified() => {}
            Some(_) = scans.join_next() => {}
        }
        if let Err(problem) = work.round(&mut scans).await {
            tracing::warn!(%problem, "files aren't scanned yet");
        }
    }
}

impl Work {
    async fn round(self: &Arc<Self>, scans: &mut JoinSet<()>) -> Result<(), Problem> {
        let core = &self.core;
        let (now, known) = (core.environment.now(), core.scanning.known(|known| known.clone()));
        let there = if known.probe_at.is_none_or(|at| at <= now) { self.probe().await? } else { known.away.is_none() };
        if !there {
            return self.without().await;
        }
        let free = AT_ONCE.saturating_sub(scans.len());
        if free == 0 {
            return Ok(());
        }
        let claim: Uuid = core.environment.id();
        let next = NextScans { held: false, limit: u32::try_from(free).unwrap_or(1) };
        for row in core.store.files_to_scan(now, now.plus(CLAIMED), claim, next).await.or_problem()? {
            let work = Arc::clone(self);
            scans.spawn(async move {
                if let Err(problem) = work.scan(&row, claim).await {
                    tracing::warn!(file = %row.id, %problem, "a file is scanned later");
                }
            });
        }
        Ok(())
    }

    /// Whether the scanner is there; should it know more than before, what is young enough is scanned again.
    async fn probe(&self) -> Result<bool, Problem> {
        let core = &self.core;
        let there = self.version().await;
        for (state, count) in core.store.scan_counts().await.or_problem()? {
            let name = match state {
                Scan::Waiting => "stoa_files_checking",
                Scan::Passed => "stoa_files_passed",
                Scan::Infected => "stoa_files_infected",
                _ => "stoa_files_unscannable",
            };
            metrics::gauge!(name).set(f64::from(u32::try_from(count).unwrap_or(u32::MAX)));
        }
        let Some((version, was_away, news)) = there else { return Ok(false) };
        let now = core.environment.now();
        if was_away {
            tracing::info!(version, "the scanner of files is back");
            core.store.scans_hasten(now).await.or_problem()?;
        }
        let days = core.access.settings().rescan_days;
        if news && days > 0 {
            let since = now.minus(Duration::from_secs(u64::from(days) * 24 * 3_600));
            let files = core.store.scans_again(&Rescans { since: Some(since), unless: Some(version.clone()) }, now).await.or_problem()?;
            if files > 0 {
                tracing::info!(version, files, "the scanner knows something else: files are scanned again");
            }
        }
        Ok(true)
    }

    async fn version(&self) -> Option<(String, bool, bool)> {
        let answer = self.scanner.version().await;
        let (core, now) = (&self.core, self.core.environment.now());
        match answer {
            Ok(version) => {
                let (was_away, news) = core.scanning.is_there(&version, now);
                metrics::gauge!("stoa_scanner_away").set(0.0);
                Some((version, was_away, news))
            }
            Err(error) => {
                core.scanning.is_away(&error.to_string(), now);
                None
            }
        }
    }

    /// While it is away: files wait, or pass, as the pool is set.
    async fn without(&self) -> Result<(), Problem> {
        let core = &self.core;
        if core.access.settings().unscanned_files == Unscanned::Hold {
            return Ok(());
        }
        loop {
            let (now, claim) = (core.environment.now(), core.environment.id());
            let rows = core.store.files_to_scan(now, now.plus(CLAIMED), claim, NextScans { held: true, limit: BATCH }).await.or_problem()?;
            for row in &rows {
                self.settle(row, claim, Tried::Away).await?;
            }
            if rows.len() < BATCH as usize {
                return Ok(());
            }
        }
    }

    async fn scan(&self, row: &FileRow, claim: Uuid) -> Result<(), Problem> {
        let began = std::time::Instant::now();
        let Some((version, was_away, _)) = self.version().await else { return self.settle(row, claim, Tried::Away).await };
        if was_away {
            self.core.store.scans_hasten(self.core.environment.now()).await.or_problem()?;
        }
        let looking = self.look(row);
        tokio::pin!(looking);
        let looked = loop {
            match tokio::time::timeout(RENEWED, &mut looking).await {
                Ok(looked) => break looked,
                Err(_) => {
                    let until = self.core.environment.now().plus(CLAIMED);
                    if !self.core.store.file_claimed(row.id, claim, until).await.or_problem()? {
                        // It was deleted, or is somebody else's by now.
                        return Ok(());
                    }
                }
            }
        };
        metrics::histogram!("stoa_scan_seconds").record(began.elapsed().as_secs_f64());
        let tried = match looked {
            Ok(verdict) => Tried::Found(verdict, version),
            Err(error) => {
                tracing::warn!(file = %row.id, %error, "a file couldn't be scanned");
                Tried::Failed(error.to_string())
            }
        };
        self.settle(row, claim, tried).await
    }

    async fn look(&self, row: &FileRow) -> Result<Verdict, Failed<BlobError>> {
        let size = row.size.unwrap_or(0);
        let reading = self.blobs.read(row.id.0, size, 0..size).await.map_err(Failed::Content)?;
        let pieces = futures_util::stream::try_unfold(reading, async |mut reading: Reading| {
            let piece = reading.next().await?;
            Ok::<_, BlobError>(piece.map(|piece| (piece, reading)))
        });
        self.scanner.scan(pieces).await
    }

    /// Keeps what came of it.
    async fn settle(&self, row: &FileRow, claim: Uuid, tried: Tried) -> Result<(), Problem> {
        let core = &self.core;
        let (before, now) = (row.scan.as_ref(), core.environment.now());
        metrics::counter!("stoa_scans_total", "result" => told(&tried)).increment(1);
        let Decided { found, again, tries } = decide(before, tried, core.access.settings().unscanned_files);
        let state = before.map(|scan| scan.state);
        let turned = found.as_ref().filter(|found| Some(found.state) != state);
        let record = turned.map(|found| {
            let payload = serde_json::json!({
                "file": row.id, "name": row.name, "seq": row.seq, "was": state.map(word), "is": word(found.state),
                "signature": found.signature, "scanner": found.base,
            });
            Record { at: now, ..core.record(Kind::FileChecked, row.room, row.uploader, payload) }
        });
        let turns = turned.map(|found| found.state);
        let audit = turned.and_then(|found| quarantining(row, found));
        let scanned = Scanned {
            file: row.id,
            room: row.room,
            claim: Some(claim),
            by: None,
            found,
            due: again.map(|after| now.plus(after)),
            tries,
            at: now,
            event: core.environment.id(),
            access_version: core.access.snapshot().version,
            record,
        };
        let counts = match audit {
            Some(audit) => {
                let mut unit = core.turn(Actor { user: None, from: String::from("scanner") }).await?;
                let counts = unit.file_scanned(&scanned).await.or_problem()?;
                if counts {
                    core.commit(unit, audit).await?;
                }
                counts
            }
            None => core.store.file_scanned(&scanned).await.or_problem()?,
        };
        if counts && let Some(now) = turns {
            turned_to(core, row.id, state, now).await;
        }
        Ok(())
    }
}

/// What follows for this server from what is known of a file now.
pub(super) async fn turned_to(core: &Core, file: FileId, before: Option<Scan>, now: Scan) {
    let (was_held, is_held) = (before.and_then(Scan::held).is_some(), now.held().is_some());
    if was_held && !is_held {
        core.images.finished(file);
    } else if is_held
        && let Some(cache) = &core.options.previews
        && let Err(error) = cache.forget(file.0).await
    {
        // They aren't shown to anybody, and are swept.
        tracing::warn!(%file, %error, "previews of what is withheld stay for a while");
    }
    core.hub.look_again();
}

struct Decided {
    found: Option<ScanFound>,
    /// After how long it is to be tried again.
    again: Option<Duration>,
    tries: u32,
}

/// What follows from a try. `before` is what was known of the file.
fn decide(before: Option<&ScanRow>, tried: Tried, unscanned: Unscanned) -> Decided {
    let (state, tries) = before.map_or((Scan::Unknown, 0), |scan| (scan.state, scan.tries));
    // What was looked at before stays what it was found to be.
    let open = matches!(state, Scan::Unknown | Scan::Waiting | Scan::Passed | Scan::Unscannable);
    let not_looked_at = |why: String, base: Option<String>| {
        let state = if unscanned == Unscanned::Hold { Scan::Unscannable } else { Scan::Passed };
        open.then_some(ScanFound { state, signature: Some(why), base })
    };
    let passed = || (state == Scan::Waiting && unscanned == Unscanned::Pass).then_some(ScanFound { state: Scan::Passed, signature: None, base: None });
    match tried {
        Tried::Found(Verdict::Clean, base) => {
            Decided { found: Some(ScanFound { state: Scan::Clean, signature: None, base: Some(base) }), again: None, tries: 0 }
        }
        Tried::Found(Verdict::Infected(signature), base) => {
            Decided { found: Some(ScanFound { state: Scan::Infected, signature: Some(signature), base: Some(base) }), again: None, tries: 0 }
        }
        Tried::Found(Verdict::TooLarge(why), base) => Decided { found: not_looked_at(why, Some(base)), again: None, tries: 0 },
        Tried::Failed(why) if tries + 1 >= TRIES => Decided { found: not_looked_at(why, None), again: None, tries: tries + 1 },
        Tried::Failed(_) => Decided { found: passed(), again: Some(doubled(AGAIN, tries, AGAIN_MOST)), tries: tries + 1 },
        Tried::Away => Decided { found: passed(), again: Some(AGAIN), tries },
    }
}

/// The record of what goes into quarantine, or comes out of it.
fn quarantining(row: &FileRow, found: &ScanFound) -> Option<Audit> {
    let before = row.scan.as_ref().map(|scan| scan.state);
    let action = match (before.is_some_and(Scan::is_quarantined), found.state.is_quarantined()) {
        (_, true) => "file.quarantine",
        (true, false) => "file.clear",
        (false, false) => return None,
    };
    let after = serde_json::json!({
        "state": word(found.state), "signature": found.signature, "scanner": found.base, "room": row.room, "by": row.uploader,
        "name": row.name, "size": row.size, "sha256": row.sha256.map(|hash| super::hexadecimal(&hash)), "seq": row.seq,
    });
    Some(Audit { action, object: format!("file:{}", row.id), before: serde_json::json!({ "state": before.map(word) }), after })
}

pub(super) const fn word(state: Scan) -> &'static str {
    match state {
        Scan::Unknown => "unknown",
        Scan::Waiting => "waiting",
        Scan::Passed => "passed",
        Scan::Clean => "clean",
        Scan::Infected => "infected",
        Scan::Unscannable => "unscannable",
        Scan::Released => "released",
        Scan::Removed => "removed",
    }
}

const fn told(tried: &Tried) -> &'static str {
    match tried {
        Tried::Found(Verdict::Clean, _) => "clean",
        Tried::Found(Verdict::Infected(_), _) => "infected",
        Tried::Found(Verdict::TooLarge(_), _) => "too_large",
        Tried::Failed(_) => "failed",
        Tried::Away => "away",
    }
}
