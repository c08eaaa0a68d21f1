//! Statements over any number of rows at once.

use std::sync::OnceLock;

use sqlx::FromRow;

use super::error::Work;
use crate::dialect::{Connection, Db, Rows, Shape, values};

/// A statement around a table `r` of rows that are given with it.
pub struct Bulk {
    shape: &'static Shape,
    /// What stands before and behind that table.
    parts: (&'static str, &'static str),
    sql: OnceLock<String>,
}

impl Bulk {
    pub const fn new(before: &'static str, shape: &'static Shape, after: &'static str) -> Self {
        Self { shape, parts: (before, after), sql: OnceLock::new() }
    }

    pub fn rows(&self) -> Rows {
        Rows::new(self.shape)
    }

    fn sql(&'static self) -> &'static str {
        self.sql.get_or_init(|| format!("{} {} {}", self.parts.0, values(self.shape), self.parts.1))
    }

    /// How many rows it changed. Nothing is done for none.
    pub async fn run(&'static self, conn: &mut Connection, rows: Rows) -> Work<u64> {
        if rows.is_empty() {
            return Ok(0);
        }
        Ok(sqlx::query_with(self.sql(), rows.arguments()?).execute(conn).await?.rows_affected())
    }

    /// Nothing is asked for no rows.
    pub async fn fetch<T>(&'static self, conn: &mut Connection, rows: Rows) -> Work<Vec<T>>
    where
        T: for<'r> FromRow<'r, <Db as sqlx::Database>::Row> + Send + Unpin,
    {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        Ok(sqlx::query_as_with(self.sql(), rows.arguments()?).fetch_all(conn).await?)
    }
}
