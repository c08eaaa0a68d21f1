//! Erasing for good what a clean-up hid: after its window, when the archive has it, and nothing of
//! what a legal hold keeps.

use stoa_domain::id::{QueryId, Seq};
use stoa_domain::time::Timestamp;
use stoa_store::{Erased, LegalHold};
use uuid::Uuid;

use super::step::is;
use crate::dialect::Kind::{Id, Int};
use crate::dialect::{Cell, Connection};
use crate::shared::bulk::Bulk;
use crate::shared::error::Work;
use crate::shared::text::clean;

/// Erases one slice; none where nothing is to be erased now. What is held is tried again at `again`.
pub async fn erase(conn: &mut Connection, now: Timestamp, again: Timestamp) -> Work<Option<Erased>> {
    // Queries whose slices are all gone are done with.
    sqlx::query(
        "UPDATE message_queries SET state = 'erased' WHERE state = 'done' AND undo_until IS NOT NULL AND undo_until <= $1
            AND NOT EXISTS (SELECT 1 FROM message_query_slices s WHERE s.query_id = message_queries.id)",
    )
    .bind(now.micros())
    .execute(&mut *conn)
    .await?;
    // The archive takes the queue's rows in their order, and a room's events were queued in theirs.
    let (waiting,): (Option<i64>,) = sqlx::query_as("SELECT min(id) FROM compliance_queue").fetch_one(&mut *conn).await?;
    let slice: Option<(Uuid, Uuid, i64, i64, i64)> = sqlx::query_as(
        "SELECT s.query_id, s.room_id, s.seq, s.from_seq, s.to_seq FROM message_queries q JOIN message_query_slices s ON s.query_id = q.id
         WHERE q.state = 'done' AND q.undo_until IS NOT NULL AND q.undo_until <= $1 AND s.held_until <= $1 AND ($2 IS NULL OR s.queue_id < $2)
         LIMIT 1",
    )
    .bind(now.micros())
    .bind(waiting)
    .fetch_optional(&mut *conn)
    .await?;
    let Some((query, room, cleared, from, to)) = slice else { return Ok(None) };
    if !is(conn, query, "done").await? {
        return Ok(None);
    }
    let rows: Vec<(i64, Uuid, i64)> = sqlx::query_as(
        "SELECT seq, author_id, at FROM events WHERE room_id = $1 AND seq BETWEEN $2 AND $3 AND (removed_seq = $4 OR replaced_seq = $4) ORDER BY seq",
    )
    .bind(room)
    .bind(from)
    .bind(to)
    .bind(cleared)
    .fetch_all(&mut *conn)
    .await?;
    let holds = Holds::of_room(conn, room).await?;
    let total = rows.len();
    let free: Vec<Seq> = rows.into_iter().filter(|(_, author, at)| !holds.keep(*author, *at)).map(|(seq, ..)| seq).collect();
    wipe(conn, room, cleared, &free).await?;
    let (erased, kept) = (free.len(), total - free.len());
    let sql = if kept == 0 {
        "DELETE FROM message_query_slices WHERE query_id = $1 AND room_id = $2 AND seq = $3 AND $4 >= 0"
    } else {
        "UPDATE message_query_slices SET held_until = $4 WHERE query_id = $1 AND room_id = $2 AND seq = $3"
    };
    sqlx::query(sql).bind(query).bind(room).bind(cleared).bind(again.micros()).execute(&mut *conn).await?;
    let erased = i64::try_from(erased).unwrap_or(i64::MAX);
    sqlx::query("UPDATE message_queries SET erased = erased + $2 WHERE id = $1").bind(query).bind(erased).execute(conn).await?;
    Ok(Some(Erased { query: QueryId(query), erased, held: i64::try_from(kept).unwrap_or(i64::MAX) }))
}

/// The legal holds on a room's messages.
pub struct Holds(Vec<(Option<Uuid>, Option<i64>, Option<i64>)>);

impl Holds {
    pub async fn of_room(conn: &mut Connection, room: Uuid) -> Work<Self> {
        let sql = "SELECT user_id, from_at, until_at FROM legal_holds WHERE released_at IS NULL AND (room_id IS NULL OR room_id = $1)";
        Ok(Self(sqlx::query_as(sql).bind(room).fetch_all(conn).await?))
    }

    /// Whether a message of this author from that moment is to be kept.
    pub fn keep(&self, author: Uuid, at: i64) -> bool {
        self.0
            .iter()
            .any(|(user, from, until)| user.is_none_or(|user| user == author) && from.is_none_or(|from| from <= at) && until.is_none_or(|until| at < until))
    }
}

/// Removes all texts of these messages, the edited ones too. What replaced them is their text now.
pub async fn wipe(conn: &mut Connection, room: Uuid, cleared: Seq, seqs: &[Seq]) -> Work<()> {
    static TEXTS: Bulk = Bulk::new(
        // Another clean-up of the same message may still be undone.
        "UPDATE events SET subject = NULL, body = NULL, mentions = NULL,
            removed_seq = NULLIF(events.removed_seq, r.cleared), replaced_seq = NULLIF(events.replaced_seq, r.cleared),
            body_seq = CASE WHEN events.replaced_seq = r.cleared THEN r.cleared ELSE events.body_seq END FROM",
        &[("room_id", Id), ("seq", Int), ("cleared", Int)],
        "WHERE events.room_id = r.room_id AND events.seq = r.seq",
    );
    static EDITS: Bulk = Bulk::new(
        "UPDATE events SET subject = NULL, body = NULL, mentions = NULL FROM",
        &[("room_id", Id), ("seq", Int), ("cleared", Int)],
        "WHERE events.room_id = r.room_id AND events.of_seq = r.seq AND events.kind = 3",
    );
    for statement in [&EDITS, &TEXTS] {
        let mut rows = statement.rows();
        seqs.iter().for_each(|seq| rows.push(&[Cell::Id(room), Cell::Int(*seq), Cell::Int(cleared)]));
        statement.run(conn, rows).await?;
    }
    crate::shared::files::remove_of(conn, room, seqs).await
}

pub async fn hold(conn: &mut Connection, hold: &LegalHold, by: Option<Uuid>, at: Timestamp) -> Work<()> {
    sqlx::query("INSERT INTO legal_holds (id, name, user_id, room_id, from_at, until_at, placed_by, placed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(hold.id.0)
        .bind(clean(&hold.name).into_owned())
        .bind(hold.user.map(|user| user.0))
        .bind(hold.room.map(|room| room.0))
        .bind(hold.from.map(Timestamp::micros))
        .bind(hold.until.map(Timestamp::micros))
        .bind(by)
        .bind(at.micros())
        .execute(conn)
        .await?;
    Ok(())
}

/// What it kept can be erased at once, not only when it would be tried again.
pub async fn release(conn: &mut Connection, hold: Uuid, at: Timestamp) -> Work<bool> {
    let done =
        sqlx::query("UPDATE legal_holds SET released_at = $2 WHERE id = $1 AND released_at IS NULL").bind(hold).bind(at.micros()).execute(&mut *conn).await?;
    if done.rows_affected() > 0 {
        sqlx::query("UPDATE message_query_slices SET held_until = 0 WHERE held_until > 0").execute(&mut *conn).await?;
        sqlx::query("UPDATE passing SET held_until = 0 WHERE held_until > 0").execute(conn).await?;
    }
    Ok(done.rows_affected() > 0)
}
