//! [`stoa_store::Store`] on PostgreSQL 13 or newer, shared by all servers of a pool. The queries
//! are the portable ones of `shared`.

mod database;
mod dialect;
#[path = "../../shared/mod.rs"]
mod shared;
#[cfg(feature = "testing")]
pub mod testing;

use std::sync::Arc;

use stoa_store::{Result, Store, StoreError};

use database::Database;

/// Connects to the database of this URL, and brings its schema up to date (one server of the pool does).
///
/// # Errors
/// [`StoreError::Unavailable`] while it is away, [`StoreError::Unusable`] if it can't work with
/// these settings, [`StoreError::Newer`].
pub async fn connect(url: &str, max_connections: u32) -> Result<Arc<dyn Store>> {
    let unusable = |why: &str| StoreError::Unusable(format!("database.url must be like postgres://USER:PASSWORD@HOST/DATABASE: {why}"));
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err(unusable("it doesn't begin so"));
    }
    let database = Database::new(url, max_connections).map_err(|error| unusable(&error.to_string()))?;
    match database.migrate().await {
        Ok(()) => Ok(Arc::new(database)),
        Err(error) => {
            database.end().await;
            Err(error)
        }
    }
}
