use std::sync::Arc;

use stoa_domain::access::{self, ListOwner, Snapshot};
use stoa_domain::id::GroupId;
use stoa_domain::name::name_key;
use stoa_domain::person::Role;
use stoa_domain::principal::Principal;
use stoa_domain::wire::group::{ChangeGroup, Group, NewGroup};
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::{Page, PageQuery};
use stoa_store::{Audit, Object};

use super::{Kept, Once, check_name, check_text, expected};
use crate::paging::{Keyed, paginate};
use crate::services::Core;
use crate::{Caller, Result, StoreProblem};

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
        let sees = [Role::Administrator, Role::UserAdministrator, Role::Auditor].into_iter().any(|role| snapshot.holds(caller.user, role));
        if sees { Ok(snapshot) } else { Err(Problem::forbidden().detail("Only administrators of people see groups.")) }
    }

    /// By name.
    ///
    /// # Errors
    /// 403, 400 for a cursor that is made up.
    pub fn list(&self, caller: &Caller, q: Option<&str>, page: &PageQuery) -> Result<Page<Group>> {
        let snapshot = self.seen(caller)?;
        let wanted = q.map(name_key);
        let groups = snapshot.groups().filter_map(|group| {
            let key = name_key(&group.name);
            wanted.as_ref().is_none_or(|wanted| key.contains(wanted)).then(|| Keyed { key: format!("{key} {}", group.id), item: shown(&snapshot, group) })
        });
        paginate("groups", groups.collect(), page)
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
        let snapshot = self.core.access.vouched()?;
        let may = [Role::Administrator, Role::UserAdministrator].into_iter().any(|role| snapshot.holds(caller.user, role));
        if may { Ok(()) } else { Err(Problem::forbidden().detail("Only administrators of people do this.")) }
    }

    /// The group, if the caller may change it: its `ETag` is in it.
    ///
    /// # Errors
    /// 404, 403.
    pub fn may_change(&self, caller: &Caller, id: GroupId) -> Result<Group> {
        let group = self.get(caller, id)?;
        self.may_create(caller)?;
        let snapshot = self.core.access.vouched()?;
        if !snapshot.holds(caller.user, Role::Administrator) && snapshot.leads_to_role(id) {
            return Err(Problem::forbidden().detail("Only administrators change groups through which a role is held."));
        }
        Ok(group)
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
        self.may_change(caller, id)?;
        let version = expected(if_match)?;
        let snapshot = self.core.access.snapshot();
        let before = snapshot.group(id).ok_or_else(Problem::group_not_found)?;
        if before.version != version {
            return Err(Problem::changed_meanwhile());
        }
        let mut after = before.clone();
        if let Some(name) = &change.name {
            after.name = check_name("/name", name)?;
        }
        if let Some(description) = &change.description {
            after.description = check_text("/description", description)?;
        }
        let mut unit = self.core.unit(caller).await?;
        unit.expect(Object::Group(id), version).await.or_problem()?;
        unit.put_group(&after).await.or_problem()?;
        let audit = Audit { action: "group.change", object: format!("group:{id}"), before: described(before), after: described(&after) };
        self.core.commit(unit, audit).await?.shown(self.get(caller, id))
    }

    /// Removes a group. Entries that name it stay where they are, without effect.
    ///
    /// # Errors
    /// 404, 403, 428 and 412 by `If-Match`.
    pub async fn remove(&self, caller: &Caller, id: GroupId, if_match: Option<&str>) -> Result<()> {
        self.may_change(caller, id)?;
        let version = expected(if_match)?;
        let snapshot = self.core.access.snapshot();
        let before = snapshot.group(id).ok_or_else(Problem::group_not_found)?;
        let list = ListOwner::Group(id);
        let members: Vec<Principal> = snapshot.list(list).iter().map(|entry| entry.principal).collect();
        let mut unit = self.core.unit(caller).await?;
        unit.expect(Object::Group(id), version).await.or_problem()?;
        unit.remove_entries(list, &members).await.or_problem()?;
        unit.remove(Object::Group(id)).await.or_problem()?;
        let mut gone = described(before);
        gone["members"] = members.iter().map(ToString::to_string).collect();
        let audit = Audit { action: "group.remove", object: format!("group:{id}"), before: gone, after: serde_json::Value::Null };
        self.core.commit(unit, audit).await?;
        Ok(())
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

fn described(group: &access::Group) -> serde_json::Value {
    serde_json::json!({ "name": group.name, "description": group.description })
}
