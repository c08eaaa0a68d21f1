//! The audit log's chain: what has no link yet, links, and what its verification reads.

use std::collections::HashMap;

use stoa_domain::audit::{Hash, Head, Link, Record};
use stoa_store::{Lease, Standing, StoreError, Unlinked};

use super::audit::{Row, columns};
use super::bulk::Bulk;
use super::error::{Work, corrupt};
use super::leases;
use crate::dialect::Kind::{Bytes, Int};
use crate::dialect::{Cell, Connection};

pub fn hash(bytes: Vec<u8>) -> Work<Hash> {
    bytes.try_into().map(Hash).map_err(|_| corrupt("a hash", "of another length"))
}

async fn head(conn: &mut Connection) -> Work<Head> {
    let row: Option<(i64, Vec<u8>)> = sqlx::query_as("SELECT position, hash FROM audit_links ORDER BY position DESC LIMIT 1").fetch_optional(conn).await?;
    row.map_or(Ok(Head::START), |(position, bytes)| Ok(Head { position, hash: hash(bytes)? }))
}

/// Within a transaction that sees one moment.
pub async fn unlinked(conn: &mut Connection, limit: u32) -> Work<Unlinked> {
    let rows: Vec<Row> =
        sqlx::query_as(concat!("SELECT ", columns!(), " FROM audit_waiting w JOIN audit a ON a.id = w.record_id ORDER BY w.record_id LIMIT $1"))
            .bind(i64::from(limit))
            .fetch_all(&mut *conn)
            .await?;
    if rows.is_empty() {
        return Ok(Unlinked::default());
    }
    Ok(Unlinked { head: head(conn).await?, records: rows.into_iter().map(Record::from).collect() })
}

/// Within a transaction.
pub async fn link(conn: &mut Connection, lease: &Lease, links: &[Link]) -> Work<()> {
    static TAKE: Bulk = Bulk::new("DELETE FROM audit_waiting WHERE record_id IN (SELECT r.record_id FROM", &[("record_id", Int)], ")");
    static INSERT: Bulk = Bulk::new(
        "INSERT INTO audit_links (position, record_id, previous, hash) SELECT r.position, r.record_id, r.previous, r.hash FROM",
        &[("position", Int), ("record_id", Int), ("previous", Bytes), ("hash", Bytes)],
        "",
    );
    leases::expect(conn, lease).await?;
    let head = head(conn).await?;
    if links.first().is_none_or(|first| first.position != head.position + 1 || first.previous != head.hash) {
        return Err(StoreError::Stale.into());
    }
    let (mut take, mut insert) = (TAKE.rows(), INSERT.rows());
    for link in links {
        take.push(&[Cell::Int(link.record)]);
        insert.push(&[Cell::Int(link.position), Cell::Int(link.record), Cell::Bytes(&link.previous.0), Cell::Bytes(&link.hash.0)]);
    }
    if TAKE.run(conn, take).await? != links.len() as u64 {
        return Err(StoreError::Stale.into());
    }
    INSERT.run(conn, insert).await.map(drop)
}

#[derive(sqlx::FromRow)]
struct LinkRow {
    position: i64,
    record_id: i64,
    previous: Vec<u8>,
    hash: Vec<u8>,
}

impl LinkRow {
    fn link(self) -> Work<Link> {
        Ok(Link { position: self.position, record: self.record_id, previous: hash(self.previous)?, hash: hash(self.hash)? })
    }
}

/// Two statements, since a record that isn't there would be a row of which everything may be missing.
/// A record that comes between them isn't one of these.
pub async fn links(conn: &mut Connection, after: i64, limit: u32) -> Work<Vec<(Link, Option<Record>)>> {
    let links: Vec<LinkRow> = sqlx::query_as("SELECT position, record_id, previous, hash FROM audit_links WHERE position > $1 ORDER BY position LIMIT $2")
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(&mut *conn)
        .await?;
    let rows: Vec<Row> = sqlx::query_as(concat!(
        "SELECT ",
        columns!(),
        " FROM (SELECT record_id FROM audit_links WHERE position > $1 ORDER BY position LIMIT $2) l JOIN audit a ON a.id = l.record_id"
    ))
    .bind(after)
    .bind(i64::try_from(links.len()).unwrap_or(0))
    .fetch_all(conn)
    .await?;
    let mut records: HashMap<i64, Record> = rows.into_iter().map(|row| (row.id, Record::from(row))).collect();
    links
        .into_iter()
        .map(|row| {
            let record = records.remove(&row.record_id);
            Ok((row.link()?, record))
        })
        .collect()
}

pub async fn position(conn: &mut Connection, hash: Hash) -> Work<Option<i64>> {
    let row: Option<(i64,)> = sqlx::query_as("SELECT position FROM audit_links WHERE hash = $1").bind(&hash.0[..]).fetch_optional(conn).await?;
    Ok(row.map(|(position,)| position))
}

pub async fn standing(conn: &mut Connection, after: i64, limit: u32) -> Work<Vec<Standing>> {
    let rows: Vec<(i64, Option<i64>, Option<i64>)> = sqlx::query_as(
        "SELECT a.id, l.position, w.record_id FROM (SELECT id FROM audit WHERE id > $1 ORDER BY id LIMIT $2) a
         LEFT JOIN audit_links l ON l.record_id = a.id LEFT JOIN audit_waiting w ON w.record_id = a.id ORDER BY a.id",
    )
    .bind(after)
    .bind(i64::from(limit))
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(id, position, waits)| Standing { id, position, waits: waits.is_some() }).collect())
}
