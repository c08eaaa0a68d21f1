//! Files: uploads that wait, files of messages, what they take, and what of them is to be removed.

use stoa_domain::id::{FileId, RoomId, Seq};
use stoa_domain::time::Timestamp;
use stoa_domain::wire::file::Attachment;
use stoa_domain::wire::message::Message;
use stoa_store::{FileFilter, FileRow, FileState, FinishedFile, NewFile, Placed, Quotas, Scan, ScanRow};
use uuid::Uuid;

use super::append::record;
use super::bulk::Bulk;
use super::error::{Work, corrupt};
use super::history::not_kept;
use super::scans;
use super::text::{clean, containing};
use crate::dialect::Kind::{Id, Int};
use crate::dialect::{Cell, Connection, for_update};

/// Under this id stands what the files of all rooms take.
const POOL: Uuid = Uuid::nil();

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    id: Uuid,
    room_id: Uuid,
    uploader_id: Uuid,
    state: i64,
    name: String,
    size: Option<i64>,
    sha256: Option<Vec<u8>>,
    kind: Option<String>,
    created_at: i64,
    expires_at: Option<i64>,
    finished_at: Option<i64>,
    seq: Option<i64>,
    position: Option<i64>,
    hidden: bool,
    lost: bool,
    width: Option<i64>,
    height: Option<i64>,
    scan: Option<i64>,
    scan_due: Option<i64>,
    scan_tries: i64,
    scan_signature: Option<String>,
    scan_at: Option<i64>,
    scan_base: Option<String>,
}

