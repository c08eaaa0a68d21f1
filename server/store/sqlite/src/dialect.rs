//! What SQLite writes otherwise than PostgreSQL: several rows or ids in one parameter (JSON),
//! no row locks (one writer at a time), and its errors.

use std::fmt::Write as _;

use futures_util::TryStreamExt as _;
use sqlx::error::DatabaseError;
use stoa_store::Constraint;
use uuid::Uuid;

use crate::shared::error::Work;

pub type Db = sqlx::Sqlite;
pub type Connection = sqlx::SqliteConnection;
pub type Arguments = sqlx::sqlite::SqliteArguments;

pub const KIND: &str = "sqlite";
/// How many bytes the database takes.
pub const SIZE: &str = "SELECT c.page_count * s.page_size FROM pragma_page_count() c, pragma_page_size() s";

/// The ids of parameter `$n`, for `IN`.
macro_rules! ids {
    ($n:literal) => {
        concat!("(SELECT unhex(value) FROM json_each($", $n, "))")
    };
}
/// An id as text.
macro_rules! id_text {
    ($column:literal) => {
        concat!("hex(", $column, ")")
    };
}
/// Behind a SELECT whose rows are to be locked. Here the writer is alone anyhow.
macro_rules! for_update {
    () => {
        ""
    };
}
/// The same, without those that somebody else has locked.
macro_rules! passing_locked {
    () => {
        ""
    };
}
/// The database's clock, in microseconds.
macro_rules! now {
    () => {
        "CAST(unixepoch('subsec') * 1000000 AS INTEGER)"
    };
}
pub(crate) use {for_update, id_text, ids, now, passing_locked};

/// Ids, or keys of another length, as [`ids!`] reads them.
pub fn list<T: AsRef<[u8]>>(items: impl IntoIterator<Item = T>) -> String {
    let mut json = String::from("[");
    for item in items {
        json.push_str(if json.len() == 1 { "\"" } else { ",\"" });
        push_hex(&mut json, item.as_ref());
        json.push('"');
    }
    json.push(']');
    json
}

fn push_hex(text: &mut String, bytes: &[u8]) {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    for byte in bytes {
        text.push(DIGITS[usize::from(byte >> 4)]);
        text.push(DIGITS[usize::from(byte & 15)]);
    }
}

/// All entries that held at a version, list by list: its owner's kind and id, its name, and a line for each entry.
pub async fn packed_entries(conn: &mut Connection, version: i64, mut take: impl FnMut(&str, &str, &str, &str) -> Work<()>) -> Work<()> {
    // In the order of the primary key: nothing is sorted. The sign keeps other indexes away.
    let mut lists = sqlx::query_as::<_, (String, String, String, String)>(
        "SELECT owner_kind, hex(owner_id), list, group_concat(
            principal_kind || char(9) || hex(principal_id) || char(9) || COALESCE(until_at, '') || char(9) || hex(added_by) || char(9) || added_at, char(10))
         FROM list_entries WHERE +from_version <= $1 AND (until_version IS NULL OR until_version > $1) GROUP BY owner_kind, owner_id, list",
    )
    .bind(version)
    .fetch(conn);
    while let Some((kind, owner, list, lines)) = lists.try_next().await? {
        take(&kind, &owner, &list, &lines)?;
    }
    Ok(())
}

/// What a column of [`Rows`] holds.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Id,
    Int,
    Text,
    Bytes,
}

pub type Shape = [(&'static str, Kind)];

#[derive(Debug, Clone, Copy)]
pub enum Cell<'a> {
    Id(Uuid),
    Int(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
    Null,
}

/// Any number of rows for one statement, which reads them from [`values`].
pub struct Rows {
    json: String,
}

impl Rows {
    pub fn new(_shape: &Shape) -> Self {
        Self { json: String::from("[") }
    }

    pub fn push(&mut self, cells: &[Cell<'_>]) {
        let json = &mut self.json;
        json.push_str(if json.len() == 1 { "[" } else { ",[" });
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                json.push(',');
            }
            match cell {
                Cell::Id(id) => push_quoted_hex(json, id.as_bytes()),
                Cell::Bytes(bytes) => push_quoted_hex(json, bytes),
                // Writing to a string can't fail.
                Cell::Int(number) => _ = write!(json, "{number}"),
                Cell::Text(text) => push_text(json, text),
                Cell::Null => json.push_str("null"),
            }
        }
        json.push(']');
    }

    pub fn is_empty(&self) -> bool {
        self.json.len() == 1
    }

    pub fn arguments(mut self) -> Result<Arguments, sqlx::Error> {
        use sqlx::Arguments as _;
        self.json.push(']');
        let mut arguments = Arguments::default();
        arguments.add(self.json).map_err(sqlx::Error::Encode)?;
        Ok(arguments)
    }
}

fn push_quoted_hex(json: &mut String, bytes: &[u8]) {
    json.push('"');
    push_hex(json, bytes);
    json.push('"');
}

fn push_text(json: &mut String, text: &str) {
    json.push('"');
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            c if c < ' ' => _ = write!(json, "\\u{:04x}", u32::from(c)),
            c => json.push(c),
        }
    }
    json.push('"');
}

/// The rows of the first parameter as a table `r` with the columns of the shape.
pub fn values(shape: &Shape) -> String {
    let columns: Vec<String> = shape
        .iter()
        .enumerate()
        .map(|(index, (name, kind))| match kind {
            Kind::Id | Kind::Bytes => format!("unhex(v ->> {index}) AS {name}"),
            Kind::Int | Kind::Text => format!("v ->> {index} AS {name}"),
        })
        .collect();
    // Materialised, since json_each writes a row's text anew each time that it is looked at.
    format!("(WITH given AS MATERIALIZED (SELECT value AS v FROM json_each($1)) SELECT {} FROM given) AS r", columns.join(", "))
}

/// Which uniqueness a refused statement ran into.
pub fn constraint(error: &dyn DatabaseError) -> Option<Constraint> {
    let text = error.message();
    [
        ("users.name_key", Constraint::AccountName),
        ("room_versions.name_key", Constraint::RoomName),
        ("category_versions.name_key", Constraint::CategoryName),
        ("group_versions.name_key", Constraint::GroupName),
        // An index over an expression is named, rather than its columns.
        ("unit_versions_name", Constraint::UnitName),
        ("domain_versions.name_key", Constraint::DomainName),
        ("idempotency.key", Constraint::IdempotencyKey),
        ("batches.", Constraint::Batch),
        ("records.", Constraint::Archived),
    ]
    .into_iter()
    .find_map(|(column, constraint)| text.contains(column).then_some(constraint))
}

/// Whether the database is out of order, rather than the statement: locked for too long, the disk
/// full or failing, the file not there or not writable.
pub fn is_outage(error: &dyn DatabaseError) -> bool {
    let code = error.code().and_then(|code| code.parse::<i32>().ok()).unwrap_or(0);
    matches!(code & 0xff, 5 | 6 | 8 | 9 | 10 | 13 | 14 | 15)
}

/// Whether the settings are wrong: a file has none that it could refuse.
pub const fn is_setting(_: &dyn DatabaseError) -> bool {
    false
}
