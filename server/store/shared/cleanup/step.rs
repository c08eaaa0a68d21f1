//! One step of a query: what was found in a part of a room is hidden, and everyone in the room told
//! by one event, all in one short transaction.

use std::collections::BTreeMap;

use stoa_domain::id::{RoomId, Seq, UserId};
use stoa_domain::time::Timestamp;
use stoa_store::{Candidate, ClearedEvent, QueryStep, Stepped};
use uuid::Uuid;

use crate::dialect::Kind::{Id, Int};
use crate::dialect::{Cell, Connection, for_update};
use crate::shared::append::kind;
use crate::shared::bulk::Bulk;
use crate::shared::error::{Work, corrupt};
use crate::shared::text::unpack;

/// Within a transaction that writes.
pub async fn step(conn: &mut Connection, step: &QueryStep) -> Work<Stepped> {
    let part = step.part;
    if !is(conn, part.query.0, "running").await? {
        return Ok(Stepped::Gone);
    }
    let mut found = step.found.clone();
    let mut head = (0, 0);
    if step.event.is_some() {
        head = lock_head(conn, part.room).await?;
        match still(conn, part.room, found).await? {
            Some(there) => found = there,
            // Nothing was written so far.
            None => return Ok(Stepped::Again),
        }
    }
    let moved = sqlx::query("UPDATE message_query_rooms SET next_seq = $4 WHERE query_id = $1 AND room_id = $2 AND next_seq = $3")
        .bind(part.query.0)
        .bind(part.room.0)
        .bind(part.next)
        .bind(step.until + 1)
        .execute(&mut *conn)
        .await?;
    if moved.rows_affected() == 0 {
        return Ok(Stepped::Gone);
    }
    if let Some(event) = step.event.as_ref().filter(|_| !found.is_empty()) {
        let (seq, n) = head;
        let seqs: Vec<Seq> = found.iter().map(|candidate| candidate.seq).collect();
        let queued = tell(conn, part.room, (seq + 1, n), kind::CLEARED, event, &seqs).await?;
        hide(conn, part.room, seq + 1, event, &seqs).await?;
        sqlx::query(
            "INSERT INTO message_query_slices (query_id, room_id, seq, from_seq, to_seq, queue_id, held_until)
             VALUES ($1, $2, $3, $4, $5, $6, 0)",
        )
        .bind(part.query.0)
        .bind(part.room.0)
        .bind(seq + 1)
        .bind(seqs.first().copied())
        .bind(seqs.last().copied())
        .bind(queued)
        .execute(&mut *conn)
        .await?;
    }
    count(conn, step, &found).await?;
    Ok(Stepped::Done(i64::try_from(found.len()).unwrap_or(i64::MAX)))
}

/// Whether a query is in this state; it stays so until the transaction ends.
pub async fn is(conn: &mut Connection, query: Uuid, wanted: &str) -> Work<bool> {
    let row: Option<(String,)> =
        sqlx::query_as(concat!("SELECT state FROM message_queries WHERE id = $1", for_update!())).bind(query).fetch_optional(conn).await?;
    Ok(row.is_some_and(|(state,)| state == wanted))
}

/// Nobody posts, edits or deletes in the room until the transaction ends. Its seq and n.
pub async fn lock_head(conn: &mut Connection, room: RoomId) -> Work<(Seq, i64)> {
    let sql = concat!("SELECT seq, n FROM room_heads WHERE room_id = $1", for_update!());
    let row: Option<(i64, i64)> = sqlx::query_as(sql).bind(room.0).fetch_optional(conn).await?;
    row.ok_or_else(|| corrupt("a room without a head", &room.to_string()))
}

/// Those of the candidates that aren't deleted meanwhile; none where one shows another text now.
async fn still(conn: &mut Connection, room: RoomId, found: Vec<Candidate>) -> Work<Option<Vec<Candidate>>> {
    static STILL: Bulk = Bulk::new(
        "SELECT e.seq, COALESCE(e.replaced_seq, e.body_seq, e.seq) FROM",
        &[("room_id", Id), ("seq", Int)],
        "CROSS JOIN events e WHERE e.room_id = r.room_id AND e.seq = r.seq AND e.deleted_at IS NULL AND NOT e.withheld",
    );
    let mut rows = STILL.rows();
    for candidate in &found {
        rows.push(&[Cell::Id(room.0), Cell::Int(candidate.seq)]);
    }
    let there: BTreeMap<i64, i64> = STILL.fetch::<(i64, i64)>(conn, rows).await?.into_iter().collect();
    if found.iter().any(|candidate| there.get(&candidate.seq).is_some_and(|shown| *shown != candidate.shown)) {
        return Ok(None);
    }
    Ok(Some(found.into_iter().filter(|candidate| there.contains_key(&candidate.seq)).collect()))
}

