//! What the scanner keeps from being read, for those who see the room in the console; and how the scanner is.

use stoa_domain::access::Snapshot;
use stoa_domain::archive::Kind;
use stoa_domain::id::{FileId, RoomId};
use stoa_domain::name::is_forbidden;
use stoa_domain::person::Role;
use stoa_domain::wire::file::Held;
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::quarantine::{QuarantineQuery, Quarantined, ReleaseFile, Rescan, Rescanning, ScannerState};
use stoa_domain::wire::{Page, PageQuery};
use stoa_store::{Audit, FileRow, FileState, Record, Rescans, Scan, ScanFound, Scanned};

use super::scanning::{turned_to, word};
use super::{Files, attachment};
use crate::access::{person, room_info};
use crate::paging::{cursor_at, read_cursor};
use crate::{Caller, Result, StoreProblem};

/// The longest reason, in characters.
const REASON_LIMIT: usize = 500;
/// Read at once; whoever sees few rooms of many goes through several.
const CHUNK: u32 = 200;

fn holds(snapshot: &Snapshot, caller: &Caller, role: Role) -> bool {
    snapshot.holds(caller.user, role)
}

/// Whether a room's quarantine is shown to the caller. Of a room that was deleted it is left to those who see all.
fn sees(snapshot: &Snapshot, caller: &Caller, room: RoomId) -> bool {
    snapshot.decide(caller.user, room).rights.see_in_console || holds(snapshot, caller, Role::Administrator) || holds(snapshot, caller, Role::Auditor)
}

fn manages(snapshot: &Snapshot, caller: &Caller, room: RoomId) -> bool {
    snapshot.decide(caller.user, room).rights.manage || holds(snapshot, caller, Role::Administrator)
}

fn shown(snapshot: &Snapshot, caller: &Caller, row: &FileRow) -> Option<Quarantined> {
    let scan = row.scan.as_ref()?;
    let info = snapshot.room(row.room).map(|room| room_info(snapshot, room, snapshot.decide(caller.user, row.room)));
    let (room_name, room_path) = info.map(|info| (info.name, info.path)).unwrap_or_default();
    Some(Quarantined {
        file: attachment(row)?,
        room: row.room,
        room_name,
        room_path,
        by: person(snapshot, row.uploader),
        at: row.finished_at?,
        seq: row.seq,
        signature: scan.signature.clone(),
        scanned_at: scan.at,
        scanned_by: scan.base.clone(),
        waits: scan.due.is_some(),
        tries: scan.tries,
        may_manage: manages(snapshot, caller, row.room),
        may_release: holds(snapshot, caller, Role::Administrator),
    })
}

impl Files {
    /// Files that can't be read, of the rooms that the caller sees in the console; the newest first.
    ///
    /// # Errors
    /// 400 for a cursor of another list, 503.
    pub async fn quarantine(&self, caller: &Caller, query: &QuarantineQuery, page: &PageQuery) -> Result<Page<Quarantined>> {
        const LIST: &str = "quarantine";
        let snapshot = self.core.access.vouched()?;
        let states: &[Scan] = match query.held {
            None => &[Scan::Infected, Scan::Unscannable],
            Some(Held::Checking) => &[Scan::Waiting],
            Some(Held::Infected) => &[Scan::Infected],
            Some(Held::Unscannable) => &[Scan::Unscannable],
            // What is removed is looked after by nobody.
            Some(Held::Removed) => &[],
        };
        let mut before: Option<FileId> = page
            .cursor
            .as_deref()
            .map(|cursor| read_cursor(LIST, cursor))
            .transpose()?
            .map(|key| key.parse().map_err(|_| Problem::bad_cursor()))
            .transpose()?;
        let limit = page.limit.unwrap_or(50).clamp(1, 200) as usize;
        let mut items = Vec::new();
        loop {
            let rows = self.core.store.files_held(states, before, CHUNK).await.or_problem()?;
            items.extend(rows.iter().filter(|row| sees(&snapshot, caller, row.room)).filter_map(|row| shown(&snapshot, caller, row)));
            before = rows.last().map(|row| row.id);
            if items.len() > limit || rows.len() < CHUNK as usize {
                break;
            }
        }
        let more = items.len() > limit;
        items.truncate(limit);
        if !items.is_empty() {
            self.core.looked(caller, "quarantine.look", String::from("quarantine"));
        }
        let next = items.last().filter(|_| more).map(|last| cursor_at(LIST, &last.file.id.to_string()));
        Ok(Page { items, next })
    }

