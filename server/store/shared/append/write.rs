//! Writes what a batch came to: one statement a table.

use std::collections::HashMap;

use stoa_domain::id::{RoomId, UserId};
use stoa_domain::message::PASSING;
use stoa_store::Record;

use super::kind;
use super::plan::Plan;
use crate::dialect::Kind::{Bytes, Id, Int, Text};
use crate::dialect::{Cell, Connection};
use crate::shared::bulk::Bulk;
use crate::shared::error::Work;
use crate::shared::text::pack;

fn int(number: Option<i64>) -> Cell<'static> {
    number.map_or(Cell::Null, Cell::Int)
}

pub async fn write(conn: &mut Connection, plan: &Plan) -> Work<()> {
    if plan.events.is_empty() {
        return Ok(());
    }
    events(conn, plan).await?;
    queue(conn, plan).await?;
    passing(conn, plan).await?;
    heads(conn, plan).await?;
    read_marks(conn, plan).await?;
    edits(conn, plan).await?;
    deletions(conn, plan).await?;
    mentions(conn, plan).await?;
    reactions(conn, plan).await?;
    files(conn, plan).await
}

async fn events(conn: &mut Connection, plan: &Plan) -> Work<()> {
    static INSERT: Bulk = Bulk::new(
        "INSERT INTO events
            (room_id, seq, n, kind, id, author_id, at, access_version, nonce, of_seq, reply_to, importance, withheld, subject, body, mentions, files)
         SELECT r.room_id, r.seq, r.n, r.kind, r.id, r.author_id, r.at, r.access_version, r.nonce, r.of_seq, r.reply_to, r.importance,
            r.withheld = 1, r.subject, r.body, r.mentions, r.files FROM",
        &[
            ("room_id", Id),
            ("seq", Int),
            ("n", Int),
            ("kind", Int),
            ("id", Id),
            ("author_id", Id),
            ("at", Int),
            ("access_version", Int),
            ("nonce", Id),
            ("of_seq", Int),
            ("reply_to", Int),
            ("importance", Int),
            ("withheld", Int),
            ("subject", Text),
            ("body", Text),
            ("mentions", Bytes),
            ("files", Bytes),
        ],
        "",
    );
    let mut rows = INSERT.rows();
    for event in &plan.events {
        let mentions = pack(&event.mentions);
        rows.push(&[
            Cell::Id(event.room.0),
            Cell::Int(event.place.seq),
            Cell::Int(event.place.n),
            Cell::Int(event.content.kind),
            Cell::Id(event.place.id.0),
            Cell::Id(event.author.0),
            Cell::Int(event.place.at.micros()),
            Cell::Int(event.access_version),
            event.nonce.map_or(Cell::Null, |nonce| Cell::Id(nonce.0)),
            int(event.content.of),
            int(event.content.reply_to),
            Cell::Int(event.content.importance),
            Cell::Int(event.place.withheld.into()),
            event.content.subject.as_deref().map_or(Cell::Null, Cell::Text),
            event.content.body.as_deref().map_or(Cell::Null, Cell::Text),
            if mentions.is_empty() { Cell::Null } else { Cell::Bytes(&mentions) },
            if event.content.files.is_empty() { Cell::Null } else { Cell::Bytes(&event.content.files) },
        ]);
    }
    INSERT.run(conn, rows).await.map(drop)
}

/// Each event for the archive.
async fn queue(conn: &mut Connection, plan: &Plan) -> Work<()> {
    static INSERT: Bulk =
        Bulk::new("INSERT INTO compliance_queue (kind, room_id, seq) SELECT 'event', r.room_id, r.seq FROM", &[("room_id", Id), ("seq", Int)], "");
    let mut rows = INSERT.rows();
    for event in &plan.events {
        rows.push(&[Cell::Id(event.room.0), Cell::Int(event.place.seq)]);
    }
    INSERT.run(conn, rows).await.map(drop)
}