/// Files with what their messages are now.
macro_rules! files {
    ($($rest:tt)+) => {
        concat!(
            "SELECT f.id, f.room_id, f.uploader_id, f.state, f.name, f.size, f.sha256, f.kind, f.created_at, f.expires_at, f.finished_at, f.seq,
                f.position, COALESCE(e.deleted_at IS NOT NULL OR ",
            not_kept!("e"),
            " OR e.replaced_seq IS NOT NULL, FALSE) AS hidden, f.lost, f.width, f.height,
                f.scan, f.scan_due, f.scan_tries, f.scan_signature, f.scan_at, f.scan_base
             FROM files f LEFT JOIN events e ON e.room_id = f.room_id AND e.seq = f.seq ",
            $($rest)+
        )
    };
}

pub(super) use files;

impl Row {
    pub(super) fn file(self) -> Work<FileRow> {
        let state = match self.state {
            1 => FileState::Uploading,
            2 => FileState::Finished,
            3 => FileState::Posted,
            4 => FileState::Removed,
            5 => FileState::Erased,
            other => return Err(corrupt("a file's state", &other.to_string())),
        };
        Ok(FileRow {
            id: FileId(self.id),
            room: RoomId(self.room_id),
            uploader: self.uploader_id.into(),
            state,
            name: self.name,
            size: self.size.map(i64::unsigned_abs),
            sha256: self.sha256.map(|hash| <[u8; 32]>::try_from(hash).map_err(|_| corrupt("a hash", ""))).transpose()?,
            kind: self.kind,
            created_at: Timestamp::from_micros(self.created_at),
            expires_at: self.expires_at.map(Timestamp::from_micros),
            finished_at: self.finished_at.map(Timestamp::from_micros),
            seq: self.seq,
            hidden: self.hidden,
            lost: self.lost,
            width: pixels(self.width),
            height: pixels(self.height),
            scan: self.scan.map(scans::state).transpose()?.map(|state| ScanRow {
                state,
                due: self.scan_due.map(Timestamp::from_micros),
                tries: u32::try_from(self.scan_tries).unwrap_or(u32::MAX),
                signature: self.scan_signature,
                at: self.scan_at.map(Timestamp::from_micros),
                base: self.scan_base,
            }),
        })
    }
}

fn pixels(number: Option<i64>) -> Option<u32> {
    number.and_then(|number| number.try_into().ok())
}

pub(super) fn number(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

// ---- what they take ----------------------------------------------------------------------

/// Takes place of a room's quota and of the pool's. In this order, so that two wait for each other instead of both.
async fn take(conn: &mut Connection, room: Uuid, bytes: u64, quotas: Quotas) -> Work<Placed> {
    if !take_of(conn, room, bytes, quotas.room).await? {
        return Ok(Placed::RoomFull);
    }
    if !take_of(conn, POOL, bytes, quotas.pool).await? {
        give_of(conn, room, number(bytes)).await?;
        return Ok(Placed::PoolFull);
    }
    Ok(Placed::Done)
}

async fn take_of(conn: &mut Connection, of: Uuid, bytes: u64, quota: Option<u64>) -> Work<bool> {
    if quota.is_some_and(|quota| bytes > quota) {
        return Ok(false);
    }
    let done = sqlx::query(
        "INSERT INTO file_space (room_id, bytes) VALUES ($1, $2) ON CONFLICT (room_id) DO UPDATE SET bytes = file_space.bytes + excluded.bytes
         WHERE file_space.bytes <= $3",
    )
    .bind(of)
    .bind(number(bytes))
    .bind(quota.map_or(i64::MAX, |quota| number(quota - bytes)))
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

async fn give_of(conn: &mut Connection, of: Uuid, bytes: i64) -> Work<()> {
    sqlx::query("UPDATE file_space SET bytes = bytes - $2 WHERE room_id = $1").bind(of).bind(bytes).execute(conn).await?;
    Ok(())
}

async fn give(conn: &mut Connection, room: Uuid, bytes: i64) -> Work<()> {
    give_of(conn, room, bytes).await?;
    give_of(conn, POOL, bytes).await
}

pub async fn space(conn: &mut Connection, room: Option<RoomId>) -> Work<u64> {
    let row: Option<(i64,)> =
        sqlx::query_as("SELECT bytes FROM file_space WHERE room_id = $1").bind(room.map_or(POOL, |room| room.0)).fetch_optional(conn).await?;
    Ok(row.map_or(0, |(bytes,)| bytes.max(0).unsigned_abs()))
}

// ---- uploads -----------------------------------------------------------------------------

pub async fn begin(conn: &mut Connection, new: &NewFile, quotas: Quotas, most_waiting: u32) -> Work<Placed> {
    let (waiting,): (i64,) = sqlx::query_as("SELECT count(*) FROM files WHERE uploader_id = $1 AND state IN (1, 2) AND COALESCE(scan, 0) <> 7")
        .bind(new.uploader.0)
        .fetch_one(&mut *conn)
        .await?;
    if waiting >= i64::from(most_waiting) {
        return Ok(Placed::TooMany);
    }
    match take(conn, new.room.0, new.size.unwrap_or(0), quotas).await? {
        Placed::Done => {}
        full => return Ok(full),
    }
    sqlx::query(
        "INSERT INTO files (id, room_id, uploader_id, state, name, name_key, size, created_at, expires_at, lost)
         VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, FALSE)",
    )
    .bind(new.id.0)
    .bind(new.room.0)
    .bind(new.uploader.0)
    .bind(clean(&new.name).into_owned())
    .bind(stoa_domain::name::name_key(&new.name))
    .bind(new.size.map(number))
    .bind(new.at.micros())
    .bind(new.expires_at.micros())
    .execute(conn)
    .await?;
    Ok(Placed::Done)
}

pub async fn finish(conn: &mut Connection, finished: &FinishedFile, quotas: Quotas) -> Work<Placed> {
    let row: Option<(Uuid, Option<i64>)> = sqlx::query_as(concat!("SELECT room_id, size FROM files WHERE id = $1 AND state = 1", for_update!()))
        .bind(finished.id.0)
        .fetch_optional(&mut *conn)
        .await?;
    let Some((room, announced)) = row else { return Ok(Placed::Gone) };
    let kept = announced.unwrap_or(0).max(0).unsigned_abs();
    if finished.size > kept {
        match take(conn, room, finished.size - kept, quotas).await? {
            Placed::Done => {}
            full => return Ok(full),
        }
    }
    sqlx::query("UPDATE files SET state = 2, size = $2, sha256 = $3, kind = $4, finished_at = $5, expires_at = $6, scan = $7, scan_due = $8 WHERE id = $1")
        .bind(finished.id.0)
        .bind(number(finished.size))
        .bind(finished.sha256.as_slice())
        .bind(finished.kind.as_str())
        .bind(finished.at.micros())
        .bind(finished.expires_at.micros())
        .bind(finished.scan.then_some(scans::WAITING))
        .bind(finished.scan.then_some(finished.at.micros()))
        .execute(&mut *conn)
        .await?;
    record(conn, std::slice::from_ref(&finished.record)).await?;
    Ok(Placed::Done)
}

pub async fn one(conn: &mut Connection, id: FileId) -> Work<Option<FileRow>> {
    let row: Option<Row> = sqlx::query_as(files!("WHERE f.id = $1")).bind(id.0).fetch_optional(conn).await?;
    row.map(Row::file).transpose()
}

pub async fn some(conn: &mut Connection, ids: &[FileId]) -> Work<Vec<FileRow>> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(one(conn, *id).await?);
    }
    Ok(found)
}

