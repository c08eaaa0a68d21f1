//! What went wrong, as the services are told.

use sqlx::migrate::{MigrateError, Migrator};
use stoa_store::StoreError;

use crate::dialect;

/// A [`StoreError`] that sqlx's errors turn into by `?`.
#[derive(Debug)]
pub struct Failure(StoreError);

pub type Work<T> = Result<T, Failure>;

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self(error)
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        failure.0
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        Self(match error {
            E::RowNotFound => StoreError::Missing,
            E::Database(ref inner) => match dialect::constraint(&**inner) {
                Some(constraint) if inner.is_unique_violation() => StoreError::Taken(constraint),
                // What a change refers to isn't there.
                _ if inner.is_foreign_key_violation() => StoreError::Missing,
                _ if dialect::is_setting(&**inner) => StoreError::Unusable(format!("the database refuses database.url: {inner}")),
                _ if dialect::is_outage(&**inner) => StoreError::Unavailable(Box::new(error)),
                _ => StoreError::Corrupt(error.to_string()),
            },
            E::Io(_) | E::Tls(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed | E::Protocol(_) => StoreError::Unavailable(Box::new(error)),
            other => StoreError::Corrupt(other.to_string()),
        })
    }
}

/// Why the schema couldn't be brought up to date.
pub fn migration(error: MigrateError, ours: &Migrator) -> StoreError {
    match error {
        MigrateError::VersionMissing(found) => {
            let known = ours.iter().map(|migration| migration.version).max().unwrap_or(0);
            StoreError::Newer { found, known }
        }
        MigrateError::VersionMismatch(version) => {
            StoreError::Unusable(format!("the database's schema {version} was made by another build of Stoa: start that build, or restore a backup"))
        }
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => Failure::from(error).0,
        other => StoreError::Unusable(format!("the database's schema can't be brought up to date: {other}")),
    }
}

/// Something in the database that is in no set of ours.
pub fn corrupt(what: &str, found: &str) -> Failure {
    Failure(StoreError::Corrupt(format!("{what} {found:?}")))
}
