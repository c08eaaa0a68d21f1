//! What a batch depends on: the heads of its rooms (locked), the nonces that are known already,
//! the messages that it edits, deletes, answers or reacts to, and the reactions that are there.

use std::collections::{BTreeSet, HashMap, HashSet};

use stoa_domain::id::{FileId, Nonce, RoomId, Seq, UserId};
use stoa_domain::time::Timestamp;
use stoa_store::{Append, Appending};
use uuid::Uuid;

use super::plan::Plan;
use super::{Content, MessageKey, NonceKey, Offered, ReactionKey, RoomHead, Target, place};
use crate::dialect::{Cell, Connection, Kind, for_update, ids, list};
use crate::shared::bulk::Bulk;
use crate::shared::error::Work;
use crate::shared::history::not_kept;
use crate::shared::text::{clean, unpack};

pub async fn load(conn: &mut Connection, items: &[Append]) -> Work<Plan> {
    let rooms: BTreeSet<RoomId> = items.iter().map(|item| item.room).collect();
    let heads = heads(conn, &rooms).await?;
    let known = nonces(conn, items).await?;
    let targets = targets(conn, items).await?;
    let reactions = reactions(conn, items).await?;
    let offered = offered(conn, items).await?;
    Ok(Plan::new(heads, known, targets, reactions, offered))
}

/// Locked in the order of their ids, so that two servers' batches wait for each other instead of both.
async fn heads(conn: &mut Connection, rooms: &BTreeSet<RoomId>) -> Work<HashMap<RoomId, RoomHead>> {
    let sql = concat!("SELECT room_id, seq, n FROM room_heads WHERE room_id IN ", ids!(1), " ORDER BY room_id", for_update!());
    let rows: Vec<(Uuid, i64, i64)> = sqlx::query_as(sql).bind(list(rooms.iter().map(|room| room.0))).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(room, seq, n)| (RoomId(room), RoomHead { from: seq, seq, n, last_post_at: None })).collect())
}

#[derive(sqlx::FromRow)]
struct KnownRow {
    room_id: Uuid,
    author_id: Uuid,
    nonce: Uuid,
    seq: i64,
    n: i64,
    id: Uuid,
    at: i64,
    withheld: bool,
    kind: i16,
    of_seq: Option<i64>,
    importance: i16,
    reply_to: Option<i64>,
    subject: Option<String>,
    body: Option<String>,
    files: Option<Vec<u8>>,
}

async fn nonces(conn: &mut Connection, items: &[Append]) -> Work<HashMap<NonceKey, (super::Appended, Content)>> {
    // CROSS JOIN keeps SQLite at looking up each row in the index.
    static KNOWN: Bulk = Bulk::new(
        "SELECT e.room_id, e.author_id, e.nonce, e.seq, e.n, e.id, e.at, e.withheld, e.kind, e.of_seq, e.importance, e.reply_to, e.subject, e.body,
            e.files
         FROM",
        &[("room_id", Kind::Id), ("author_id", Kind::Id), ("nonce", Kind::Id)],
        "CROSS JOIN events e
         WHERE e.room_id = r.room_id AND e.author_id = r.author_id AND e.nonce = r.nonce",
    );
    let mut rows = KNOWN.rows();
    for item in items {
        if let Some(nonce) = item.nonce {
            rows.push(&[Cell::Id(item.room.0), Cell::Id(item.author.0), Cell::Id(nonce.0)]);
        }
    }
    let found: Vec<KnownRow> = KNOWN.fetch(conn, rows).await?;
    Ok(found
        .into_iter()
        .map(|row| {
            let key = (RoomId(row.room_id), UserId(row.author_id), Nonce(row.nonce));
            let content = Content {
                kind: row.kind.into(),
                of: row.of_seq,
                importance: row.importance.into(),
                reply_to: row.reply_to,
                subject: row.subject,
                body: row.body,
                files: row.files.unwrap_or_default(),
            };
            (key, (place(row.seq, row.n, row.id.into(), Timestamp::from_micros(row.at), row.withheld), content))
        })
        .collect())
}

const fn concerned(what: &Appending) -> Option<Seq> {
    match what {
        Appending::Message { reply_to, .. } => *reply_to,
        Appending::Edit { of, .. } | Appending::Delete { of, .. } | Appending::React { of, .. } => Some(*of),
        Appending::Notice { .. } => None,
    }
}

