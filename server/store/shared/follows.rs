//! How people stand to rooms: following, read marks, drafts.

use stoa_domain::id::{RoomId, Seq, UserId};
use stoa_domain::message::Level;
use stoa_store::{ChangeFollow, FollowRow, ReadMarkRow, StoreError};
use uuid::Uuid;

use super::error::Work;
use super::history::head;
use super::text::{clean, word};
use crate::dialect::{Connection, ids, list};

macro_rules! follows {
    ($rest:literal) => {
        concat!(
            "SELECT f.room_id, f.following, f.favourite, f.level, f.draft, f.read_seq, h.seq AS last_seq, h.n AS last_n,
                h.n - f.read_n AS unread,
                (SELECT count(*) FROM mentions m
                 WHERE m.user_id = f.user_id AND m.room_id = f.room_id AND m.seq > f.read_seq) AS mentions
             FROM follows f JOIN room_heads h ON h.room_id = f.room_id WHERE f.user_id = $1 AND ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    room_id: Uuid,
    following: bool,
    favourite: bool,
    level: String,
    draft: Option<String>,
    read_seq: i64,
    last_seq: i64,
    last_n: i64,
    unread: i64,
    mentions: i64,
}

impl Row {
    fn follow(self) -> Work<FollowRow> {
        Ok(FollowRow {
            room: RoomId(self.room_id),
            following: self.following,
            favourite: self.favourite,
            level: word("a level", &self.level, Level::parse)?,
            draft: self.draft,
            read_seq: self.read_seq,
            last_seq: self.last_seq,
            last_n: self.last_n,
            unread: self.unread,
            mentions: self.mentions,
        })
    }
}

pub async fn of_user(conn: &mut Connection, user: UserId) -> Work<Vec<FollowRow>> {
    let rows: Vec<Row> = sqlx::query_as(follows!("f.following = TRUE")).bind(user.0).fetch_all(conn).await?;
    rows.into_iter().map(Row::follow).collect()
}

pub async fn one(conn: &mut Connection, user: UserId, room: RoomId) -> Work<FollowRow> {
    let row: Option<Row> = sqlx::query_as(follows!("f.room_id = $2")).bind(user.0).bind(room.0).fetch_optional(&mut *conn).await?;
    if let Some(row) = row {
        return row.follow();
    }
    let head = head(conn, room).await?;
    Ok(FollowRow {
        room,
        following: false,
        favourite: false,
        level: Level::All,
        draft: None,
        read_seq: 0,
        last_seq: head.seq,
        last_n: head.n,
        unread: 0,
        mentions: 0,
    })
}

pub async fn set(conn: &mut Connection, user: UserId, rooms: &[RoomId], following: bool) -> Work<Vec<RoomId>> {
    let sql = if following {
        concat!(
            "INSERT INTO follows (user_id, room_id, following, favourite, level, read_seq, read_n)
             SELECT $2, room_id, TRUE, FALSE, 'all', seq, n FROM room_heads WHERE room_id IN ",
            ids!(1),
            " ON CONFLICT (user_id, room_id) DO UPDATE SET following = TRUE WHERE follows.following = FALSE RETURNING room_id"
        )
    } else {
        concat!("UPDATE follows SET following = FALSE WHERE user_id = $2 AND following = TRUE AND room_id IN ", ids!(1), " RETURNING room_id")
    };
    let rows: Vec<(Uuid,)> = sqlx::query_as(sql).bind(list(rooms.iter().map(|room| room.0))).bind(user.0).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(room,)| RoomId(room)).collect())
}

pub async fn change(conn: &mut Connection, user: UserId, room: RoomId, change: &ChangeFollow) -> Work<()> {
    // Who stars a room without following it has, as when following, read what is there so far.
    let done = sqlx::query(
        "INSERT INTO follows (user_id, room_id, following, favourite, level, draft, read_seq, read_n)
         SELECT $1, room_id, FALSE, COALESCE($3, FALSE), COALESCE($4, 'all'), NULLIF($5, ''), seq, n FROM room_heads WHERE room_id = $2
         ON CONFLICT (user_id, room_id) DO UPDATE SET
            favourite = COALESCE($3, follows.favourite), level = COALESCE($4, follows.level),
            draft = CASE WHEN $5 IS NULL THEN follows.draft ELSE NULLIF($5, '') END",
    )
    .bind(user.0)
    .bind(room.0)
    .bind(change.favourite)
    .bind(change.level.map(Level::as_str))
    .bind(change.draft.as_deref().map(|draft| clean(draft).into_owned()))
    .execute(conn)
    .await?;
    if done.rows_affected() == 0 { Err(StoreError::Missing.into()) } else { Ok(()) }
}

pub async fn read(conn: &mut Connection, user: UserId, room: RoomId, seq: Seq, back: bool) -> Work<ReadMarkRow> {
    let head = head(conn, room).await?;
    let seq = seq.clamp(0, head.seq);
    let n = if seq == head.seq {
        head.n
    } else {
        let row: Option<(i64,)> =
            sqlx::query_as("SELECT n FROM events WHERE room_id = $1 AND seq = $2").bind(room.0).bind(seq).fetch_optional(&mut *conn).await?;
        row.map_or(0, |(n,)| n)
    };
    let done = sqlx::query(
        "INSERT INTO follows (user_id, room_id, following, favourite, level, read_seq, read_n)
         VALUES ($1, $2, FALSE, FALSE, 'all', $3, $4)
         ON CONFLICT (user_id, room_id) DO UPDATE SET read_seq = excluded.read_seq, read_n = excluded.read_n
            WHERE follows.read_seq < excluded.read_seq OR ($5 AND follows.read_seq > excluded.read_seq)",
    )
    .bind(user.0)
    .bind(room.0)
    .bind(seq)
    .bind(n)
    .bind(back)
    .execute(&mut *conn)
    .await?;
    let moved = done.rows_affected() > 0;
    let row = one(conn, user, room).await?;
    Ok(ReadMarkRow { seq: row.read_seq, unread: row.unread, mentions: row.mentions, moved })
}
