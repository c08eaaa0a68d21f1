//! What PostgreSQL writes otherwise than SQLite: several rows or ids in arrays, row locks, and its errors.

use futures_util::TryStreamExt as _;
use sqlx::error::DatabaseError;
use stoa_store::Constraint;
use uuid::Uuid;

use crate::shared::error::{Work, corrupt};

pub type Db = sqlx::Postgres;
pub type Connection = sqlx::PgConnection;
pub type Arguments = sqlx::postgres::PgArguments;

pub const KIND: &str = "postgres";
/// How many bytes the database takes.
pub const SIZE: &str = "SELECT pg_database_size(current_database())";

/// The ids of parameter `$n`, for `IN`.
macro_rules! ids {
    ($n:literal) => {
        concat!("(SELECT unnest($", $n, "))")
    };
}
/// An id as text.
macro_rules! id_text {
    ($column:literal) => {
        concat!("CAST(", $column, " AS TEXT)")
    };
}
/// Behind a SELECT whose rows are to be locked.
macro_rules! for_update {
    () => {
        " FOR UPDATE"
    };
}
/// The same, without those that somebody else has locked.
macro_rules! passing_locked {
    () => {
        " FOR UPDATE SKIP LOCKED"
    };
}
/// The database's clock, in microseconds.
macro_rules! now {
    () => {
        "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)"
    };
}
pub(crate) use {for_update, id_text, ids, now, passing_locked};

/// Ids, or keys of another length, as [`ids!`] reads them.
pub fn list<T>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    items.into_iter().collect()
}

/// All entries that held at a version, in pieces: the owner's kind and id, the list's name, and a line for each entry.
pub async fn packed_entries(conn: &mut Connection, version: i64, mut take: impl FnMut(&str, &str, &str, &str) -> Work<()>) -> Work<()> {
    // What is copied takes no parameters.
    let copy = format!(
        "COPY (SELECT owner_kind, owner_id, list, principal_kind, principal_id, until_at, added_by, added_at FROM list_entries
            WHERE from_version <= {version} AND (until_version IS NULL OR until_version > {version})) TO STDOUT WITH (NULL '')"
    );
    let mut pieces = conn.copy_out_raw(&copy).await?;
    let mut rest = Vec::new();
    while let Some(piece) = pieces.try_next().await? {
        rest.extend_from_slice(&piece);
        // Usually the whole piece.
        let Some(end) = rest.iter().rposition(|byte| *byte == b'\n') else { continue };
        let text = std::str::from_utf8(&rest[..end]).map_err(|error| corrupt("an entry", &error.to_string()))?;
        for line in text.lines() {
            let mut cells = line.splitn(4, '\t');
            let [Some(kind), Some(owner), Some(list), Some(entry)] = std::array::from_fn(|_| cells.next()) else { return Err(corrupt("an entry", line)) };
            take(kind, owner, list, entry)?;
        }
        rest.drain(..=end);
    }
    if rest.is_empty() { Ok(()) } else { Err(corrupt("an entry", "cut off")) }
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

enum Column {
    Id(Vec<Option<Uuid>>),
    Int(Vec<Option<i64>>),
    Text(Vec<Option<String>>),
    Bytes(Vec<Option<Vec<u8>>>),
}

/// Any number of rows for one statement, which reads them from [`values`].
pub struct Rows {
    columns: Vec<Column>,
    count: usize,
}

impl Rows {
    pub fn new(shape: &Shape) -> Self {
        let column = |kind: &Kind| match kind {
            Kind::Id => Column::Id(Vec::new()),
            Kind::Int => Column::Int(Vec::new()),
            Kind::Text => Column::Text(Vec::new()),
            Kind::Bytes => Column::Bytes(Vec::new()),
        };
        Self { columns: shape.iter().map(|(_, kind)| column(kind)).collect(), count: 0 }
    }

    pub fn push(&mut self, cells: &[Cell<'_>]) {
        debug_assert_eq!(cells.len(), self.columns.len(), "a cell for each column");
        self.count += 1;
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            match (column, *cell) {
                (Column::Id(column), Cell::Id(id)) => column.push(Some(id)),
                (Column::Int(column), Cell::Int(number)) => column.push(Some(number)),
                (Column::Text(column), Cell::Text(text)) => column.push(Some(text.to_owned())),
                (Column::Bytes(column), Cell::Bytes(bytes)) => column.push(Some(bytes.to_vec())),
                (Column::Id(column), _) => column.push(None),
                (Column::Int(column), _) => column.push(None),
                (Column::Text(column), _) => column.push(None),
                (Column::Bytes(column), _) => column.push(None),
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub fn arguments(self) -> Result<Arguments, sqlx::Error> {
        use sqlx::Arguments as _;
        let mut arguments = Arguments::default();
        for column in self.columns {
            match column {
                Column::Id(column) => arguments.add(column),
                Column::Int(column) => arguments.add(column),
                Column::Text(column) => arguments.add(column),
                Column::Bytes(column) => arguments.add(column),
            }
            .map_err(sqlx::Error::Encode)?;
        }
        Ok(arguments)
    }
}

/// The rows of the parameters, an array a column, as a table `r` with the columns of the shape.
pub fn values(shape: &Shape) -> String {
    let array = |(index, (_, kind)): (usize, &(&str, Kind))| {
        let array = match kind {
            Kind::Id => "uuid",
            Kind::Int => "bigint",
            Kind::Text => "text",
            Kind::Bytes => "bytea",
        };
        format!("${}::{array}[]", index + 1)
    };
    let arrays: Vec<String> = shape.iter().enumerate().map(array).collect();
    let names: Vec<&str> = shape.iter().map(|(name, _)| *name).collect();
    format!("unnest({}) AS r({})", arrays.join(", "), names.join(", "))
}

/// Which uniqueness a refused statement ran into.
pub fn constraint(error: &dyn DatabaseError) -> Option<Constraint> {
    match error.constraint()? {
        "users_name_key" => Some(Constraint::AccountName),
        "room_versions_name" => Some(Constraint::RoomName),
        "category_versions_name" => Some(Constraint::CategoryName),
        "group_versions_name" => Some(Constraint::GroupName),
        "unit_versions_name" => Some(Constraint::UnitName),
        "domain_versions_name" => Some(Constraint::DomainName),
        "idempotency_pkey" => Some(Constraint::IdempotencyKey),
        "batches_pkey" | "batches_previous" => Some(Constraint::Batch),
        "records_pkey" | "records_number" | "records_event" => Some(Constraint::Archived),
        _ => None,
    }
}

/// Whether the database is out of order, rather than the statement: connection lost (08), resources
/// used up (53), shut down or cancelled (57), its disk failing (58), serialisation and deadlocks
/// (40), a lock not given in time (55P03), a standby that only reads (25006).
pub fn is_outage(error: &dyn DatabaseError) -> bool {
    let Some(code) = error.code() else { return false };
    matches!(code.get(..2), Some("08" | "40" | "53" | "57" | "58")) || matches!(&*code, "55P03" | "25006")
}

/// Whether the database can't be used with these settings: no such database or user, a wrong
/// password (28), not allowed to make tables (42501).
pub fn is_setting(error: &dyn DatabaseError) -> bool {
    error.code().is_some_and(|code| code.starts_with("28") || matches!(&*code, "3D000" | "42501"))
}
