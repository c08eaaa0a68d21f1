//! All that a person can reach, and why.

use std::collections::BTreeMap;

use stoa_domain::access::{ListOwner, Snapshot};
use stoa_domain::id::{GroupId, UserId};
use stoa_domain::name::name_key;
use stoa_domain::person::Role;
use stoa_domain::principal::Principal;
use stoa_domain::wire::PageQuery;
use stoa_domain::wire::access::{HeldRole, Named, PersonAccess, ReachedRoom};
use stoa_domain::wire::problem::Problem;

use super::super::Rooms;
use super::super::explain::{explained, may_know};
use super::super::groups::plans::sees;
use crate::access::{person, room_info};
use crate::paging::{behind, page_of};
use crate::{Caller, Result};

impl Rooms {
    /// The rooms that a person reaches, as far as the caller sees them in the console, and why; to who sees
    /// accounts also the roles and groups.
    ///
    /// # Errors
    /// 404 for a person that the caller doesn't know of, 403 to who manages nothing, 400 for a cursor that is made up.
    pub async fn reached(&self, caller: &Caller, user: UserId, page: PageQuery) -> Result<PersonAccess> {
        let snapshot = self.core.access.vouched()?;
        let by = caller.user;
        let work = move || reached(&snapshot, by, user, &page);
        let reached = tokio::task::spawn_blocking(work).await.map_err(|_| Problem::internal())??;
        if by != user {
            self.core.looked(caller, "access.look", format!("user:{user}"));
        }
        Ok(reached)
    }
}

fn reached(snapshot: &Snapshot, caller: UserId, user: UserId, page: &PageQuery) -> Result<PersonAccess> {
    let all = sees(snapshot, caller);
    let internal = |user| snapshot.user(user).is_some_and(|user| user.domain.is_none());
    // A partner knows of nobody but of those whom a room brings him together with.
    let meets = || {
        let rooms = snapshot.rooms().filter(|room| snapshot.decide(caller, room.id).rights.enter && snapshot.decide(user, room.id).rights.enter);
        caller == user || rooms.count() > 0
    };
    let known = snapshot.user(user).is_some_and(|it| all || (it.enabled && (internal(caller) || meets())));
    if !known {
        return Err(Problem::user_not_found());
    }
    if !all && !snapshot.manages_something(caller) {
        return Err(Problem::forbidden().detail("Only those who manage something see what a person reaches."));
    }
    let list = format!("reach {user}");
    let after = behind(&list, page)?;
    let because = |room| explained(snapshot, user, room).map(|access| access.because).unwrap_or_default();
    let rooms = snapshot.rooms_by_path(after.as_deref(), false).filter_map(|(key, room)| {
        let decision = snapshot.decide(user, room.id);
        let reaches = decision.rights.find || decision.rights.manage;
        let seen = || snapshot.decide(caller, room.id).rights.see_in_console && may_know(snapshot, caller, user, room.id);
        (reaches && seen()).then(|| (key, ReachedRoom { because: because(room.id), room: room_info(snapshot, room, decision) }))
    });
    let stoa_domain::wire::Page { items, next } = page_of(&list, page, rooms);
    let (roles, groups) = if all { (roles(snapshot, user), groups(snapshot, user)) } else { (Vec::new(), Vec::new()) };
    Ok(PersonAccess { user: person(snapshot, user), roles, groups, items, next })
}

fn named(snapshot: &Snapshot, principal: Principal) -> Named {
    Named { principal, name: snapshot.name(principal).unwrap_or_default().to_owned() }
}

/// Each role with the entries that give it: the person's own, or those of groups.
fn roles(snapshot: &Snapshot, user: UserId) -> Vec<HeldRole> {
    let through = |role| {
        let entries = snapshot.list(ListOwner::Role(role)).iter().filter(|entry| entry.lives(snapshot.at) && snapshot.is(user, entry.principal));
        entries.map(|entry| named(snapshot, entry.principal)).collect()
    };
    Role::ALL.into_iter().filter(|role| snapshot.roles(user).contains(role)).map(|role| HeldRole { role, through: through(role) }).collect()
}

/// All groups in which the person is, directly or not, by name.
fn groups(snapshot: &Snapshot, user: UserId) -> Vec<Named> {
    let of = snapshot.principals(user).into_iter().filter_map(|principal| if let Principal::Group(id) = principal { snapshot.group(id) } else { None });
    let by_name: BTreeMap<(String, GroupId), Named> =
        of.map(|group| ((name_key(&group.name), group.id), named(snapshot, Principal::Group(group.id)))).collect();
    by_name.into_values().collect()
}
