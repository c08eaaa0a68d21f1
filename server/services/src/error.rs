//! How what the database says becomes what the caller is told: in one place.

use stoa_domain::wire::problem::Problem;
use stoa_store::{Constraint, StoreError};

/// The public side of a database error; the cause goes to the log.
#[must_use]
pub fn problem(error: StoreError) -> Problem {
    match error {
        StoreError::Unavailable(_) => {
            tracing::warn!(%error, "database unavailable");
            Problem::unavailable().detail("The database can't be reached at the moment; nothing was changed for certain.").retry_after(2)
        }
        StoreError::Taken(Constraint::IdempotencyKey) => Problem::conflict().detail("The same idempotency key is being used at this moment."),
        StoreError::Taken(constraint) => {
            Problem::name_taken().detail(format!("Choose another name: {constraint}.")).field("/name", "taken", constraint.to_string())
        }
        StoreError::Missing => Problem::not_found(),
        StoreError::Stale => Problem::changed_meanwhile(),
        StoreError::LastAdministrator => Problem::last_administrator(),
        StoreError::BadCursor => Problem::bad_cursor(),
        StoreError::Newer { .. } | StoreError::Unusable(_) | StoreError::Corrupt(_) => {
            tracing::error!(%error, "database unusable");
            Problem::internal()
        }
    }
}

/// `store.call().await.or_problem()?`
pub trait StoreProblem<T> {
    /// # Errors
    /// The problem to tell the caller.
    fn or_problem(self) -> Result<T, Problem>;
}

impl<T> StoreProblem<T> for Result<T, StoreError> {
    fn or_problem(self) -> Result<T, Problem> {
        self.map_err(problem)
    }
}
