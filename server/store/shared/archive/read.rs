//! Where the archive ends, and what it has.

use stoa_domain::archive::{Batch, Head};
use stoa_domain::id::{RoomId, Seq, UserId};
use stoa_domain::time::Timestamp;
use stoa_store::{ArchiveEnd, ArchiveRow};
use uuid::Uuid;

use crate::dialect::Kind::{Id, Int};
use crate::dialect::{Cell, Connection};
use crate::shared::bulk::Bulk;
use crate::shared::chain::hash;
use crate::shared::error::Work;

#[derive(sqlx::FromRow)]
struct BatchRow {
    number: i64,
    previous: Vec<u8>,
    hash: Vec<u8>,
    first: i64,
    records: i64,
    written_at: i64,
}

impl BatchRow {
    fn batch(self) -> Work<Batch> {
        Ok(Batch {
            number: self.number,
            previous: hash(self.previous)?,
            hash: hash(self.hash)?,
            first: self.first,
            records: self.records,
            written_at: Timestamp::from_micros(self.written_at),
        })
    }
}

pub async fn last(conn: &mut Connection) -> Work<Option<Batch>> {
    let row: Option<BatchRow> =
        sqlx::query_as("SELECT number, previous, hash, first, records, written_at FROM batches ORDER BY number DESC LIMIT 1").fetch_optional(conn).await?;
    row.map(BatchRow::batch).transpose()
}

pub async fn end(conn: &mut Connection) -> Work<ArchiveEnd> {
    let batch = last(conn).await?;
    let (party, place): (Option<i64>, Option<i64>) =
        sqlx::query_as("SELECT (SELECT max(id) FROM parties), (SELECT max(id) FROM places)").fetch_one(conn).await?;
    Ok(ArchiveEnd {
        head: batch.as_ref().map(Head::from).unwrap_or_default(),
        written_at: batch.map(|batch| batch.written_at),
        party: party.unwrap_or_default(),
        place: place.unwrap_or_default(),
    })
}

pub async fn numbers(conn: &mut Connection, batch: i64) -> Work<Vec<i64>> {
    let rows: Vec<(i64,)> = sqlx::query_as(
        "SELECT r.number FROM batches b JOIN records r ON r.position >= b.first AND r.position < b.first + b.records
         WHERE b.number = $1 AND r.number > 0",
    )
    .bind(batch)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(number,)| number).collect())
}

pub async fn archived(conn: &mut Connection, numbers: &[i64], events: &[(RoomId, Seq)]) -> Work<(Vec<i64>, Vec<(RoomId, Seq)>)> {
    static NUMBERS: Bulk = Bulk::new("SELECT a.number FROM", &[("number", Int)], "CROSS JOIN records a WHERE a.number = r.number AND a.number > 0");
    static EVENTS: Bulk = Bulk::new(
        "SELECT a.room_id, a.seq FROM",
        &[("room_id", Id), ("seq", Int)],
        "CROSS JOIN records a WHERE a.room_id = r.room_id AND a.seq = r.seq AND a.seq IS NOT NULL",
    );
    let (mut by_number, mut by_event) = (NUMBERS.rows(), EVENTS.rows());
    numbers.iter().for_each(|number| by_number.push(&[Cell::Int(*number)]));
    events.iter().for_each(|(room, seq)| by_event.push(&[Cell::Id(room.0), Cell::Int(*seq)]));
    let numbers: Vec<(i64,)> = NUMBERS.fetch(&mut *conn, by_number).await?;
    let events: Vec<(Uuid, i64)> = EVENTS.fetch(conn, by_event).await?;
    Ok((numbers.into_iter().map(|(number,)| number).collect(), events.into_iter().map(|(room, seq)| (RoomId(room), seq)).collect()))
}

pub async fn rooms_end(conn: &mut Connection, rooms: &[RoomId]) -> Work<Vec<(RoomId, Seq)>> {
    static ENDS: Bulk =
        Bulk::new("SELECT r.room_id, (SELECT max(a.seq) FROM records a WHERE a.room_id = r.room_id AND a.seq IS NOT NULL) FROM", &[("room_id", Id)], "");
    let mut asked = ENDS.rows();
    rooms.iter().for_each(|room| asked.push(&[Cell::Id(room.0)]));
    let found: Vec<(Uuid, Option<i64>)> = ENDS.fetch(conn, asked).await?;
    Ok(found.into_iter().filter_map(|(room, seq)| Some((RoomId(room), seq?))).collect())
}

pub async fn members_at(conn: &mut Connection, room: RoomId, position: i64) -> Work<Vec<UserId>> {
    let rows: Vec<(Uuid,)> = sqlx::query_as(
        "SELECT user_id FROM members WHERE room_id = $1 AND from_position <= $2 AND (until_position IS NULL OR until_position > $2) ORDER BY user_id",
    )
    .bind(room.0)
    .bind(position)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(user,)| UserId(user)).collect())
}

pub async fn batches(conn: &mut Connection, after: i64, limit: u32) -> Work<Vec<Batch>> {
    let rows: Vec<BatchRow> =
        sqlx::query_as("SELECT number, previous, hash, first, records, written_at FROM batches WHERE number > $1 ORDER BY number LIMIT $2")
            .bind(after)
            .bind(i64::from(limit))
            .fetch_all(conn)
            .await?;
    rows.into_iter().map(BatchRow::batch).collect()
}

#[derive(sqlx::FromRow)]
struct RecordRow {
    position: i64,
    number: i64,
    kind: String,
    at: i64,
    access_version: Option<i64>,
    room_id: Option<Uuid>,
    place_id: Option<i64>,
    seq: Option<i64>,
    party_id: Option<i64>,
    content: Option<String>,
    content_hash: Option<Vec<u8>>,
}

pub async fn rows(conn: &mut Connection, after: i64, limit: u32) -> Work<Vec<ArchiveRow>> {
    let rows: Vec<RecordRow> = sqlx::query_as(
        "SELECT position, number, kind, at, access_version, room_id, place_id, seq, party_id, content, content_hash FROM records
         WHERE position > $1 ORDER BY position LIMIT $2",
    )
    .bind(after)
    .bind(i64::from(limit))
    .fetch_all(conn)
    .await?;
    let row = |row: RecordRow| {
        Ok(ArchiveRow {
            position: row.position,
            number: row.number,
            at: Timestamp::from_micros(row.at),
            version: row.access_version,
            room: row.room_id,
            place: row.place_id,
            seq: row.seq,
            party: row.party_id,
            kind: row.kind,
            content: row.content,
            content_hash: row.content_hash.map(hash).transpose()?,
        })
    };
    rows.into_iter().map(row).collect()
}

pub async fn position_at(conn: &mut Connection, at: Timestamp) -> Work<i64> {
    let row: Option<(i64,)> = sqlx::query_as("SELECT first + records - 1 FROM batches WHERE written_at <= $1 ORDER BY written_at DESC, number DESC LIMIT 1")
        .bind(at.micros())
        .fetch_optional(conn)
        .await?;
    Ok(row.map_or(0, |(position,)| position))
}
