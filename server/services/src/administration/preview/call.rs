//! The calls that a preview knows, each by the rules of the call itself.

use std::str::FromStr;

use serde::de::DeserializeOwned;
use stoa_domain::access::ListOwner;
use stoa_domain::category::CategoryList;
use stoa_domain::id::{CategoryId, GroupId, RoomId, UnitId, UserId};
use stoa_domain::person::Role;
use stoa_domain::principal::Principal;
use stoa_domain::room::{RoomList, RoomState};
use stoa_domain::wire::category::MoveCategory;
use stoa_domain::wire::people::ChangeUser;
use stoa_domain::wire::preview::{Method, Proposed};
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::room::MoveRoom;

use super::super::plan::{Given, Plan};
use super::super::{categories, domains, groups, lists, rooms, units, users};
use crate::Result;
use crate::body::read;

/// What the call comes to; none where all stays as it is.
pub fn plan(given: &Given<'_>, proposed: &Proposed) -> Result<Option<Plan>> {
    use Method::{Delete, Patch, Post};
    let path = proposed.path.strip_prefix("/api/v1").unwrap_or(&proposed.path).replace("%3A", ":").replace("%3a", ":");
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match (proposed.method, parts.as_slice()) {
        (_, ["rooms", id, "lists", list, rest @ ..]) => {
            let room = named(id, Problem::room_not_found())?;
            listed(given, proposed, RoomList::parse(list).map(|list| ListOwner::Room(room, list)), rest)
        }
        (_, ["categories", id, "lists", list, rest @ ..]) => {
            let category = named(id, Problem::category_not_found())?;
            listed(given, proposed, CategoryList::parse(list).map(|list| ListOwner::Category(category, list)), rest)
        }
        (_, ["groups", id, "members", rest @ ..]) => listed(given, proposed, Some(ListOwner::Group(named(id, Problem::group_not_found())?)), rest),
        (_, ["roles", role, rest @ ..]) => listed(given, proposed, Role::parse(role).map(ListOwner::Role), rest),
        (Patch, ["rooms", id]) => {
            let id: RoomId = named(id, Problem::room_not_found())?;
            let change = body(proposed, || rooms::plans::managed(given, id).map(drop))?;
            rooms::plans::change(given, id, &change).map(Some).map_err(in_body)
        }
        (Delete, ["rooms", id]) => rooms::plans::remove(given, named(id, Problem::room_not_found())?).map(Some),
        (Post, ["rooms", id, "disable"]) => rooms::plans::set_state(given, named(id, Problem::room_not_found())?, RoomState::Disabled),
        (Post, ["rooms", id, "enable"]) => rooms::plans::set_state(given, named(id, Problem::room_not_found())?, RoomState::Active),
        (Post, ["rooms", id, "move"]) => {
            let id: RoomId = named(id, Problem::room_not_found())?;
            let to: MoveRoom = body(proposed, || rooms::plans::managed(given, id).map(drop))?;
            rooms::plans::relocate(given, id, to.category).map_err(in_body)
        }
        (Patch, ["categories", id]) => {
            let id: CategoryId = named(id, Problem::category_not_found())?;
            let change = body(proposed, || categories::plans::managed(given, id).map(drop))?;
            categories::plans::change(given, id, &change).map(Some).map_err(in_body)
        }
        (Delete, ["categories", id]) => categories::plans::remove(given, named(id, Problem::category_not_found())?).map(Some),
        (Post, ["categories", id, "move"]) => {
            let id: CategoryId = named(id, Problem::category_not_found())?;
            let to: MoveCategory = body(proposed, || categories::plans::managed(given, id).map(drop))?;
            categories::plans::relocate(given, id, to.parent).map(Some).map_err(in_body)
        }
        (Delete, ["groups", id]) => groups::plans::remove(given, named::<GroupId>(id, Problem::group_not_found())?).map(Some),
        (Patch, ["units", id]) => {
            let id: UnitId = named(id, Problem::unit_not_found())?;
            let change = body(proposed, || units::plans::managed(given, id).map(drop))?;
            units::plans::change(given, id, &change).map(Some).map_err(in_body)
        }
        (Delete, ["units", id]) => units::plans::remove(given, named(id, Problem::unit_not_found())?).map(Some),
        (Delete, ["domains", id]) => domains::plans::remove(given, named(id, Problem::domain_not_found())?).map(Some),
        (Patch, ["users", id]) => {
            let id: UserId = named(id, Problem::user_not_found())?;
            let change: ChangeUser = body(proposed, || users::plans::managed(given, id).map(drop))?;
            users::plans::change(given, id, &change, None, None).map(Some).map_err(in_body)
        }
        _ => Err(unknown()),
    }
}

/// Of a list as a whole, or of one entry in it.
fn listed(given: &Given<'_>, proposed: &Proposed, list: Option<ListOwner>, rest: &[&str]) -> Result<Option<Plan>> {
    let list = list.ok_or_else(Problem::not_found)?;
    let may = || lists::plans::may(given, list, true);
    let listed = match (proposed.method, rest) {
        (Method::Put, []) => lists::plans::replace(given, list, &body(proposed, may)?).map_err(in_body)?,
        (Method::Post, []) => lists::plans::add(given, list, &body(proposed, may)?).map_err(in_body)?,
        (Method::Patch, []) => lists::plans::change(given, list, &body(proposed, may)?).map_err(in_body)?,
        (Method::Delete, [principal]) => lists::plans::remove(given, list, named::<Principal>(principal, Problem::not_found())?)?,
        _ => return Err(unknown()),
    };
    Ok(listed.changes.then_some(listed.plan))
}

fn unknown() -> Problem {
    let mut problem = Problem::invalid().field("/path", "not-previewable", "No preview knows this call.");
    problem.detail = Some(String::from("A preview knows the calls that change lists, groups, roles, categories, rooms, units, domains and people."));
    problem
}

/// An id that can't be one answers as one that doesn't exist.
fn named<T: FromStr>(text: &str, missing: Problem) -> Result<T> {
    text.parse().map_err(|_| missing)
}

/// The call's body; if it is bad, `may` says whether the caller is told more than that he may not.
fn body<T: DeserializeOwned>(proposed: &Proposed, may: impl FnOnce() -> Result<()>) -> Result<T> {
    let body = match &proposed.body {
        Some(body) => read(body).map_err(in_body),
        None => Err(Problem::invalid().field("/body", "required", "This call takes a body.")),
    };
    body.or_else(|problem| {
        may()?;
        Err(problem)
    })
}

fn in_body(problem: Problem) -> Problem {
    problem.below("/body")
}
