use std::sync::Arc;

use stoa_domain::access::{self, ListOwner, Snapshot};
use stoa_domain::category::{CategoryList, CategorySettings, MAX_DEPTH, Scope, Switch};
use stoa_domain::id::{CategoryId, UserId};
use stoa_domain::name::name_key;
use stoa_domain::principal::Principal;
use stoa_domain::wire::Page;
use stoa_domain::wire::category::{Category, ChangeCategory, NewCategory};
use stoa_domain::wire::problem::Problem;
use stoa_store::{Audit, Object, Unit};

use super::{Kept, Once, check_name, check_text, expected};
use crate::services::Core;
use crate::{Caller, Result, StoreProblem};

pub struct Categories {
    pub(super) core: Arc<Core>,
}

impl Categories {
    pub(crate) const fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// The tree as far as the caller sees it, parents before children, siblings by name.
    ///
    /// # Errors
    /// 503 while rights can't be vouched for.
    pub fn tree(&self, caller: &Caller) -> Result<Page<Category>> {
        let snapshot = self.core.access.vouched()?;
        let visible = snapshot.visible_categories(caller.user);
        let mut items: Vec<_> = visible
            .iter()
            .filter_map(|id| {
                let mut path: Vec<_> = snapshot.path_up(*id).map(|category| (name_key(&category.name), category.id)).collect();
                path.reverse();
                Some((path, shown(&snapshot, snapshot.category(*id)?, caller.user)))
            })
            .collect();
        items.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        Ok(Page { items: items.into_iter().map(|(_, category)| category).collect(), next: None })
    }

    /// Creates a category below another.
    ///
    /// # Errors
    /// 404 for a parent that the caller can't see, 403 if he doesn't manage it, 422, 409.
    pub async fn create(&self, caller: &Caller, new: NewCategory, key: Option<&str>) -> Result<Category> {
        let once = Once::new(caller, "categories", key, &new)?;
        let snapshot = self.core.access.vouched()?;
        if !snapshot.may_manage_category(caller.user, new.parent) {
            let visible = snapshot.visible_categories(caller.user).contains(&new.parent);
            return Err(if visible {
                Problem::forbidden().detail("Only the managers of a category create categories in it.")
            } else {
                Problem::category_not_found()
            });
        }
        if let Some(made) = once.before(&self.core).await? {
            return self.get(caller, made.into());
        }
        // The root is level 0.
        if snapshot.path_up(new.parent).count() > MAX_DEPTH {
            return Err(too_deep());
        }
        check_settings(&new.settings)?;
        let id: CategoryId = self.core.environment.id();
        let category = access::Category {
            id,
            parent: Some(new.parent),
            name: check_name("/name", &new.name)?,
            description: check_text("/description", &new.description)?,
            scope: new.scope,
            inherit_members: new.inherit_members,
            settings: new.settings,
            version: 0,
        };
        let mut unit = self.core.unit(caller).await?;
        let made = unit.put_category(&category).await;
        let unit = match once.keep(&self.core, unit, id.0, made).await? {
            Kept::New(unit) => unit,
            Kept::Before(made) => return self.get(caller, made.into()),
        };
        let audit = Audit { action: "category.create", object: format!("category:{id}"), before: serde_json::Value::Null, after: described(&category) };
        self.core.commit(unit, audit).await?.shown(self.get(caller, id))
    }

    /// A category that the caller may find.
    ///
    /// # Errors
    /// 404.
    pub fn get(&self, caller: &Caller, id: CategoryId) -> Result<Category> {
        let snapshot = self.core.access.vouched()?;
        let category = snapshot.category(id).filter(|_| snapshot.may_see_category(caller.user, id)).ok_or_else(Problem::category_not_found)?;
        Ok(shown(&snapshot, category, caller.user))
    }

    /// The category, if the caller may change it: its `ETag` is in it.
    ///
    /// # Errors
    /// 404, 403.
    pub fn may_change(&self, caller: &Caller, id: CategoryId) -> Result<Category> {
        let category = self.get(caller, id)?;
        if category.may_manage { Ok(category) } else { Err(Problem::forbidden().detail("Only the managers of a category change it.")) }
    }

    /// Begins a change of a category at the version that the caller saw. The lock of the unit is
    /// held, so that the snapshot is what the change will follow on.
    async fn begin(&self, caller: &Caller, id: CategoryId, if_match: Option<&str>) -> Result<(Box<dyn Unit>, Arc<Snapshot>)> {
        self.may_change(caller, id)?;
        let version = expected(if_match)?;
        let mut unit = self.core.unit(caller).await?;
        self.core.access.refresh().await.or_problem()?;
        self.may_change(caller, id)?;
        unit.expect(Object::Category(id), version).await.or_problem()?;
        Ok((unit, self.core.access.snapshot()))
    }

