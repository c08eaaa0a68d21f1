//! Erasing the texts of messages that aren't kept, a room at a time.

use stoa_domain::id::{RoomId, Seq};
use stoa_domain::time::Timestamp;
use stoa_store::Passed;
use uuid::Uuid;

use super::erase::{Holds, wipe};
use super::step::lock_head;
use crate::dialect::Kind::{Id, Int};
use crate::dialect::{Cell, Connection};
use crate::shared::bulk::Bulk;
use crate::shared::error::Work;

/// The most in one transaction.
const SLICE: i64 = 500;

macro_rules! due {
    ($rest:literal) => {
        concat!("p.due_at <= $1 AND (p.held_until IS NULL OR p.held_until <= $1) AND ($2 IS NULL OR p.queue_id < $2) ", $rest)
    };
}

pub async fn erase(conn: &mut Connection, now: Timestamp, again: Timestamp) -> Work<Option<Passed>> {
    // The archive takes the queue's rows in their order, and a room's events were queued in theirs.
    let (waiting,): (Option<i64>,) = sqlx::query_as("SELECT min(id) FROM compliance_queue").fetch_one(&mut *conn).await?;
    let first: Option<(Uuid,)> = sqlx::query_as(concat!("SELECT p.room_id FROM passing p WHERE ", due!("ORDER BY p.due_at LIMIT 1")))
        .bind(now.micros())
        .bind(waiting)
        .fetch_optional(&mut *conn)
        .await?;
    let Some((room,)) = first else { return Ok(None) };
    // Nobody edits one of them meanwhile.
    lock_head(conn, RoomId(room)).await?;
    let rows: Vec<(i64, Uuid, i64)> = sqlx::query_as(concat!(
        "SELECT e.seq, e.author_id, e.at FROM passing p JOIN events e ON e.room_id = p.room_id AND e.seq = p.seq WHERE ",
        due!("AND p.room_id = $3 ORDER BY p.seq LIMIT $4")
    ))
    .bind(now.micros())
    .bind(waiting)
    .bind(room)
    .bind(SLICE)
    .fetch_all(&mut *conn)
    .await?;
    let holds = Holds::of_room(conn, room).await?;
    let (held, free): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, author, at)| holds.keep(*author, *at));
    let seqs = |rows: Vec<(Seq, Uuid, i64)>| rows.into_iter().map(|(seq, ..)| seq).collect::<Vec<_>>();
    let (held, free) = (seqs(held), seqs(free));
    forget(conn, room, &held, &free, again).await?;
    let count = |seqs: &[Seq]| i64::try_from(seqs.len()).unwrap_or(i64::MAX);
    Ok(Some(Passed { room: RoomId(room), erased: count(&free), held: count(&held) }))
}

async fn forget(conn: &mut Connection, room: Uuid, held: &[Seq], free: &[Seq], again: Timestamp) -> Work<()> {
    static HELD: Bulk = Bulk::new(
        "UPDATE passing SET held_until = r.again FROM",
        &[("room_id", Id), ("seq", Int), ("again", Int)],
        "WHERE passing.room_id = r.room_id AND passing.seq = r.seq",
    );
    static GONE: Bulk = Bulk::new("DELETE FROM passing WHERE (room_id, seq) IN (SELECT r.room_id, r.seq FROM", &[("room_id", Id), ("seq", Int)], ")");
    static UNMENTION: Bulk = Bulk::new("DELETE FROM mentions WHERE (room_id, seq) IN (SELECT r.room_id, r.seq FROM", &[("room_id", Id), ("seq", Int)], ")");
    let mut rows = HELD.rows();
    held.iter().for_each(|seq| rows.push(&[Cell::Id(room), Cell::Int(*seq), Cell::Int(again.micros())]));
    HELD.run(conn, rows).await?;
    for statement in [&GONE, &UNMENTION] {
        let mut rows = statement.rows();
        free.iter().for_each(|seq| rows.push(&[Cell::Id(room), Cell::Int(*seq)]));
        statement.run(conn, rows).await?;
    }
    wipe(conn, room, 0, free).await
}
