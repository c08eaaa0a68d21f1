//! What changes of a group come to.

use stoa_domain::access::{self, ListOwner, Snapshot};
use stoa_domain::id::{GroupId, UserId};
use stoa_domain::person::Role;
use stoa_domain::principal::Principal;
use stoa_domain::wire::group::ChangeGroup;
use stoa_domain::wire::problem::Problem;
use stoa_store::{Audit, Object};

use super::super::plan::{Given, Plan, Step};
use super::super::{check_name, check_text};
use crate::Result;

/// Whether the user sees groups, units and domains in the console.
pub fn sees(snapshot: &Snapshot, user: UserId) -> bool {
    [Role::Administrator, Role::UserAdministrator, Role::Auditor].into_iter().any(|role| snapshot.holds(user, role))
}

/// Whether the user administers people.
pub fn administers(given: &Given<'_>) -> Result<()> {
    let may = [Role::Administrator, Role::UserAdministrator].into_iter().any(|role| given.snapshot.holds(given.user, role));
    if may { Ok(()) } else { Err(Problem::forbidden().detail("Only administrators of people do this.")) }
}

/// The group, if the user may change it. Who may not know of groups isn't told which there are.
pub fn managed<'a>(given: &Given<'a>, id: GroupId) -> Result<&'a access::Group> {
    let group = given.snapshot.group(id).filter(|_| sees(given.snapshot, given.user)).ok_or_else(Problem::group_not_found)?;
    administers(given)?;
    if !given.snapshot.holds(given.user, Role::Administrator) && given.snapshot.leads_to_role(id) {
        return Err(Problem::forbidden().detail("Only administrators change groups through which a role is held."));
    }
    Ok(group)
}

pub fn change(given: &Given<'_>, id: GroupId, change: &ChangeGroup) -> Result<Plan> {
    let before = managed(given, id)?;
    let mut after = before.clone();
    if let Some(name) = &change.name {
        after.name = check_name("/name", name)?;
    }
    if let Some(description) = &change.description {
        after.description = check_text("/description", description)?;
    }
    let audit = Audit { action: "group.change", object: format!("group:{id}"), before: described(before), after: described(&after) };
    Ok(Plan { steps: vec![Step::Group(after)], audit })
}

/// Entries that name it stay where they are, without effect.
pub fn remove(given: &Given<'_>, id: GroupId) -> Result<Plan> {
    let before = managed(given, id)?;
    let list = ListOwner::Group(id);
    let members: Vec<Principal> = given.snapshot.list(list).iter().map(|entry| entry.principal).collect();
    let mut gone = described(before);
    gone["members"] = members.iter().map(ToString::to_string).collect();
    let audit = Audit { action: "group.remove", object: format!("group:{id}"), before: gone, after: serde_json::Value::Null };
    Ok(Plan { steps: vec![Step::Take(list, members), Step::Remove(Object::Group(id))], audit })
}

/// As the audit log shows it.
pub fn described(group: &access::Group) -> serde_json::Value {
    serde_json::json!({ "name": group.name, "description": group.description })
}
