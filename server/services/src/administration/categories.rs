pub(super) mod plans;
mod whom;

use std::sync::Arc;

use plans::{described, too_deep};
use stoa_domain::access::{self, LimitedBy, Snapshot};
use stoa_domain::category::{CategorySettings, MAX_DEPTH, Setting};
use stoa_domain::id::{CategoryId, UserId};
use stoa_domain::name::name_key;
use stoa_domain::settings::PoolSettings;
use stoa_domain::wire::Page;
use stoa_domain::wire::access::At;
use stoa_domain::wire::category::{Category, ChangeCategory, Effective, EffectiveLimit, EffectiveSettings, NewCategory};
use stoa_domain::wire::problem::Problem;
use stoa_store::{Audit, Object};

use super::carry::{Done, Seen};
use super::plan::{Given, Plan};
use super::{Kept, Once, check_limits, check_name, check_text, expected};
use crate::services::Core;
use crate::{Caller, Result};

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
        let settings = self.core.access.settings();
        let visible = snapshot.visible_categories(caller.user);
        let mut items: Vec<_> = visible
            .iter()
            .filter_map(|id| {
                let mut path: Vec<_> = snapshot.path_up(*id).map(|category| (name_key(&category.name), category.id)).collect();
                path.reverse();
                Some((path, shown(&snapshot, &settings, snapshot.category(*id)?, caller.user)))
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
        let id: CategoryId = self.core.environment.id();
        let category = access::Category {
            id,
            parent: Some(new.parent),
            name: check_name("/name", &new.name)?,
            description: check_text("/description", &new.description)?,
            scope: new.scope,
            inherit_members: new.inherit_members,
            settings: new.settings,
            limits: check_limits(Some(new.limits))?.unwrap_or_default(),
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
        Ok(shown(&snapshot, &self.core.access.settings(), plans::seen(&snapshot, caller.user, id)?, caller.user))
    }

    /// The category, if the caller may change it: its `ETag` is in it.
    ///
    /// # Errors
    /// 404, 403.
    pub fn may_change(&self, caller: &Caller, id: CategoryId) -> Result<Category> {
        self.core.given(caller, |given| Ok(shown(given.snapshot, given.settings, plans::managed(given, id)?, caller.user)))
    }

    async fn carry_out(&self, caller: &Caller, id: CategoryId, if_match: Option<&str>, make: impl FnOnce(&Given<'_>) -> Result<Plan>) -> Result<Done> {
        let may = |given: &Given<'_>| plans::managed(given, id).map(drop);
        self.core.given(caller, may)?;
        self.core.carry_out(caller, Seen::Object(Object::Category(id), expected(if_match)?), may, make).await
    }

    /// Changes properties; what isn't sent stays.
    ///
    /// # Errors
    /// 404, 403, 428 and 412 by `If-Match`, 422, 409 for a name that is taken.
    pub async fn change(&self, caller: &Caller, id: CategoryId, change: ChangeCategory, if_match: Option<&str>) -> Result<Category> {
        let done = self.carry_out(caller, id, if_match, |given| plans::change(given, id, &change)).await?;
        done.shown(self.get(caller, id))
    }

    /// Moves a category with all below it.
    ///
    /// # Errors
    /// 404 also for a target that the caller can't see, 403 where he manages only one of the two,
    /// 428 and 412 by `If-Match`, 422 below itself or too deep, 409 for the root and a name that is taken there.
    pub async fn relocate(&self, caller: &Caller, id: CategoryId, to: CategoryId, if_match: Option<&str>) -> Result<Category> {
        let done = self.carry_out(caller, id, if_match, |given| plans::relocate(given, id, to)).await?;
        done.shown(self.get(caller, id))
    }

    /// Removes an empty category.
    ///
    /// # Errors
    /// 404, 403, 428 and 412 by `If-Match`, 409 for the root and where something stands in it.
    pub async fn remove(&self, caller: &Caller, id: CategoryId, if_match: Option<&str>) -> Result<()> {
        self.carry_out(caller, id, if_match, |given| plans::remove(given, id)).await.map(drop)
    }
}

fn shown(snapshot: &Snapshot, settings: &PoolSettings, category: &access::Category, user: UserId) -> Category {
    let limit = |pick| limit(snapshot.limited(settings.limits(), category.id, None, pick));
    Category {
        id: category.id,
        parent: category.parent,
        name: category.name.clone(),
        description: category.description.clone(),
        depth: u32::try_from(snapshot.path_up(category.id).count().saturating_sub(1)).unwrap_or(u32::MAX),
        scope: category.scope,
        inherit_members: category.inherit_members,
        settings: category.settings,
        limits: category.limits,
        effective: EffectiveSettings {
            invitations: effective(snapshot, category.id, |settings| settings.invitations),
            files: effective(snapshot, category.id, |settings| settings.files),
            history: effective(snapshot, category.id, |settings| settings.history),
            upload_limit: limit(|limits| limits.upload_limit),
            room_quota: limit(|limits| limits.room_quota),
        },
        may_create_rooms: snapshot.may_create_room(user, category.id),
        may_manage: snapshot.may_manage_category(user, category.id),
        version: category.version.to_string(),
    }
}

/// What a setting of a category comes to, and whose word that is.
pub(super) fn effective(snapshot: &Snapshot, category: CategoryId, pick: fn(&CategorySettings) -> Setting) -> Effective {
    let Some(decided) = snapshot.decided(category, pick) else { return Effective { on: true, from: At::Pool, locked: false } };
    Effective { on: decided.on, from: At::Category { id: decided.by.id, name: decided.by.name.clone() }, locked: decided.locked }
}

/// What a limit comes to, and whose word that is.
pub(super) fn limit(limited: Option<(u64, LimitedBy<'_>)>) -> EffectiveLimit {
    let from = match limited.map(|(_, by)| by) {
        Some(LimitedBy::Category(category)) => At::Category { id: category.id, name: category.name.clone() },
        Some(LimitedBy::Room(room)) => At::Room { id: room.id, name: room.name.clone() },
        Some(LimitedBy::Pool) | None => At::Pool,
    };
    EffectiveLimit { bytes: limited.map(|(bytes, _)| bytes), from }
}
