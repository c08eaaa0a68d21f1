//! Looking for messages: a part of one room's stream at a time, along its key.

use stoa_domain::id::{RoomId, Seq, UserId};
use stoa_domain::time::Timestamp;
use stoa_domain::wire::cleanup::NewMessageQuery;
use stoa_domain::wire::cleanup::QueryAction;
use stoa_store::{Candidate, Looked, QueryPart};
use uuid::Uuid;

use crate::dialect::Connection;
use crate::shared::error::Work;

/// Events that are looked at in one go,
const WINDOW: i64 = 2_000;
/// and fewer where their texts are read.
const WINDOW_OF_TEXTS: i64 = 500;
/// Servers' clocks may differ, and be set: in a room's stream times only roughly ascend.
const CLOCKS: i64 = 24 * 3600 * 1_000_000;

macro_rules! candidates {
    ($texts:literal) => {
        concat!(
            "SELECT e.seq, e.author_id, e.at, COALESCE(e.replaced_seq, e.body_seq, e.seq) AS shown, ",
            $texts,
            " FROM events e JOIN events b ON b.room_id = e.room_id AND b.seq = COALESCE(e.replaced_seq, e.body_seq, e.seq)
             WHERE e.room_id = $1 AND e.seq >= $2 AND e.seq <= $3 AND e.kind <= 2 AND e.deleted_at IS NULL AND NOT e.withheld
                AND ($4 IS NULL OR e.author_id = $4) AND ($5 IS NULL OR e.at >= $5) AND ($6 IS NULL OR e.at < $6)
                AND (NOT $7 OR e.replaced_seq IS NULL)
             ORDER BY e.seq"
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    author_id: Uuid,
    at: i64,
    shown: i64,
    subject: Option<String>,
    body: Option<String>,
}

pub async fn look(conn: &mut Connection, part: &QueryPart, query: &NewMessageQuery) -> Work<Looked> {
    let mut next = part.next;
    if let Some(from) = query.from.filter(|_| next == 1) {
        next = first_since(conn, part.room, part.to, from.micros() - CLOCKS).await?;
    }
    if let Some(to) = query.to
        && at(conn, part.room, next).await?.is_none_or(|at| at >= to.micros() + CLOCKS)
    {
        return Ok(Looked { candidates: Vec::new(), until: part.to });
    }
    let window = if query.words.is_some() { WINDOW_OF_TEXTS } else { WINDOW };
    let until = (next + window - 1).min(part.to);
    let sql = if query.words.is_some() { candidates!("b.subject, b.body") } else { candidates!("NULL AS subject, NULL AS body") };
    let rows: Vec<Row> = sqlx::query_as(sql)
        .bind(part.room.0)
        .bind(next)
        .bind(until)
        .bind(query.author.map(|author| author.0))
        .bind(query.from.map(Timestamp::micros))
        .bind(query.to.map(Timestamp::micros))
        // What was replaced once can be removed, but not replaced again: undoing that would bring back what was hidden.
        .bind(query.action == QueryAction::Replace)
        .fetch_all(conn)
        .await?;
    let candidate = |row: Row| Candidate {
        seq: row.seq,
        author: UserId(row.author_id),
        at: Timestamp::from_micros(row.at),
        shown: row.shown,
        subject: row.subject,
        body: row.body,
    };
    Ok(Looked { candidates: rows.into_iter().map(candidate).collect(), until })
}

async fn at(conn: &mut Connection, room: RoomId, seq: Seq) -> Work<Option<i64>> {
    let row: Option<(i64,)> = sqlx::query_as("SELECT at FROM events WHERE room_id = $1 AND seq = $2").bind(room.0).bind(seq).fetch_optional(conn).await?;
    Ok(row.map(|(at,)| at))
}

/// The first event that isn't older, as far as times ascend.
async fn first_since(conn: &mut Connection, room: RoomId, to: Seq, since: i64) -> Work<Seq> {
    let (mut low, mut high) = (1, to);
    while low < high {
        let middle = low + (high - low) / 2;
        if at(conn, room, middle).await?.is_some_and(|at| at < since) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}
