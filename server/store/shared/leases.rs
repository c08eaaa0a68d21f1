//! Who does what only one server of a pool does.

use std::time::Duration;

use stoa_store::{Lease, StoreError};
use uuid::Uuid;

use super::error::Work;
use crate::dialect::{Connection, for_update, now};

pub async fn take(conn: &mut Connection, name: &'static str, holder: Uuid, lasting: Duration) -> Work<Option<Lease>> {
    let row: Option<(i64,)> = sqlx::query_as(concat!(
        "INSERT INTO leases (name, holder, until_at, fence) VALUES ($1, $2, ",
        now!(),
        " + $3, 1)
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_at = excluded.until_at,
            fence = leases.fence + CASE WHEN leases.holder = excluded.holder THEN 0 ELSE 1 END
         WHERE leases.holder = excluded.holder OR leases.until_at <= ",
        now!(),
        " RETURNING fence"
    ))
    .bind(name)
    .bind(holder)
    .bind(i64::try_from(lasting.as_micros()).unwrap_or(i64::MAX / 4))
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|(fence,)| Lease { name, holder, fence }))
}

pub async fn release(conn: &mut Connection, lease: &Lease) -> Work<()> {
    sqlx::query("UPDATE leases SET until_at = 0 WHERE name = $1 AND holder = $2 AND fence = $3")
        .bind(lease.name)
        .bind(lease.holder)
        .bind(lease.fence)
        .execute(conn)
        .await?;
    Ok(())
}

/// Within a transaction that writes: nobody else takes it before that has ended.
pub async fn expect(conn: &mut Connection, lease: &Lease) -> Work<()> {
    let held: Option<(i64,)> =
        sqlx::query_as(concat!("SELECT fence FROM leases WHERE name = $1 AND holder = $2 AND fence = $3 AND until_at > ", now!(), for_update!()))
            .bind(lease.name)
            .bind(lease.holder)
            .bind(lease.fence)
            .fetch_optional(conn)
            .await?;
    if held.is_some() { Ok(()) } else { Err(StoreError::Stale.into()) }
}
