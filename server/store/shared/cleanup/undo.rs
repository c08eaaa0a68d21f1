//! Taking a clean-up back, slice by slice.

use stoa_domain::id::{QueryId, RoomId, Seq};
use stoa_store::ClearedEvent;
use uuid::Uuid;

use super::step::{is, lock_head, mentioned, tell};
use crate::dialect::Kind::{Id, Int};
use crate::dialect::{Cell, Connection};
use crate::shared::append::kind;
use crate::shared::bulk::Bulk;
use crate::shared::error::Work;

/// Shows again what one slice hid. False where there is none left.
pub async fn undo(conn: &mut Connection, query: QueryId, event: &ClearedEvent) -> Work<bool> {
    if !is(conn, query.0, "undoing").await? {
        return Ok(false);
    }
    // The last first: where two slices of a query touch a message, it has to be as it was before both.
    let slice: Option<(Uuid, i64, i64, i64)> =
        sqlx::query_as("SELECT room_id, seq, from_seq, to_seq FROM message_query_slices WHERE query_id = $1 ORDER BY room_id DESC, seq DESC LIMIT 1")
            .bind(query.0)
            .fetch_optional(&mut *conn)
            .await?;
    let Some((room, cleared, from, to)) = slice else { return Ok(false) };
    let (head, n) = lock_head(conn, RoomId(room)).await?;
    let rows: Vec<(i64,)> =
        sqlx::query_as("SELECT seq FROM events WHERE room_id = $1 AND seq BETWEEN $2 AND $3 AND (removed_seq = $4 OR replaced_seq = $4) ORDER BY seq")
            .bind(room)
            .bind(from)
            .bind(to)
            .bind(cleared)
            .fetch_all(&mut *conn)
            .await?;
    let seqs: Vec<Seq> = rows.into_iter().map(|(seq,)| seq).collect();
    if !seqs.is_empty() {
        tell(conn, RoomId(room), (head + 1, n), kind::RESTORED, event, &seqs).await?;
        for sql in [
            "UPDATE events SET removed_seq = NULL, deleted_by = NULL, deleted_at = NULL
             WHERE room_id = $1 AND seq BETWEEN $2 AND $3 AND removed_seq = $4",
            "UPDATE events SET replaced_seq = NULL WHERE room_id = $1 AND seq BETWEEN $2 AND $3 AND replaced_seq = $4",
        ] {
            sqlx::query(sql).bind(room).bind(from).bind(to).bind(cleared).execute(&mut *conn).await?;
        }
        mention_again(conn, RoomId(room), &seqs).await?;
    }
    sqlx::query("DELETE FROM message_query_slices WHERE query_id = $1 AND room_id = $2 AND seq = $3")
        .bind(query.0)
        .bind(room)
        .bind(cleared)
        .execute(conn)
        .await?;
    Ok(true)
}

async fn mention_again(conn: &mut Connection, room: RoomId, seqs: &[Seq]) -> Work<()> {
    static INSERT: Bulk = Bulk::new(
        "INSERT INTO mentions (user_id, room_id, seq) SELECT r.user_id, r.room_id, r.seq FROM",
        &[("user_id", Id), ("room_id", Id), ("seq", Int)],
        // Who deleted a replaced message himself keeps it deleted.
        "JOIN events e ON e.room_id = r.room_id AND e.seq = r.seq WHERE e.deleted_at IS NULL ON CONFLICT DO NOTHING",
    );
    let mut rows = INSERT.rows();
    for (seq, user) in mentioned(conn, room, seqs).await? {
        rows.push(&[Cell::Id(user.0), Cell::Id(room.0), Cell::Int(seq)]);
    }
    INSERT.run(conn, rows).await.map(drop)
}