/// Appends the event that tells of it; its place in the compliance queue.
pub async fn tell(conn: &mut Connection, room: RoomId, (seq, n): (Seq, i64), kind: i64, event: &ClearedEvent, seqs: &[Seq]) -> Work<i64> {
    sqlx::query(
        "INSERT INTO events (room_id, seq, n, kind, id, author_id, at, access_version, importance, body, mentions)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10)",
    )
    .bind(room.0)
    .bind(seq)
    .bind(n)
    .bind(kind)
    .bind(event.id.0)
    .bind(event.author.0)
    .bind(event.at.micros())
    .bind(event.access_version)
    .bind(event.text.as_deref())
    .bind(pack_runs(&runs(seqs)))
    .execute(&mut *conn)
    .await?;
    sqlx::query("UPDATE room_heads SET seq = $2 WHERE room_id = $1").bind(room.0).bind(seq).execute(&mut *conn).await?;
    let (queued,) = sqlx::query_as("INSERT INTO compliance_queue (kind, room_id, seq) VALUES ('event', $1, $2) RETURNING id")
        .bind(room.0)
        .bind(seq)
        .fetch_one(conn)
        .await?;
    Ok(queued)
}

async fn hide(conn: &mut Connection, room: RoomId, cleared: Seq, event: &ClearedEvent, seqs: &[Seq]) -> Work<()> {
    static REMOVE: Bulk = Bulk::new(
        "UPDATE events SET removed_seq = r.cleared, deleted_by = r.by_user, deleted_at = r.at FROM",
        &[("room_id", Id), ("seq", Int), ("cleared", Int), ("by_user", Id), ("at", Int)],
        "WHERE events.room_id = r.room_id AND events.seq = r.seq",
    );
    static REPLACE: Bulk = Bulk::new(
        "UPDATE events SET replaced_seq = r.cleared FROM",
        &[("room_id", Id), ("seq", Int), ("cleared", Int)],
        "WHERE events.room_id = r.room_id AND events.seq = r.seq",
    );
    static UNMENTION: Bulk = Bulk::new(
        "DELETE FROM mentions WHERE (user_id, room_id, seq) IN (SELECT r.user_id, r.room_id, r.seq FROM",
        &[("user_id", Id), ("room_id", Id), ("seq", Int)],
        ")",
    );
    let mut unmention = UNMENTION.rows();
    for (seq, user) in mentioned(conn, room, seqs).await? {
        unmention.push(&[Cell::Id(user.0), Cell::Id(room.0), Cell::Int(seq)]);
    }
    UNMENTION.run(conn, unmention).await?;
    if event.text.is_some() {
        let mut rows = REPLACE.rows();
        seqs.iter().for_each(|seq| rows.push(&[Cell::Id(room.0), Cell::Int(*seq), Cell::Int(cleared)]));
        REPLACE.run(conn, rows).await?;
    } else {
        let mut rows = REMOVE.rows();
        let (by, at) = (Cell::Id(event.author.0), Cell::Int(event.at.micros()));
        seqs.iter().for_each(|seq| rows.push(&[Cell::Id(room.0), Cell::Int(*seq), Cell::Int(cleared), by, at]));
        REMOVE.run(conn, rows).await?;
    }
    Ok(())
}

/// Whom the texts that these messages show mention.
pub async fn mentioned(conn: &mut Connection, room: RoomId, seqs: &[Seq]) -> Work<Vec<(Seq, UserId)>> {
    static MENTIONED: Bulk = Bulk::new(
        "SELECT e.seq, b.mentions FROM",
        &[("room_id", Id), ("seq", Int)],
        "CROSS JOIN events e JOIN events b ON b.room_id = e.room_id AND b.seq = COALESCE(e.replaced_seq, e.body_seq, e.seq)
         WHERE e.room_id = r.room_id AND e.seq = r.seq AND b.kind <= 3 AND b.mentions IS NOT NULL",
    );
    let mut rows = MENTIONED.rows();
    seqs.iter().for_each(|seq| rows.push(&[Cell::Id(room.0), Cell::Int(*seq)]));
    let found: Vec<(i64, Vec<u8>)> = MENTIONED.fetch(conn, rows).await?;
    Ok(found.into_iter().flat_map(|(seq, bytes)| unpack(&bytes).into_iter().map(move |user| (seq, user))).collect())
}

