//! Much at once that isn't there yet: imports, samples. The rows are those that the single steps write.

use stoa_domain::access::{Category, Domain, Entry, Group, ListOwner, Room, Unit};
use stoa_domain::id::AccessVersion;
use stoa_domain::name::name_key;
use stoa_domain::time::Timestamp;
use stoa_store::{Creation, NewAccount};

use super::accounts::{email_key, search_key};
use super::bulk::Bulk;
use super::error::{Work, corrupt};
use super::files::number;
use super::lists;
use super::text::clean;
use crate::dialect::Kind::{Id, Int, Text};
use crate::dialect::{Cell, Connection};

/// Rows of one statement.
const ROWS: usize = 5_000;

pub async fn create(conn: &mut Connection, new: &Creation, at: Timestamp, version: AccessVersion) -> Work<()> {
    for some in new.domains.chunks(ROWS) {
        domains(conn, some, version).await?;
    }
    for some in new.units.chunks(ROWS) {
        units(conn, some, version).await?;
    }
    for some in new.accounts.chunks(ROWS) {
        accounts(conn, some, at, version).await?;
    }
    for some in new.groups.chunks(ROWS) {
        groups(conn, some, version).await?;
    }
    for some in new.categories.chunks(ROWS) {
        categories(conn, some, at, version).await?;
    }
    for some in new.rooms.chunks(ROWS) {
        rooms(conn, some, version).await?;
    }
    let entries: Vec<(ListOwner, &Entry)> = new.lists.iter().flat_map(|(owner, entries)| entries.iter().map(|entry| (*owner, entry))).collect();
    for some in entries.chunks(ROWS) {
        lists::insert(conn, some.iter().copied(), version).await?;
    }
    Ok(())
}

fn id_or_null(id: Option<impl Into<uuid::Uuid>>) -> Cell<'static> {
    id.map_or(Cell::Null, |id| Cell::Id(id.into()))
}

async fn domains(conn: &mut Connection, domains: &[Domain], version: AccessVersion) -> Work<()> {
    static INSERT: Bulk = Bulk::new(
        "INSERT INTO domain_versions (domain_id, from_version, name, name_key) SELECT r.id, r.version, r.name, r.name_key FROM",
        &[("id", Id), ("version", Int), ("name", Text), ("name_key", Text)],
        "",
    );
    let mut rows = INSERT.rows();
    for domain in domains {
        rows.push(&[Cell::Id(domain.id.0), Cell::Int(version), Cell::Text(&domain.name), Cell::Text(&name_key(&domain.name))]);
    }
    INSERT.run(conn, rows).await.map(drop)
}

async fn units(conn: &mut Connection, units: &[Unit], version: AccessVersion) -> Work<()> {
    static INSERT: Bulk = Bulk::new(
        "INSERT INTO unit_versions (unit_id, from_version, parent_id, name, name_key) SELECT r.id, r.version, r.parent, r.name, r.name_key FROM",
        &[("id", Id), ("version", Int), ("parent", Id), ("name", Text), ("name_key", Text)],
        "",
    );
    let mut rows = INSERT.rows();
    for unit in units {
        rows.push(&[Cell::Id(unit.id.0), Cell::Int(version), id_or_null(unit.parent), Cell::Text(&unit.name), Cell::Text(&name_key(&unit.name))]);
    }
    INSERT.run(conn, rows).await.map(drop)
}

async fn accounts(conn: &mut Connection, accounts: &[NewAccount], at: Timestamp, version: AccessVersion) -> Work<()> {
    static USERS: Bulk = Bulk::new(
        "INSERT INTO users (id, name, name_key, display_name, search_key, email, password_hash, created_at, version, email_key)
         SELECT r.id, r.name, r.name_key, r.display_name, r.search_key, r.email, r.password_hash, r.at, r.version, r.email_key FROM",
        &[
            ("id", Id),
            ("name", Text),
            ("name_key", Text),
            ("display_name", Text),
            ("search_key", Text),
            ("email", Text),
            ("password_hash", Text),
            ("at", Int),
            ("version", Int),
            ("email_key", Text),
        ],
        "",
    );
    static STATES: Bulk = Bulk::new(
        "INSERT INTO user_states (user_id, from_version, enabled, domain_id, unit_id) SELECT r.id, r.version, TRUE, r.domain, r.unit FROM",
        &[("id", Id), ("version", Int), ("domain", Id), ("unit", Id)],
        "",
    );
    let (mut users, mut states) = (USERS.rows(), STATES.rows());
    for account in accounts {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let (email, hash) = (text(&account.email), text(&account.password_hash));
        let email_key = email_key(&email);
        users.push(&[
            Cell::Id(account.id.0),
            Cell::Text(&account.name),
            Cell::Text(&name_key(&account.name)),
            Cell::Text(&account.display_name),
            Cell::Text(&search_key(&account.name, &account.display_name)),
            if account.email.is_some() { Cell::Text(&email) } else { Cell::Null },
            if account.password_hash.is_some() { Cell::Text(&hash) } else { Cell::Null },
            Cell::Int(at.micros()),
            Cell::Int(version),
            email_key.as_deref().map_or(Cell::Null, Cell::Text),
        ]);
        states.push(&[Cell::Id(account.id.0), Cell::Int(version), id_or_null(account.domain), id_or_null(account.unit)]);
    }
    USERS.run(conn, users).await?;
    STATES.run(conn, states).await.map(drop)
}

