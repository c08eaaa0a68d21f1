use std::collections::HashSet;
use std::sync::Arc;

use stoa_domain::access::{self, Entry, ListOwner, Snapshot};
use stoa_domain::id::AccessVersion;
use stoa_domain::person::Role;
use stoa_domain::principal::Principal;
use stoa_domain::time::Timestamp;
use stoa_domain::wire::PageQuery;
use stoa_domain::wire::list::{ChangeList, List, ListEntry, NewEntry, NewList};
use stoa_domain::wire::problem::Problem;
use stoa_store::{Append, Appending, Audit, Unit};

use super::expected;
use crate::access::person;
use crate::paging::{Keyed, paginate};
use crate::services::Core;
use crate::{Caller, Result, StoreProblem};

/// Entries of one list.
const LIST_LIMIT: usize = 10_000;

pub struct Lists {
    core: Arc<Core>,
}

impl Lists {
    pub(crate) const fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// A list as it was entered, by name.
    ///
    /// # Errors
    /// 404 where the owner doesn't exist for the caller, 403 to who neither manages it nor sees it in the console.
    pub async fn get(&self, caller: &Caller, list: ListOwner, page: &PageQuery) -> Result<List> {
        self.seen(caller, list, false)?;
        // In this order what is shown may be newer than the version, which only has a change be
        // refused; the other way round somebody would overwrite what he hasn't seen.
        let version = self.core.store.list_version(list).await.or_problem()?;
        self.core.access.refresh().await.or_problem()?;
        let snapshot = self.seen(caller, list, false)?;
        made(&snapshot, list, snapshot.list(list).iter(), page, version)
    }

    /// Sets the whole list.
    ///
    /// # Errors
    /// 404, 403, 428 and 412 by `If-Match`, 422 for entries of unknown principals.
    pub async fn replace(&self, caller: &Caller, list: ListOwner, new: NewList, if_match: Option<&str>) -> Result<List> {
        let snapshot = self.seen_now(caller, list).await?;
        let version = expected(if_match)?;
        // Asked here too, since a change that comes too late is told so before what else is wrong with it.
        if self.core.store.list_version(list).await.or_problem()? != version {
            return Err(Problem::changed_meanwhile());
        }
        let entries = self.entries(caller, list, &snapshot, &new.items)?;
        let before = snapshot.list(list);
        let stay: HashSet<Principal> = entries.iter().map(|entry| entry.principal).collect();
        let gone: Vec<_> = before.iter().map(|entry| entry.principal).filter(|principal| !stay.contains(principal)).collect();
        // An entry that stays as it was keeps who added it and when.
        let put: Vec<_> = entries.into_iter().filter(|entry| before.get(entry.principal).is_none_or(|old| old.until != entry.until)).collect();
        let mut unit = self.core.unit(caller).await?;
        unit.expect_list(list, version).await.or_problem()?;
        unit.remove_entries(list, &gone).await.or_problem()?;
        unit.put_entries(list, &put).await.or_problem()?;
        let made = self.finish(caller, &snapshot, list, unit, "list.replace", &put, &gone).await?;
        // Where all stays as it was, so does the version.
        Ok(if put.is_empty() && gone.is_empty() { List { version: version.to_string(), ..made } } else { made })
    }

    /// Adds one entry, or gives it another end.
    ///
    /// # Errors
    /// 404, 403, 422.
    pub async fn add(&self, caller: &Caller, list: ListOwner, new: NewEntry) -> Result<List> {
        let snapshot = self.seen_now(caller, list).await?;
        let entries = self.entries(caller, list, &snapshot, std::slice::from_ref(&new))?;
        let mut unit = self.core.unit(caller).await?;
        unit.put_entries(list, &entries).await.or_problem()?;
        self.finish(caller, &snapshot, list, unit, "list.add", &entries, &[]).await
    }

    /// Adds and removes entries in one change. What others do to the same list meanwhile stays, unless the
    /// caller wants to be told with `If-Match`; entries that aren't there needn't be removed.
    ///
    /// # Errors
    /// 404, 403, 412 by `If-Match`, 422.
    pub async fn change(&self, caller: &Caller, list: ListOwner, change: ChangeList, if_match: Option<&str>) -> Result<List> {
        let snapshot = self.seen_now(caller, list).await?;
        let version = if_match.map(|tag| expected(Some(tag))).transpose()?;
        let now = self.core.store.list_version(list).await.or_problem()?;
        if version.is_some_and(|version| version != now) {
            return Err(Problem::changed_meanwhile());
        }
        let entries = self.entries(caller, list, &snapshot, &change.add)?;
        if let Some(both) = change.remove.iter().find(|gone| entries.iter().any(|entry| entry.principal == **gone)) {
            return Err(Problem::invalid().field("/remove", "also-added", format!("{both} is to be added and removed at once.")));
        }
        let before = snapshot.list(list);
        let put: Vec<_> = entries.into_iter().filter(|entry| before.get(entry.principal).is_none_or(|old| old.until != entry.until)).collect();
        let mut unit = self.core.unit(caller).await?;
        if let Some(version) = version {
            unit.expect_list(list, version).await.or_problem()?;
        }
        unit.remove_entries(list, &change.remove).await.or_problem()?;
        unit.put_entries(list, &put).await.or_problem()?;
        self.finish(caller, &snapshot, list, unit, "list.change", &put, &change.remove).await
    }

