//! [`stoa_store::Store`] on SQLite: one file in the data folder, which the server and the commands
//! beside it may have open at the same time. The queries are the portable ones of `shared`.

mod database;
mod dialect;
#[path = "../../shared/mod.rs"]
mod shared;

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use sqlx::migrate::Migrator;
use stoa_store::{Archive, Result, Store, StoreError};

use database::Database;
use shared::archive::Archived;

/// The file within the data folder.
pub const FILE: &str = "stoa.db";
/// The compliance archive, beside it.
pub const ARCHIVE_FILE: &str = "archive.db";

/// Opens the database in this folder; makes both where they are missing, and brings the schema up to date.
///
/// # Errors
/// [`StoreError::Unusable`] if the folder can't be written, [`StoreError::Newer`].
pub async fn open(folder: &Path) -> Result<Arc<dyn Store>> {
    Ok(Arc::new(made(folder, FILE, &database::CHAT).await?))
}

/// The same for the compliance archive.
///
/// # Errors
/// The same.
pub async fn open_archive(folder: &Path) -> Result<Arc<dyn Archive>> {
    Ok(Arc::new(Archived(made(folder, ARCHIVE_FILE, &database::ARCHIVE).await?)))
}

async fn made(folder: &Path, file: &str, schema: &Migrator) -> Result<Database> {
    let unusable = |error: &dyn std::fmt::Display| {
        StoreError::Unusable(format!("can't write the data folder {}: {error}; make it writable for this user, or name another one", folder.display()))
    };
    std::fs::create_dir_all(folder).map_err(|error| unusable(&error))?;
    // Held while the schema is made, since the server and a command may start together.
    let lock = lock(folder).await.map_err(|error| unusable(&error))?;
    let database = Database::open(&folder.join(file)).await.map_err(|error| unusable(&error))?;
    let migrated = match database.write().await {
        Ok(write) => {
            drop(write);
            database.migrate(schema).await
        }
        Err(error) => Err(match StoreError::from(error) {
            StoreError::Unavailable(error) => unusable(&error),
            other => other,
        }),
    };
    drop(lock);
    match migrated {
        Ok(()) => Ok(database),
        Err(error) => {
            database.end().await;
            Err(error)
        }
    }
}

async fn lock(folder: &Path) -> io::Result<File> {
    let file = File::options().create(true).truncate(false).write(true).open(folder.join("stoa.lock"))?;
    tokio::task::spawn_blocking(move || file.lock().map(|()| file)).await.map_err(io::Error::other)?
}
