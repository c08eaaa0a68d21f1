pub(super) mod plans;

use std::sync::Arc;

use plans::described;
use stoa_domain::access::{self, Snapshot};
use stoa_domain::id::GroupId;
use stoa_domain::name::name_key;
use stoa_domain::principal::Principal;
use stoa_domain::wire::group::{ChangeGroup, Group, NewGroup};
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::{Page, PageQuery};
use stoa_store::{Audit, Object};

use super::carry::{Done, Seen};
use super::plan::{Given, Plan};
use super::{Kept, Once, check_name, check_text, expected};
use crate::paging::{behind, page_of};
use crate::services::Core;
use crate::{Caller, Result};

pub struct Groups {
    core: Arc<Core>,
}

impl Groups {
    pub(crate) const fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// The snapshot, for who sees groups in the console.
    fn seen(&self, caller: &Caller) -> Result<Arc<Snapshot>> {
        let snapshot = self.core.access.vouched()?;
        if plans::sees(&snapshot, caller.user) { Ok(snapshot) } else { Err(Problem::forbidden().detail("Only administrators of people see groups.")) }
    }

    /// By name.
    ///
    /// # Errors
    /// 403, 400 for a cursor that is made up.
    pub fn list(&self, caller: &Caller, q: Option<&str>, page: &PageQuery) -> Result<Page<Group>> {
        let snapshot = self.seen(caller)?;
        let wanted = q.map(name_key);
        let after = behind("groups", page)?;
        // What stands behind the name in the key is the id: no name is found by that.
        let name = |key: &str| key.rfind(' ').unwrap_or(key.len());
        let fits = |(key, _): &(&str, _)| wanted.as_ref().is_none_or(|wanted| key[..name(key)].contains(wanted));
        let groups = snapshot.groups_by_name(after.as_deref()).filter(fits).map(|(key, group)| (key, shown(&snapshot, group)));
        Ok(page_of("groups", page, groups))
    }

    /// # Errors
    /// 404 also to who may not know of groups.
    pub fn get(&self, caller: &Caller, id: GroupId) -> Result<Group> {
        let snapshot = self.seen(caller).map_err(|problem| if problem.status == 403 { Problem::group_not_found() } else { problem })?;
        snapshot.group(id).map(|group| shown(&snapshot, group)).ok_or_else(Problem::group_not_found)
    }

    /// Whether the caller creates groups.
    ///
    /// # Errors
    /// 403.
    pub fn may_create(&self, caller: &Caller) -> Result<()> {
        self.core.given(caller, plans::administers)
    }

    /// The group, if the caller may change it: its `ETag` is in it.
    ///
    /// # Errors
    /// 404, 403.
    pub fn may_change(&self, caller: &Caller, id: GroupId) -> Result<Group> {
        self.core.given(caller, |given| Ok(shown(given.snapshot, plans::managed(given, id)?)))
    }

    async fn carry_out(&self, caller: &Caller, id: GroupId, if_match: Option<&str>, make: impl FnOnce(&Given<'_>) -> Result<Plan>) -> Result<Done> {
        let may = |given: &Given<'_>| plans::managed(given, id).map(drop);
        self.core.given(caller, may)?;
        self.core.carry_out(caller, Seen::Object(Object::Group(id), expected(if_match)?), may, make).await
    }

    /// # Errors
    /// 403, 422, 409 for a name that is taken.
    pub async fn create(&self, caller: &Caller, new: NewGroup, key: Option<&str>) -> Result<Group> {
        self.may_create(caller)?;
        let once = Once::new(caller, "groups", key, &new)?;
        if let Some(made) = once.before(&self.core).await? {
            return self.get(caller, made.into());
        }
        let id: GroupId = self.core.environment.id();
        let (name, description) = (check_name("/name", &new.name)?, check_text("/description", &new.description)?);
        let mut unit = self.core.unit(caller).await?;
        let group = access::Group { id, name, description, version: unit.version() };
        let made = unit.put_group(&group).await;
        let unit = match once.keep(&self.core, unit, id.0, made).await? {
            Kept::New(unit) => unit,
            Kept::Before(made) => return self.get(caller, made.into()),
        };
        let audit = Audit { action: "group.create", object: format!("group:{id}"), before: serde_json::Value::Null, after: described(&group) };
        self.core.commit(unit, audit).await?.shown(self.get(caller, id))
    }

    /// # Errors
    /// 404, 403, 428 and 412 by `If-Match`, 422, 409 for a name that is taken.
    pub async fn change(&self, caller: &Caller, id: GroupId, change: ChangeGroup, if_match: Option<&str>) -> Result<Group> {
        self.carry_out(caller, id, if_match, |given| plans::change(given, id, &change)).await?.shown(self.get(caller, id))
    }

    /// Removes a group. Entries that name it stay where they are, without effect.
    ///
    /// # Errors
    /// 404, 403, 428 and 412 by `If-Match`.
    pub async fn remove(&self, caller: &Caller, id: GroupId, if_match: Option<&str>) -> Result<()> {
        self.carry_out(caller, id, if_match, |given| plans::remove(given, id)).await.map(drop)
    }
}

fn shown(snapshot: &Snapshot, group: &access::Group) -> Group {
    Group {
        id: group.id,
        name: group.name.clone(),
        description: group.description.clone(),
        people: snapshot.size(Principal::Group(group.id)),
        version: group.version.to_string(),
    }
}
