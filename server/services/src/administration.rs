//! The Administration service: rooms, categories, lists and people. Each change is one unit of
//! work with its audit record; afterwards this server's snapshot is the pool's again, so that
//! whoever made the change sees it.

mod carry;
mod categories;
mod domains;
mod explain;
mod groups;
mod import;
pub(crate) mod joining;
mod lists;
mod plan;
mod pool;
mod preview;
mod principals;
mod rooms;
mod tree;
mod units;
mod users;

use sha2::{Digest, Sha256};
use stoa_domain::id::AccessVersion;
use stoa_domain::settings::FileLimits;
use stoa_domain::wire::problem::{FieldError, Problem};
use stoa_store::{Constraint, Idempotency, StoreError};

pub use categories::Categories;
pub use domains::Domains;
pub use groups::Groups;
pub use import::Import;
pub use joining::Joining;
pub use lists::Lists;
pub use pool::Pool;
pub use preview::Previews;
pub use principals::Principals;
pub use rooms::Rooms;
pub use units::Units;
pub use users::Users;

use self::carry::Turn;
use crate::services::Core;
use crate::{Caller, Result, StoreProblem, problem};

/// Longer descriptions and topics are refused.
const TEXT_LIMIT: usize = 2_000;

/// A description or topic.
fn check_text(field: &'static str, text: &str) -> Result<String> {
    if text.chars().count() > TEXT_LIMIT {
        return Err(Problem::invalid().field(field, "too-long", format!("At most {TEXT_LIMIT} characters.")));
    }
    if text.chars().any(|c| c == '\0' || (stoa_domain::name::is_forbidden(c) && !matches!(c, '\n' | '\t' | '\r'))) {
        return Err(Problem::invalid().field(
            field,
            "forbidden-character",
            "Control characters and characters that turn the direction of text are not allowed.",
        ));
    }
    Ok(text.trim().to_owned())
}

/// What files may take, as far as databases count.
fn check_limits(limits: Option<FileLimits>) -> Result<Option<FileLimits>> {
    let Some(Err((key, why))) = limits.map(|limits| limits.check()) else { return Ok(limits) };
    let mut problem = Problem::invalid();
    problem.errors.push(FieldError { field: format!("/limits/{key}").into(), code: "out-of-bounds".into(), message: format!("{why}.") });
    Err(problem)
}

/// A name, or what is wrong with it.
fn check_name(field: &'static str, name: &str) -> Result<String> {
    stoa_domain::name::check_name(name).map_err(|error| Problem::invalid().field(field, error.code(), error.to_string()))
}

/// The version that `If-Match` names.
///
/// # Errors
/// 428 without one, 412 for one that can't be ours.
fn expected(if_match: Option<&str>) -> Result<AccessVersion> {
    let tag = if_match.ok_or_else(Problem::version_required)?;
    tag.trim().trim_start_matches("W/").trim_matches('"').parse().map_err(|_| Problem::changed_meanwhile())
}

/// A creating request that may be repeated: what it would make, and under which key.
pub(crate) struct Once<'a> {
    caller: &'a Caller,
    route: &'static str,
    key: Option<&'a str>,
    hash: [u8; 32],
}

impl<'a> Once<'a> {
    pub(crate) fn new<T: serde::Serialize>(caller: &'a Caller, route: &'static str, key: Option<&'a str>, request: &T) -> Result<Self> {
        if key.is_some_and(|key| key.is_empty() || key.len() > 255) {
            return Err(Problem::malformed().detail("An Idempotency-Key has 1 to 255 characters."));
        }
        let hash = Sha256::digest(serde_json::to_vec(request).unwrap_or_default()).into();
        Ok(Self { caller, route, key, hash })
    }

    /// What an earlier request under this key made.
    pub(crate) async fn before(&self, core: &Core) -> Result<Option<uuid::Uuid>> {
        let Some(key) = self.key else { return Ok(None) };
        match core.store.idempotent(self.caller.user, self.route, key).await.or_problem()? {
            None => Ok(None),
            Some((hash, object)) if hash == self.hash => Ok(Some(object)),
            Some(_) => Err(Problem::key_reused()),
        }
    }

    /// Remembers what was made; where making it failed only because the same request had just been
    /// carried out, what that made.
    pub(crate) async fn keep(&self, core: &Core, mut unit: Turn, object: uuid::Uuid, made: Result<(), StoreError>) -> Result<Kept> {
        let kept = match (made, self.key) {
            (Ok(()), Some(key)) => {
                let idempotency = Idempotency { caller: self.caller.user, route: self.route, key: key.to_owned(), request_hash: self.hash, object };
                unit.remember(&idempotency).await
            }
            (made, _) => made,
        };
        let Err(error) = kept else { return Ok(Kept::New(unit)) };
        drop(unit);
        self.lost_race(core, &error).await?.map(Kept::Before).ok_or_else(|| problem(error))
    }

    /// Whether a change failed only because the same request had just been carried out.
    async fn lost_race(&self, core: &Core, error: &StoreError) -> Result<Option<uuid::Uuid>> {
        match error {
            StoreError::Taken(
                Constraint::IdempotencyKey
                | Constraint::RoomName
                | Constraint::CategoryName
                | Constraint::AccountName
                | Constraint::GroupName
                | Constraint::UnitName
                | Constraint::DomainName,
            ) => self.before(core).await,
            _ => Ok(None),
        }
    }
}

/// What came of a creating request.
pub(crate) enum Kept {
    /// To be committed.
    New(Turn),
    /// An earlier request made this.
    Before(uuid::Uuid),
}