/// Adds to what the query found so far.
async fn count(conn: &mut Connection, step: &QueryStep, found: &[Candidate]) -> Work<()> {
    static AUTHORS: Bulk = Bulk::new(
        "INSERT INTO message_query_authors (query_id, author_id, messages) SELECT r.query_id, r.author_id, r.messages FROM",
        &[("query_id", Id), ("author_id", Id), ("messages", Int)],
        // SQLite takes ON for a join's without a WHERE before it.
        "WHERE TRUE ON CONFLICT (query_id, author_id) DO UPDATE SET messages = message_query_authors.messages + excluded.messages",
    );
    let part = step.part;
    let messages = i64::try_from(found.len()).unwrap_or(i64::MAX);
    let (first, last) = (found.iter().map(|one| one.at).min(), found.iter().map(|one| one.at).max());
    let (before,): (i64,) = sqlx::query_as("SELECT messages FROM message_query_rooms WHERE query_id = $1 AND room_id = $2")
        .bind(part.query.0)
        .bind(part.room.0)
        .fetch_one(&mut *conn)
        .await?;
    let micros = |at: Option<Timestamp>| at.map(Timestamp::micros);
    sqlx::query(
        "UPDATE message_query_rooms SET messages = messages + $3,
            first_at = CASE WHEN first_at IS NULL OR first_at > $4 THEN COALESCE($4, first_at) ELSE first_at END,
            last_at = CASE WHEN last_at IS NULL OR last_at < $5 THEN COALESCE($5, last_at) ELSE last_at END
         WHERE query_id = $1 AND room_id = $2",
    )
    .bind(part.query.0)
    .bind(part.room.0)
    .bind(messages)
    .bind(micros(first))
    .bind(micros(last))
    .execute(&mut *conn)
    .await?;
    let mut authors: BTreeMap<UserId, i64> = BTreeMap::new();
    found.iter().for_each(|one| *authors.entry(one.author).or_default() += 1);
    let mut rows = AUTHORS.rows();
    authors.iter().for_each(|(author, messages)| rows.push(&[Cell::Id(part.query.0), Cell::Id(author.0), Cell::Int(*messages)]));
    AUTHORS.run(conn, rows).await?;
    sqlx::query(
        "UPDATE message_queries SET looked_at = looked_at + $2, messages = messages + $3, rooms = rooms + $4,
            first_at = CASE WHEN first_at IS NULL OR first_at > $5 THEN COALESCE($5, first_at) ELSE first_at END,
            last_at = CASE WHEN last_at IS NULL OR last_at < $6 THEN COALESCE($6, last_at) ELSE last_at END
         WHERE id = $1",
    )
    .bind(part.query.0)
    .bind(step.until + 1 - part.next)
    .bind(messages)
    .bind(i64::from(before == 0 && messages > 0))
    .bind(micros(first))
    .bind(micros(last))
    .execute(&mut *conn)
    .await?;
    remember(conn, step, found).await
}

async fn remember(conn: &mut Connection, step: &QueryStep, found: &[Candidate]) -> Work<()> {
    let new: Vec<Seq> = step.samples.iter().copied().filter(|seq| found.iter().any(|one| one.seq == *seq)).collect();
    if new.is_empty() {
        return Ok(());
    }
    let (text,): (String,) = sqlx::query_as("SELECT samples FROM message_queries WHERE id = $1").bind(step.part.query.0).fetch_one(&mut *conn).await?;
    let mut samples: Vec<(Uuid, Seq)> = serde_json::from_str(&text).map_err(|_| corrupt("samples", &text))?;
    samples.extend(new.into_iter().map(|seq| (step.part.room.0, seq)));
    let text = serde_json::to_string(&samples).map_err(|error| corrupt("samples", &error.to_string()))?;
    sqlx::query("UPDATE message_queries SET samples = $2 WHERE id = $1").bind(step.part.query.0).bind(text).execute(conn).await?;
    Ok(())
}

/// The unbroken runs of numbers in ascending order.
fn runs(seqs: &[Seq]) -> Vec<[Seq; 2]> {
    let mut runs: Vec<[Seq; 2]> = Vec::new();
    for seq in seqs {
        match runs.last_mut() {
            Some([_, last]) if *last + 1 == *seq => *last = *seq,
            _ => runs.push([*seq, *seq]),
        }
    }
    runs
}

fn pack_runs(runs: &[[Seq; 2]]) -> Vec<u8> {
    runs.iter().flatten().flat_map(|seq| seq.to_be_bytes()).collect()
}

/// As the `mentions` of such an event hold them.
pub fn unpack_runs(bytes: &[u8]) -> Vec<[Seq; 2]> {
    let numbers: Vec<Seq> = bytes.as_chunks::<8>().0.iter().map(|bytes| Seq::from_be_bytes(*bytes)).collect();
    numbers.as_chunks::<2>().0.to_vec()
}
