//! Whom a category lets into its rooms, and why.

use std::cmp::Reverse;

use stoa_domain::access::{self, CategoryExplanation, ListOwner, Snapshot};
use stoa_domain::category::CategoryList;
use stoa_domain::id::{CategoryId, RoomId, UserId};
use stoa_domain::name::name_key;
use stoa_domain::person::Role;
use stoa_domain::principal::Principal;
use stoa_domain::wire::PageQuery;
use stoa_domain::wire::access::{CategoryAccess, CategoryAccessQuery, CategoryPerson, CategoryScope, EnteredRooms, Named, ScopeEntry, ScopeLevel};
use stoa_domain::wire::problem::Problem;

use super::super::explain::told;
use super::super::lists::plans;
use super::Categories;
use crate::access::person;
use crate::audit::is_own;
use crate::paging::{Keyed, paginate};
use crate::{Caller, Result};

/// Entries of one level that are told.
const ENTRIES: usize = 200;

impl Categories {
    /// Whom the category lets in, with what each level contributes; or what it is to one person, and why.
    ///
    /// # Errors
    /// 404 where the category doesn't exist for the caller or the person is unknown to him, 403 to who doesn't
    /// see its lists, 400 for a cursor that is made up.
    pub async fn access(&self, caller: &Caller, category: CategoryId, query: &CategoryAccessQuery) -> Result<CategoryAccess> {
        let snapshot = self.core.access.vouched()?;
        let managers = ListOwner::Category(category, CategoryList::Managers);
        self.core.given_on(&snapshot, caller, |given| plans::may(given, managers, false))?;
        let own = is_own(&snapshot, caller.user, managers);
        let (asking, query) = (Asking { caller: caller.user, category }, query.clone());
        let asked = query.user.map_or(serde_json::Value::Null, |user| serde_json::json!({ "user": user.to_string() }));
        let work = move || match query.user {
            Some(user) => asking.one(&snapshot, user).map(|one| CategoryAccess::One(Box::new(one))),
            None => asking.all(&snapshot, query).map(CategoryAccess::All),
        };
        // The people of a whole company are put in order.
        let answer = tokio::task::spawn_blocking(work).await.map_err(|_| Problem::internal())??;
        if !own {
            self.core.looked_for(caller, "access.look", format!("category:{category}"), asked);
        }
        Ok(answer)
    }
}

#[derive(Clone, Copy)]
struct Asking {
    caller: UserId,
    category: CategoryId,
}

impl Asking {
    fn one(self, snapshot: &Snapshot, user: UserId) -> Result<CategoryPerson> {
        let explained = snapshot.explain_category(user, self.category).filter(|explained| self.may_know(snapshot, user, explained.passes));
        let explained = explained.ok_or_else(Problem::user_not_found)?;
        let seen: Vec<RoomId> = self.rooms(snapshot).filter(|room| snapshot.decide(self.caller, *room).rights.see_in_console).collect();
        let entered = seen.iter().filter(|room| snapshot.decide(user, **room).rights.enter).count() as u64;
        let rooms = EnteredRooms { entered, of: seen.len() as u64 };
        Ok(CategoryPerson { rooms: Some(rooms), ..shown(snapshot, user, explained) })
    }

    fn all(self, snapshot: &Snapshot, query: CategoryAccessQuery) -> Result<CategoryScope> {
        let category = self.category;
        let people = snapshot.who_passes(category).into_iter().filter(|user| self.may_know(snapshot, user.id, true));
        let people: Vec<_> = people.map(|user| Keyed { key: format!("{} {}", name_key(&user.display_name), user.id), item: user.id }).collect();
        let count = people.len() as u64;
        let page = paginate(&format!("access {category}"), people, &PageQuery { cursor: query.cursor, limit: query.limit })?;
        let explained = |user: &UserId| snapshot.explain_category(*user, category).map(|explained| shown(snapshot, *user, explained));
        let mut levels: Vec<ScopeLevel> = snapshot.path_up(category).map(|level| self.level(snapshot, level)).collect();
        levels.reverse();
        Ok(CategoryScope { people: count, levels, items: page.items.iter().filter_map(explained).collect(), next: page.next })
    }

    fn level(self, snapshot: &Snapshot, level: &access::Category) -> ScopeLevel {
        let id = level.id;
        let sees = snapshot.may_manage_category(self.caller, id) || snapshot.holds(self.caller, Role::Auditor);
        let entries = sees.then(|| {
            let lists = [CategoryList::Denied, CategoryList::Allowed].into_iter();
            let entries = lists.flat_map(|list| snapshot.list(ListOwner::Category(id, list)).iter().map(move |entry| (list, entry)));
            let live = entries.filter(|(_, entry)| entry.lives(snapshot.at) && snapshot.exists(entry.principal));
            let mut entries: Vec<ScopeEntry> = live
                .map(|(list, entry)| {
                    let (people, passing) = snapshot.passing_of(entry.principal, self.category);
                    ScopeEntry { list: list.to_string(), principal: named(snapshot, entry.principal), until: entry.until, people, passing }
                })
                .collect();
            entries.sort_by_cached_key(|entry| (Reverse(entry.people), name_key(&entry.principal.name), entry.principal.principal));
            entries.truncate(ENTRIES);
            entries
        });
        ScopeLevel { id, name: level.name.clone(), scope: level.scope, entries }
    }

    /// The rooms in the category and below it.
    fn rooms(self, snapshot: &Snapshot) -> impl Iterator<Item = RoomId> {
        let below = move |category| snapshot.path_up(category).any(|level| level.id == self.category);
        snapshot.rooms().filter(move |room| below(room.category)).map(|room| room.id)
    }

    /// Of a disabled account knows who administers people, and whom a list here shows it; a partner knows only
    /// of those whom a room brings him together with.
    fn may_know(self, snapshot: &Snapshot, user: UserId, passes: bool) -> bool {
        let Self { caller, category } = self;
        let sees_all = [Role::Administrator, Role::UserAdministrator, Role::Auditor].into_iter().any(|role| snapshot.holds(caller, role));
        let internal = |user| snapshot.user(user).is_some_and(|user| user.enabled && user.domain.is_none());
        let listed = || CategoryList::ALL.iter().any(|list| snapshot.list(ListOwner::Category(category, *list)).contains(Principal::User(user)));
        let enters = |user, room| snapshot.decide(user, room).rights.enter;
        let meets = || self.rooms(snapshot).any(|room| enters(caller, room) && enters(user, room));
        sees_all || caller == user || (internal(caller) && (passes || internal(user))) || listed() || meets()
    }
}

fn named(snapshot: &Snapshot, principal: Principal) -> Named {
    Named { principal, name: snapshot.name(principal).unwrap_or_default().to_owned() }
}

fn shown(snapshot: &Snapshot, user: UserId, explained: CategoryExplanation) -> CategoryPerson {
    let CategoryExplanation { passes, manages, creates, because } = explained;
    let because = because.into_iter().map(|reason| told(snapshot, reason)).collect();
    CategoryPerson { user: person(snapshot, user), passes, manage: manages, create_rooms: creates, because, rooms: None }
}
