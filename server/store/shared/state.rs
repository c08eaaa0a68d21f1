//! Everything that decisions read: as it was at one version, or what of it came since another.

use stoa_domain::access::{Category, Changes, Domain, Entry, Group, ListOwner, Room, Unit, User};
use stoa_domain::category::{CategoryList, Scope, Switch};
use stoa_domain::id::{AccessVersion, CategoryId, DomainId, GroupId, RoomId, UnitId, UserId};
use stoa_domain::person::Role;
use stoa_domain::principal::Principal;
use stoa_domain::room::{Privacy, RoomList, RoomState, RoomType};
use stoa_domain::settings::FileLimits;
use stoa_domain::time::Timestamp;
use uuid::Uuid;

use super::access::{principal_of, version};
use super::error::{Work, corrupt};
use super::text::word;
use crate::dialect::{self, Connection};

/// Which versions are read.
#[derive(Clone, Copy)]
enum View {
    /// What held at this one.
    At(AccessVersion),
    /// What didn't hold at the first, and does at the second.
    Between(AccessVersion, AccessVersion),
}

/// The rows of a table with versions, in a view.
macro_rules! rows {
    ($conn:expr, $view:expr, $select:literal, $table:literal) => {
        match $view {
            View::At(version) => sqlx::query_as(concat!(
                $select,
                // The sign keeps the index away: nearly all rows are meant.
                " WHERE +",
                $table,
                ".from_version <= $1 AND (",
                $table,
                ".until_version IS NULL OR ",
                $table,
                ".until_version > $1)"
            ))
            .bind(version),
            View::Between(since, until) => sqlx::query_as(concat!(
                $select,
                " WHERE ",
                $table,
                ".from_version > $1 AND ",
                $table,
                ".from_version <= $2 AND (",
                $table,
                ".until_version IS NULL OR ",
                $table,
                ".until_version > $2)"
            ))
            .bind(since)
            .bind(until),
        }
        .fetch_all(&mut *$conn)
        .await?
    };
}

