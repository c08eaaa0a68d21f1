//! Files that a scanner looks at: which are next, what it came to, and what the room is told of it.

use stoa_domain::id::{FileId, Seq};
use stoa_domain::time::Timestamp;
use stoa_store::{FileRow, LetGo, NextScans, Rescans, Scan, Scanned};
use uuid::Uuid;

use super::append::{kind, record};
use super::cleanup::erase::Holds;
use super::cleanup::step::lock_head;
use super::error::{Work, corrupt};
use super::files::{self, Row, files};
use super::history::not_kept;
use crate::dialect::{Connection, for_update, passing_locked};

pub const WAITING: i64 = 1;
pub const REMOVED: i64 = 7;

pub fn state(number: i64) -> Work<Scan> {
    Ok(match number {
        0 => Scan::Unknown,
        WAITING => Scan::Waiting,
        2 => Scan::Passed,
        3 => Scan::Clean,
        4 => Scan::Infected,
        5 => Scan::Unscannable,
        6 => Scan::Released,
        REMOVED => Scan::Removed,
        other => return Err(corrupt("a scan's state", &other.to_string())),
    })
}

const fn number(state: Scan) -> i64 {
    match state {
        Scan::Unknown => 0,
        Scan::Waiting => WAITING,
        Scan::Passed => 2,
        Scan::Clean => 3,
        Scan::Infected => 4,
        Scan::Unscannable => 5,
        Scan::Released => 6,
        Scan::Removed => REMOVED,
    }
}

// ---- what is next --------------------------------------------------------------------------

/// Takes them for `claim` until a moment.
pub async fn take(conn: &mut Connection, now: Timestamp, until: Timestamp, claim: Uuid, which: NextScans) -> Work<Vec<FileRow>> {
    // Posts lock files too, in an order of their own: what is locked is passed over.
    const FIRST: &str = concat!(
        "SELECT id FROM files WHERE scan = 1 AND scan_due IS NOT NULL AND scan_due <= $1 AND state IN (2, 3) ORDER BY scan_due LIMIT $2",
        passing_locked!()
    );
    const THEN: &str = concat!(
        "SELECT id FROM files WHERE scan <> 1 AND scan_due IS NOT NULL AND scan_due <= $1 AND state IN (2, 3) ORDER BY scan_due LIMIT $2",
        passing_locked!()
    );
    let mut taken: Vec<(Uuid,)> = Vec::new();
    for next in if which.held { &[FIRST][..] } else { &[FIRST, THEN] } {
        let left = i64::from(which.limit) - i64::try_from(taken.len()).unwrap_or(i64::MAX);
        if left > 0 {
            taken.extend(sqlx::query_as::<_, (Uuid,)>(*next).bind(now.micros()).bind(left).fetch_all(&mut *conn).await?);
        }
    }
    let mut rows = Vec::with_capacity(taken.len());
    for (id,) in taken {
        sqlx::query("UPDATE files SET scan_due = $2, scan_claim = $3 WHERE id = $1").bind(id).bind(until.micros()).bind(claim).execute(&mut *conn).await?;
        rows.extend(files::one(conn, FileId(id)).await?);
    }
    Ok(rows)
}

