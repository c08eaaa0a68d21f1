//! A batch, all or nothing.

use stoa_domain::archive::{Head, Text};
use stoa_domain::id::UserId;
use stoa_store::{Moved, NewBatch, StoreError};

use super::names::{insert_parties, insert_places};
use super::read::last;
use crate::dialect::Kind::{Id, Int, Text as Words};
use crate::dialect::{Cell, Connection, Shape};
use crate::shared::bulk::Bulk;
use crate::shared::error::{Work, corrupt};

/// Within a transaction.
pub async fn insert(conn: &mut Connection, new: &NewBatch) -> Work<()> {
    static RECORDS: Bulk = Bulk::new(
        "INSERT INTO records (position, number, kind, at, access_version, room_id, place_id, seq, party_id, content)
         SELECT r.position, r.number, r.kind, r.at, r.access_version, r.room_id, r.place_id, r.seq, r.party_id, r.content FROM",
        &[
            ("position", Int),
            ("number", Int),
            ("kind", Words),
            ("at", Int),
            ("access_version", Int),
            ("room_id", Id),
            ("place_id", Int),
            ("seq", Int),
            ("party_id", Int),
            ("content", Words),
        ],
        "",
    );
    let batch = &new.batch;
    let head = last(conn).await?.as_ref().map(Head::from).unwrap_or_default();
    if batch.number != head.batch + 1 || batch.previous != head.hash || batch.first != head.position + 1 {
        return Err(StoreError::Stale.into());
    }
    // The same for somebody who read the same end at the same time: number and hash are unique.
    sqlx::query("INSERT INTO batches (number, previous, hash, first, records, written_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(batch.number)
        .bind(&batch.previous.0[..])
        .bind(&batch.hash.0[..])
        .bind(batch.first)
        .bind(batch.records)
        .bind(batch.written_at.micros())
        .execute(&mut *conn)
        .await?;
    insert_parties(conn, &new.parties).await?;
    insert_places(conn, &new.places).await?;
    let mut rows = RECORDS.rows();
    let int = |number: Option<i64>| number.map_or(Cell::Null, Cell::Int);
    for (kept, place, party) in &new.records {
        let Text::Whole(content) = &kept.text else { return Err(corrupt("a new record", "without its text")) };
        rows.push(&[
            Cell::Int(kept.position),
            Cell::Int(kept.number),
            Cell::Text(&kept.kind),
            Cell::Int(kept.at.micros()),
            int(kept.version),
            kept.room.map_or(Cell::Null, Cell::Id),
            int(*place),
            int(kept.seq),
            int(*party),
            Cell::Text(content),
        ]);
    }
    RECORDS.run(conn, rows).await?;
    move_members(conn, &new.moved).await
}

async fn move_members(conn: &mut Connection, moved: &[Moved]) -> Work<()> {
    const SHAPE: &Shape = &[("room_id", Id), ("user_id", Id), ("position", Int)];
    static BEGIN: Bulk = Bulk::new("INSERT INTO members (room_id, user_id, from_position) SELECT r.room_id, r.user_id, r.position FROM", SHAPE, "");
    static END: Bulk = Bulk::new(
        "UPDATE members SET until_position = r.position FROM",
        SHAPE,
        "WHERE members.room_id = r.room_id AND members.user_id = r.user_id AND members.until_position IS NULL",
    );
    for one in moved {
        let (mut begin, mut end) = (BEGIN.rows(), END.rows());
        let row = |user: &UserId| [Cell::Id(one.room.0), Cell::Id(user.0), Cell::Int(one.position)];
        one.left.iter().for_each(|user| end.push(&row(user)));
        one.joined.iter().for_each(|user| begin.push(&row(user)));
        END.run(conn, end).await?;
        BEGIN.run(conn, begin).await?;
    }
    Ok(())
}
