//! What administrators did, and what waits for the archive.

use stoa_domain::id::{AccessVersion, RoomId, UserId};
use stoa_domain::time::Timestamp;
use stoa_store::{Actor, Audit, AuditRow, Queued};
use uuid::Uuid;

use super::error::{Work, corrupt};
use crate::dialect::Connection;

/// The audit record, and the same for the archive.
pub async fn write(conn: &mut Connection, actor: &Actor, at: Timestamp, version: AccessVersion, audit: &Audit) -> Work<()> {
    sqlx::query(
        "INSERT INTO audit (at, by_user, by_where, action, object, before, after, access_version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(at.micros())
    .bind(actor.user.map(|user| user.0))
    .bind(actor.from.as_str())
    .bind(audit.action)
    .bind(audit.object.as_str())
    .bind(audit.before.to_string())
    .bind(audit.after.to_string())
    .bind(version)
    .execute(&mut *conn)
    .await?;
    let payload = serde_json::json!({
        "action": audit.action, "object": audit.object, "from": actor.from, "before": audit.before, "after": audit.after
    });
    sqlx::query("INSERT INTO compliance_queue (kind, user_id, at, access_version, payload) VALUES ('configuration', $1, $2, $3, $4)")
        .bind(actor.user.map(|user| user.0))
        .bind(at.micros())
        .bind(version)
        .bind(payload.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

fn json(text: &str) -> Work<serde_json::Value> {
    serde_json::from_str(text).map_err(|_| corrupt("a record", text))
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    at: i64,
    by_user: Option<Uuid>,
    by_where: String,
    action: String,
    object: String,
    before: String,
    after: String,
    access_version: i64,
}

pub async fn read(conn: &mut Connection, after: i64, limit: u32) -> Work<Vec<AuditRow>> {
    let rows: Vec<Row> =
        sqlx::query_as("SELECT id, at, by_user, by_where, action, object, before, after, access_version FROM audit WHERE id > $1 ORDER BY id LIMIT $2")
            .bind(after)
            .bind(i64::from(limit))
            .fetch_all(conn)
            .await?;
    rows.into_iter()
        .map(|row| {
            Ok(AuditRow {
                id: row.id,
                at: Timestamp::from_micros(row.at),
                actor: Actor { user: row.by_user.map(UserId), from: row.by_where },
                action: row.action,
                object: row.object,
                before: json(&row.before)?,
                after: json(&row.after)?,
                version: row.access_version,
            })
        })
        .collect()
}

type QueuedRow = (i64, String, Option<Uuid>, Option<i64>, Option<Uuid>, Option<i64>, Option<i64>, Option<String>);

pub async fn queue(conn: &mut Connection, limit: u32) -> Work<Vec<Queued>> {
    let rows: Vec<QueuedRow> = sqlx::query_as("SELECT id, kind, room_id, seq, user_id, at, access_version, payload FROM compliance_queue ORDER BY id LIMIT $1")
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?;
    rows.into_iter()
        .map(|(id, kind, room, seq, user, at, version, payload)| {
            Ok(Queued {
                id,
                kind,
                room: room.map(RoomId),
                seq,
                user: user.map(UserId),
                at: at.map(Timestamp::from_micros),
                version,
                payload: payload.as_deref().map(json).transpose()?,
            })
        })
        .collect()
}
