//! What changes of an organisational unit come to.

use stoa_domain::access::{self, Snapshot};
use stoa_domain::id::UnitId;
use stoa_domain::principal::Principal;
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::unit::{ChangeUnit, NewUnit};
use stoa_store::{Audit, Object};

use super::super::check_name;
use super::super::groups::plans::{administers, sees};
use super::super::plan::{Given, Plan, Step};
use crate::Result;

/// As deep as categories.
const MAX_DEPTH: usize = stoa_domain::category::MAX_DEPTH;

/// A unit and those above it. A circle, which no call makes, is gone round only for a while.
pub fn path_up(snapshot: &Snapshot, id: UnitId) -> impl Iterator<Item = &access::Unit> {
    std::iter::successors(snapshot.unit(id), |unit| snapshot.unit(unit.parent?)).take(MAX_DEPTH + 1)
}

/// Who may not know of units isn't told which there are.
pub fn seen<'a>(given: &Given<'a>, id: UnitId) -> Result<&'a access::Unit> {
    given.snapshot.unit(id).filter(|_| sees(given.snapshot, given.user)).ok_or_else(Problem::unit_not_found)
}

pub fn managed<'a>(given: &Given<'a>, id: UnitId) -> Result<&'a access::Unit> {
    let unit = seen(given, id)?;
    administers(given)?;
    Ok(unit)
}

pub fn create(given: &Given<'_>, id: UnitId, new: &NewUnit) -> Result<Plan> {
    administers(given)?;
    let unit = access::Unit { id, name: check_name("/name", &new.name)?, parent: new.parent, version: 0 };
    check_parent(given.snapshot, id, new.parent)?;
    let audit = Audit { action: "unit.create", object: format!("unit:{id}"), before: serde_json::Value::Null, after: described(&unit) };
    Ok(Plan { steps: vec![Step::Unit(unit)], audit })
}

pub fn change(given: &Given<'_>, id: UnitId, change: &ChangeUnit) -> Result<Plan> {
    let before = managed(given, id)?;
    let mut after = before.clone();
    if let Some(name) = &change.name {
        after.name = check_name("/name", name)?;
    }
    if let Some(parent) = change.parent {
        check_parent(given.snapshot, id, parent)?;
        after.parent = parent;
    }
    let audit = Audit { action: "unit.change", object: format!("unit:{id}"), before: described(before), after: described(&after) };
    Ok(Plan { steps: vec![Step::Unit(after)], audit })
}

pub fn remove(given: &Given<'_>, id: UnitId) -> Result<Plan> {
    let before = managed(given, id)?;
    if given.snapshot.units().any(|unit| unit.parent == Some(id)) {
        return Err(Problem::conflict().detail("Other units stand in it: move or remove them first."));
    }
    let people = given.snapshot.size(Principal::Unit(id));
    if people > 0 {
        return Err(Problem::conflict().detail(format!("{people} people stand in it: put them into another unit first.")));
    }
    let audit = Audit { action: "unit.remove", object: format!("unit:{id}"), before: described(before), after: serde_json::Value::Null };
    Ok(Plan { steps: vec![Step::Remove(Object::Unit(id))], audit })
}

/// Where a unit is put has to be there, not below it, and not too deep for what stands in it.
fn check_parent(snapshot: &Snapshot, id: UnitId, parent: Option<UnitId>) -> Result<()> {
    let Some(parent) = parent else { return Ok(()) };
    if snapshot.unit(parent).is_none() {
        return Err(Problem::invalid().field("/parent", "unknown", "There is no such unit."));
    }
    if path_up(snapshot, parent).any(|unit| unit.id == id) {
        return Err(Problem::invalid().field("/parent", "below-itself", "A unit can't stand below itself."));
    }
    let below = |unit: &access::Unit| path_up(snapshot, unit.id).position(|level| level.id == id);
    let deepest = snapshot.units().filter_map(below).max().unwrap_or(0);
    if path_up(snapshot, parent).count() + deepest + 1 > MAX_DEPTH {
        return Err(Problem::invalid().field("/parent", "too-deep", format!("Units nest at most {MAX_DEPTH} levels.")));
    }
    Ok(())
}

/// As the audit log shows it.
fn described(unit: &access::Unit) -> serde_json::Value {
    serde_json::json!({ "name": unit.name, "parent": unit.parent })
}
