pub(super) mod plans;

use std::sync::Arc;

use stoa_domain::access::{self, Snapshot};
use stoa_domain::id::UnitId;
use stoa_domain::name::name_key;
use stoa_domain::principal::Principal;
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::unit::{ChangeUnit, NewUnit, Unit};
use stoa_domain::wire::{Page, PageQuery};
use stoa_store::Object;

use super::carry::{Done, Seen};
use super::groups::plans::{administers, sees};
use super::plan::{Given, Plan};
use super::{Kept, Once, expected};
use crate::paging::{Keyed, paginate};
use crate::services::Core;
use crate::{Caller, Result, StoreProblem};

/// Organisational units.
pub struct Units {
    core: Arc<Core>,
}

impl Units {
    pub(crate) const fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// By name.
    ///
    /// # Errors
    /// 403, 400 for a cursor that is made up.
    pub fn list(&self, caller: &Caller, q: Option<&str>, page: &PageQuery) -> Result<Page<Unit>> {
        let snapshot = self.core.access.vouched()?;
        if !sees(&snapshot, caller.user) {
            return Err(Problem::forbidden().detail("Only administrators of people see units."));
        }
        let wanted = q.map(name_key);
        let units = snapshot.units().filter_map(|unit| {
            let key = name_key(&unit.name);
            wanted.as_ref().is_none_or(|wanted| key.contains(wanted)).then(|| Keyed { key: format!("{key} {}", unit.id), item: unit })
        });
        let page = paginate("units", units.collect(), page)?;
        Ok(Page { items: page.items.into_iter().map(|unit| shown(&snapshot, unit)).collect(), next: page.next })
    }

    /// # Errors
    /// 404 also to who may not know of units.
    pub fn get(&self, caller: &Caller, id: UnitId) -> Result<Unit> {
        self.core.given(caller, |given| Ok(shown(given.snapshot, plans::seen(given, id)?)))
    }

    /// Whether the caller creates units.
    ///
    /// # Errors
    /// 403.
    pub fn may_create(&self, caller: &Caller) -> Result<()> {
        self.core.given(caller, administers)
    }

    /// The unit, if the caller may change it: its `ETag` is in it.
    ///
    /// # Errors
    /// 404, 403.
    pub fn may_change(&self, caller: &Caller, id: UnitId) -> Result<Unit> {
        self.core.given(caller, |given| Ok(shown(given.snapshot, plans::managed(given, id)?)))
    }

    /// # Errors
    /// 403, 422, 409 for a name that is taken there.
    pub async fn create(&self, caller: &Caller, new: NewUnit, key: Option<&str>) -> Result<Unit> {
        self.may_create(caller)?;
        let once = Once::new(caller, "units", key, &new)?;
        if let Some(made) = once.before(&self.core).await? {
            return self.get(caller, made.into());
        }
        let id: UnitId = self.core.environment.id();
        let planned = || self.core.given(caller, |given| plans::create(given, id, &new));
        planned()?;
        let mut unit = self.core.unit(caller).await?;
        // What it is put below doesn't go meanwhile.
        self.core.access.refresh().await.or_problem()?;
        let plan = planned()?;
        let made = plan.write(&self.core, caller, &mut *unit).await.map(drop);
        let unit = match once.keep(&self.core, unit, id.0, made).await? {
            Kept::New(unit) => unit,
            Kept::Before(made) => return self.get(caller, made.into()),
        };
        self.core.commit(unit, plan.audit).await?.shown(self.get(caller, id))
    }

    async fn carry_out(&self, caller: &Caller, id: UnitId, if_match: Option<&str>, make: impl FnOnce(&Given<'_>) -> Result<Plan>) -> Result<Done> {
        let may = |given: &Given<'_>| plans::managed(given, id).map(drop);
        self.core.given(caller, may)?;
        self.core.carry_out(caller, Seen::Object(Object::Unit(id), expected(if_match)?), may, make).await
    }

    /// # Errors
    /// 404, 403, 428 and 412 by `If-Match`, 422 below itself or too deep, 409 for a name that is taken there.
    pub async fn change(&self, caller: &Caller, id: UnitId, change: ChangeUnit, if_match: Option<&str>) -> Result<Unit> {
        self.carry_out(caller, id, if_match, |given| plans::change(given, id, &change)).await?.shown(self.get(caller, id))
    }

    /// Removes a unit in which nobody and nothing stands. Entries that name it stay, without effect.
    ///
    /// # Errors
    /// 404, 403, 428 and 412 by `If-Match`, 409 while somebody or another unit stands in it.
    pub async fn remove(&self, caller: &Caller, id: UnitId, if_match: Option<&str>) -> Result<()> {
        self.carry_out(caller, id, if_match, |given| plans::remove(given, id)).await.map(drop)
    }
}

fn shown(snapshot: &Snapshot, unit: &access::Unit) -> Unit {
    let mut path: Vec<String> = plans::path_up(snapshot, unit.id).skip(1).map(|unit| unit.name.clone()).collect();
    path.reverse();
    Unit { id: unit.id, name: unit.name.clone(), parent: unit.parent, path, people: snapshot.size(Principal::Unit(unit.id)), version: unit.version.to_string() }
}