    async fn finish(
        &self,
        caller: &Caller,
        mut unit: Box<dyn Unit>,
        before: &access::Category,
        after: &access::Category,
        action: &'static str,
    ) -> Result<Category> {
        unit.put_category(after).await.or_problem()?;
        let audit = Audit { action, object: format!("category:{}", before.id), before: described(before), after: described(after) };
        self.core.commit(unit, audit).await?.shown(self.get(caller, before.id))
    }

    /// Changes properties; what isn't sent stays.
    ///
    /// # Errors
    /// 404, 403, 428 and 412 by `If-Match`, 422, 409 for a name that is taken.
    pub async fn change(&self, caller: &Caller, id: CategoryId, change: ChangeCategory, if_match: Option<&str>) -> Result<Category> {
        let (unit, snapshot) = self.begin(caller, id, if_match).await?;
        let before = snapshot.category(id).ok_or_else(Problem::category_not_found)?;
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
        check_settings(&after.settings)?;
        if after.parent.is_none() {
            check_root(&after)?;
        }
        self.finish(caller, unit, before, &after, "category.change").await
    }

    /// Moves a category with all below it.
    ///
    /// # Errors
    /// 404 also for a target that the caller can't see, 403 where he manages only one of the two,
    /// 428 and 412 by `If-Match`, 422 below itself or too deep, 409 for the root and a name that is taken there.
    pub async fn relocate(&self, caller: &Caller, id: CategoryId, to: CategoryId, if_match: Option<&str>) -> Result<Category> {
        let (unit, snapshot) = self.begin(caller, id, if_match).await?;
        let before = snapshot.category(id).ok_or_else(Problem::category_not_found)?;
        if !snapshot.may_manage_category(caller.user, to) {
            let seen = snapshot.category(to).is_some() && snapshot.may_see_category(caller.user, to);
            return Err(if seen { Problem::forbidden().detail("Only the managers of a category put others into it.") } else { Problem::category_not_found() });
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
        let after = access::Category { parent: Some(to), ..before.clone() };
        self.finish(caller, unit, before, &after, "category.move").await
    }

    /// Removes an empty category.
    ///
    /// # Errors
    /// 404, 403, 428 and 412 by `If-Match`, 409 for the root and where something stands in it.
    pub async fn remove(&self, caller: &Caller, id: CategoryId, if_match: Option<&str>) -> Result<()> {
        let (mut unit, snapshot) = self.begin(caller, id, if_match).await?;
        let before = snapshot.category(id).ok_or_else(Problem::category_not_found)?;
        if before.parent.is_none() {
            return Err(Problem::conflict().detail("The root can't be removed."));
        }
        if snapshot.categories().any(|category| category.parent == Some(id)) || snapshot.rooms().any(|room| room.category == id) {
            return Err(Problem::conflict().detail("Only an empty category can be removed."));
        }
        for list in CategoryList::ALL {
            let owner = ListOwner::Category(id, *list);
            let named: Vec<Principal> = snapshot.list(owner).iter().map(|entry| entry.principal).collect();
            unit.remove_entries(owner, &named).await.or_problem()?;
        }
        unit.remove(Object::Category(id)).await.or_problem()?;
        let audit = Audit { action: "category.remove", object: format!("category:{id}"), before: described(before), after: serde_json::Value::Null };
        self.core.commit(unit, audit).await?;
        Ok(())
    }
}

fn shown(snapshot: &Snapshot, category: &access::Category, user: UserId) -> Category {
    Category {
        id: category.id,
        parent: category.parent,
        name: category.name.clone(),
        description: category.description.clone(),
        depth: u32::try_from(snapshot.path_up(category.id).count().saturating_sub(1)).unwrap_or(u32::MAX),
        scope: category.scope,
        inherit_members: category.inherit_members,
        settings: category.settings,
        may_create_rooms: snapshot.may_create_room(user, category.id),
        may_manage: snapshot.may_manage_category(user, category.id),
        version: category.version.to_string(),
    }
}

fn too_deep() -> Problem {
    Problem::invalid().field("/parent", "too-deep", format!("Categories nest at most {MAX_DEPTH} levels."))
}

fn check_settings(settings: &CategorySettings) -> Result<()> {
    if settings.history.value == Switch::Off {
        return Err(Problem::invalid().field("/settings/history", "not-there-yet", "Chat history can't be turned off yet."));
    }
    Ok(())
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
fn described(category: &access::Category) -> serde_json::Value {
    serde_json::json!({
        "name": category.name, "description": category.description, "parent": category.parent, "scope": category.scope,
        "inherit_members": category.inherit_members, "settings": category.settings,
    })
}