    /// Removes one entry.
    ///
    /// # Errors
    /// 404 also when there is no such entry, 403.
    pub async fn remove(&self, caller: &Caller, list: ListOwner, principal: Principal) -> Result<()> {
        let snapshot = self.seen_now(caller, list).await?;
        let mut unit = self.core.unit(caller).await?;
        if unit.remove_entries(list, &[principal]).await.or_problem()? == 0 {
            return Err(Problem::not_found());
        }
        self.finish(caller, &snapshot, list, unit, "list.remove", &[], &[principal]).await.map(drop)
    }

    /// What is asked of a caller whose request is bad: that he may change this list. Its version comes back.
    ///
    /// # Errors
    /// 404, 403.
    pub async fn may_change(&self, caller: &Caller, list: ListOwner) -> Result<String> {
        self.seen(caller, list, true)?;
        Ok(self.core.store.list_version(list).await.or_problem()?.to_string())
    }

    /// The newest snapshot, for who may change the list.
    async fn seen_now(&self, caller: &Caller, list: ListOwner) -> Result<Arc<Snapshot>> {
        self.seen(caller, list, true)?;
        self.core.access.refresh().await.or_problem()?;
        self.seen(caller, list, true)
    }

    /// The snapshot, if the caller may see the list, or change it.
    fn seen(&self, caller: &Caller, list: ListOwner, change: bool) -> Result<Arc<Snapshot>> {
        let forbidden = || Problem::forbidden().detail("Only those who manage it see and change its lists.");
        match list {
            ListOwner::Room(room, _) => {
                let (snapshot, decision) = self.core.access.room(caller.user, room)?;
                let may = if change { decision.rights.manage } else { decision.rights.see_in_console };
                if may { Ok(snapshot) } else { Err(forbidden()) }
            }
            ListOwner::Category(category, _) => {
                let snapshot = self.core.access.vouched()?;
                let may = snapshot.may_manage_category(caller.user, category)
                    || (!change && snapshot.holds(caller.user, Role::Auditor) && snapshot.category(category).is_some());
                if may {
                    return Ok(snapshot);
                }
                let visible = snapshot.visible_categories(caller.user).contains(&category);
                Err(if visible { forbidden() } else { Problem::category_not_found() })
            }
            ListOwner::Group(group) => {
                let snapshot = self.core.access.vouched()?;
                let holds = |role| snapshot.holds(caller.user, role);
                let changes = holds(Role::Administrator) || (holds(Role::UserAdministrator) && !snapshot.leads_to_role(group));
                let seen = holds(Role::Administrator) || holds(Role::UserAdministrator) || holds(Role::Auditor);
                let may = changes || (!change && seen);
                // Who may not know of groups isn't told which there are.
                if !seen || snapshot.group(group).is_none() {
                    return Err(Problem::group_not_found());
                }
                if may { Ok(snapshot) } else { Err(Problem::forbidden().detail("Only administrators change groups through which a role is held.")) }
            }
            ListOwner::Role(_) => {
                let snapshot = self.core.access.vouched()?;
                let may = snapshot.holds(caller.user, Role::Administrator) || (!change && snapshot.holds(caller.user, Role::Auditor));
                if may { Ok(snapshot) } else { Err(Problem::forbidden().detail("Only administrators give and take roles.")) }
            }
        }
    }

    /// Whom the sent entries name; a list can hold someone who isn't in scope, but nobody unknown.
    fn entries(&self, caller: &Caller, list: ListOwner, snapshot: &Snapshot, new: &[NewEntry]) -> Result<Vec<Entry>> {
        if new.len() > LIST_LIMIT {
            return Err(Problem::invalid().field("/items", "too-many", format!("At most {LIST_LIMIT} entries.")));
        }
        let now = self.core.environment.now();
        let mut entries: Vec<Entry> = Vec::with_capacity(new.len());
        let mut named = HashSet::new();
        for NewEntry { principal, until } in new {
            if !snapshot.exists(*principal) {
                return Err(Problem::invalid().field("/principal", "unknown", format!("There is no {principal}.")));
            }
            let fits = match list {
                ListOwner::Group(_) | ListOwner::Role(_) => matches!(principal, Principal::User(_) | Principal::Group(_)),
                ListOwner::Room(..) | ListOwner::Category(..) => true,
            };
            if !fits {
                return Err(Problem::invalid().field("/principal", "wrong-kind", "Only people and groups can stand here."));
            }
            if named.insert(*principal) {
                entries.push(Entry { principal: *principal, until: *until, added_by: Some(caller.user), added_at: now });
            }
        }
        Ok(entries)
    }

