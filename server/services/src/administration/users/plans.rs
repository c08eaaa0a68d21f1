//! What changes of an account come to.

use stoa_domain::access::{self, ListOwner, Snapshot};
use stoa_domain::id::{UnitId, UserId};
use stoa_domain::person::Role;
use stoa_domain::principal::Principal;
use stoa_domain::wire::people::ChangeUser;
use stoa_domain::wire::problem::Problem;
use stoa_store::Audit;

use super::super::check_name;
use super::super::plan::{Given, Person, Plan, Step};
use super::check_email;
use crate::Result;
use crate::auth::check_password;

/// How far somebody reaches into accounts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The names of enabled people.
    Names,
    /// All accounts with their details.
    See,
    /// And change those who hold no role.
    Change,
    /// And all others.
    ChangeAll,
}

impl Reach {
    pub fn of(snapshot: &Snapshot, user: UserId) -> Self {
        if snapshot.holds(user, Role::Administrator) {
            Self::ChangeAll
        } else if snapshot.holds(user, Role::UserAdministrator) {
            Self::Change
        } else if snapshot.holds(user, Role::Auditor) {
            Self::See
        } else {
            Self::Names
        }
    }
}

/// Whether somebody finds an enabled person: internal people find everyone, partners only those whom a room that
/// both may enter brings them together with.
pub fn knows(snapshot: &Snapshot, user: UserId, other: UserId) -> bool {
    let meet = |room: &access::Room| [user, other].into_iter().all(|user| snapshot.decide(user, room.id).rights.enter);
    user == other || !is_partner(snapshot, user) || snapshot.rooms().any(meet)
}

pub fn is_partner(snapshot: &Snapshot, user: UserId) -> bool {
    snapshot.user(user).is_some_and(|user| user.domain.is_some())
}

/// The account, if the user may change it. Who doesn't administer people knows of no disabled one.
pub fn managed<'a>(given: &Given<'a>, id: UserId) -> Result<&'a access::User> {
    let reach = Reach::of(given.snapshot, given.user);
    let known = |user: &&access::User| reach != Reach::Names || (user.enabled && knows(given.snapshot, given.user, user.id));
    let user = given.snapshot.user(id).filter(known).ok_or_else(Problem::user_not_found)?;
    match reach {
        Reach::Names | Reach::See => Err(Problem::forbidden().detail("Only administrators of people do this.")),
        Reach::Change if holds_role(given.snapshot, id) => Err(Problem::forbidden().detail("Only administrators change people who hold a role.")),
        Reach::Change | Reach::ChangeAll => Ok(user),
    }
}

/// Also by a group, and where it has run out or the account is disabled.
fn holds_role(snapshot: &Snapshot, id: UserId) -> bool {
    let named = |role| snapshot.list(ListOwner::Role(role)).contains(Principal::User(id));
    !snapshot.roles(id).is_empty() || Role::ALL.into_iter().any(named)
}

/// Only what may be changed is looked at; what the address was before only the account's row tells.
pub fn change(given: &Given<'_>, id: UserId, change: &ChangeUser, password_hash: Option<String>, email: Option<&str>) -> Result<Plan> {
    let before = managed(given, id)?;
    let person = Person {
        display_name: change.display_name.as_deref().map(|name| check_name("/display_name", name)).transpose()?,
        email: change.email.as_deref().map(|email| if email.trim().is_empty() { Ok(String::new()) } else { check_email(email) }).transpose()?,
        enabled: change.enabled.filter(|enabled| *enabled != before.enabled),
        unit: change.unit.filter(|unit| *unit != before.unit),
        password_hash,
    };
    if let Some(password) = &change.password {
        check_password(password, &before.name, given.settings)?;
    }
    if let Some(unit) = person.unit.flatten() {
        check_unit(given.snapshot, "/unit", unit)?;
    }
    let described = |display_name: &str, email: Option<&str>, enabled: bool, unit: Option<UnitId>| serde_json::json!({ "display_name": display_name, "email": email, "enabled": enabled, "unit": unit });
    let mut after = described(
        person.display_name.as_deref().unwrap_or(&before.display_name),
        person.email.as_deref().or(email),
        person.enabled.unwrap_or(before.enabled),
        person.unit.unwrap_or(before.unit),
    );
    after["password_reset"] = change.password.is_some().into();
    let before = described(&before.display_name, email, before.enabled, before.unit);
    let audit = Audit { action: "user.change", object: format!("user:{id}"), before, after };
    Ok(Plan { steps: vec![Step::Person(id, person)], audit })
}

pub fn sign_out(given: &Given<'_>, id: UserId) -> Result<Plan> {
    managed(given, id)?;
    let audit = Audit { action: "user.sign_out", object: format!("user:{id}"), before: serde_json::Value::Null, after: serde_json::Value::Null };
    Ok(Plan { steps: vec![Step::SignOut(id)], audit })
}

/// Where an account is put has to be there.
pub fn check_unit(snapshot: &Snapshot, field: &'static str, unit: UnitId) -> Result<()> {
    if snapshot.unit(unit).is_some() { Ok(()) } else { Err(Problem::invalid().field(field, "unknown", "There is no such unit.")) }
}