    /// A file that can't be read; to who doesn't see it, there is none.
    async fn held(&self, caller: &Caller, id: FileId) -> Result<(std::sync::Arc<Snapshot>, FileRow)> {
        let row = self.core.store.file(id).await.or_problem()?;
        let snapshot = self.core.access.vouched()?;
        let there = |row: &FileRow| {
            matches!(row.state, FileState::Finished | FileState::Posted)
                && row.held().is_some_and(|held| held != Held::Removed)
                && sees(&snapshot, caller, row.room)
        };
        let row = row.filter(there).ok_or_else(Problem::file_not_found)?;
        Ok((snapshot, row))
    }

    async fn managed(&self, caller: &Caller, id: FileId) -> Result<FileRow> {
        let (snapshot, row) = self.held(caller, id).await?;
        if manages(&snapshot, caller, row.room) { Ok(row) } else { Err(Problem::forbidden().detail("Only those who manage the room do this.")) }
    }

    /// Has it scanned again.
    ///
    /// # Errors
    /// 404, 403, 409 without a scanner.
    pub async fn rescan(&self, caller: &Caller, id: FileId) -> Result<Quarantined> {
        let row = self.managed(caller, id).await?;
        self.with_scanner()?;
        let mut unit = self.core.unit(caller).await?;
        if !unit.rescan_file(id).await.or_problem()? {
            return Err(Problem::file_not_found());
        }
        self.core.commit(unit, about("file.rescan", &row, serde_json::Value::Null)).await?;
        self.core.scanning.wake.notify_one();
        let row = self.core.store.file(id).await.or_problem()?.ok_or_else(Problem::file_not_found)?;
        shown(&self.core.access.snapshot(), caller, &row).ok_or_else(Problem::internal)
    }

    /// Removes it for good: at once from the quarantine, its content when the archive has it and no legal hold keeps it.
    ///
    /// # Errors
    /// 404, 403, 409 while it waits for its first scan.
    pub async fn delete_quarantined(&self, caller: &Caller, id: FileId) -> Result<()> {
        let row = self.managed(caller, id).await?;
        if !row.is_quarantined() {
            return Err(Problem::conflict().detail("It waits for the scanner."));
        }
        let (version, audit) = (self.core.access.snapshot().version, about("file.delete", &row, serde_json::Value::Null));
        if self.take_away(caller, &row, version, audit).await? { Ok(()) } else { Err(Problem::file_not_found()) }
    }

    /// What is asked of a caller whose request is bad: that he may let it go.
    ///
    /// # Errors
    /// 404, 403.
    pub async fn may_release(&self, caller: &Caller, id: FileId) -> Result<()> {
        self.releasable(caller, id).await.map(drop)
    }

    async fn releasable(&self, caller: &Caller, id: FileId) -> Result<FileRow> {
        let (snapshot, row) = self.held(caller, id).await?;
        if holds(&snapshot, caller, Role::Administrator) { Ok(row) } else { Err(Problem::forbidden().detail("Only administrators let files go.")) }
    }

