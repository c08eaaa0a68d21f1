//! Sessions, and what idempotency keys left.

use stoa_domain::id::UserId;
use stoa_domain::time::Timestamp;
use stoa_store::{SessionKey, SessionRow};
use uuid::Uuid;

use super::error::{Work, corrupt};
use crate::dialect::{Connection, ids, list};

pub async fn create(conn: &mut Connection, session: &SessionRow) -> Work<bool> {
    let done = sqlx::query("INSERT INTO sessions (key, user_id, data, expires_at) VALUES ($1, $2, $3, $4) ON CONFLICT (key) DO NOTHING")
        .bind(&session.key[..])
        .bind(session.user.map(|user| user.0))
        .bind(session.data.as_str())
        .bind(session.expires_at.micros())
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// One that was ended meanwhile stays ended.
pub async fn save(conn: &mut Connection, session: &SessionRow) -> Work<()> {
    sqlx::query("UPDATE sessions SET user_id = $2, data = $3, expires_at = $4 WHERE key = $1")
        .bind(&session.key[..])
        .bind(session.user.map(|user| user.0))
        .bind(session.data.as_str())
        .bind(session.expires_at.micros())
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn load(conn: &mut Connection, key: SessionKey, now: Timestamp) -> Work<Option<SessionRow>> {
    let row: Option<(Option<Uuid>, String, i64)> = sqlx::query_as("SELECT user_id, data, expires_at FROM sessions WHERE key = $1 AND expires_at > $2")
        .bind(&key[..])
        .bind(now.micros())
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|(user, data, expires_at)| SessionRow { key, user: user.map(UserId), data, expires_at: Timestamp::from_micros(expires_at) }))
}

pub async fn delete(conn: &mut Connection, key: SessionKey) -> Work<()> {
    sqlx::query("DELETE FROM sessions WHERE key = $1").bind(&key[..]).execute(conn).await?;
    Ok(())
}

pub async fn delete_of(conn: &mut Connection, user: UserId, but: Option<SessionKey>) -> Work<()> {
    sqlx::query("DELETE FROM sessions WHERE user_id = $1 AND ($2 IS NULL OR key <> $2)").bind(user.0).bind(but.map(|key| key.to_vec())).execute(conn).await?;
    Ok(())
}

pub async fn alive(conn: &mut Connection, keys: &[SessionKey], now: Timestamp) -> Work<Vec<SessionKey>> {
    let rows: Vec<(Vec<u8>,)> = sqlx::query_as(concat!("SELECT key FROM sessions WHERE expires_at > $2 AND key IN ", ids!(1)))
        .bind(list(keys))
        .bind(now.micros())
        .fetch_all(conn)
        .await?;
    rows.into_iter().map(|(key,)| key.try_into().map_err(|_| corrupt("a session key", "of another length"))).collect()
}

pub async fn purge(conn: &mut Connection, now: Timestamp) -> Work<u64> {
    let done = sqlx::query("DELETE FROM sessions WHERE expires_at <= $1").bind(now.micros()).execute(conn).await?;
    Ok(done.rows_affected())
}

pub async fn purge_idempotency(conn: &mut Connection, until: Timestamp) -> Work<u64> {
    let done = sqlx::query("DELETE FROM idempotency WHERE at <= $1").bind(until.micros()).execute(conn).await?;
    Ok(done.rows_affected())
}

pub async fn idempotent(conn: &mut Connection, caller: UserId, route: &str, key: &str) -> Work<Option<([u8; 32], Uuid)>> {
    let row: Option<(Vec<u8>, Uuid)> = sqlx::query_as("SELECT request_hash, object FROM idempotency WHERE caller = $1 AND route = $2 AND key = $3")
        .bind(caller.0)
        .bind(route)
        .bind(key)
        .fetch_optional(conn)
        .await?;
    row.map(|(hash, object)| {
        let hash = hash.try_into().map_err(|_| corrupt("a request hash", "of another length"))?;
        Ok((hash, object))
    })
    .transpose()
}
