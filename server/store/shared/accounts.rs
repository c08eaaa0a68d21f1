//! Accounts, as the sign-in and their administration see them.

use std::collections::{HashMap, HashSet};

use stoa_domain::id::UserId;
use stoa_domain::name::name_key;
use stoa_domain::person::Role;
use stoa_domain::time::Timestamp;
use stoa_domain::wire::{Page, PageQuery};
use stoa_store::{AccountFilter, AccountRow};
use uuid::Uuid;

use super::bulk::Bulk;
use super::error::Work;
use super::text::{containing, cursor, read_cursor, word};
use crate::dialect::Kind::Text;
use crate::dialect::{Cell, Connection, ids, list};

/// Which list a cursor is of.
const LIST: char = 'a';

macro_rules! accounts {
    ($rest:literal) => {
        concat!(
            "SELECT u.id, u.name, u.name_key, u.display_name, u.email, u.password_hash, u.created_at, u.last_sign_in, u.version, s.enabled
             FROM users u JOIN user_states s ON s.user_id = u.id AND s.until_version IS NULL ",
            $rest
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    name_key: String,
    display_name: String,
    email: Option<String>,
    password_hash: Option<String>,
    created_at: i64,
    last_sign_in: Option<i64>,
    version: i64,
    enabled: bool,
}

async fn with_roles(conn: &mut Connection, rows: Vec<Row>) -> Work<Vec<AccountRow>> {
    let held: Vec<(Uuid, String)> = sqlx::query_as(concat!(
        "SELECT principal_id, list FROM list_entries
             WHERE until_version IS NULL AND owner_kind = 'role' AND principal_kind = 'user' AND principal_id IN ",
        ids!(1)
    ))
    .bind(list(rows.iter().map(|row| row.id)))
    .fetch_all(conn)
    .await?;
    let mut roles: HashMap<Uuid, Vec<Role>> = HashMap::new();
    for (user, role) in held {
        roles.entry(user).or_default().push(word("a role", &role, Role::parse)?);
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            let mut roles = roles.remove(&row.id).unwrap_or_default();
            roles.sort_unstable();
            AccountRow {
                id: UserId(row.id),
                name: row.name,
                display_name: row.display_name,
                email: row.email,
                password_hash: row.password_hash,
                enabled: row.enabled,
                roles,
                created_at: Timestamp::from_micros(row.created_at),
                last_sign_in: row.last_sign_in.map(Timestamp::from_micros),
                version: row.version,
            }
        })
        .collect())
}

pub async fn by_key(conn: &mut Connection, key: &str) -> Work<Option<AccountRow>> {
    // No name has it, and PostgreSQL refuses it.
    if key.contains('\0') {
        return Ok(None);
    }
    let rows = sqlx::query_as(accounts!("WHERE u.name_key = $1")).bind(key).fetch_all(&mut *conn).await?;
    Ok(with_roles(conn, rows).await?.pop())
}

pub async fn by_id(conn: &mut Connection, id: UserId) -> Work<Option<AccountRow>> {
    let rows = sqlx::query_as(accounts!("WHERE u.id = $1")).bind(id.0).fetch_all(&mut *conn).await?;
    Ok(with_roles(conn, rows).await?.pop())
}

pub async fn of(conn: &mut Connection, users: &[UserId]) -> Work<Vec<AccountRow>> {
    let sql = concat!(accounts!("WHERE u.id IN "), ids!(1));
    let rows = sqlx::query_as(sql).bind(list(users.iter().map(|user| user.0))).fetch_all(&mut *conn).await?;
    with_roles(conn, rows).await
}

pub async fn page(conn: &mut Connection, filter: &AccountFilter, page: &PageQuery) -> Work<Page<AccountRow>> {
    let limit = page.limit.unwrap_or(50).clamp(1, 200) as usize;
    let after = page.cursor.as_deref().map(|text| read_cursor(LIST, text)).transpose()?;
    let pattern = filter.q.as_deref().map(|q| containing(&name_key(&q.replace('\0', "\u{FFFD}"))));
    let mut rows: Vec<Row> = sqlx::query_as(accounts!(
        "WHERE u.name_key > $1 AND ($2 IS NULL OR u.search_key LIKE $2 ESCAPE '\\') AND ($3 IS NULL OR s.enabled = $3)
         ORDER BY u.name_key LIMIT $4"
    ))
    .bind(after.unwrap_or_default())
    .bind(pattern)
    .bind(filter.enabled)
    .bind(i64::try_from(limit + 1).unwrap_or(201))
    .fetch_all(&mut *conn)
    .await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| cursor(LIST, &row.name_key));
    Ok(Page { items: with_roles(conn, rows).await?, next })
}

pub async fn note_sign_in(conn: &mut Connection, user: UserId, at: Timestamp) -> Work<()> {
    sqlx::query("UPDATE users SET last_sign_in = $2 WHERE id = $1").bind(user.0).bind(at.micros()).execute(conn).await?;
    Ok(())
}

/// The keys of both names, so that a search finds either, whatever its case.
pub fn search_key(name: &str, display_name: &str) -> String {
    format!("{}\n{}", name_key(name), name_key(display_name))
}

/// Under which an address is found; none for an empty one.
pub fn email_key(email: &str) -> Option<String> {
    Some(name_key(email)).filter(|key| !key.is_empty())
}

pub async fn by_email(conn: &mut Connection, keys: &[String]) -> Work<Vec<(String, UserId)>> {
    static FIND: Bulk = Bulk::new("SELECT u.email_key, u.id FROM", &[("key", Text)], "JOIN users u ON u.email_key = r.key");
    let mut rows = FIND.rows();
    let distinct: HashSet<&String> = keys.iter().filter(|key| !key.contains('\0')).collect();
    for key in distinct {
        rows.push(&[Cell::Text(key)]);
    }
    let found: Vec<(String, Uuid)> = FIND.fetch(conn, rows).await?;
    Ok(found.into_iter().map(|(key, user)| (key, UserId(user))).collect())
}

pub async fn emails(conn: &mut Connection, users: &[UserId]) -> Work<Vec<(UserId, String)>> {
    let rows: Vec<(Uuid, String)> = sqlx::query_as(concat!("SELECT id, email FROM users WHERE email_key IS NOT NULL AND id IN ", ids!(1)))
        .bind(list(users.iter().map(|user| user.0)))
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(|(user, email)| (UserId(user), email)).collect())
}
