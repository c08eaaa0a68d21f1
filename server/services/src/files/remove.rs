//! Removing a file from the message that has it: at once for everyone, for good when the archive has it and
//! no legal hold keeps it. A tombstone stays in its place.

use stoa_domain::archive::Kind;
use stoa_domain::id::{AccessVersion, FileId};
use stoa_domain::person::Role;
use stoa_domain::wire::file::Held;
use stoa_domain::wire::problem::Problem;
use stoa_store::{Audit, FileRow, FileState, Record, Scan, ScanFound, Scanned};

use super::Files;
use super::scanning::{turned_to, word};
use crate::{Caller, Result, StoreProblem};

impl Files {
    /// By who manages the room, or an administrator.
    ///
    /// # Errors
    /// 404 to whom the room doesn't show in the console, 403, 503.
    pub async fn remove(&self, caller: &Caller, id: FileId) -> Result<()> {
        self.core.access.confirm().await;
        let row = self.core.store.file(id).await.or_problem()?;
        let snapshot = self.core.access.vouched()?;
        let holds = |role| snapshot.holds(caller.user, role);
        let rights = |row: &FileRow| snapshot.decide(caller.user, row.room).rights;
        let there = |row: &FileRow| matches!(row.state, FileState::Finished | FileState::Posted);
        let sees = |row: &FileRow| rights(row).see_in_console || holds(Role::Administrator) || holds(Role::Auditor);
        let row = row.filter(|row| there(row) && sees(row)).ok_or_else(Problem::file_not_found)?;
        if !(rights(&row).manage || holds(Role::Administrator)) {
            return Err(Problem::forbidden().detail("Only those who manage the room do this."));
        }
        if row.held() == Some(Held::Removed) {
            return Ok(());
        }
        let was = serde_json::json!({
            "room": row.room, "by": row.uploader, "name": row.name, "type": row.kind, "size": row.size,
            "sha256": row.sha256.map(|hash| super::hexadecimal(&hash)), "seq": row.seq,
        });
        let audit = Audit { action: "file.remove", object: format!("file:{id}"), before: was, after: serde_json::Value::Null };
        // Where that fails, somebody else did just before, or its message is erased.
        self.take_away(caller, &row, snapshot.version, audit).await.map(drop)
    }

    /// Whether it was there to be removed.
    pub(super) async fn take_away(&self, caller: &Caller, row: &FileRow, access_version: AccessVersion, audit: Audit) -> Result<bool> {
        let (id, at, before) = (row.id, self.core.environment.now(), row.scan.as_ref().map(|scan| scan.state));
        let payload = serde_json::json!({ "file": id, "name": row.name, "seq": row.seq, "was": before.map(word), "is": word(Scan::Removed) });
        let removed = Scanned {
            file: id,
            room: row.room,
            claim: None,
            by: Some(caller.user),
            found: Some(ScanFound { state: Scan::Removed, signature: None, base: None }),
            due: None,
            tries: 0,
            at,
            event: self.core.environment.id(),
            access_version,
            record: Some(Record { at, ..self.core.record(Kind::FileRemoved, row.room, caller.user, payload) }),
        };
        let mut unit = self.core.unit(caller).await?;
        if !unit.file_scanned(&removed).await.or_problem()? {
            return Ok(false);
        }
        self.core.commit(unit, audit).await?;
        turned_to(&self.core, id, before, Scan::Removed).await;
        Ok(true)
    }
}