/// What has gone between two versions, by id.
macro_rules! gone {
    ($conn:expr, $since:expr, $until:expr, $table:literal, $id:literal) => {{
        let ids: Vec<(Uuid,)> = sqlx::query_as(concat!(
            "SELECT DISTINCT v.",
            $id,
            " FROM ",
            $table,
            " v WHERE v.until_version > $1 AND v.until_version <= $2
                AND NOT EXISTS (SELECT 1 FROM ",
            $table,
            " c WHERE c.",
            $id,
            " = v.",
            $id,
            " AND c.from_version <= $2 AND (c.until_version IS NULL OR c.until_version > $2))"
        ))
        .bind($since)
        .bind($until)
        .fetch_all(&mut *$conn)
        .await?;
        ids.into_iter().map(|(id,)| id.into()).collect()
    }};
}

/// Within a transaction that sees one moment.
pub async fn at(conn: &mut Connection, version: AccessVersion) -> Work<Changes> {
    read(conn, version, View::At(version)).await
}

/// The same; without a version to go from, everything.
pub async fn since(conn: &mut Connection, since: Option<AccessVersion>) -> Work<Changes> {
    let now = version(conn).await?;
    match since {
        Some(since) => between(conn, since, now).await,
        None => at(conn, now).await,
    }
}

/// What came of it up to a later one.
pub async fn between(conn: &mut Connection, since: AccessVersion, until: AccessVersion) -> Work<Changes> {
    let mut changes = read(conn, until, View::Between(since, until)).await?;
    changes.gone_groups = gone!(conn, since, until, "group_versions", "group_id");
    changes.gone_units = gone!(conn, since, until, "unit_versions", "unit_id");
    changes.gone_domains = gone!(conn, since, until, "domain_versions", "domain_id");
    changes.gone_categories = gone!(conn, since, until, "category_versions", "category_id");
    changes.gone_rooms = gone!(conn, since, until, "room_versions", "room_id");
    // What ended comes first: an entry that got another end is there again.
    let mut entries = ended(conn, since, until).await?;
    entries.append(&mut changes.entries);
    changes.entries = entries;
    Ok(changes)
}

async fn read(conn: &mut Connection, version: AccessVersion, view: View) -> Work<Changes> {
    Ok(Changes {
        version,
        users: users(conn, view).await?,
        groups: groups(conn, view).await?,
        units: units(conn, view).await?,
        domains: domains(conn, view).await?,
        categories: categories(conn, view).await?,
        rooms: rooms(conn, view).await?,
        entries: entries(conn, view).await?,
        ..Changes::default()
    })
}

async fn users(conn: &mut Connection, view: View) -> Work<Vec<User>> {
    type Row = (Uuid, String, String, bool, Option<Uuid>, Option<Uuid>);
    let rows: Vec<Row> = match view {
        View::At(version) => sqlx::query_as(
            "SELECT u.id, u.name, u.display_name, s.enabled, s.domain_id, s.unit_id FROM users u JOIN user_states s ON s.user_id = u.id
             WHERE +s.from_version <= $1 AND (s.until_version IS NULL OR s.until_version > $1)",
        )
        .bind(version),
        // Every change of an account counts its version up, names too, which have no versions.
        View::Between(since, until) => sqlx::query_as(
            "SELECT u.id, u.name, u.display_name, s.enabled, s.domain_id, s.unit_id
             FROM users u JOIN user_states s ON s.user_id = u.id AND s.from_version <= $2 AND (s.until_version IS NULL OR s.until_version > $2)
             WHERE u.version > $1",
        )
        .bind(since)
        .bind(until),
    }
    .fetch_all(conn)
    .await?;
    let user = |(id, name, display_name, enabled, domain, unit): Row| User {
        id: UserId(id),
        name,
        display_name,
        enabled,
        domain: domain.map(DomainId),
        unit: unit.map(UnitId),
    };
    Ok(rows.into_iter().map(user).collect())
}

async fn groups(conn: &mut Connection, view: View) -> Work<Vec<Group>> {
    let rows: Vec<(Uuid, String, String, i64)> = rows!(conn, view, "SELECT v.group_id, v.name, v.description, v.from_version FROM group_versions v", "v");
    Ok(rows.into_iter().map(|(id, name, description, version)| Group { id: GroupId(id), name, description, version }).collect())
}

async fn units(conn: &mut Connection, view: View) -> Work<Vec<Unit>> {
    let rows: Vec<(Uuid, String, Option<Uuid>, i64)> = rows!(conn, view, "SELECT v.unit_id, v.name, v.parent_id, v.from_version FROM unit_versions v", "v");
    Ok(rows.into_iter().map(|(id, name, parent, version)| Unit { id: UnitId(id), name, parent: parent.map(UnitId), version }).collect())
}

async fn domains(conn: &mut Connection, view: View) -> Work<Vec<Domain>> {
    let rows: Vec<(Uuid, String, i64)> = rows!(conn, view, "SELECT v.domain_id, v.name, v.from_version FROM domain_versions v", "v");
    Ok(rows.into_iter().map(|(id, name, version)| Domain { id: DomainId(id), name, version }).collect())
}

#[derive(sqlx::FromRow)]
struct CategoryRow {
    category_id: Uuid,
    from_version: i64,
    parent_id: Option<Uuid>,
    name: String,
    description: String,
    scope: String,
    inherit_members: bool,
    settings: String,
    upload_limit: i64,
    room_quota: i64,
}

async fn categories(conn: &mut Connection, view: View) -> Work<Vec<Category>> {
    let rows: Vec<CategoryRow> = rows!(
        conn,
        view,
        "SELECT v.category_id, v.from_version, v.parent_id, v.name, v.description, v.scope, v.inherit_members, v.settings,
            v.upload_limit, v.room_quota FROM category_versions v",
        "v"
    );
    rows.into_iter()
        .map(|row| {
            Ok(Category {
                id: CategoryId(row.category_id),
                parent: row.parent_id.map(CategoryId),
                scope: word("a scope", &row.scope, Scope::parse)?,
                inherit_members: row.inherit_members,
                settings: serde_json::from_str(&row.settings).map_err(|_| corrupt("settings", &row.settings))?,
                limits: limits(row.upload_limit, row.room_quota),
                name: row.name,
                description: row.description,
                version: row.from_version,
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
    upload_limit: i64,
    room_quota: i64,
    created_at: i64,
}

fn limits(upload_limit: i64, room_quota: i64) -> FileLimits {
    let bytes = |number: i64| number.max(0).unsigned_abs();
    FileLimits { upload_limit: bytes(upload_limit), room_quota: bytes(room_quota) }
}

async fn rooms(conn: &mut Connection, view: View) -> Work<Vec<Room>> {
    let rows: Vec<RoomRow> = rows!(
        conn,
        view,
        "SELECT v.room_id, v.from_version, v.category_id, v.name, v.description, v.topic, v.privacy, v.room_type, v.state,
            v.inherit_members, v.invitations, v.files, v.history, v.upload_limit, v.room_quota, r.created_at
         FROM room_versions v JOIN rooms r ON r.id = v.room_id",
        "v"
    );
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
                limits: limits(row.upload_limit, row.room_quota),
                created_at: Timestamp::from_micros(row.created_at),
                version: row.from_version,
                name: row.name,
                description: row.description,
                topic: row.topic,
            })
        })
        .collect()
}

fn owner_of(kind: &str, id: Uuid, list: &str) -> Work<ListOwner> {
    Ok(match kind {
        "room" => ListOwner::Room(RoomId(id), word("a list", list, RoomList::parse)?),
        "category" => ListOwner::Category(CategoryId(id), word("a list", list, CategoryList::parse)?),
        "group" => ListOwner::Group(GroupId(id)),
        "role" => ListOwner::Role(word("a role", list, Role::parse)?),
        other => return Err(corrupt("a list's owner", other)),
    })
}

type Put = (ListOwner, Principal, Option<Entry>);

async fn entries(conn: &mut Connection, view: View) -> Work<Vec<Put>> {
    type Row = (String, Uuid, String, String, Uuid, Option<i64>, Option<Uuid>, i64);
    let (since, until) = match view {
        View::At(version) => return all_entries(conn, version).await,
        View::Between(since, until) => (since, until),
    };
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT l.owner_kind, l.owner_id, l.list, l.principal_kind, l.principal_id, l.until_at, l.added_by, l.added_at FROM list_entries l
         WHERE l.from_version > $1 AND l.from_version <= $2 AND (l.until_version IS NULL OR l.until_version > $2)",
    )
    .bind(since)
    .bind(until)
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|(owner_kind, owner, list, kind, id, until, added_by, added_at)| {
            let principal = principal_of(&kind, id)?;
            let until = until.map(Timestamp::from_micros);
            let entry = Entry { principal, until, added_by: added_by.map(UserId), added_at: Timestamp::from_micros(added_at) };
            Ok((owner_of(&owner_kind, owner, &list)?, principal, Some(entry)))
        })
        .collect()
}

