//! Reading the rooms' streams: messages in their present state, and events in their order. A
//! fixed number of statements, however many messages.

use stoa_domain::id::{FileId, RoomId, Seq, UserId};
use stoa_domain::markdown::quoted;
use stoa_domain::message::Clearing;
use stoa_domain::time::Timestamp;
use stoa_domain::wire::Person;
use stoa_domain::wire::file::Held;
use stoa_domain::wire::message::{Deleted, EventHead, History, HistoryQuery, Message, Quote, Reaction, RoomEvent};
use stoa_store::{Head, StoreError};
use uuid::Uuid;

use super::append::{importance, kind, message_kind};
use super::cleanup::step::unpack_runs;
use super::error::{Work, corrupt};
use super::files;
use super::text::unpack;
use crate::dialect::{Connection, id_text, ids, list};

/// How much of a message a quote shows, in characters.
const QUOTE: usize = 140;

/// Whether a message of this table isn't kept, and its time is over.
macro_rules! not_kept {
    ($table:literal) => {
        concat!(
            "(",
            $table,
            ".withheld AND NOT EXISTS (SELECT 1 FROM passing p WHERE p.room_id = ",
            $table,
            ".room_id AND p.seq = ",
            $table,
            ".seq AND p.held_until IS NULL))"
        )
    };
}
pub(crate) use not_kept;

