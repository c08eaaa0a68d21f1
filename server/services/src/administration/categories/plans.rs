//! What changes of a category come to.

use stoa_domain::access::{self, ListOwner, Snapshot};
use stoa_domain::category::{CategoryList, CategorySettings, MAX_DEPTH, Scope, Switch};
use stoa_domain::id::{CategoryId, UserId};
use stoa_domain::wire::category::ChangeCategory;
use stoa_domain::wire::problem::Problem;
use stoa_store::{Audit, Object};

use super::super::plan::{Given, Plan, Step};
use super::super::{check_limits, check_name, check_text};
use crate::Result;

/// The category, if the user may find it.
pub fn seen(snapshot: &Snapshot, user: UserId, id: CategoryId) -> Result<&access::Category> {
    snapshot.category(id).filter(|_| snapshot.may_see_category(user, id)).ok_or_else(Problem::category_not_found)
}

/// The category, if the user may change it.
pub fn managed<'a>(given: &Given<'a>, id: CategoryId) -> Result<&'a access::Category> {
    let Some(category) = given.snapshot.category(id).filter(|_| given.snapshot.may_manage_category(given.user, id)) else {
        seen(given.snapshot, given.user, id)?;
        return Err(Problem::forbidden().detail("Only the managers of a category change it."));
    };
    Ok(category)
}

pub fn change(given: &Given<'_>, id: CategoryId, change: &ChangeCategory) -> Result<Plan> {
    let before = managed(given, id)?;
    let mut after = before.clone();
    if let Some(name) = &change.name {
        after.name = check_name("/name", name)?;
    }
    if let Some(description) = &change.description {
        after.description = check_text("/description", description)?;
    }
    after.scope = change.scope.unwrap_or(after.scope);
    after.inherit_members = change.inherit_members.unwrap_or(after.inherit_members);
    after.settings = change.settings.unwrap_or(after.settings);
    after.limits = check_limits(change.limits)?.unwrap_or(after.limits);
    if after.parent.is_none() {
        check_root(&after)?;
    }
    Ok(update(before, after, "category.change"))
}

pub fn relocate(given: &Given<'_>, id: CategoryId, to: CategoryId) -> Result<Plan> {
    let before = managed(given, id)?;
    let snapshot = given.snapshot;
    if !snapshot.may_manage_category(given.user, to) {
        seen(snapshot, given.user, to)?;
        return Err(Problem::forbidden().detail("Only the managers of a category put others into it."));
    }
    if before.parent.is_none() {
        return Err(Problem::conflict().detail("The root can't be moved."));
    }
    if snapshot.path_up(to).any(|category| category.id == id) {
        return Err(Problem::invalid().field("/parent", "below-itself", "A category can't stand below itself."));
    }
    // Levels of the target's path, and of the deepest path here from this category on.
    let above = snapshot.path_up(to).count();
    let below = |category: &access::Category| snapshot.path_up(category.id).position(|level| level.id == id);
    let deepest = snapshot.categories().filter_map(below).max().unwrap_or(0);
    if above + deepest > MAX_DEPTH {
        return Err(too_deep());
    }
    Ok(update(before, access::Category { parent: Some(to), ..before.clone() }, "category.move"))
}

pub fn remove(given: &Given<'_>, id: CategoryId) -> Result<Plan> {
    let before = managed(given, id)?;
    let snapshot = given.snapshot;
    if before.parent.is_none() {
        return Err(Problem::conflict().detail("The root can't be removed."));
    }
    if snapshot.categories().any(|category| category.parent == Some(id)) || snapshot.rooms().any(|room| room.category == id) {
        return Err(Problem::conflict().detail("Only an empty category can be removed."));
    }
    let lists = CategoryList::ALL.iter().map(|list| ListOwner::Category(id, *list));
    let mut steps: Vec<Step> = lists.map(|list| Step::Take(list, snapshot.list(list).iter().map(|entry| entry.principal).collect())).collect();
    steps.push(Step::Remove(Object::Category(id)));
    let audit = Audit { action: "category.remove", object: format!("category:{id}"), before: described(before), after: serde_json::Value::Null };
    Ok(Plan { steps, audit })
}

fn update(before: &access::Category, after: access::Category, action: &'static str) -> Plan {
    let audit = Audit { action, object: format!("category:{}", before.id), before: described(before), after: described(&after) };
    Plan { steps: vec![Step::Category(after)], audit }
}

pub fn too_deep() -> Problem {
    Problem::invalid().field("/parent", "too-deep", format!("Categories nest at most {MAX_DEPTH} levels."))
}

/// There is nothing above the root that it could inherit.
fn check_root(root: &access::Category) -> Result<()> {
    let wrong = |field: &'static str| Err(Problem::invalid().field(field, "nothing-to-inherit", "The root has nothing above it to inherit from."));
    if root.scope == Scope::Inherit {
        return wrong("/scope");
    }
    let CategorySettings { invitations, files, history } = root.settings;
    for (field, setting) in [("/settings/invitations", invitations), ("/settings/files", files), ("/settings/history", history)] {
        if setting.value == Switch::Inherit {
            return wrong(field);
        }
    }
    Ok(())
}

/// As the audit log shows it.
pub fn described(category: &access::Category) -> serde_json::Value {
    serde_json::json!({
        "name": category.name, "description": category.description, "parent": category.parent, "scope": category.scope,
        "inherit_members": category.inherit_members, "settings": category.settings, "limits": category.limits,
    })
}