// ---- files of messages ---------------------------------------------------------------------

pub async fn page(conn: &mut Connection, room: RoomId, filter: &FileFilter, limit: u32) -> Work<Vec<(FileRow, i64)>> {
    let begin = filter.kind.as_deref().map(|kind| containing(kind).trim_start_matches('%').to_owned());
    let rows: Vec<Row> = sqlx::query_as(files!(
        "WHERE f.room_id = $1 AND f.state = 3 AND COALESCE(f.scan, 0) <> 7 AND e.deleted_at IS NULL AND NOT e.withheld AND e.replaced_seq IS NULL
            AND ($2 IS NULL OR f.name_key LIKE $2 ESCAPE '\\') AND ($3 IS NULL OR f.kind LIKE $3 ESCAPE '\\')
            AND ($4 IS NULL OR f.uploader_id = $4) AND ($5 IS NULL OR f.seq < $5 OR (f.seq = $5 AND f.position > $6))
         ORDER BY f.seq DESC, f.position LIMIT $7"
    ))
    .bind(room.0)
    .bind(filter.name.as_deref().map(containing))
    .bind(begin)
    .bind(filter.uploader.map(|user| user.0))
    .bind(filter.behind.map(|(seq, _)| seq))
    .bind(filter.behind.map(|(_, position)| position))
    .bind(i64::from(limit))
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let position = row.position.unwrap_or(0);
            Ok((row.file()?, position))
        })
        .collect()
}

#[derive(sqlx::FromRow)]
struct Attached {
    seq: i64,
    id: Uuid,
    name: String,
    kind: String,
    size: i64,
    sha256: Vec<u8>,
    lost: bool,
    width: Option<i64>,
    height: Option<i64>,
    scan: Option<i64>,
}

/// Puts the files of these messages into them.
pub async fn attach<'a>(conn: &mut Connection, room: RoomId, seqs: &[Seq], messages: impl Iterator<Item = &'a mut Message>) -> Work<()> {
    // CROSS JOIN keeps SQLite at looking up each message.
    static FIND: Bulk = Bulk::new(
        "SELECT f.seq, f.id, CASE WHEN f.scan = 7 THEN '' ELSE f.name END AS name, f.kind, f.size, f.sha256, f.lost, f.width, f.height, f.scan FROM",
        &[("room_id", Id), ("seq", Int)],
        // What was removed, or deleted out of the quarantine, stands there as before.
        "CROSS JOIN files f WHERE f.room_id = r.room_id AND f.seq = r.seq AND (f.state = 3 OR (f.state > 3 AND f.scan IN (4, 5, 7)))
         ORDER BY f.seq, f.position",
    );
    if seqs.is_empty() {
        return Ok(());
    }
    let mut rows = FIND.rows();
    seqs.iter().for_each(|seq| rows.push(&[Cell::Id(room.0), Cell::Int(*seq)]));
    let found: Vec<Attached> = FIND.fetch(conn, rows).await?;
    for message in messages {
        let begin = found.partition_point(|file| file.seq < message.seq);
        let own = found.iter().skip(begin).take_while(|file| file.seq == message.seq);
        message.attachments = own
            .map(|file| Attachment {
                id: FileId(file.id),
                name: file.name.clone(),
                kind: file.kind.clone(),
                size: file.size.unsigned_abs(),
                sha256: file.sha256.iter().map(|byte| format!("{byte:02x}")).collect(),
                lost: file.lost,
                width: pixels(file.width),
                height: pixels(file.height),
                held: file.scan.and_then(|scan| scans::state(scan).ok()).and_then(Scan::held),
            })
            .collect();
    }
    Ok(())
}