/// There are millions: row by row most of the time would go into handing rows over.
async fn all_entries(conn: &mut Connection, version: AccessVersion) -> Work<Vec<Put>> {
    let mut entries = Vec::new();
    dialect::packed_entries(conn, version, |kind, owner, list, lines| {
        let owner = owner_of(kind, packed_id(owner)?, list)?;
        for line in lines.lines() {
            let (principal, entry) = packed_entry(line).transpose().unwrap_or_else(|| Err(corrupt("an entry", line)))?;
            entries.push((owner, principal, Some(entry)));
        }
        Ok(())
    })
    .await?;
    Ok(entries)
}

fn packed_id(text: &str) -> Work<Uuid> {
    Uuid::try_parse(text).map_err(|_| corrupt("an id", text))
}

/// Kind, id, end, who added it and when, with tabs between them; nothing where there is none. None where the line isn't so.
fn packed_entry(line: &str) -> Work<Option<(Principal, Entry)>> {
    let mut cells = line.split('\t');
    let [Some(kind), Some(id), Some(until), Some(by), Some(at), None] = std::array::from_fn(|_| cells.next()) else { return Ok(None) };
    let moment = |text: &str| text.parse().map(Timestamp::from_micros).map_err(|_| corrupt("a time", text));
    let given = |text| Some(text).filter(|text: &&str| !text.is_empty());
    let principal = principal_of(kind, packed_id(id)?)?;
    let added_by = given(by).map(packed_id).transpose()?.map(UserId);
    Ok(Some((principal, Entry { principal, until: given(until).map(moment).transpose()?, added_by, added_at: moment(at)? })))
}

async fn ended(conn: &mut Connection, since: AccessVersion, until: AccessVersion) -> Work<Vec<Put>> {
    let rows: Vec<(String, Uuid, String, String, Uuid)> = sqlx::query_as(
        "SELECT l.owner_kind, l.owner_id, l.list, l.principal_kind, l.principal_id FROM list_entries l
         WHERE l.until_version > $1 AND l.until_version <= $2",
    )
    .bind(since)
    .bind(until)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|(owner_kind, owner, list, kind, id)| Ok((owner_of(&owner_kind, owner, &list)?, principal_of(&kind, id)?, None))).collect()
}
