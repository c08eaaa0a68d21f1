use std::fmt;

/// A uniqueness that a change ran into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constraint {
    /// Of an account.
    AccountName,
    /// Of a room, within its category.
    RoomName,
    /// Of a category, among its siblings.
    CategoryName,
    /// Of a group.
    GroupName,
    /// Of an organisational unit, among its siblings.
    UnitName,
    /// Of a federated domain.
    DomainName,
    /// The same idempotency key, used at the same time.
    IdempotencyKey,
    /// A batch of the archive with this number, or behind the same one.
    Batch,
    /// A record of the archive, by its number in the queue or its place in a room.
    Archived,
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccountName => "an account of this name exists",
            Self::RoomName => "a room of this name exists in the category",
            Self::CategoryName => "a category of this name exists there",
            Self::GroupName => "a group of this name exists",
            Self::UnitName => "a unit of this name exists there",
            Self::DomainName => "this domain is known already",
            Self::IdempotencyKey => "the idempotency key is in use",
            Self::Batch => "another worker has written behind the same batch",
            Self::Archived => "this is archived already",
        })
    }
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database can't be reached or doesn't answer; whether a write happened is unknown.
    #[error("the database doesn't answer: {0}")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("{0}")]
    Taken(Constraint),
    /// What was to be changed doesn't exist.
    #[error("there is nothing under this id")]
    Missing,
    /// What was to be changed isn't at the version that was expected.
    #[error("changed meanwhile")]
    Stale,
    /// One enabled local administrator has to remain.
    #[error("one enabled administrator has to remain")]
    LastAdministrator,
    /// A cursor that no list of ours gave.
    #[error("not a cursor of this list")]
    BadCursor,
    /// The schema is of a newer Stoa.
    #[error("the database has schema {found}, this Stoa knows up to {known}: start a newer Stoa")]
    Newer { found: i64, known: i64 },
    /// The database can't be used as it is: what and what to do.
    #[error("{0}")]
    Unusable(String),
    /// Something that can't be, such as a word that is in no set.
    #[error("the database answered what it can't: {0}")]
    Corrupt(String),
}
