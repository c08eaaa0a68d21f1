//! What administrators did, and what waits for the archive.

use sqlx::QueryBuilder;
use stoa_domain::audit::{Link, Record};
use stoa_domain::id::{AccessVersion, UserId};
use stoa_domain::time::Timestamp;
use stoa_store::{Actor, Audit, AuditFilter, AuditRow, Audited, Look};
use uuid::Uuid;

use super::bulk::Bulk;
use super::error::{Work, corrupt};
use super::text::clean;
use crate::dialect::Kind::{Id, Int, Text};
use crate::dialect::{Cell, Connection, Db};

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

/// What [`Row`] reads of `audit a`.
macro_rules! columns {
    () => {
        "a.id, a.at, a.by_user, a.by_where, a.action, a.object, a.before, a.after, a.access_version"
    };
}
pub(super) use columns;

#[derive(sqlx::FromRow)]
pub struct Row {
    pub id: i64,
    at: i64,
    by_user: Option<Uuid>,
    by_where: String,
    action: String,
    object: String,
    before: String,
    after: String,
    access_version: i64,
}

impl From<Row> for Record {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            at: Timestamp::from_micros(row.at),
            by: row.by_user.map(UserId),
            from: row.by_where,
            action: row.action,
            object: row.object,
            before: row.before,
            after: row.after,
            version: row.access_version,
        }
    }
}

pub async fn read(conn: &mut Connection, after: i64, limit: u32) -> Work<Vec<AuditRow>> {
    let rows: Vec<Row> = sqlx::query_as(concat!("SELECT ", columns!(), " FROM audit a WHERE a.id > $1 ORDER BY a.id LIMIT $2"))
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

#[derive(sqlx::FromRow)]
struct Linked {
    #[sqlx(flatten)]
    row: Row,
    position: Option<i64>,
    previous: Option<Vec<u8>>,
    hash: Option<Vec<u8>>,
}

impl Linked {
    fn audited(self) -> Work<Audited> {
        let record = Record::from(self.row);
        let link = match (self.position, self.previous, self.hash) {
            (Some(position), Some(previous), Some(hash)) => {
                Some(Link { position, record: record.id, previous: super::chain::hash(previous)?, hash: super::chain::hash(hash)? })
            }
            _ => None,
        };
        Ok(Audited { record, link })
    }
}

const WITH_LINKS: &str = concat!("SELECT ", columns!(), ", l.position, l.previous, l.hash FROM audit a LEFT JOIN audit_links l ON l.record_id = a.id WHERE ");

/// Written for what is asked, so that each filter finds its index.
pub async fn page(conn: &mut Connection, filter: &AuditFilter, before: Option<i64>, limit: u32) -> Work<Vec<Audited>> {
    let mut query: QueryBuilder<Db> = QueryBuilder::new(WITH_LINKS);
    query.push("a.id < ").push_bind(before.unwrap_or(i64::MAX));
    if let Some(user) = filter.by {
        query.push(" AND a.by_user = ").push_bind(user.0);
    }
    if let Some(place) = &filter.place {
        query.push(" AND a.by_where = ").push_bind(clean(place).into_owned());
    }
    for (column, prefix) in [("a.action", &filter.action), ("a.object", &filter.object)] {
        if let Some(prefix) = prefix.as_deref().filter(|prefix| !prefix.is_empty()) {
            let prefix = clean(prefix).into_owned();
            // The greatest character: nothing that we write goes beyond it.
            let end = format!("{prefix}\u{10FFFF}");
            query.push(format_args!(" AND {column} >= ")).push_bind(prefix).push(format_args!(" AND {column} < ")).push_bind(end);
        }
    }
    if let Some(from) = filter.from {
        query.push(" AND a.at >= ").push_bind(from.micros());
    }
    if let Some(to) = filter.to {
        query.push(" AND a.at < ").push_bind(to.micros());
    }
    query.push(" ORDER BY a.id DESC LIMIT ").push_bind(i64::from(limit));
    let rows: Vec<Linked> = query.build_query_as().fetch_all(conn).await?;
    rows.into_iter().map(Linked::audited).collect()
}

pub async fn one(conn: &mut Connection, id: i64) -> Work<Option<Audited>> {
    let mut query: QueryBuilder<Db> = QueryBuilder::new(WITH_LINKS);
    query.push("a.id = ").push_bind(id);
    let row: Option<Linked> = query.build_query_as().fetch_optional(conn).await?;
    row.map(Linked::audited).transpose()
}

/// They change nothing: no version, and nothing for the archive.
pub async fn looks(conn: &mut Connection, looks: &[Look]) -> Work<()> {
    static INSERT: Bulk = Bulk::new(
        "INSERT INTO audit (at, by_user, by_where, action, object, before, after, access_version)
         SELECT r.at, r.by_user, r.by_where, r.action, r.object, 'null', r.after, r.version FROM",
        &[("at", Int), ("by_user", Id), ("by_where", Text), ("action", Text), ("object", Text), ("after", Text), ("version", Int)],
        "",
    );
    let mut rows = INSERT.rows();
    for look in looks {
        let asked = look.asked.to_string();
        rows.push(&[
            Cell::Int(look.at.micros()),
            look.actor.user.map_or(Cell::Null, |user| Cell::Id(user.0)),
            Cell::Text(&clean(&look.actor.from)),
            Cell::Text(look.action),
            Cell::Text(&clean(&look.object)),
            Cell::Text(&asked),
            Cell::Int(look.version),
        ]);
    }
    INSERT.run(conn, rows).await.map(drop)
}

/// A change's moment is taken before its turn comes, so that of two close to each other the later may
/// bear the earlier moment: then both held by the later of the two.
pub async fn version_at(conn: &mut Connection, moment: Timestamp) -> Work<Option<AccessVersion>> {
    let last = "SELECT max(v.access_version) FROM (SELECT access_version FROM audit WHERE at <= $1 ORDER BY at DESC, id DESC LIMIT 100) v";
    let (version,): (Option<i64>,) = sqlx::query_as(last).bind(moment.micros()).fetch_one(conn).await?;
    Ok(version)
}