#[derive(sqlx::FromRow)]
struct TargetRow {
    room_id: Uuid,
    seq: i64,
    n: i64,
    id: Uuid,
    at: i64,
    withheld: bool,
    kind: i16,
    author_id: Uuid,
    gone: bool,
    replaced: bool,
    mentions: Option<Vec<u8>>,
}

async fn targets(conn: &mut Connection, items: &[Append]) -> Work<HashMap<MessageKey, Target>> {
    static TARGETS: Bulk = Bulk::new(
        concat!(
            "SELECT e.room_id, e.seq, e.n, e.id, e.at, e.withheld, e.kind, e.author_id, e.deleted_at IS NOT NULL OR ",
            not_kept!("e"),
            " AS gone,
            COALESCE(b.kind = 8, FALSE) AS replaced, CASE WHEN b.kind = 8 THEN NULL ELSE b.mentions END AS mentions FROM"
        ),
        &[("room_id", Kind::Id), ("seq", Kind::Int)],
        "CROSS JOIN events e LEFT JOIN events b ON b.room_id = e.room_id AND b.seq = COALESCE(e.replaced_seq, e.body_seq, e.seq)
         WHERE e.room_id = r.room_id AND e.seq = r.seq AND e.kind <= 2",
    );
    let wanted: HashSet<MessageKey> = items.iter().filter_map(|item| Some((item.room, concerned(&item.what)?))).collect();
    let mut rows = TARGETS.rows();
    for (room, seq) in wanted {
        rows.push(&[Cell::Id(room.0), Cell::Int(seq)]);
    }
    let found: Vec<TargetRow> = TARGETS.fetch(conn, rows).await?;
    Ok(found
        .into_iter()
        .map(|row| {
            let mentioned = if row.gone { Vec::new() } else { row.mentions.as_deref().map(unpack).unwrap_or_default() };
            let target = Target {
                place: place(row.seq, row.n, row.id.into(), Timestamp::from_micros(row.at), row.withheld),
                kind: row.kind.into(),
                author: UserId(row.author_id),
                gone: row.gone,
                replaced: row.replaced,
                mentions: mentioned.clone(),
                mentioned,
            };
            ((RoomId(row.room_id), row.seq), target)
        })
        .collect())
}

async fn reactions(conn: &mut Connection, items: &[Append]) -> Work<HashSet<ReactionKey>> {
    static REACTIONS: Bulk = Bulk::new(
        "SELECT e.room_id, e.seq, e.emoji, e.user_id FROM",
        &[("room_id", Kind::Id), ("seq", Kind::Int), ("emoji", Kind::Text), ("user_id", Kind::Id)],
        "CROSS JOIN reactions e
         WHERE e.room_id = r.room_id AND e.seq = r.seq AND e.emoji = r.emoji AND e.user_id = r.user_id",
    );
    let mut rows = REACTIONS.rows();
    for item in items {
        if let Appending::React { of, emoji, .. } = &item.what {
            rows.push(&[Cell::Id(item.room.0), Cell::Int(*of), Cell::Text(&clean(emoji)), Cell::Id(item.author.0)]);
        }
    }
    let found: Vec<(Uuid, i64, String, Uuid)> = REACTIONS.fetch(conn, rows).await?;
    Ok(found.into_iter().map(|(room, seq, emoji, user)| (RoomId(room), seq, emoji, UserId(user))).collect())
}

/// The files that messages of the batch bring. Locked, since what nobody posts is removed one day.
async fn offered(conn: &mut Connection, items: &[Append]) -> Work<HashMap<FileId, Offered>> {
    static OFFERED: Bulk = Bulk::new(
        "SELECT f.id, f.room_id, f.uploader_id, f.state = 2 AND COALESCE(f.scan NOT IN (4, 5, 7), TRUE), f.state = 2 AND COALESCE(f.scan IN (4, 5), FALSE)
         FROM",
        &[("id", Kind::Id)],
        concat!("CROSS JOIN files f WHERE f.id = r.id", for_update!()),
    );
    let mut rows = OFFERED.rows();
    for item in items {
        if let Appending::Message { files, .. } = &item.what {
            files.iter().for_each(|file| rows.push(&[Cell::Id(file.0)]));
        }
    }
    let found: Vec<(Uuid, Uuid, Uuid, bool, bool)> = OFFERED.fetch(conn, rows).await?;
    let offered = |(id, room, uploader, free, quarantined)| (FileId(id), Offered { room: RoomId(room), uploader: UserId(uploader), free, quarantined });
    Ok(found.into_iter().map(offered).collect())
}
