//! What waits for the archive.

use std::collections::HashMap;

use serde_json::json;
use stoa_domain::archive::{ArchivedFile, Content, Post};
use stoa_domain::id::{FileId, MessageId, RoomId, Seq, UserId};
use stoa_domain::message::Clearing;
use stoa_domain::time::Timestamp;
use stoa_domain::wire::file::Held;
use stoa_store::{QueueState, Queued};
use uuid::Uuid;

use super::append::{importance, kind, message_kind};
use super::bulk::Bulk;
use super::cleanup::step::unpack_runs;
use super::error::{Work, corrupt};
use super::text::unpack;
use crate::dialect::Kind::Int;
use crate::dialect::{Cell, Connection, ids, list};

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    kind: String,
    room_id: Option<Uuid>,
    seq: Option<i64>,
    user_id: Option<Uuid>,
    at: Option<i64>,
    access_version: Option<i64>,
    payload: Option<String>,
    event_kind: Option<i16>,
    event_id: Option<Uuid>,
    of_seq: Option<i64>,
    reply_to: Option<i64>,
    importance: Option<i16>,
    withheld: Option<bool>,
    subject: Option<String>,
    body: Option<String>,
    mentions: Option<Vec<u8>>,
    files: Option<Vec<u8>>,
}

macro_rules! events {
    () => {
        "e.kind AS event_kind, e.id AS event_id, e.of_seq, e.reply_to, e.importance, e.withheld, e.subject, e.body, e.mentions, e.files"
    };
}

/// Rows of the queue with their events, as they were written: not as they stand now.
macro_rules! select {
    ($which:literal) => {
        concat!(
            "SELECT q.id, q.kind, q.room_id, q.seq, COALESCE(q.user_id, e.author_id) AS user_id, COALESCE(q.at, e.at) AS at,
                COALESCE(q.access_version, e.access_version) AS access_version, q.payload, ",
            events!(),
            " FROM (SELECT * FROM compliance_queue ",
            $which,
            ") q LEFT JOIN events e ON q.kind = 'event' AND e.room_id = q.room_id AND e.seq = q.seq ORDER BY q.id"
        )
    };
}
/// As if they were queued.
pub async fn written(conn: &mut Connection, room: RoomId, from: Seq, to: Seq) -> Work<Vec<Queued>> {
    let rows: Vec<Row> = sqlx::query_as(concat!(
        "SELECT CAST(0 AS BIGINT) AS id, 'event' AS kind, e.room_id, e.seq, e.author_id AS user_id, e.at, e.access_version, CAST(NULL AS TEXT) AS payload, ",
        events!(),
        " FROM events e WHERE e.room_id = $1 AND e.seq BETWEEN $2 AND $3 ORDER BY e.seq"
    ))
    .bind(room.0)
    .bind(from)
    .bind(to)
    .fetch_all(&mut *conn)
    .await?;
    queued(conn, rows).await
}

/// The first of it.
pub async fn read(conn: &mut Connection, limit: u32) -> Work<Vec<Queued>> {
    let rows: Vec<Row> = sqlx::query_as(select!("ORDER BY id LIMIT $1")).bind(i64::from(limit)).fetch_all(&mut *conn).await?;
    queued(conn, rows).await
}

/// Events of a room that the queue has lost, put into it once more, in their order.
pub async fn put_back(conn: &mut Connection, room: RoomId, from: Seq, to: Seq) -> Work<Vec<Queued>> {
    let sql = "INSERT INTO compliance_queue (kind, room_id, seq) SELECT 'event', e.room_id, e.seq FROM events e
        WHERE e.room_id = $1 AND e.seq BETWEEN $2 AND $3
          AND NOT EXISTS (SELECT 1 FROM compliance_queue q WHERE q.kind = 'event' AND q.room_id = e.room_id AND q.seq = e.seq) ORDER BY e.seq";
    sqlx::query(sql).bind(room.0).bind(from).bind(to).execute(&mut *conn).await?;
    let rows: Vec<Row> = sqlx::query_as(select!("WHERE kind = 'event' AND room_id = $1 AND seq BETWEEN $2 AND $3"))
        .bind(room.0)
        .bind(from)
        .bind(to)
        .fetch_all(&mut *conn)
        .await?;
    let mut found = queued(conn, rows).await?;
    found.sort_by_key(|row| row.seq);
    Ok(found)
}

async fn queued(conn: &mut Connection, rows: Vec<Row>) -> Work<Vec<Queued>> {
    let posted = rows.iter().filter(|row| row.event_kind.is_some_and(|number| i64::from(number) <= kind::STORY));
    let files = files(conn, posted.flat_map(|row| packed(row.files.as_deref()))).await?;
    rows.into_iter().map(|row| row.queued(&files)).collect()
}

fn packed(bytes: Option<&[u8]>) -> impl Iterator<Item = Uuid> {
    bytes.unwrap_or_default().as_chunks::<16>().0.iter().map(|id| Uuid::from_bytes(*id))
}