    /// Lets everybody in the room read it all the same.
    ///
    /// # Errors
    /// 404, 403, 422 without a reason.
    pub async fn release(&self, caller: &Caller, id: FileId, release: &ReleaseFile) -> Result<()> {
        let row = self.releasable(caller, id).await?;
        let reason = release.reason.trim();
        let wrong = |code, message: String| Err(Problem::invalid().field("/reason", code, message));
        if reason.is_empty() || reason.chars().count() > REASON_LIMIT {
            return wrong("out-of-range", format!("1 to {REASON_LIMIT} characters."));
        }
        if reason.chars().any(is_forbidden) {
            return wrong("forbidden-character", String::from("Control characters are not allowed."));
        }
        let (before, at) = (row.scan.as_ref(), self.core.environment.now());
        let payload =
            serde_json::json!({ "file": id, "name": row.name, "seq": row.seq, "was": before.map(|scan| word(scan.state)), "is": word(Scan::Released) });
        let scanned = Scanned {
            file: id,
            room: row.room,
            claim: None,
            by: Some(caller.user),
            found: Some(ScanFound { state: Scan::Released, signature: before.and_then(|scan| scan.signature.clone()), base: None }),
            due: None,
            tries: 0,
            at,
            event: self.core.environment.id(),
            access_version: self.core.access.snapshot().version,
            record: Some(Record { at, ..self.core.record(Kind::FileChecked, row.room, row.uploader, payload) }),
        };
        let mut unit = self.core.unit(caller).await?;
        if !unit.file_scanned(&scanned).await.or_problem()? {
            return Err(Problem::file_not_found());
        }
        self.core.commit(unit, about("file.release", &row, serde_json::json!({ "reason": reason }))).await?;
        turned_to(&self.core, id, before.map(|scan| scan.state), Scan::Released).await;
        Ok(())
    }

    fn with_scanner(&self) -> Result<()> {
        if self.core.options.scanner.is_some() { Ok(()) } else { Err(Problem::conflict().detail("This server has no scanner.")) }
    }

    /// What is asked of a caller whose request is bad: that he may have files scanned again.
    ///
    /// # Errors
    /// 403.
    pub fn may_rescan(&self, caller: &Caller) -> Result<()> {
        let snapshot = self.core.access.vouched()?;
        if holds(&snapshot, caller, Role::Administrator) { Ok(()) } else { Err(Problem::forbidden().detail("Only administrators have files scanned again.")) }
    }

    /// Has files scanned again, also those that came before there was a scanner.
    ///
    /// # Errors
    /// 403, 422, 409 without a scanner.
    pub async fn rescan_all(&self, caller: &Caller, rescan: &Rescan) -> Result<Rescanning> {
        self.may_rescan(caller)?;
        if rescan.all == rescan.since.is_some() {
            return Err(Problem::invalid().field("/since", "required", "Say since when, or that all are meant."));
        }
        self.with_scanner()?;
        let mut unit = self.core.unit(caller).await?;
        let files = unit.scans_again(&Rescans { since: rescan.since, unless: None }).await.or_problem()?;
        let after = serde_json::json!({ "since": rescan.since, "files": files });
        self.core.commit(unit, Audit { action: "files.rescan", object: String::from("pool"), before: serde_json::Value::Null, after }).await?;
        self.core.scanning.wake.notify_one();
        Ok(Rescanning { files })
    }

    /// How the scanner is, as this server knows it.
    ///
    /// # Errors
    /// 403, 503.
    pub async fn scanner(&self, caller: &Caller) -> Result<ScannerState> {
        let snapshot = self.core.access.vouched()?;
        if !(holds(&snapshot, caller, Role::Administrator) || holds(&snapshot, caller, Role::Auditor)) {
            return Err(Problem::forbidden().detail("Only administrators and auditors see this."));
        }
        let counts = self.core.store.scan_counts().await.or_problem()?;
        let count = |state: Scan| counts.iter().find(|(of, _)| *of == state).map_or(0, |(_, count)| *count);
        Ok(ScannerState {
            configured: self.core.options.scanner.is_some(),
            away_since: self.core.scanning.away().map(|(since, _)| since),
            version: self.core.scanning.version(),
            unscanned_files: self.core.access.settings().unscanned_files,
            checking: count(Scan::Waiting),
            passed: count(Scan::Passed),
            infected: count(Scan::Infected),
            unscannable: count(Scan::Unscannable),
        })
    }
}

/// The record of what somebody did with a file in quarantine.
fn about(action: &'static str, row: &FileRow, after: serde_json::Value) -> Audit {
    let scan = row.scan.as_ref();
    let before = serde_json::json!({
        "state": scan.map(|scan| word(scan.state)), "signature": scan.and_then(|scan| scan.signature.clone()), "room": row.room, "by": row.uploader,
        "name": row.name, "size": row.size, "sha256": row.sha256.map(|hash| super::hexadecimal(&hash)), "seq": row.seq,
    });
    Audit { action, object: format!("file:{}", row.id), before, after }
}