pub async fn claimed(conn: &mut Connection, id: FileId, claim: Uuid, until: Timestamp) -> Work<bool> {
    let done = sqlx::query("UPDATE files SET scan_due = $3 WHERE id = $1 AND scan_claim = $2 AND state IN (2, 3)")
        .bind(id.0)
        .bind(claim)
        .bind(until.micros())
        .execute(conn)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// What nobody is at.
pub async fn hasten(conn: &mut Connection, now: Timestamp) -> Work<u64> {
    let done = sqlx::query("UPDATE files SET scan_due = $1 WHERE scan_due IS NOT NULL AND scan_due > $1 AND scan_claim IS NULL")
        .bind(now.micros())
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}

/// What waits already goes on waiting, and what an administrator has let go stays so.
pub async fn again(conn: &mut Connection, which: &Rescans, now: Timestamp) -> Work<u64> {
    let done = sqlx::query(
        "UPDATE files SET scan = COALESCE(scan, 0), scan_due = $1, scan_tries = 0
         WHERE state IN (2, 3) AND scan_due IS NULL AND (scan IS NULL OR scan NOT IN (6, 7)) AND ($2 IS NULL OR finished_at >= $2)
            AND ($3 IS NULL OR scan_base IS NULL OR scan_base <> $3)",
    )
    .bind(now.micros())
    .bind(which.since.map(Timestamp::micros))
    .bind(which.unless.as_deref())
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// One that nobody can read. Whoever is at it just now isn't heard any more.
pub async fn one_again(conn: &mut Connection, id: FileId, now: Timestamp) -> Work<bool> {
    let done = sqlx::query("UPDATE files SET scan_due = $2, scan_tries = 0, scan_claim = NULL WHERE id = $1 AND state IN (2, 3) AND scan IN (1, 4, 5)")
        .bind(id.0)
        .bind(now.micros())
        .execute(conn)
        .await?;
    Ok(done.rows_affected() > 0)
}

// ---- what it came to -----------------------------------------------------------------------

/// A file whose row is locked.
struct Locked {
    scan: Option<Scan>,
    seq: Option<Seq>,
    uploader: Uuid,
}

/// Behind the room's head, as posts lock them.
async fn lock(conn: &mut Connection, scanned: &Scanned) -> Work<Option<Locked>> {
    type Found = (Option<i64>, Option<i64>, Uuid, Option<Uuid>);
    let sql = concat!("SELECT scan, seq, uploader_id, scan_claim FROM files WHERE id = $1 AND room_id = $2 AND state IN (2, 3)", for_update!());
    let row: Option<Found> = sqlx::query_as(sql).bind(scanned.file.0).bind(scanned.room.0).fetch_optional(conn).await?;
    let Some((scan, seq, uploader, claim)) = row else { return Ok(None) };
    let scan = scan.map(state).transpose()?;
    let counts = match scanned.claim {
        Some(own) => claim == Some(own),
        // Removing goes before whatever the scanner says, and stays.
        None if scanned.found.as_ref().is_some_and(|found| found.state == Scan::Removed) => scan != Some(Scan::Removed),
        None => scan.and_then(Scan::held).is_some() && scan != Some(Scan::Removed),
    };
    Ok(counts.then_some(Locked { scan, seq, uploader }))
}

pub async fn settle(conn: &mut Connection, scanned: &Scanned) -> Work<bool> {
    let (last, n) = lock_head(conn, scanned.room).await?;
    let Some(file) = lock(conn, scanned).await? else { return Ok(false) };
    sqlx::query("UPDATE files SET scan_due = $2, scan_tries = $3, scan_claim = NULL WHERE id = $1")
        .bind(scanned.file.0)
        .bind(scanned.due.map(Timestamp::micros))
        .bind(i64::from(scanned.tries))
        .execute(&mut *conn)
        .await?;
    if let Some(found) = &scanned.found {
        sqlx::query("UPDATE files SET scan = $2, scan_signature = $3, scan_at = $4, scan_base = COALESCE($5, scan_base) WHERE id = $1")
            .bind(scanned.file.0)
            .bind(number(found.state))
            .bind(found.signature.as_deref())
            .bind(scanned.at.micros())
            .bind(found.base.as_deref())
            .execute(&mut *conn)
            .await?;
        if let Some(of) = file.seq.filter(|_| file.scan.and_then(Scan::held) != found.state.held()) {
            let by = scanned.by.map_or(file.uploader, |by| by.0);
            tell(conn, scanned, (last + 1, n), of, by, found.state).await?;
        }
    }
    if let Some(one) = &scanned.record {
        record(conn, std::slice::from_ref(one)).await?;
    }
    if scanned.found.as_ref().is_some_and(|found| found.state == Scan::Removed) {
        // Behind what was queued just now and, for one that no message has, instead of its time running out.
        let sql = "UPDATE files SET removed_queue = COALESCE((SELECT max(q.id) FROM compliance_queue q), 0), removed_due = $2, expires_at = NULL WHERE id = $1";
        sqlx::query(sql).bind(scanned.file.0).bind(scanned.at.micros()).execute(&mut *conn).await?;
    }
    Ok(true)
}

/// By its uploader, whose file it is that changes, unless somebody else decided it.
async fn tell(conn: &mut Connection, scanned: &Scanned, (seq, n): (Seq, i64), of: Seq, by: Uuid, now: Scan) -> Work<()> {
    sqlx::query(
        "INSERT INTO events (room_id, seq, n, kind, id, author_id, at, access_version, importance, of_seq, body, files)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $11)",
    )
    .bind(scanned.room.0)
    .bind(seq)
    .bind(n)
    .bind(kind::CHECKED)
    .bind(scanned.event.0)
    .bind(by)
    .bind(scanned.at.micros())
    .bind(scanned.access_version)
    .bind(of)
    .bind(now.held().map(stoa_domain::wire::file::Held::as_str))
    .bind(&scanned.file.0.as_bytes()[..])
    .execute(&mut *conn)
    .await?;
    sqlx::query("UPDATE room_heads SET seq = $2 WHERE room_id = $1").bind(scanned.room.0).bind(seq).execute(&mut *conn).await?;
    sqlx::query("INSERT INTO compliance_queue (kind, room_id, seq) VALUES ('event', $1, $2)").bind(scanned.room.0).bind(seq).execute(conn).await?;
    Ok(())
}

// ---- the quarantine ------------------------------------------------------------------------

pub async fn held(conn: &mut Connection, states: &[Scan], before: Option<FileId>, limit: u32) -> Work<Vec<FileRow>> {
    let mut found: Vec<FileRow> = Vec::new();
    for state in states {
        let rows: Vec<Row> =
            sqlx::query_as(files!("WHERE f.scan = $1 AND f.scan IN (1, 2, 4, 5) AND f.id < $2 AND f.state IN (2, 3) ORDER BY f.id DESC LIMIT $3"))
                .bind(number(*state))
                .bind(before.map_or_else(Uuid::max, |id| id.0))
                .bind(i64::from(limit))
                .fetch_all(&mut *conn)
                .await?;
        for row in rows {
            found.push(row.file()?);
        }
    }
    found.sort_unstable_by_key(|file| std::cmp::Reverse(file.id));
    found.truncate(limit as usize);
    Ok(found)
}

pub async fn counts(conn: &mut Connection) -> Work<Vec<(Scan, u64)>> {
    let rows: Vec<(i64, i64)> =
        sqlx::query_as("SELECT scan, count(*) FROM files WHERE scan IN (1, 2, 4, 5) AND state IN (2, 3) GROUP BY scan ORDER BY scan").fetch_all(conn).await?;
    rows.into_iter().map(|(scan, count)| Ok((state(scan)?, count.max(0).unsigned_abs()))).collect()
}

// ---- what was removed ----------------------------------------------------------------------

/// The content of removed files, when the archive has what it is to have.
pub async fn let_go(conn: &mut Connection, now: Timestamp, again: Timestamp, limit: u32) -> Work<LetGo> {
    type Found = (Uuid, Uuid, Uuid, Option<i64>, i64);
    let (waiting,): (Option<i64>,) = sqlx::query_as("SELECT min(id) FROM compliance_queue").fetch_one(&mut *conn).await?;
    let sql = concat!(
        "SELECT f.id, f.room_id, f.uploader_id, f.size,
            COALESCE((SELECT e.at FROM events e WHERE e.room_id = f.room_id AND e.seq = f.seq), f.finished_at, f.created_at)
         FROM files f WHERE f.removed_due IS NOT NULL AND f.state IN (2, 3) AND f.removed_due <= $1 AND ($2 IS NULL OR f.removed_queue < $2)
         ORDER BY f.room_id, f.id LIMIT $3",
        for_update!()
    );
    let rows: Vec<Found> = sqlx::query_as(sql).bind(now.micros()).bind(waiting).bind(i64::from(limit)).fetch_all(&mut *conn).await?;
    let (mut free, mut held) = (Vec::new(), 0);
    for (id, room, uploader, size, at) in rows {
        if Holds::of_room(conn, room).await?.keep(uploader, at) {
            sqlx::query("UPDATE files SET removed_due = $2 WHERE id = $1").bind(id).bind(again.micros()).execute(&mut *conn).await?;
            held += 1;
        } else {
            free.push((id, room, size));
        }
    }
    files::remove(conn, &free).await?;
    Ok(LetGo { gone: free.len() as u64, held })
}
