//! Requests to join, and invitations.

use stoa_domain::access::ListOwner;
use stoa_domain::category::CategoryList;
use stoa_domain::id::{AccessVersion, RoomId, UserId};
use stoa_domain::principal::Principal;
use stoa_domain::room::RoomList;
use stoa_domain::time::Timestamp;
use stoa_domain::wire::joining::JoinAnswer;
use stoa_store::{InvitationRow, JoinAnswered, JoinRequestRow, JoinRequests, StoreError};
use uuid::Uuid;

use super::access::principal_parts;
use super::bulk::Bulk;
use super::error::{Work, corrupt};
use super::text::{clean, word};
use crate::dialect::Kind::{Id, Int, Text};
use crate::dialect::{Cell, Connection};

#[derive(sqlx::FromRow)]
struct Row {
    room_id: Uuid,
    user_id: Uuid,
    text: String,
    at: i64,
    access_version: i64,
    answer: Option<String>,
    answered_by: Option<Uuid>,
    answered_at: Option<i64>,
    note: String,
}

impl Row {
    fn request(self) -> Work<JoinRequestRow> {
        let answered = match (self.answer, self.answered_at) {
            (Some(answer), Some(at)) => Some(JoinAnswered {
                answer: word("an answer", &answer, JoinAnswer::parse)?,
                by: self.answered_by.map(UserId),
                at: Timestamp::from_micros(at),
                note: self.note,
            }),
            _ => None,
        };
        Ok(JoinRequestRow {
            room: RoomId(self.room_id),
            user: UserId(self.user_id),
            text: self.text,
            at: Timestamp::from_micros(self.at),
            access_version: self.access_version,
            answered,
        })
    }
}

macro_rules! requests {
    ($rest:literal) => {
        concat!("SELECT room_id, user_id, text, at, access_version, answer, answered_by, answered_at, note FROM join_requests ", $rest)
    };
}

pub async fn requests(conn: &mut Connection, which: JoinRequests) -> Work<Vec<JoinRequestRow>> {
    let rows: Vec<Row> = match which {
        JoinRequests::Of(room) => sqlx::query_as(requests!("WHERE room_id = $1 AND answer IS NULL ORDER BY at, user_id")).bind(room.0).fetch_all(conn).await?,
        JoinRequests::By(user) => sqlx::query_as(requests!("WHERE user_id = $1 ORDER BY at, room_id")).bind(user.0).fetch_all(conn).await?,
        JoinRequests::Waiting => sqlx::query_as(requests!("WHERE answer IS NULL ORDER BY room_id, at")).fetch_all(conn).await?,
    };
    rows.into_iter().map(Row::request).collect()
}

/// One that waits keeps its time; one that was answered begins anew. Whether it waited before.
pub async fn ask(conn: &mut Connection, request: &JoinRequestRow) -> Work<bool> {
    let waits: Option<(i64,)> = sqlx::query_as("SELECT at FROM join_requests WHERE room_id = $1 AND user_id = $2 AND answer IS NULL")
        .bind(request.room.0)
        .bind(request.user.0)
        .fetch_optional(&mut *conn)
        .await?;
    sqlx::query(
        "INSERT INTO join_requests (room_id, user_id, text, at, access_version, note) VALUES ($1, $2, $3, $4, $5, '')
         ON CONFLICT (room_id, user_id) DO UPDATE SET text = excluded.text, access_version = excluded.access_version,
            at = CASE WHEN join_requests.answer IS NULL THEN join_requests.at ELSE excluded.at END,
            answer = NULL, answered_by = NULL, answered_at = NULL, note = ''",
    )
    .bind(request.room.0)
    .bind(request.user.0)
    .bind(clean(&request.text).into_owned())
    .bind(request.at.micros())
    .bind(request.access_version)
    .execute(conn)
    .await?;
    Ok(waits.is_some())
}

pub async fn withdraw(conn: &mut Connection, room: RoomId, user: UserId) -> Work<bool> {
    let done = sqlx::query("DELETE FROM join_requests WHERE room_id = $1 AND user_id = $2").bind(room.0).bind(user.0).execute(conn).await?;
    Ok(done.rows_affected() > 0)
}

pub async fn forget(conn: &mut Connection, gone: &[(RoomId, UserId)], version: AccessVersion) -> Work<u64> {
    static DELETE: Bulk = Bulk::new(
        "DELETE FROM join_requests WHERE answer IS NULL AND (room_id, user_id) IN (SELECT q.room_id, q.user_id FROM join_requests q, ",
        &[("room_id", Id), ("user_id", Id), ("version", Int)],
        "WHERE q.room_id = r.room_id AND q.user_id = r.user_id AND q.access_version <= r.version)",
    );
    let mut rows = DELETE.rows();
    for (room, user) in gone {
        rows.push(&[Cell::Id(room.0), Cell::Id(user.0), Cell::Int(version)]);
    }
    DELETE.run(conn, rows).await
}

pub async fn purge(conn: &mut Connection, until: Timestamp) -> Work<u64> {
    let done = sqlx::query("DELETE FROM join_requests WHERE answer IS NOT NULL AND answered_at <= $1").bind(until.micros()).execute(conn).await?;
    Ok(done.rows_affected())
}