/// What isn't kept, until the archive has all of it that is queued by now.
async fn passing(conn: &mut Connection, plan: &Plan) -> Work<()> {
    static INSERT: Bulk = Bulk::new(
        "INSERT INTO passing (room_id, seq, queue_id, due_at) SELECT r.room_id, r.seq, (SELECT max(id) FROM compliance_queue), r.due_at FROM",
        &[("room_id", Id), ("seq", Int), ("due_at", Int)],
        // SQLite takes ON for a join's without a WHERE before it.
        "WHERE TRUE ON CONFLICT (room_id, seq) DO UPDATE SET queue_id = excluded.queue_id",
    );
    let mut rows = INSERT.rows();
    for ((room, seq), at) in &plan.passing {
        rows.push(&[Cell::Id(room.0), Cell::Int(*seq), Cell::Int(at.plus(PASSING).micros())]);
    }
    INSERT.run(conn, rows).await.map(drop)
}

async fn heads(conn: &mut Connection, plan: &Plan) -> Work<()> {
    static UPDATE: Bulk = Bulk::new(
        "UPDATE room_heads SET seq = r.seq, n = r.n, last_post_at = COALESCE(r.last_post_at, room_heads.last_post_at) FROM",
        &[("room_id", Id), ("seq", Int), ("n", Int), ("last_post_at", Int)],
        "WHERE room_heads.room_id = r.room_id",
    );
    let mut rows = UPDATE.rows();
    for (room, head) in &plan.heads {
        if head.seq > head.from {
            let last = int(head.last_post_at.map(|at| at.micros()));
            rows.push(&[Cell::Id(room.0), Cell::Int(head.seq), Cell::Int(head.n), last]);
        }
    }
    UPDATE.run(conn, rows).await.map(drop)
}

/// One's own post advances the read mark.
async fn read_marks(conn: &mut Connection, plan: &Plan) -> Work<()> {
    static UPDATE: Bulk = Bulk::new(
        "UPDATE follows SET read_seq = r.seq, read_n = r.n FROM",
        &[("user_id", Id), ("room_id", Id), ("seq", Int), ("n", Int)],
        "WHERE follows.user_id = r.user_id AND follows.room_id = r.room_id AND follows.read_seq < r.seq",
    );
    let mut last: HashMap<(UserId, RoomId), (i64, i64)> = HashMap::new();
    for event in plan.events.iter().filter(|event| event.content.kind <= kind::STORY) {
        last.insert((event.author, event.room), (event.place.seq, event.place.n));
    }
    let mut rows = UPDATE.rows();
    for ((user, room), (seq, n)) in last {
        rows.push(&[Cell::Id(user.0), Cell::Id(room.0), Cell::Int(seq), Cell::Int(n)]);
    }
    UPDATE.run(conn, rows).await.map(drop)
}

async fn edits(conn: &mut Connection, plan: &Plan) -> Work<()> {
    static UPDATE: Bulk = Bulk::new(
        "UPDATE events SET body_seq = r.body_seq, edited_at = r.edited_at FROM",
        &[("room_id", Id), ("seq", Int), ("body_seq", Int), ("edited_at", Int)],
        "WHERE events.room_id = r.room_id AND events.seq = r.seq",
    );
    let mut rows = UPDATE.rows();
    for ((room, of), (seq, at)) in &plan.edits {
        rows.push(&[Cell::Id(room.0), Cell::Int(*of), Cell::Int(*seq), Cell::Int(at.micros())]);
    }
    UPDATE.run(conn, rows).await.map(drop)
}

async fn deletions(conn: &mut Connection, plan: &Plan) -> Work<()> {
    static UPDATE: Bulk = Bulk::new(
        "UPDATE events SET deleted_by = r.deleted_by, deleted_at = r.deleted_at FROM",
        &[("room_id", Id), ("seq", Int), ("deleted_by", Id), ("deleted_at", Int)],
        "WHERE events.room_id = r.room_id AND events.seq = r.seq",
    );
    let mut rows = UPDATE.rows();
    for ((room, of), (by, at)) in &plan.deletions {
        rows.push(&[Cell::Id(room.0), Cell::Int(*of), Cell::Id(by.0), Cell::Int(at.micros())]);
    }
    UPDATE.run(conn, rows).await.map(drop)
}

