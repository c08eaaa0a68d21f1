//! Access lists: entries come and go in versions.

use stoa_domain::access::{Entry, ListOwner};
use stoa_domain::id::AccessVersion;
use stoa_domain::principal::Principal;
use uuid::Uuid;

use super::access::principal_parts;
use super::bulk::Bulk;
use super::error::Work;
use crate::dialect::Kind::{Id, Int, Text};
use crate::dialect::{Cell, Connection, Shape};

const KEY: &Shape = &[("owner_kind", Text), ("owner_id", Id), ("list", Text), ("principal_kind", Text), ("principal_id", Id), ("version", Int)];

const fn owner_parts(owner: ListOwner) -> (&'static str, Uuid, &'static str) {
    match owner {
        ListOwner::Room(id, list) => ("room", id.0, list.as_str()),
        ListOwner::Category(id, list) => ("category", id.0, list.as_str()),
        ListOwner::Group(id) => ("group", id.0, "members"),
        ListOwner::Role(role) => ("role", Uuid::nil(), role.as_str()),
    }
}

fn key(owner: ListOwner, principal: Principal, version: AccessVersion) -> [Cell<'static>; 6] {
    let (owner_kind, owner_id, list) = owner_parts(owner);
    let (principal_kind, principal_id) = principal_parts(principal);
    [Cell::Text(owner_kind), Cell::Id(owner_id), Cell::Text(list), Cell::Text(principal_kind), Cell::Id(principal_id), Cell::Int(version)]
}

/// 0 if the list never changed.
pub async fn version(conn: &mut Connection, owner: ListOwner) -> Work<AccessVersion> {
    let (owner_kind, owner_id, list) = owner_parts(owner);
    let (version,): (Option<i64>,) = sqlx::query_as(
        "SELECT max(COALESCE(until_version, from_version)) FROM list_entries
         WHERE owner_kind = $1 AND owner_id = $2 AND list = $3",
    )
    .bind(owner_kind)
    .bind(owner_id)
    .bind(list)
    .fetch_one(conn)
    .await?;
    Ok(version.unwrap_or(0))
}

static INSERT: Bulk = Bulk::new(
    "INSERT INTO list_entries (owner_kind, owner_id, list, principal_kind, principal_id, from_version, until_at, added_by, added_at)
     SELECT r.owner_kind, r.owner_id, r.list, r.principal_kind, r.principal_id, r.version, r.until_at, r.added_by, r.added_at FROM",
    &[
        ("owner_kind", Text),
        ("owner_id", Id),
        ("list", Text),
        ("principal_kind", Text),
        ("principal_id", Id),
        ("version", Int),
        ("until_at", Int),
        ("added_by", Id),
        ("added_at", Int),
    ],
    "",
);

/// Entries of lists in which they don't stand yet.
pub async fn insert<'a>(conn: &mut Connection, entries: impl Iterator<Item = (ListOwner, &'a Entry)>, version: AccessVersion) -> Work<()> {
    let mut rows = INSERT.rows();
    for (owner, entry) in entries {
        let [a, b, c, d, e, f] = key(owner, entry.principal, version);
        let until = entry.until.map_or(Cell::Null, |until| Cell::Int(until.micros()));
        let by = entry.added_by.map_or(Cell::Null, |user| Cell::Id(user.0));
        rows.push(&[a, b, c, d, e, f, until, by, Cell::Int(entry.added_at.micros())]);
    }
    INSERT.run(conn, rows).await.map(drop)
}

pub async fn put(conn: &mut Connection, owner: ListOwner, entries: &[Entry], version: AccessVersion) -> Work<()> {
    // Of the same principal twice, the last counts.
    let latest: std::collections::HashMap<Principal, &Entry> = entries.iter().map(|entry| (entry.principal, entry)).collect();
    end(conn, owner, &latest.keys().copied().collect::<Vec<_>>(), version).await?;
    insert(conn, latest.into_values().map(|entry| (owner, entry)), version).await
}

/// Ends what holds; how many that were.
pub async fn end(conn: &mut Connection, owner: ListOwner, principals: &[Principal], version: AccessVersion) -> Work<u64> {
    // What this very change brought was never seen under any version.
    static FORGET: Bulk = Bulk::new(
        "DELETE FROM list_entries WHERE (owner_kind, owner_id, list, principal_kind, principal_id, from_version) IN
            (SELECT r.owner_kind, r.owner_id, r.list, r.principal_kind, r.principal_id, r.version FROM",
        KEY,
        ")",
    );
    static END: Bulk = Bulk::new(
        "UPDATE list_entries SET until_version = r.version FROM",
        KEY,
        "WHERE list_entries.owner_kind = r.owner_kind AND list_entries.owner_id = r.owner_id AND list_entries.list = r.list
            AND list_entries.principal_kind = r.principal_kind AND list_entries.principal_id = r.principal_id
            AND list_entries.until_version IS NULL",
    );
    let (mut forget, mut end) = (FORGET.rows(), END.rows());
    let unique: std::collections::HashSet<Principal> = principals.iter().copied().collect();
    for principal in unique {
        forget.push(&key(owner, principal, version));
        end.push(&key(owner, principal, version));
    }
    Ok(FORGET.run(conn, forget).await? + END.run(conn, end).await?)
}