async fn groups(conn: &mut Connection, groups: &[Group], version: AccessVersion) -> Work<()> {
    static INSERT: Bulk = Bulk::new(
        "INSERT INTO group_versions (group_id, from_version, name, name_key, description)
         SELECT r.id, r.version, r.name, r.name_key, r.description FROM",
        &[("id", Id), ("version", Int), ("name", Text), ("name_key", Text), ("description", Text)],
        "",
    );
    let mut rows = INSERT.rows();
    for group in groups {
        let (key, description) = (name_key(&group.name), clean(&group.description));
        rows.push(&[Cell::Id(group.id.0), Cell::Int(version), Cell::Text(&group.name), Cell::Text(&key), Cell::Text(&description)]);
    }
    INSERT.run(conn, rows).await.map(drop)
}

async fn categories(conn: &mut Connection, categories: &[Category], at: Timestamp, version: AccessVersion) -> Work<()> {
    static CATEGORIES: Bulk = Bulk::new("INSERT INTO categories (id, created_at) SELECT r.id, r.at FROM", &[("id", Id), ("at", Int)], "");
    static VERSIONS: Bulk = Bulk::new(
        "INSERT INTO category_versions (category_id, from_version, parent_id, name, name_key, description, scope, inherit_members, settings,
            upload_limit, room_quota)
         SELECT r.id, r.version, r.parent, r.name, r.name_key, r.description, r.scope, r.inherit_members <> 0, r.settings,
            r.upload_limit, r.room_quota FROM",
        &[
            ("id", Id),
            ("version", Int),
            ("parent", Id),
            ("name", Text),
            ("name_key", Text),
            ("description", Text),
            ("scope", Text),
            ("inherit_members", Int),
            ("settings", Text),
            ("upload_limit", Int),
            ("room_quota", Int),
        ],
        "",
    );
    let (mut ids, mut versions) = (CATEGORIES.rows(), VERSIONS.rows());
    for category in categories {
        let settings = serde_json::to_string(&category.settings).map_err(|error| corrupt("settings", &error.to_string()))?;
        ids.push(&[Cell::Id(category.id.0), Cell::Int(at.micros())]);
        versions.push(&[
            Cell::Id(category.id.0),
            Cell::Int(version),
            id_or_null(category.parent),
            Cell::Text(&category.name),
            Cell::Text(&name_key(&category.name)),
            Cell::Text(&clean(&category.description)),
            Cell::Text(category.scope.as_str()),
            Cell::Int(category.inherit_members.into()),
            Cell::Text(&settings),
            Cell::Int(number(category.limits.upload_limit)),
            Cell::Int(number(category.limits.room_quota)),
        ]);
    }
    CATEGORIES.run(conn, ids).await?;
    VERSIONS.run(conn, versions).await.map(drop)
}

async fn rooms(conn: &mut Connection, rooms: &[Room], version: AccessVersion) -> Work<()> {
    static ROOMS: Bulk = Bulk::new("INSERT INTO rooms (id, created_at) SELECT r.id, r.at FROM", &[("id", Id), ("at", Int)], "");
    static HEADS: Bulk = Bulk::new("INSERT INTO room_heads (room_id, seq, n) SELECT r.id, 0, 0 FROM", &[("id", Id)], "");
    static VERSIONS: Bulk = Bulk::new(
        "INSERT INTO room_versions (room_id, from_version, category_id, name, name_key, description, topic, privacy, room_type,
            state, inherit_members, invitations, files, history, upload_limit, room_quota)
         SELECT r.id, r.version, r.category, r.name, r.name_key, r.description, r.topic, r.privacy, r.room_type,
            r.state, r.inherit_members <> 0, r.invitations, r.files, r.history, r.upload_limit, r.room_quota FROM",
        &[
            ("id", Id),
            ("version", Int),
            ("category", Id),
            ("name", Text),
            ("name_key", Text),
            ("description", Text),
            ("topic", Text),
            ("privacy", Text),
            ("room_type", Text),
            ("state", Text),
            ("inherit_members", Int),
            ("invitations", Text),
            ("files", Text),
            ("history", Text),
            ("upload_limit", Int),
            ("room_quota", Int),
        ],
        "",
    );
    let (mut ids, mut heads, mut versions) = (ROOMS.rows(), HEADS.rows(), VERSIONS.rows());
    for room in rooms {
        ids.push(&[Cell::Id(room.id.0), Cell::Int(room.created_at.micros())]);
        heads.push(&[Cell::Id(room.id.0)]);
        versions.push(&[
            Cell::Id(room.id.0),
            Cell::Int(version),
            Cell::Id(room.category.0),
            Cell::Text(&room.name),
            Cell::Text(&name_key(&room.name)),
            Cell::Text(&clean(&room.description)),
            Cell::Text(&clean(&room.topic)),
            Cell::Text(room.privacy.as_str()),
            Cell::Text(room.room_type.as_str()),
            Cell::Text(room.state.as_str()),
            Cell::Int(room.inherit_members.into()),
            Cell::Text(room.invitations.as_str()),
            Cell::Text(room.files.as_str()),
            Cell::Text(room.history.as_str()),
            Cell::Int(number(room.limits.upload_limit)),
            Cell::Int(number(room.limits.room_quota)),
        ]);
    }
    ROOMS.run(conn, ids).await?;
    HEADS.run(conn, heads).await?;
    VERSIONS.run(conn, versions).await.map(drop)
}
