//! [`stoa_store::Store`] on PostgreSQL 13 or newer, shared by all servers of a pool. The queries
//! are the portable ones of `shared`.

mod database;
mod dialect;
#[path = "../../shared/mod.rs"]
mod shared;
#[cfg(feature = "testing")]
pub mod testing;

use std::sync::Arc;

use stoa_store::{Archive, Result, Store, StoreError};

use database::{Database, Tables};
use shared::archive::Archived;

/// Connects to the database of this URL, and brings its schema up to date (one server of the pool does).
///
/// # Errors
/// [`StoreError::Unavailable`] while it is away, [`StoreError::Unusable`] if it can't work with
/// these settings, [`StoreError::Newer`].
pub async fn connect(url: &str, max_connections: u32) -> Result<Arc<dyn Store>> {
    Ok(Arc::new(connected(url, max_connections, Tables::Chat).await?))
}

/// The same for the compliance archive, in a database of its own or in the chat's.
///
/// # Errors
/// The same.
pub async fn connect_archive(url: &str, max_connections: u32) -> Result<Arc<dyn Archive>> {
    Ok(Arc::new(Archived(connected(url, max_connections, Tables::Archive).await?)))
}

async fn connected(url: &str, max_connections: u32, tables: Tables) -> Result<Database> {
    let unusable = |why: &str| StoreError::Unusable(format!("database.url must be like postgres://USER:PASSWORD@HOST/DATABASE: {why}"));
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err(unusable("it doesn't begin so"));
    }
    let database = Database::new(url, max_connections, tables).map_err(|error| unusable(&error.to_string()))?;
    match database.migrate().await {
        Ok(()) => Ok(database),
        Err(error) => {
            database.end().await;
            Err(error)
        }
    }
}