    /// Commits, and returns the list as it is now; who put himself on a list of a room does so
    /// before everyone's eyes.
    #[allow(clippy::too_many_arguments)]
    async fn finish(
        &self,
        caller: &Caller,
        snapshot: &Snapshot,
        list: ListOwner,
        mut unit: Box<dyn Unit>,
        action: &'static str,
        put: &[Entry],
        gone: &[Principal],
    ) -> Result<List> {
        let before = snapshot.list(list);
        let now = self.core.environment.now();
        if let ListOwner::Room(room, of) = list
            && let Some(whom) = own(caller, snapshot, before, put, now)
        {
            let environment = &self.core.environment;
            let name = snapshot.user(caller.user).map_or("?", |user| user.display_name.as_str());
            let what = Appending::Notice { text: format!("{name} added {whom} to the {of}.") };
            let version = unit.version();
            unit.append(&Append { room, author: caller.user, nonce: None, id: environment.id(), at: now, access_version: version, what }).await.or_problem()?;
        }
        let touched: HashSet<Principal> = gone.iter().copied().chain(put.iter().map(|entry| entry.principal)).collect();
        let before: Vec<Entry> = before.iter().collect();
        let mut after: Vec<Entry> = before.iter().filter(|entry| !touched.contains(&entry.principal)).copied().collect();
        after.extend_from_slice(put);
        let version = unit.version();
        self.core.commit(unit, Audit { action, object: object(list), before: listed(&before), after: listed(&after) }).await?;
        self.core.hub.look_again();
        // From what was committed, so that a database that is lost in this moment makes no failure of it.
        made(snapshot, list, after.into_iter(), &PageQuery::default(), version)
    }
}

/// How a notice names whom the entries bring in, if that is the caller where he wasn't by such an entry.
fn own(caller: &Caller, snapshot: &Snapshot, before: access::List<'_>, put: &[Entry], now: Timestamp) -> Option<String> {
    let brings = |entry: &&Entry| {
        let lived = before.get(entry.principal).is_some_and(|entry| entry.lives(now));
        entry.lives(now) && !lived && snapshot.is(caller.user, entry.principal)
    };
    let entry = put.iter().find(brings)?;
    if entry.principal == Principal::User(caller.user) {
        return Some(String::from("themselves"));
    }
    snapshot.name(entry.principal).map(str::to_owned)
}

/// As the audit log shows a list, always in one order.
fn listed(list: &[Entry]) -> serde_json::Value {
    let mut entries: Vec<_> = list.iter().map(|entry| (entry.principal.to_string(), entry.until)).collect();
    entries.sort_unstable();
    serde_json::json!(entries)
}

fn made(snapshot: &Snapshot, list: ListOwner, entries: impl Iterator<Item = Entry>, page: &PageQuery, version: AccessVersion) -> Result<List> {
    let page = paginate(&object(list), entries.map(|entry| shown(snapshot, &entry)).collect(), page)?;
    Ok(List { page, version: version.to_string() })
}

/// As the audit log names a list.
fn object(list: ListOwner) -> String {
    match list {
        ListOwner::Room(room, list) => format!("room:{room}/{list}"),
        ListOwner::Category(category, list) => format!("category:{category}/{list}"),
        ListOwner::Group(group) => format!("group:{group}/members"),
        ListOwner::Role(role) => format!("role:{}", role.as_str()),
    }
}

fn shown(snapshot: &Snapshot, entry: &Entry) -> Keyed<ListEntry> {
    let who = match entry.principal {
        Principal::User(user) => Some(person(snapshot, user)),
        _ => None,
    };
    let key = snapshot.name(entry.principal).map(stoa_domain::name::name_key).unwrap_or_default();
    let name = snapshot.name(entry.principal).filter(|_| who.is_none()).map(str::to_owned);
    let id = match entry.principal {
        Principal::User(id) => id.to_string(),
        Principal::Group(id) => id.to_string(),
        Principal::Unit(id) => id.to_string(),
        Principal::Domain(id) => id.to_string(),
        Principal::Everyone => String::from("everyone"),
    };
    Keyed {
        key: format!("{key} {id}"),
        item: ListEntry {
            principal: entry.principal,
            person: who,
            name,
            until: entry.until,
            added_by: entry.added_by.map(|user| person(snapshot, user)),
            added_at: entry.added_at,
        },
    }
}
