//! Everything that decisions read, as it was at one version.

use std::collections::{BTreeSet, HashMap};

use stoa_domain::access::{Category, Entry, ListOwner, Room, Snapshot, User};
use stoa_domain::category::{CategoryList, Scope, Switch};
use stoa_domain::id::{AccessVersion, CategoryId, DomainId, RoomId, UserId};
use stoa_domain::person::Role;
use stoa_domain::principal::Principal;
use stoa_domain::room::{Privacy, RoomList, RoomState, RoomType};
use stoa_domain::settings::PoolSettings;
use stoa_domain::time::Timestamp;
use uuid::Uuid;

use super::error::{Work, corrupt};
use super::text::word;
use crate::dialect::Connection;

/// What holds at version `$1`.
macro_rules! holds {
    ($table:literal) => {
        concat!($table, ".from_version <= $1 AND (", $table, ".until_version IS NULL OR ", $table, ".until_version > $1)")
    };
}

pub async fn version(conn: &mut Connection) -> Work<AccessVersion> {
    let (version,) = sqlx::query_as("SELECT access_version FROM pool").fetch_one(conn).await?;
    Ok(version)
}

/// Within a transaction that sees one moment.
pub async fn snapshot(conn: &mut Connection, at: Option<AccessVersion>) -> Work<Snapshot> {
    let version = match at {
        Some(at) => at,
        None => version(conn).await?,
    };
    let users = users(conn, version).await?;
    let categories = categories(conn, version).await?;
    let rooms = rooms(conn, version).await?;
    let entries = entries(conn, version).await?;
    Ok(Snapshot::new(version, users, categories, rooms, entries))
}

async fn users(conn: &mut Connection, version: AccessVersion) -> Work<Vec<User>> {
    let held: Vec<(Uuid, String)> = sqlx::query_as(concat!("SELECT r.principal_id, r.role FROM roles r WHERE r.principal_kind = 'user' AND ", holds!("r")))
        .bind(version)
        .fetch_all(&mut *conn)
        .await?;
    let mut roles: HashMap<Uuid, BTreeSet<Role>> = HashMap::new();
    for (user, role) in held {
        roles.entry(user).or_default().insert(word("a role", &role, Role::parse)?);
    }
    let rows: Vec<(Uuid, String, String, bool, Option<Uuid>)> = sqlx::query_as(concat!(
        "SELECT u.id, u.name, u.display_name, s.enabled, s.domain_id
         FROM users u JOIN user_states s ON s.user_id = u.id WHERE ",
        holds!("s")
    ))
    .bind(version)
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(id, name, display_name, enabled, domain)| User {
            id: UserId(id),
            name,
            display_name,
            enabled,
            domain: domain.map(DomainId),
            roles: roles.remove(&id).unwrap_or_default(),
        })
        .collect())
}

#[derive(sqlx::FromRow)]
struct CategoryRow {
    category_id: Uuid,
    parent_id: Option<Uuid>,
    name: String,
    description: String,
    scope: String,
    inherit_members: bool,
    settings: String,
}

async fn categories(conn: &mut Connection, version: AccessVersion) -> Work<Vec<Category>> {
    let rows: Vec<CategoryRow> = sqlx::query_as(concat!(
        "SELECT v.category_id, v.parent_id, v.name, v.description, v.scope, v.inherit_members, v.settings
         FROM category_versions v WHERE ",
        holds!("v")
    ))
    .bind(version)
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Category {
                id: CategoryId(row.category_id),
                parent: row.parent_id.map(CategoryId),
                scope: word("a scope", &row.scope, Scope::parse)?,
                inherit_members: row.inherit_members,
                settings: serde_json::from_str(&row.settings).map_err(|_| corrupt("settings", &row.settings))?,
                name: row.name,
                description: row.description,
            })
        })
        .collect()
}

#[derive(sqlx::FromRow)]
struct RoomRow {
    room_id: Uuid,
    from_version: i64,
    category_id: Uuid,
    name: String,
    description: String,
    topic: String,
    privacy: String,
    room_type: String,
    state: String,
    inherit_members: bool,
    invitations: String,
    files: String,
    history: String,
    created_at: i64,
}

async fn rooms(conn: &mut Connection, version: AccessVersion) -> Work<Vec<Room>> {
    let rows: Vec<RoomRow> = sqlx::query_as(concat!(
        "SELECT v.room_id, v.from_version, v.category_id, v.name, v.description, v.topic, v.privacy, v.room_type, v.state,
            v.inherit_members, v.invitations, v.files, v.history, r.created_at
         FROM room_versions v JOIN rooms r ON r.id = v.room_id WHERE ",
        holds!("v")
    ))
    .bind(version)
    .fetch_all(conn)
    .await?;
    let switch = |text: &str| word("a switch", text, Switch::parse);
    rows.into_iter()
        .map(|row| {
            Ok(Room {
                id: RoomId(row.room_id),
                category: CategoryId(row.category_id),
                privacy: word("a privacy", &row.privacy, Privacy::parse)?,
                room_type: word("a room type", &row.room_type, RoomType::parse)?,
                state: word("a room state", &row.state, RoomState::parse)?,
                inherit_members: row.inherit_members,
                invitations: switch(&row.invitations)?,
                files: switch(&row.files)?,
                history: switch(&row.history)?,
                created_at: Timestamp::from_micros(row.created_at),
                version: row.from_version,
                name: row.name,
                description: row.description,
                topic: row.topic,
            })
        })
        .collect()
}

type EntryRow = (String, Uuid, String, String, Uuid, Option<i64>, Option<Uuid>, i64);

async fn entries(conn: &mut Connection, version: AccessVersion) -> Work<Vec<(ListOwner, Entry)>> {
    let rows: Vec<EntryRow> = sqlx::query_as(concat!(
        "SELECT l.owner_kind, l.owner_id, l.list, l.principal_kind, l.principal_id, l.until_at, l.added_by, l.added_at
         FROM list_entries l WHERE ",
        holds!("l")
    ))
    .bind(version)
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|(owner_kind, owner, list, principal_kind, principal, until, added_by, added_at)| {
            let owner = match owner_kind.as_str() {
                "room" => ListOwner::Room(RoomId(owner), word("a list", &list, RoomList::parse)?),
                "category" => ListOwner::Category(CategoryId(owner), word("a list", &list, CategoryList::parse)?),
                other => return Err(corrupt("a list's owner", other)),
            };
            let principal = principal_of(&principal_kind, principal)?;
            let added_at = Timestamp::from_micros(added_at);
            Ok((owner, Entry { principal, until: until.map(Timestamp::from_micros), added_by: added_by.map(UserId), added_at }))
        })
        .collect()
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

fn principal_of(kind: &str, id: Uuid) -> Work<Principal> {
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
