//! The pool of connections.

use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, PgPool, Transaction};
use stoa_store::StoreError;

use crate::dialect::Db;
use crate::shared::error::{Failure, Work, migration};

static CHAT: Migrator = sqlx::migrate!("./migrations");
static ARCHIVE: Migrator = sqlx::migrate!("./archive");

/// While the database is away a call is refused after this long, so that its caller can say so.
const ACQUIRE: Duration = Duration::from_secs(3);
/// The longest that a call may take, with waiting for a connection.
const CALL: Duration = Duration::from_secs(10);
/// The same for reading whole tables, which at the size of a large company takes seconds.
const WHOLE: Duration = Duration::from_secs(120);
/// A connection that was idle for longer is tried before it is used.
const FRESH: Duration = Duration::from_secs(1);

pub struct Database {
    pool: PgPool,
    tables: Tables,
}

/// Which tables are meant: they may stand in one database beside each other.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tables {
    Chat,
    Archive,
}

/// Where the archive's tables stand, so that none of them is taken for one of the chat's.
const ARCHIVE_SCHEMA: &str = "archive";

/// A transaction that is undone when dropped without commit.
pub type Write = Transaction<'static, Db>;

impl Database {
    /// Doesn't connect yet.
    pub fn new(url: &str, max_connections: u32, tables: Tables) -> Result<Self, sqlx::Error> {
        let path = if tables == Tables::Archive { [("search_path", ARCHIVE_SCHEMA)].as_slice() } else { &[] };
        let options = PgConnectOptions::from_str(url)?
            .application_name("stoa")
            .options([
                // Less than a call may take, so that nothing goes on behind a call that was given up.
                ("statement_timeout", "8s"),
                ("lock_timeout", "5s"),
                ("idle_in_transaction_session_timeout", "30s"),
                // That a table is there already is no news.
                ("client_min_messages", "warning"),
                // A plan that is kept from when a table was small reads all of it when it has grown.
                // All calls but one look up a few rows by their keys: they have no use for such plans.
                ("enable_seqscan", "off"),
                ("enable_hashjoin", "off"),
                ("enable_mergejoin", "off"),
            ])
            .options(path.iter().copied())
            .disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(max_connections)
            .acquire_timeout(ACQUIRE)
            .test_before_acquire(false)
            .before_acquire(|connection, meta| {
                Box::pin(async move {
                    if meta.idle_for > FRESH {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_lazy_with(options);
        Ok(Self { pool, tables })
    }

    /// On a connection of its own, which unlike the pool tells why it isn't made, and whose lock
    /// goes with it whatever happens.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let connection = self.pool.connect_options();
        let mut connection = timed(async { Ok(connection.connect().await?) }).await?;
        // Waiting for another server's turn, or making an index, may take longer than a call.
        for unlimited in ["SET statement_timeout = 0", "SET lock_timeout = 0"] {
            sqlx::query(unlimited).execute(&mut connection).await.map_err(Failure::from)?;
        }
        let schema = if self.tables == Tables::Archive { &ARCHIVE } else { &CHAT };
        if self.tables == Tables::Archive {
            // Made by whoever set the database up, where this user may not.
            let there: Option<(i32,)> = sqlx::query_as("SELECT 1 FROM pg_namespace WHERE nspname = $1")
                .bind(ARCHIVE_SCHEMA)
                .fetch_optional(&mut connection)
                .await
                .map_err(Failure::from)?;
            if there.is_none() {
                sqlx::query("CREATE SCHEMA IF NOT EXISTS archive").execute(&mut connection).await.map_err(Failure::from)?;
            }
        }
        let result = schema.run_direct(None, &mut connection, false).await;
        // It is done with either way.
        let _ = connection.close().await;
        result.map_err(|error| migration(error, schema))
    }

    pub async fn reader(&self) -> Work<PoolConnection<Db>> {
        Ok(self.pool.acquire().await?)
    }

    /// Several reads that see the same moment.
    pub async fn moment(&self) -> Work<Transaction<'static, Db>> {
        Ok(self.pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
    }

    /// The same, for reading whole tables.
    pub async fn whole(&self) -> Work<Transaction<'static, Db>> {
        const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
            SET LOCAL statement_timeout = '110s';
            SET LOCAL enable_seqscan = on; SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on";
        Ok(self.pool.begin_with(BEGIN).await?)
    }

    pub async fn write(&self) -> Work<Write> {
        Ok(self.pool.begin().await?)
    }

    /// For what may be lost if the database's machine fails, such as read marks.
    pub async fn jot(&self) -> Work<Write> {
        Ok(self.pool.begin_with("BEGIN; SET LOCAL synchronous_commit = off").await?)
    }

    pub async fn end(&self) {
        self.pool.close().await;
    }
}

/// A call that the database doesn't answer in time: what it did is unknown.
pub async fn timed<T>(work: impl Future<Output = Work<T>>) -> Result<T, StoreError> {
    within(CALL, work).await
}

/// One that reads whole tables.
pub async fn patient<T>(work: impl Future<Output = Work<T>>) -> Result<T, StoreError> {
    within(WHOLE, work).await
}

async fn within<T>(time: Duration, work: impl Future<Output = Work<T>>) -> Result<T, StoreError> {
    match tokio::time::timeout(time, work).await {
        Ok(result) => Ok(result?),
        Err(elapsed) => Err(StoreError::Unavailable(Box::new(elapsed))),
    }
}