// ---- what goes -----------------------------------------------------------------------------

pub(super) async fn remove(conn: &mut Connection, files: &[(Uuid, Uuid, Option<i64>)]) -> Work<()> {
    for (id, room, size) in files {
        sqlx::query("UPDATE files SET state = 4 WHERE id = $1").bind(id).execute(&mut *conn).await?;
        give(conn, *room, size.unwrap_or(0)).await?;
    }
    Ok(())
}

pub async fn abandon(conn: &mut Connection, id: FileId) -> Work<bool> {
    let rows: Vec<(Uuid, Uuid, Option<i64>)> = sqlx::query_as(concat!("SELECT id, room_id, size FROM files WHERE id = $1 AND state IN (1, 2)", for_update!()))
        .bind(id.0)
        .fetch_all(&mut *conn)
        .await?;
    remove(conn, &rows).await?;
    Ok(!rows.is_empty())
}

pub async fn run_out(conn: &mut Connection, now: Timestamp, limit: u32) -> Work<u64> {
    let sql = concat!("SELECT id, room_id, size FROM files WHERE state IN (1, 2) AND expires_at <= $1 ORDER BY room_id, id LIMIT $2", for_update!());
    let rows: Vec<(Uuid, Uuid, Option<i64>)> = sqlx::query_as(sql).bind(now.micros()).bind(i64::from(limit)).fetch_all(&mut *conn).await?;
    remove(conn, &rows).await?;
    Ok(rows.len() as u64)
}

/// Of messages whose texts are erased.
pub async fn remove_of(conn: &mut Connection, room: Uuid, seqs: &[Seq]) -> Work<()> {
    static FIND: Bulk = Bulk::new(
        "SELECT f.id, f.room_id, f.size FROM",
        &[("room_id", Id), ("seq", Int)],
        "CROSS JOIN files f WHERE f.room_id = r.room_id AND f.seq = r.seq AND f.state = 3",
    );
    let mut rows = FIND.rows();
    seqs.iter().for_each(|seq| rows.push(&[Cell::Id(room), Cell::Int(*seq)]));
    let found: Vec<(Uuid, Uuid, Option<i64>)> = FIND.fetch(conn, rows).await?;
    remove(conn, &found).await
}

pub async fn to_erase(conn: &mut Connection, limit: u32) -> Work<Vec<FileId>> {
    let rows: Vec<(Uuid,)> = sqlx::query_as("SELECT id FROM files WHERE state = 4 ORDER BY id LIMIT $1").bind(i64::from(limit)).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(id,)| FileId(id)).collect())
}

/// What was in a message stays as a tombstone.
pub async fn erased(conn: &mut Connection, id: FileId) -> Work<()> {
    sqlx::query("DELETE FROM files WHERE id = $1 AND state = 4 AND seq IS NULL").bind(id.0).execute(&mut *conn).await?;
    sqlx::query("UPDATE files SET state = 5 WHERE id = $1 AND state = 4").bind(id.0).execute(conn).await?;
    Ok(())
}

pub async fn after(conn: &mut Connection, after: Option<FileId>, limit: u32) -> Work<Vec<FileRow>> {
    let rows: Vec<Row> = sqlx::query_as(files!("WHERE f.id > $1 ORDER BY f.id LIMIT $2"))
        .bind(after.map_or_else(Uuid::nil, |id| id.0))
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?;
    rows.into_iter().map(Row::file).collect()
}

pub async fn set_extent(conn: &mut Connection, id: FileId, (width, height): (u32, u32)) -> Work<()> {
    sqlx::query("UPDATE files SET width = $2, height = $3 WHERE id = $1").bind(id.0).bind(i64::from(width)).bind(i64::from(height)).execute(conn).await?;
    Ok(())
}

pub async fn set_lost(conn: &mut Connection, id: FileId, lost: bool) -> Work<()> {
    sqlx::query("UPDATE files SET lost = $2 WHERE id = $1").bind(id.0).bind(lost).execute(conn).await?;
    Ok(())
}
