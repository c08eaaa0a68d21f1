//! Message clean-up: queries and what they found ([`look`]), hiding in steps ([`step`]), taking
//! that back ([`undo`]), and erasing what stays hidden ([`erase`]).

pub mod erase;
pub mod look;
pub mod passing;
pub mod step;
pub mod undo;

use sqlx::FromRow;
use stoa_domain::id::{QueryId, RoomId, Seq, UserId};
use stoa_domain::time::Timestamp;
use stoa_domain::wire::cleanup::QueryState;
use stoa_store::{Actor, NewQuery, QueryPart, QueryRoomRow, QueryRow, StoreError};
use uuid::Uuid;

use super::error::{Work, corrupt};
use super::text::word;
use crate::dialect::{Connection, ids, list};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    by_user: Uuid,
    by_where: String,
    at: i64,
    query: String,
    state: String,
    finished_at: Option<i64>,
    undo_until: Option<i64>,
    looked_at: i64,
    of_events: i64,
    messages: i64,
    rooms: i64,
    authors: i64,
    erased: i64,
    first_at: Option<i64>,
    last_at: Option<i64>,
    samples: String,
}

impl Row {
    fn row(self) -> Work<QueryRow> {
        let samples: Vec<(Uuid, Seq)> = serde_json::from_str(&self.samples).map_err(|_| corrupt("samples", &self.samples))?;
        Ok(QueryRow {
            id: QueryId(self.id),
            by: Actor { user: Some(UserId(self.by_user)), from: self.by_where },
            at: Timestamp::from_micros(self.at),
            query: serde_json::from_str(&self.query).map_err(|_| corrupt("a query", &self.query))?,
            state: word("a query's state", &self.state, QueryState::parse)?,
            finished_at: self.finished_at.map(Timestamp::from_micros),
            undo_until: self.undo_until.map(Timestamp::from_micros),
            looked_at: self.looked_at,
            of_events: self.of_events,
            messages: self.messages,
            rooms: self.rooms,
            authors: self.authors,
            erased: self.erased,
            first_at: self.first_at.map(Timestamp::from_micros),
            last_at: self.last_at.map(Timestamp::from_micros),
            samples: samples.into_iter().map(|(room, seq)| (RoomId(room), seq)).collect(),
        })
    }
}

macro_rules! queries {
    ($rest:literal) => {
        concat!(
            "SELECT q.id, q.by_user, q.by_where, q.at, q.query, q.state, q.finished_at, q.undo_until, q.looked_at, q.of_events, q.messages,
                q.rooms, (SELECT count(*) FROM message_query_authors a WHERE a.query_id = q.id) AS authors, q.erased, q.first_at, q.last_at,
                q.samples
             FROM message_queries q ",
            $rest
        )
    };
}

/// Begins within the change that records it.
pub async fn begin(conn: &mut Connection, new: &NewQuery, by: &Actor, at: Timestamp) -> Work<()> {
    let query = serde_json::to_string(&new.query).map_err(|error| corrupt("a query", &error.to_string()))?;
    sqlx::query(
        "INSERT INTO message_queries
            (id, by_user, by_where, at, query, state, looked_at, of_events, messages, rooms, erased, samples)
         VALUES ($1, $2, $3, $4, $5, 'running', 0, 0, 0, 0, 0, '[]')",
    )
    .bind(new.id.0)
    .bind(by.user.map_or_else(Uuid::nil, |user| user.0))
    .bind(by.from.as_str())
    .bind(at.micros())
    .bind(query)
    .execute(&mut *conn)
    .await?;
    // Up to the rooms' present ends: what comes later was said by people who could know of it.
    sqlx::query(concat!(
        "INSERT INTO message_query_rooms (query_id, room_id, next_seq, to_seq, messages)
         SELECT $2, room_id, 1, seq, 0 FROM room_heads WHERE n > 0 AND room_id IN ",
        ids!(1)
    ))
    .bind(list(new.rooms.iter().map(|room| room.0)))
    .bind(new.id.0)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "UPDATE message_queries SET of_events = COALESCE((SELECT CAST(sum(to_seq) AS BIGINT) FROM message_query_rooms WHERE query_id = $1), 0)
         WHERE id = $1",
    )
    .bind(new.id.0)
    .execute(conn)
    .await?;
    Ok(())
}

