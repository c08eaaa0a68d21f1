//! The connections: those that write, one at a time, and several that read.

use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, SqlitePool, Transaction};
use stoa_store::StoreError;
use tokio::sync::{Mutex, OwnedMappedMutexGuard, OwnedMutexGuard};

use crate::dialect::{Connection, Db};
use crate::shared::error::{Work, migration};

pub static CHAT: Migrator = sqlx::migrate!("./migrations");
pub static ARCHIVE: Migrator = sqlx::migrate!("./archive");

/// How long a statement waits for another process (`stoa admin`) that writes.
const BUSY: Duration = Duration::from_secs(5);
const READERS: u32 = 4;

pub struct Database {
    /// SQLite lets one write at a time; waiting here is fair and cheaper than in SQLite's own retries.
    /// None once closed.
    writers: Arc<Mutex<Option<Writers>>>,
    readers: SqlitePool,
}

struct Writers {
    durable: Connection,
    /// Commits without waiting for the disk.
    quick: Connection,
}

impl Database {
    pub async fn open(file: &Path) -> Result<Self, sqlx::Error> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A commit is on the disk before it is acknowledged.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY)
            .foreign_keys(true)
            .pragma("temp_store", "memory")
            .pragma("cache_size", "-32768")
            .pragma("mmap_size", "1073741824")
            // A page of messages fits in: its rows are handed over at once, not one by one.
            .row_buffer_size(256)
            .disable_statement_logging();
        let writing = options
            .clone()
            .thread_name(|_| "sqlite-writer".to_owned())
            // 16 MiB: fewer checkpoints, each of which writes a page that changed often only once.
            .pragma("wal_autocheckpoint", "4096")
            .pragma("journal_size_limit", "67108864");
        let durable = writing.connect().await?;
        let quick = writing.synchronous(SqliteSynchronous::Normal).connect().await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(BUSY)
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_lazy_with(options.create_if_missing(false).read_only(true).thread_name(|_| "sqlite-reader".to_owned()));
        Ok(Self { writers: Arc::new(Mutex::new(Some(Writers { durable, quick }))), readers })
    }

    pub async fn migrate(&self, schema: &Migrator) -> Result<(), StoreError> {
        let mut writers = self.writers.lock().await;
        let Some(writers) = writers.as_mut() else { return Ok(()) };
        schema.run_direct(None, &mut writers.durable, false).await.map_err(|error| migration(error, schema))
    }

    pub async fn reader(&self) -> Work<PoolConnection<Db>> {
        Ok(self.readers.acquire().await?)
    }

    /// Several reads that see the same moment.
    pub async fn moment(&self) -> Work<Transaction<'static, Db>> {
        Ok(self.readers.begin().await?)
    }

    /// The same, for reading whole tables.
    pub async fn whole(&self) -> Work<Transaction<'static, Db>> {
        self.moment().await
    }

    pub async fn write(&self) -> Work<Write> {
        self.begin(|writers| &mut writers.durable).await
    }

    /// For what may be lost if the power fails (never by a crash of this process), such as read marks.
    pub async fn jot(&self) -> Work<Write> {
        self.begin(|writers| &mut writers.quick).await
    }

    async fn begin(&self, pick: fn(&mut Writers) -> &mut Connection) -> Work<Write> {
        let guard = tokio::time::timeout(BUSY, Arc::clone(&self.writers).lock_owned())
            .await
            .map_err(|_| StoreError::Unavailable("another change takes too long".into()))?;
        let guard = OwnedMutexGuard::try_map(guard, |writers| writers.as_mut().map(pick)).map_err(|_| sqlx::Error::PoolClosed)?;
        // Before it begins: a caller who gives up meanwhile leaves a transaction to be undone all the same.
        let mut write = Write { guard: Some(guard) };
        sqlx::query("BEGIN IMMEDIATE").execute(&mut *write).await?;
        Ok(write)
    }

    pub async fn end(&self) {
        self.readers.close().await;
        if let Some(writers) = self.writers.lock().await.take() {
            // What isn't closed properly is recovered at the next start.
            let _ = writers.quick.close().await;
            let _ = writers.durable.close().await;
        }
    }
}

/// A file answers or fails: there is nothing to time.
pub async fn timed<T>(work: impl Future<Output = Work<T>>) -> Result<T, StoreError> {
    Ok(work.await?)
}

/// The same for reading whole tables.
pub async fn patient<T>(work: impl Future<Output = Work<T>>) -> Result<T, StoreError> {
    timed(work).await
}

/// A transaction of a writing connection; undone when dropped without commit.
pub struct Write {
    guard: Option<OwnedMappedMutexGuard<Option<Writers>, Connection>>,
}

impl Write {
    pub async fn commit(mut self) -> Work<()> {
        sqlx::query("COMMIT").execute(&mut *self).await?;
        self.guard = None;
        Ok(())
    }
}

const HELD: &str = "the guard is given away only by commit and drop";

impl Deref for Write {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        self.guard.as_ref().expect(HELD)
    }
}

impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut Connection {
        self.guard.as_mut().expect(HELD)
    }
}

impl Drop for Write {
    fn drop(&mut self) {
        // The next writer waits for the guard, so it finds the connection without a transaction.
        if let (Some(mut guard), Ok(runtime)) = (self.guard.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move {
                // Fails only where there is none: SQLite has undone it by itself, or it never began.
                let _ = sqlx::query("ROLLBACK").execute(&mut *guard).await;
            });
        }
    }
}
