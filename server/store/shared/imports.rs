//! How far files of people are.

use stoa_domain::id::{ImportId, UserId};
use stoa_domain::time::Timestamp;
use stoa_store::ImportRow;
use uuid::Uuid;

use super::error::{Work, corrupt};
use crate::dialect::Connection;

pub async fn one(conn: &mut Connection, id: ImportId) -> Work<Option<ImportRow>> {
    let row: Option<(Uuid, i64, String)> =
        sqlx::query_as("SELECT by_user, at, imported FROM user_imports WHERE id = $1").bind(id.0).fetch_optional(conn).await?;
    row.map(|(by, at, imported)| {
        let imported = serde_json::from_str(&imported).map_err(|_| corrupt("an import", &imported))?;
        Ok(ImportRow { id, by: UserId(by), at: Timestamp::from_micros(at), imported })
    })
    .transpose()
}

pub async fn put(conn: &mut Connection, import: &ImportRow) -> Work<()> {
    let imported = serde_json::to_string(&import.imported).map_err(|error| corrupt("an import", &error.to_string()))?;
    sqlx::query(
        "INSERT INTO user_imports (id, by_user, at, imported) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO UPDATE SET at = excluded.at, imported = excluded.imported",
    )
    .bind(import.id.0)
    .bind(import.by.0)
    .bind(import.at.micros())
    .bind(imported)
    .execute(conn)
    .await?;
    Ok(())
}