/// Events with all that is shown of them. `t` is the message that an event concerns (a message
/// itself), so that an edit comes with the text that holds now, and no text of what is deleted.
///
/// What isn't kept is read by who was away for a moment, and by servers, as long as it is there
/// (`not_kept`); by nobody else.
macro_rules! entries {
    ($events:literal) => {
        entries!($events, "t.withheld")
    };
    ($events:literal, $($hidden:tt)+) => {
        concat!(
            "SELECT e.room_id, e.seq, e.n, e.kind, e.id, e.at, e.of_seq, e.importance,
                COALESCE(t.withheld, FALSE) AS withheld, u.id AS author, u.name AS author_name, u.display_name AS author_display_name,
                t.edited_at, t.deleted_at, d.id AS deleter, d.name AS deleter_name, d.display_name AS deleter_display_name,
                b.subject, b.body, CASE WHEN b.kind = 8 AND e.kind <= 3 THEN NULL ELSE b.mentions END AS mentions,
                CASE WHEN b.kind = 8 AND e.kind <= 2 THEN b.at END AS replaced_at,
                r.id AS replacer, r.name AS replacer_name, r.display_name AS replacer_display_name,
                CASE WHEN e.kind = 10 OR (e.kind <= 2 AND b.kind <> 8) THEN e.files END AS files,
                q.seq AS quote_seq, substr(qb.body, 1, 1000) AS quote_body,
                CASE WHEN q.files IS NOT NULL AND qb.kind <= 3
                    THEN (SELECT f.name FROM files f WHERE f.room_id = q.room_id AND f.seq = q.seq AND f.position = 0 AND COALESCE(f.scan, 0) <> 7) END AS quote_file,
                qu.id AS quoted, qu.name AS quoted_name, qu.display_name AS quoted_display_name
             FROM (SELECT * FROM events WHERE room_id = $1 ",
            $events,
            ") e
             JOIN users u ON u.id = e.author_id
             LEFT JOIN events t ON t.room_id = e.room_id AND t.seq = COALESCE(e.of_seq, e.seq)
             LEFT JOIN events b ON b.room_id = e.room_id
                AND b.seq = CASE WHEN e.kind <= 3 THEN COALESCE(t.replaced_seq, t.body_seq, t.seq) ELSE e.seq END
                AND (e.kind > 3 OR (t.deleted_at IS NULL AND NOT ",
            $($hidden)+,
            "))
             LEFT JOIN users r ON r.id = CASE WHEN b.kind = 8 THEN b.author_id END
             LEFT JOIN users d ON d.id = t.deleted_by
             LEFT JOIN events q ON q.room_id = e.room_id AND q.seq = e.reply_to
             LEFT JOIN events qb ON qb.room_id = e.room_id AND qb.seq = COALESCE(q.replaced_seq, q.body_seq, q.seq)
                AND q.deleted_at IS NULL AND NOT q.withheld
             LEFT JOIN users qu ON qu.id = q.author_id
             ORDER BY e.seq"
        )
    };
}

#[derive(sqlx::FromRow)]
struct EntryRow {
    room_id: Uuid,
    seq: i64,
    n: i64,
    kind: i16,
    id: Uuid,
    at: i64,
    of_seq: Option<i64>,
    importance: i16,
    withheld: bool,
    author: Uuid,
    author_name: String,
    author_display_name: String,
    edited_at: Option<i64>,
    deleted_at: Option<i64>,
    deleter: Option<Uuid>,
    deleter_name: Option<String>,
    deleter_display_name: Option<String>,
    subject: Option<String>,
    body: Option<String>,
    mentions: Option<Vec<u8>>,
    replaced_at: Option<i64>,
    replacer: Option<Uuid>,
    replacer_name: Option<String>,
    replacer_display_name: Option<String>,
    quote_seq: Option<i64>,
    files: Option<Vec<u8>>,
    quote_body: Option<String>,
    quote_file: Option<String>,
    quoted: Option<Uuid>,
    quoted_name: Option<String>,
    quoted_display_name: Option<String>,
}

fn person(id: Option<Uuid>, name: Option<String>, display_name: Option<String>) -> Option<Person> {
    Some(Person { id: UserId(id?), name: name?, display_name: display_name? })
}

fn mentioned(bytes: Option<&[u8]>) -> Vec<UserId> {
    bytes.map(unpack).unwrap_or_default()
}

impl EntryRow {
    fn message(self) -> Work<Message> {
        let kind = message_kind(self.kind.into()).ok_or_else(|| corrupt("a message of kind", &self.kind.to_string()))?;
        let deleted = person(self.deleter, self.deleter_name, self.deleter_display_name)
            .zip(self.deleted_at)
            .map(|(by, at)| Deleted { by, at: Timestamp::from_micros(at) });
        let replaced = person(self.replacer, self.replacer_name, self.replacer_display_name)
            .zip(self.replaced_at)
            .map(|(by, at)| Deleted { by, at: Timestamp::from_micros(at) });
        let quote = person(self.quoted, self.quoted_name, self.quoted_display_name).zip(self.quote_seq).map(|(author, seq)| Quote {
            seq,
            author,
            excerpt: self.quote_body.as_deref().map(|body| excerpt(body, self.quote_file.as_deref())),
        });
        Ok(Message {
            seq: self.seq,
            n: self.n,
            id: self.id.into(),
            at: Timestamp::from_micros(self.at),
            author: Person { id: self.author.into(), name: self.author_name, display_name: self.author_display_name },
            kind,
            subject: self.subject,
            body: self.body,
            importance: importance(self.importance.into()),
            reply_to: quote,
            mentions: mentioned(self.mentions.as_deref()),
            attachments: Vec::new(),
            edited_at: self.edited_at.map(Timestamp::from_micros),
            deleted,
            replaced,
            withheld: self.withheld,
            reactions: Vec::new(),
            nonce: None,
        })
    }

    fn event(self) -> Work<RoomEvent> {
        let number = i64::from(self.kind);
        if number <= kind::STORY {
            return Ok(RoomEvent::Message { room: self.room_id.into(), message: self.message()? });
        }
        let head = EventHead {
            room: self.room_id.into(),
            seq: self.seq,
            n: self.n,
            at: Timestamp::from_micros(self.at),
            author: Person { id: self.author.into(), name: self.author_name, display_name: self.author_display_name },
            nonce: None,
        };
        let of = self.of_seq.unwrap_or_default();
        Ok(match number {
            kind::EDIT => {
                let mentions = mentioned(self.mentions.as_deref());
                RoomEvent::Edited { head, of, subject: self.subject, body: self.body, mentions, withheld: self.withheld }
            }
            kind::DELETE => RoomEvent::Deleted { head, of },
            kind::REACT | kind::UNREACT => RoomEvent::Reaction { head, of, emoji: self.body.unwrap_or_default(), on: number == kind::REACT },
            kind::CLEARED | kind::RESTORED => {
                let how = match (number, &self.body) {
                    (kind::RESTORED, _) => Clearing::Restored,
                    (_, Some(_)) => Clearing::Replaced,
                    (_, None) => Clearing::Removed,
                };
                RoomEvent::Cleared { head, how, of: unpack_runs(self.mentions.as_deref().unwrap_or_default()), text: self.body }
            }
            kind::CHECKED => {
                let bytes = self.files.unwrap_or_default();
                let file = Uuid::from_slice(&bytes).map_err(|_| corrupt("a file of an event", &bytes.len().to_string()))?;
                let held = self.body.map(|word| Held::parse(&word).ok_or_else(|| corrupt("why a file is held", &word))).transpose()?;
                RoomEvent::Checked { head, of, file: FileId(file), held }
            }
            kind::NOTICE => RoomEvent::Notice { head, text: self.body.unwrap_or_default() },
            other => return Err(corrupt("an event of kind", &other.to_string())),
        })
    }
}

/// What a quote shows; of a message that is only files the name of the first.
fn excerpt(body: &str, file: Option<&str>) -> String {
    let text = quoted(body, QUOTE);
    if text.is_empty() { file.unwrap_or_default().to_owned() } else { text }
}

fn with_files(rows: &[EntryRow]) -> Vec<Seq> {
    rows.iter().filter(|row| row.files.is_some() && i64::from(row.kind) <= kind::STORY).map(|row| row.seq).collect()
}

async fn messages(conn: &mut Connection, room: RoomId, rows: Vec<EntryRow>) -> Work<Vec<Message>> {
    let with_files = with_files(&rows);
    let mut messages = rows.into_iter().map(EntryRow::message).collect::<Work<Vec<_>>>()?;
    files::attach(conn, room, &with_files, messages.iter_mut()).await?;
    Ok(messages)
}

pub async fn heads(conn: &mut Connection, rooms: &[RoomId]) -> Work<Vec<Head>> {
    let rows: Vec<(Uuid, i64, i64)> = sqlx::query_as(concat!("SELECT room_id, seq, n FROM room_heads WHERE room_id IN ", ids!(1)))
        .bind(list(rooms.iter().map(|room| room.0)))
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(|(room, seq, n)| Head { room: RoomId(room), seq, n }).collect())
}

pub async fn head(conn: &mut Connection, room: RoomId) -> Work<Head> {
    let row: Option<(i64, i64)> = sqlx::query_as("SELECT seq, n FROM room_heads WHERE room_id = $1").bind(room.0).fetch_optional(conn).await?;
    let (seq, n) = row.ok_or(StoreError::Missing)?;
    Ok(Head { room, seq, n })
}

pub async fn last_posted(conn: &mut Connection, rooms: &[RoomId]) -> Work<Vec<(RoomId, Timestamp)>> {
    let rows: Vec<(Uuid, i64)> =
        sqlx::query_as(concat!("SELECT room_id, last_post_at FROM room_heads WHERE last_post_at IS NOT NULL AND room_id IN ", ids!(1)))
            .bind(list(rooms.iter().map(|room| room.0)))
            .fetch_all(conn)
            .await?;
    Ok(rows.into_iter().map(|(room, at)| (RoomId(room), Timestamp::from_micros(at))).collect())
}

/// All of them in one row: there are tens of thousands.
pub async fn said(conn: &mut Connection) -> Work<Vec<(RoomId, i64, Option<Timestamp>)>> {
    let (lines,): (Option<String>,) = sqlx::query_as(concat!(
        "SELECT string_agg(",
        id_text!("room_id"),
        " || ' ' || n || ' ' || COALESCE(last_post_at, -1), ';') FROM room_heads WHERE n > 0"
    ))
    .fetch_one(conn)
    .await?;
    let read = |line: &str| {
        let mut cells = line.split(' ');
        let room = Uuid::try_parse(cells.next()?).ok()?;
        let (n, at): (i64, i64) = (cells.next()?.parse().ok()?, cells.next()?.parse().ok()?);
        Some((RoomId(room), n, (at >= 0).then(|| Timestamp::from_micros(at))))
    };
    let lines = lines.unwrap_or_default();
    lines.split_terminator(';').map(|line| read(line).ok_or_else(|| corrupt("a room's head", line))).collect()
}

pub async fn events_after(conn: &mut Connection, room: RoomId, after: Seq, limit: u32) -> Work<Vec<RoomEvent>> {
    let rows: Vec<EntryRow> = sqlx::query_as(entries!("AND seq > $2 ORDER BY seq LIMIT $3", not_kept!("t")))
        .bind(room.0)
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(&mut *conn)
        .await?;
    let with_files = with_files(&rows);
    let mut events = rows.into_iter().map(EntryRow::event).collect::<Work<Vec<_>>>()?;
    let messages = events.iter_mut().filter_map(|event| if let RoomEvent::Message { message, .. } = event { Some(message) } else { None });
    files::attach(conn, room, &with_files, messages).await?;
    Ok(events)
}

pub async fn history(conn: &mut Connection, room: RoomId, query: &HistoryQuery, limit: u32, reader: UserId) -> Work<History> {
    // Before the messages: of what comes in meanwhile nothing is claimed.
    let head = head(conn, room).await?;
    span(conn, head, query, limit, reader).await
}

/// Within a transaction that sees one moment.
pub async fn latest(conn: &mut Connection, room: RoomId, limit: u32, reader: UserId) -> Work<(Head, History)> {
    let head = head(conn, room).await?;
    Ok((head, span(conn, head, &HistoryQuery::default(), limit, reader).await?))
}

/// The part of the stream that is asked for, of what is there up to the head.
async fn span(conn: &mut Connection, head: Head, query: &HistoryQuery, limit: u32, reader: UserId) -> Work<History> {
    let mut history = if let Some(before) = query.before_seq {
        older(conn, head, before, limit).await?
    } else if let Some(after) = query.after_seq {
        newer(conn, head, after, limit).await?
    } else if let Some(around) = query.around {
        let around = around.clamp(0, head.seq);
        let mut history = older(conn, head, around + 1, limit.div_ceil(2)).await?;
        let rest = newer(conn, head, around, limit / 2).await?;
        history.messages.extend(rest.messages);
        history.to_seq = rest.to_seq;
        history
    } else {
        older(conn, head, head.seq + 1, limit).await?
    };
    react(conn, head.room, reader, &mut history.messages).await?;
    Ok(history)
}

async fn older(conn: &mut Connection, head: Head, before: Seq, limit: u32) -> Work<History> {
    let to_seq = before.min(head.seq + 1).max(1) - 1;
    let rows: Vec<EntryRow> = sqlx::query_as(entries!("AND seq <= $2 AND kind <= 2 ORDER BY seq DESC LIMIT $3"))
        .bind(head.room.0)
        .bind(to_seq)
        .bind(i64::from(limit))
        .fetch_all(&mut *conn)
        .await?;
    let messages = messages(conn, head.room, rows).await?;
    let complete = limit > 0 && (messages.len() < limit as usize || messages.first().is_some_and(|message| message.n == 1));
    let from_seq = if complete { 1 } else { messages.first().map_or(to_seq + 1, |message| message.seq) };
    Ok(History { messages, from_seq, to_seq })
}

async fn newer(conn: &mut Connection, head: Head, after: Seq, limit: u32) -> Work<History> {
    let after = after.clamp(0, head.seq);
    let rows: Vec<EntryRow> = sqlx::query_as(entries!("AND seq > $2 AND seq <= $3 AND kind <= 2 ORDER BY seq LIMIT $4"))
        .bind(head.room.0)
        .bind(after)
        .bind(head.seq)
        .bind(i64::from(limit))
        .fetch_all(&mut *conn)
        .await?;
    let messages = messages(conn, head.room, rows).await?;
    let complete = limit > 0 && (messages.len() < limit as usize || messages.last().is_some_and(|message| message.n == head.n));
    let to_seq = if complete { head.seq } else { messages.last().map_or(after, |message| message.seq) };
    Ok(History { messages, from_seq: after + 1, to_seq })
}

pub async fn message(conn: &mut Connection, room: RoomId, seq: Seq, reader: UserId) -> Work<Option<Message>> {
    let row: Option<EntryRow> = sqlx::query_as(entries!("AND seq = $2 AND kind <= 2")).bind(room.0).bind(seq).fetch_optional(&mut *conn).await?;
    let Some(row) = row else { return Ok(None) };
    let mut messages = messages(conn, room, vec![row]).await?;
    react(conn, room, reader, &mut messages).await?;
    Ok(messages.pop())
}

pub async fn quote(conn: &mut Connection, room: RoomId, seq: Seq) -> Work<Option<Quote>> {
    let row: Option<EntryRow> = sqlx::query_as(entries!("AND seq = $2 AND kind <= 2")).bind(room.0).bind(seq).fetch_optional(&mut *conn).await?;
    let message = messages(conn, room, row.into_iter().collect()).await?.pop();
    Ok(message.map(|message| Quote {
        seq: message.seq,
        excerpt: message.body.as_deref().map(|body| excerpt(body, message.attachments.first().map(|file| file.name.as_str()))),
        author: message.author,
    }))
}

/// Adds the reactions, in the order in which each emoji first came.
async fn react(conn: &mut Connection, room: RoomId, reader: UserId, messages: &mut [Message]) -> Work<()> {
    let (Some(first), Some(last)) = (messages.first(), messages.last()) else { return Ok(()) };
    let rows: Vec<(i64, String, i64, i64)> = sqlx::query_as(
        "SELECT seq, emoji, count(*), sum(CASE WHEN user_id = $4 THEN 1 ELSE 0 END) FROM reactions
         WHERE room_id = $1 AND seq BETWEEN $2 AND $3 GROUP BY seq, emoji ORDER BY seq, min(event_seq)",
    )
    .bind(room.0)
    .bind(first.seq)
    .bind(last.seq)
    .bind(reader.0)
    .fetch_all(conn)
    .await?;
    for (seq, emoji, count, mine) in rows {
        if let Ok(at) = messages.binary_search_by_key(&seq, |message| message.seq)
            && messages[at].deleted.is_none()
        {
            messages[at].reactions.push(Reaction { emoji, count: u32::try_from(count).unwrap_or(u32::MAX), mine: mine > 0 });
        }
    }
    Ok(())
}