pub async fn answer(conn: &mut Connection, room: RoomId, user: UserId, answered: &JoinAnswered) -> Work<()> {
    let done = sqlx::query(
        "UPDATE join_requests SET answer = $3, answered_by = $4, answered_at = $5, note = $6
         WHERE room_id = $1 AND user_id = $2 AND answer IS NULL",
    )
    .bind(room.0)
    .bind(user.0)
    .bind(answered.answer.as_str())
    .bind(answered.by.map(|by| by.0))
    .bind(answered.at.micros())
    .bind(clean(&answered.note).into_owned())
    .execute(conn)
    .await?;
    if done.rows_affected() == 0 { Err(StoreError::Missing.into()) } else { Ok(()) }
}

// ---- invitations -------------------------------------------------------------------------

/// Only rooms and categories invite.
const fn owner_parts(list: ListOwner) -> Option<(&'static str, Uuid)> {
    match list {
        ListOwner::Room(id, _) => Some(("room", id.0)),
        ListOwner::Category(id, _) => Some(("category", id.0)),
        ListOwner::Group(_) | ListOwner::Role(_) => None,
    }
}

pub async fn invite(conn: &mut Connection, list: ListOwner, principals: &[Principal], by: Option<UserId>, at: Timestamp) -> Work<()> {
    static INSERT: Bulk = Bulk::new(
        "INSERT INTO invitations (principal_kind, principal_id, owner_kind, owner_id, by_user, at)
         SELECT r.principal_kind, r.principal_id, r.owner_kind, r.owner_id, r.by_user, r.at FROM",
        &[("principal_kind", Text), ("principal_id", Id), ("owner_kind", Text), ("owner_id", Id), ("by_user", Id), ("at", Int)],
        "",
    );
    uninvite(conn, list, principals).await?;
    let Some((owner_kind, owner)) = owner_parts(list) else { return Ok(()) };
    let mut rows = INSERT.rows();
    for principal in principals {
        let (kind, id) = principal_parts(*principal);
        let by = by.map_or(Cell::Null, |by| Cell::Id(by.0));
        rows.push(&[Cell::Text(kind), Cell::Id(id), Cell::Text(owner_kind), Cell::Id(owner), by, Cell::Int(at.micros())]);
    }
    INSERT.run(conn, rows).await.map(drop)
}

pub async fn uninvite(conn: &mut Connection, list: ListOwner, principals: &[Principal]) -> Work<()> {
    static DELETE: Bulk = Bulk::new(
        "DELETE FROM invitations WHERE (principal_id, principal_kind, owner_id, owner_kind) IN
            (SELECT r.principal_id, r.principal_kind, r.owner_id, r.owner_kind FROM",
        &[("principal_kind", Text), ("principal_id", Id), ("owner_kind", Text), ("owner_id", Id)],
        ")",
    );
    let Some((owner_kind, owner)) = owner_parts(list) else { return Ok(()) };
    let mut rows = DELETE.rows();
    for principal in principals {
        let (kind, id) = principal_parts(*principal);
        rows.push(&[Cell::Text(kind), Cell::Id(id), Cell::Text(owner_kind), Cell::Id(owner)]);
    }
    DELETE.run(conn, rows).await.map(drop)
}

pub async fn of_principals(conn: &mut Connection, principals: &[Principal]) -> Work<Vec<InvitationRow>> {
    // CROSS JOIN keeps SQLite at looking up each principal.
    static FIND: Bulk = Bulk::new(
        "SELECT i.owner_kind, i.owner_id, i.by_user, i.at FROM",
        &[("principal_kind", Text), ("principal_id", Id)],
        "CROSS JOIN invitations i WHERE i.principal_id = r.principal_id AND i.principal_kind = r.principal_kind ORDER BY i.at",
    );
    let mut rows = FIND.rows();
    for principal in principals {
        let (kind, id) = principal_parts(*principal);
        rows.push(&[Cell::Text(kind), Cell::Id(id)]);
    }
    let found: Vec<(String, Uuid, Option<Uuid>, i64)> = FIND.fetch(conn, rows).await?;
    found
        .into_iter()
        .map(|(kind, id, by, at)| {
            let list = match kind.as_str() {
                "room" => ListOwner::Room(id.into(), RoomList::Members),
                "category" => ListOwner::Category(id.into(), CategoryList::Members),
                other => return Err(corrupt("what invites", other)),
            };
            Ok(InvitationRow { list, by: by.map(UserId), at: Timestamp::from_micros(at) })
        })
        .collect()
}

pub async fn answers(conn: &mut Connection, user: UserId) -> Work<Vec<(RoomId, Timestamp)>> {
    let rows: Vec<(Uuid, i64)> = sqlx::query_as("SELECT room_id, at FROM invitation_answers WHERE user_id = $1").bind(user.0).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(room, at)| (RoomId(room), Timestamp::from_micros(at))).collect())
}

pub async fn be_done(conn: &mut Connection, user: UserId, room: RoomId, at: Timestamp) -> Work<()> {
    sqlx::query(
        "INSERT INTO invitation_answers (user_id, room_id, at) VALUES ($1, $2, $3)
         ON CONFLICT (user_id, room_id) DO UPDATE SET at = excluded.at WHERE invitation_answers.at < excluded.at",
    )
    .bind(user.0)
    .bind(room.0)
    .bind(at.micros())
    .execute(conn)
    .await?;
    Ok(())
}
