use std::sync::Arc;

use stoa_domain::access::{self, Snapshot};
use stoa_domain::category::{MAX_DEPTH, Switch};
use stoa_domain::id::{CategoryId, UserId};
use stoa_domain::name::name_key;
use stoa_domain::wire::Page;
use stoa_domain::wire::category::{Category, NewCategory};
use stoa_domain::wire::problem::Problem;
use stoa_store::{Audit, StoreError};

use super::{Once, check_name, check_text};
use crate::services::Core;
use crate::{Caller, Result, problem};

pub struct Categories {
    core: Arc<Core>,
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
            return Err(Problem::invalid().field("/parent", "too-deep", format!("Categories nest at most {MAX_DEPTH} levels.")));
        }
        if new.settings.history.value == Switch::Off {
            return Err(Problem::invalid().field("/settings/history", "not-there-yet", "Chat history can't be turned off yet."));
        }
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
        let made: Result<(), StoreError> = async {
            unit.put_category(&category).await?;
            once.remember(&mut unit, id.0).await
        }
        .await;
        if let Err(error) = made {
            drop(unit);
            return match once.lost_race(&self.core, &error).await? {
                Some(made) => self.get(caller, made.into()),
                None => Err(problem(error)),
            };
        }
        let after = serde_json::json!({
            "name": category.name, "description": category.description, "parent": category.parent, "scope": category.scope,
            "inherit_members": category.inherit_members, "settings": category.settings,
        });
        let audit = Audit { action: "category.create", object: format!("category:{id}"), before: serde_json::Value::Null, after };
        self.core.commit(unit, audit).await?.shown(self.get(caller, id))
    }

    fn get(&self, caller: &Caller, id: CategoryId) -> Result<Category> {
        let snapshot = self.core.access.vouched()?;
        let category = snapshot.category(id).ok_or_else(Problem::category_not_found)?;
        Ok(shown(&snapshot, category, caller.user))
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
    }
}