async fn mentions(conn: &mut Connection, plan: &Plan) -> Work<()> {
    const SHAPE: &crate::dialect::Shape = &[("user_id", Id), ("room_id", Id), ("seq", Int)];
    static DELETE: Bulk = Bulk::new("DELETE FROM mentions WHERE (user_id, room_id, seq) IN (SELECT r.user_id, r.room_id, r.seq FROM", SHAPE, ")");
    static INSERT: Bulk = Bulk::new("INSERT INTO mentions (user_id, room_id, seq) SELECT r.user_id, r.room_id, r.seq FROM", SHAPE, "");
    let (mut gone, mut new) = (DELETE.rows(), INSERT.rows());
    for ((room, seq), target) in &plan.targets {
        let row = |user: &UserId| [Cell::Id(user.0), Cell::Id(room.0), Cell::Int(*seq)];
        target.mentioned.iter().filter(|user| !target.mentions.contains(user)).for_each(|user| gone.push(&row(user)));
        target.mentions.iter().filter(|user| !target.mentioned.contains(user)).for_each(|user| new.push(&row(user)));
    }
    DELETE.run(conn, gone).await?;
    INSERT.run(conn, new).await.map(drop)
}

async fn reactions(conn: &mut Connection, plan: &Plan) -> Work<()> {
    static DELETE: Bulk = Bulk::new(
        "DELETE FROM reactions WHERE (room_id, seq, emoji, user_id) IN (SELECT r.room_id, r.seq, r.emoji, r.user_id FROM",
        &[("room_id", Id), ("seq", Int), ("emoji", Text), ("user_id", Id)],
        ")",
    );
    static INSERT: Bulk = Bulk::new(
        "INSERT INTO reactions (room_id, seq, emoji, user_id, event_seq) SELECT r.room_id, r.seq, r.emoji, r.user_id, r.event_seq FROM",
        &[("room_id", Id), ("seq", Int), ("emoji", Text), ("user_id", Id), ("event_seq", Int)],
        "",
    );
    let (mut gone, mut new) = (DELETE.rows(), INSERT.rows());
    for (key, event) in &plan.reactions {
        let (room, of, emoji, user) = key;
        let row = [Cell::Id(room.0), Cell::Int(*of), Cell::Text(emoji), Cell::Id(user.0)];
        if plan.had.contains(key) {
            gone.push(&row);
        }
        if let Some(seq) = event {
            new.push(&[row[0], row[1], row[2], row[3], Cell::Int(*seq)]);
        }
    }
    DELETE.run(conn, gone).await?;
    INSERT.run(conn, new).await.map(drop)
}

/// The files of its messages.
async fn files(conn: &mut Connection, plan: &Plan) -> Work<()> {
    static UPDATE: Bulk = Bulk::new(
        "UPDATE files SET state = 3, seq = r.seq, position = r.position, expires_at = NULL FROM",
        &[("id", Id), ("seq", Int), ("position", Int)],
        "WHERE files.id = r.id",
    );
    let mut rows = UPDATE.rows();
    for (file, seq, position) in &plan.files {
        rows.push(&[Cell::Id(file.0), Cell::Int(*seq), Cell::Int(*position)]);
    }
    UPDATE.run(conn, rows).await.map(drop)
}

/// Records of what has no event.
pub async fn record(conn: &mut Connection, records: &[Record]) -> Work<()> {
    static INSERT: Bulk = Bulk::new(
        "INSERT INTO compliance_queue (kind, room_id, user_id, at, access_version, payload)
         SELECT r.kind, r.room_id, r.user_id, r.at, r.access_version, r.payload FROM",
        &[("kind", Text), ("room_id", Id), ("user_id", Id), ("at", Int), ("access_version", Int), ("payload", Text)],
        "",
    );
    let mut rows = INSERT.rows();
    for record in records {
        rows.push(&[
            Cell::Text(record.kind.as_str()),
            record.room.map_or(Cell::Null, |room| Cell::Id(room.0)),
            record.user.map_or(Cell::Null, |user| Cell::Id(user.0)),
            Cell::Int(record.at.micros()),
            Cell::Int(record.version),
            Cell::Text(&record.payload.to_string()),
        ]);
    }
    INSERT.run(conn, rows).await.map(drop)
}