async fn files(conn: &mut Connection, wanted: impl Iterator<Item = Uuid>) -> Work<HashMap<Uuid, ArchivedFile>> {
    let wanted: Vec<Uuid> = wanted.collect();
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    type FileRow = (Uuid, String, Option<i64>, Option<Vec<u8>>, Option<String>);
    let rows: Vec<FileRow> = sqlx::query_as(concat!("SELECT f.id, f.name, f.size, f.sha256, f.kind FROM files f WHERE f.id IN ", ids!(1)))
        .bind(list(wanted))
        .fetch_all(conn)
        .await?;
    let file = |(id, name, size, sha256, media_type): FileRow| {
        let sha256 = sha256.unwrap_or_default().iter().map(|byte| format!("{byte:02x}")).collect();
        (id, ArchivedFile { id: FileId(id), name, size: size.unwrap_or_default().unsigned_abs(), sha256, media_type: media_type.unwrap_or_default() })
    };
    Ok(rows.into_iter().map(file).collect())
}

impl Row {
    fn queued(self, files: &HashMap<Uuid, ArchivedFile>) -> Work<Queued> {
        Ok(Queued {
            id: self.id,
            room: self.room_id.map(RoomId),
            seq: self.seq,
            user: self.user_id.map(UserId),
            at: self.at.map(Timestamp::from_micros),
            version: self.access_version,
            content: self.content(files)?,
        })
    }

    fn content(self, files: &HashMap<Uuid, ArchivedFile>) -> Work<Content> {
        if self.kind != "event" {
            let payload = self.payload.map(|text| serde_json::from_str(&text).map_err(|_| corrupt("a record", &text))).transpose()?;
            return Ok(Content::queued(&self.kind, payload));
        }
        let Some(number) = self.event_kind.map(i64::from) else {
            // It was removed past the product: that it was there is all that can be kept.
            return Ok(Content::Other { name: "event".to_owned(), payload: json!({ "missing": true }) });
        };
        let of = self.of_seq.unwrap_or_default();
        let mentions = || self.mentions.as_deref().map(unpack).unwrap_or_default();
        if let Some(message) = message_kind(number) {
            return Ok(Content::Post(Post {
                id: MessageId(self.event_id.unwrap_or_default()),
                message,
                mentions: mentions(),
                files: packed(self.files.as_deref()).filter_map(|id| files.get(&id).cloned()).collect(),
                subject: self.subject,
                body: self.body.unwrap_or_default(),
                importance: importance(self.importance.unwrap_or_default().into()),
                reply_to: self.reply_to,
                withheld: self.withheld.unwrap_or_default(),
            }));
        }
        Ok(match number {
            kind::EDIT => Content::Edit {
                of,
                mentions: mentions(),
                subject: self.subject,
                body: self.body.unwrap_or_default(),
                withheld: self.withheld.unwrap_or_default(),
            },
            kind::DELETE => Content::Delete { of },
            kind::REACT | kind::UNREACT => Content::Reaction { of, emoji: self.body.unwrap_or_default(), on: number == kind::REACT },
            kind::CLEARED | kind::RESTORED => {
                let how = match (number, &self.body) {
                    (kind::RESTORED, _) => Clearing::Restored,
                    (_, Some(_)) => Clearing::Replaced,
                    (_, None) => Clearing::Removed,
                };
                Content::Cleared { how, of: unpack_runs(self.mentions.as_deref().unwrap_or_default()), text: self.body }
            }
            kind::CHECKED => {
                let file = packed(self.files.as_deref()).next().ok_or_else(|| corrupt("a file of an event", "none"))?;
                let held = self.body.map(|word| Held::parse(&word).ok_or_else(|| corrupt("why a file is held", &word))).transpose()?;
                Content::FileShown { of, file: FileId(file), held }
            }
            kind::NOTICE => Content::Notice { text: self.body.unwrap_or_default() },
            other => return Err(corrupt("an event of kind", &other.to_string())),
        })
    }
}

/// What is in the archive needn't wait any more.
pub async fn let_go(conn: &mut Connection, numbers: &[i64]) -> Work<u64> {
    static DELETE: Bulk = Bulk::new("DELETE FROM compliance_queue WHERE id IN (SELECT r.id FROM", &[("id", Int)], ")");
    let mut rows = DELETE.rows();
    numbers.iter().for_each(|number| rows.push(&[Cell::Int(*number)]));
    DELETE.run(conn, rows).await
}

pub async fn state(conn: &mut Connection) -> Work<QueueState> {
    let (first, last): (Option<i64>, Option<i64>) =
        sqlx::query_as("SELECT (SELECT min(id) FROM compliance_queue), (SELECT max(id) FROM compliance_queue)").fetch_one(&mut *conn).await?;
    let Some((first, last)) = first.zip(last) else { return Ok(QueueState::default()) };
    let oldest: Option<(Option<i64>,)> = sqlx::query_as(
        "SELECT COALESCE(q.at, e.at) FROM compliance_queue q LEFT JOIN events e ON q.kind = 'event' AND e.room_id = q.room_id AND e.seq = q.seq
         WHERE q.id >= $1 ORDER BY q.id LIMIT 1",
    )
    .bind(first)
    .fetch_optional(conn)
    .await?;
    let oldest = oldest.and_then(|(at,)| at).map(Timestamp::from_micros);
    Ok(QueueState { length: last.abs_diff(first) + 1, oldest })
}