/// Moves a query from one state to another; `Stale` where it isn't in the first.
pub async fn turn(conn: &mut Connection, id: QueryId, from: &[QueryState], to: QueryState, now: Timestamp, undo_until: Option<Timestamp>) -> Work<()> {
    let row: Option<(String, Option<i64>)> =
        sqlx::query_as(concat!("SELECT state, undo_until FROM message_queries WHERE id = $1", crate::dialect::for_update!()))
            .bind(id.0)
            .fetch_optional(&mut *conn)
            .await?;
    let (state, until) = row.ok_or(StoreError::Missing)?;
    let state = word("a query's state", &state, QueryState::parse)?;
    let over = to == QueryState::Undoing && until.is_some_and(|until| until <= now.micros());
    if !from.contains(&state) || over {
        return Err(StoreError::Stale.into());
    }
    sqlx::query("UPDATE message_queries SET state = $2, finished_at = COALESCE(finished_at, $3), undo_until = COALESCE($4, undo_until) WHERE id = $1")
        .bind(id.0)
        .bind(to.as_str())
        .bind((to != QueryState::Undoing).then_some(now.micros()))
        .bind(undo_until.map(|until| until.micros()))
        .execute(conn)
        .await?;
    Ok(())
}

/// The newest first.
pub async fn page(conn: &mut Connection, before: Option<QueryId>, limit: u32) -> Work<Vec<QueryRow>> {
    let rows: Vec<Row> = sqlx::query_as(queries!("WHERE $1 IS NULL OR q.id < $1 ORDER BY q.id DESC LIMIT $2"))
        .bind(before.map(|id| id.0))
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?;
    rows.into_iter().map(Row::row).collect()
}

pub async fn one(conn: &mut Connection, id: QueryId) -> Work<Option<QueryRow>> {
    let row: Option<Row> = sqlx::query_as(queries!("WHERE q.id = $1")).bind(id.0).fetch_optional(conn).await?;
    row.map(Row::row).transpose()
}

/// Those that have something to do, the oldest first.
pub async fn at_work(conn: &mut Connection) -> Work<Vec<QueryRow>> {
    let rows: Vec<Row> = sqlx::query_as(queries!("WHERE q.state IN ('running', 'undoing') ORDER BY q.id")).fetch_all(conn).await?;
    rows.into_iter().map(Row::row).collect()
}

pub async fn next_part(conn: &mut Connection, query: QueryId) -> Work<Option<QueryPart>> {
    let row: Option<(Uuid, i64, i64)> =
        sqlx::query_as("SELECT room_id, next_seq, to_seq FROM message_query_rooms WHERE query_id = $1 AND next_seq <= to_seq ORDER BY room_id LIMIT 1")
            .bind(query.0)
            .fetch_optional(conn)
            .await?;
    Ok(row.map(|(room, next, to)| QueryPart { query, room: RoomId(room), next, to }))
}

/// The rooms with the most of it.
pub async fn rooms(conn: &mut Connection, query: QueryId, limit: u32) -> Work<Vec<QueryRoomRow>> {
    let rows: Vec<(Uuid, i64, i64, i64)> = sqlx::query_as(
        "SELECT room_id, messages, first_at, last_at FROM message_query_rooms WHERE query_id = $1 AND messages > 0 AND first_at IS NOT NULL
         ORDER BY messages DESC, room_id LIMIT $2",
    )
    .bind(query.0)
    .bind(i64::from(limit))
    .fetch_all(conn)
    .await?;
    let row = |(room, messages, first, last)| QueryRoomRow {
        room: RoomId(room),
        messages,
        first_at: Timestamp::from_micros(first),
        last_at: Timestamp::from_micros(last),
    };
    Ok(rows.into_iter().map(row).collect())
}

/// Who wrote the most of it.
pub async fn authors(conn: &mut Connection, query: QueryId, limit: u32) -> Work<Vec<(UserId, i64)>> {
    let rows: Vec<(Uuid, i64)> =
        sqlx::query_as("SELECT author_id, messages FROM message_query_authors WHERE query_id = $1 ORDER BY messages DESC, author_id LIMIT $2")
            .bind(query.0)
            .bind(i64::from(limit))
            .fetch_all(conn)
            .await?;
    Ok(rows.into_iter().map(|(author, messages)| (UserId(author), messages)).collect())
}
