//! Who may do what. Pure functions over an immutable [`Snapshot`] of everything that a
//! decision reads, taken at one `access_version` and one moment; the rules are those of the
//! table in `docs/architecture.md`. Nothing here asks a database, a cache or a clock.
//!
//! [`Snapshot::next`] makes the snapshot of the next version out of this one, sharing what
//! stayed; *decide* answers for one person and room, *explain* says why, *reach* answers for
//! all people of a room at once, *diff* compares two snapshots by it.

#[cfg(feature = "server")]
mod build;
#[cfg(feature = "server")]
mod crowd;
#[cfg(feature = "server")]
mod decide;
#[cfg(feature = "server")]
mod diff;
#[cfg(feature = "server")]
mod effect;
#[cfg(feature = "server")]
mod explain;
#[cfg(feature = "server")]
mod limits;
#[cfg(feature = "server")]
mod list;
#[cfg(feature = "server")]
mod model;
#[cfg(feature = "server")]
mod order;
#[cfg(feature = "server")]
mod reach;
mod rights;
#[cfg(feature = "server")]
mod snapshot;
#[cfg(all(test, feature = "server"))]
mod tests;

pub use rights::{Decision, Idle, Refusal, Right, Rights};
#[cfg(feature = "server")]
pub use {
    build::Changes,
    diff::{Changed, Count, Place},
    explain::{CategoryExplanation, Explanation, Reason},
    limits::LimitedBy,
    list::List,
    model::{Category, Domain, Entry, Group, ListOwner, Room, Unit, User},
    reach::Reach,
    snapshot::{Decided, Snapshot},
};
