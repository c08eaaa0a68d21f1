//! The pool's version, settings and key, and principals as the tables have them.

use stoa_domain::id::AccessVersion;
use stoa_domain::principal::Principal;
use stoa_domain::settings::PoolSettings;
use uuid::Uuid;

use super::error::{Work, corrupt};
use crate::dialect::{Connection, SIZE};

pub async fn version(conn: &mut Connection) -> Work<AccessVersion> {
    let (version,) = sqlx::query_as("SELECT access_version FROM pool").fetch_one(conn).await?;
    Ok(version)
}

/// A principal as the tables have it.
pub const fn principal_parts(principal: Principal) -> (&'static str, Uuid) {
    match principal {
        Principal::User(id) => ("user", id.0),
        Principal::Group(id) => ("group", id.0),
        Principal::Unit(id) => ("unit", id.0),
        Principal::Domain(id) => ("domain", id.0),
        Principal::Everyone => ("everyone", Uuid::nil()),
    }
}

pub fn principal_of(kind: &str, id: Uuid) -> Work<Principal> {
    Ok(match kind {
        "user" => Principal::User(id.into()),
        "group" => Principal::Group(id.into()),
        "unit" => Principal::Unit(id.into()),
        "domain" => Principal::Domain(id.into()),
        "everyone" => Principal::Everyone,
        other => return Err(corrupt("a principal", other)),
    })
}

/// Settings that the database doesn't have take their defaults.
pub async fn settings(conn: &mut Connection) -> Work<PoolSettings> {
    let row: Option<(String,)> = sqlx::query_as("SELECT body FROM settings WHERE until_version IS NULL").fetch_optional(conn).await?;
    row.map_or_else(|| Ok(PoolSettings::default()), |(body,)| serde_json::from_str(&body).map_err(|_| corrupt("settings", &body)))
}

pub async fn pool_key(conn: &mut Connection) -> Work<[u8; 32]> {
    let (key,): (Vec<u8>,) = sqlx::query_as("SELECT pool_key FROM pool").fetch_one(conn).await?;
    key.try_into().map_err(|_| corrupt("a pool key", "of another length"))
}

pub async fn size(conn: &mut Connection) -> Work<u64> {
    let (bytes,): (i64,) = sqlx::query_as(SIZE).fetch_one(conn).await?;
    Ok(bytes.unsigned_abs())
}
