use std::sync::Arc;

use stoa_domain::access::{Explanation, ListOwner, Reason, Snapshot};
use stoa_domain::id::{RoomId, UserId};
use stoa_domain::person::Role;
use stoa_domain::principal::Principal;
use stoa_domain::room::RoomList;
use stoa_domain::wire::PageQuery;
use stoa_domain::wire::access::{Access, AccessQuery, At, Because, Named, RoomAccess};
use stoa_domain::wire::problem::Problem;

use super::Rooms;
use crate::access::person;
use crate::audit::is_own;
use crate::paging::{behind, page_of};
use crate::{Caller, Result};

impl Rooms {
    /// Who may enter a room, and why; or what one person may do there, and why; now or as it was at an earlier
    /// moment. Whether the caller may ask, and about whom, is decided by what holds now.
    ///
    /// # Errors
    /// 404 where the room doesn't exist for the caller, 403 to who doesn't see it in the console,
    /// 404 for an unknown person, 400 for a cursor that is made up, 422 for a moment that is to come.
    pub async fn access(&self, caller: &Caller, room: RoomId, query: &AccessQuery) -> Result<RoomAccess> {
        let (present, decision) = self.core.access.room(caller.user, room)?;
        if !decision.rights.see_in_console {
            return Err(Problem::forbidden().detail("Only those who manage it see who may enter a room, and why."));
        }
        if query.user.is_some_and(|user| !may_know(&present, caller.user, user, room)) {
            return Err(Problem::user_not_found());
        }
        if query.at.is_some_and(|at| at > self.core.environment.now()) {
            return Err(Problem::invalid().field("/at", "to-come", "What will be nobody knows: the moment has to be past."));
        }
        let snapshot = match query.at {
            None => Arc::clone(&present),
            Some(at) => self.past.at(&self.core, at).await?,
        };
        if !is_own(&present, caller.user, ListOwner::Room(room, RoomList::Managers)) {
            let mut asked = serde_json::Map::new();
            asked.extend(query.user.map(|user| (String::from("user"), user.to_string().into())));
            asked.extend(query.at.map(|at| (String::from("at"), at.to_string().into())));
            let asked = if asked.is_empty() { serde_json::Value::Null } else { asked.into() };
            self.core.looked_for(caller, "access.look", format!("room:{room}"), asked);
        }
        if let Some(user) = query.user {
            return explained(&snapshot, user, room).map(RoomAccess::One).ok_or_else(Problem::user_not_found);
        }
        let page = PageQuery { cursor: query.cursor.clone(), limit: query.limit };
        let list = format!("access {room} {}", query.at.map(|at| at.to_string()).unwrap_or_default());
        let after = behind(&list, &page)?;
        let people = snapshot.entering_by_name(room, after.as_deref());
        // Then others may have been there than those whom a partner meets now.
        let people = people.filter(|(_, user)| query.at.is_none() || may_know(&present, caller.user, user.id, room));
        let page = page_of(&list, &page, people.filter_map(|(key, user)| Some((key, explained(&snapshot, user.id, room)?))));
        Ok(RoomAccess::All(page))
    }
}

/// Who administers no people knows of a disabled account only where a list of the room shows it, and a
/// partner only of the people whom the room brings him together with.
pub(super) fn may_know(snapshot: &Snapshot, caller: UserId, user: UserId, room: RoomId) -> bool {
    let sees_all = [Role::Administrator, Role::UserAdministrator, Role::Auditor].into_iter().any(|role| snapshot.holds(caller, role));
    let listed = || RoomList::ALL.iter().any(|list| snapshot.list(ListOwner::Room(room, *list)).contains(Principal::User(user)));
    let finds = || {
        let internal = |user| snapshot.user(user).is_some_and(|user| user.enabled && user.domain.is_none());
        internal(caller) && internal(user)
    };
    sees_all || caller == user || finds() || snapshot.decide(user, room).rights.enter || listed()
}

pub(super) fn explained(snapshot: &Snapshot, user: UserId, room: RoomId) -> Option<Access> {
    let Explanation { decision, because } = snapshot.explain(user, room)?;
    let because = because.into_iter().map(|reason| told(snapshot, reason)).collect();
    Some(Access { user: person(snapshot, user), may: decision.rights, refusal: decision.refusal, because })
}

pub(super) fn told(snapshot: &Snapshot, reason: Reason) -> Because {
    let named = |principal: Principal| Named { principal, name: snapshot.name(principal).unwrap_or_default().to_owned() };
    let (list, at) = match reason.list {
        Some(ListOwner::Room(id, list)) => {
            (Some(list.to_string()), Some(At::Room { id, name: snapshot.room(id).map(|room| room.name.clone()).unwrap_or_default() }))
        }
        Some(ListOwner::Category(id, list)) => {
            let name = snapshot.category(id).map(|category| category.name.clone()).unwrap_or_default();
            (Some(list.to_string()), Some(At::Category { id, name }))
        }
        Some(ListOwner::Role(role)) => (Some(role.as_str().to_owned()), Some(At::Pool)),
        Some(ListOwner::Group(_)) | None => (None, None),
    };
    Because {
        rule: reason.rule,
        list,
        at,
        via: reason.via.into_iter().map(named).collect(),
        until: reason.until,
        since: reason.since,
        by: reason.by.map(|user| person(snapshot, user)),
    }
}
