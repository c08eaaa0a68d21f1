pub(super) mod plans;

use std::sync::Arc;

use plans::Listed;
use stoa_domain::access::{Entry, ListOwner, Snapshot};
use stoa_domain::id::AccessVersion;
use stoa_domain::name::name_key;
use stoa_domain::principal::Principal;
use stoa_domain::wire::list::{ChangeList, List, ListEntry, ListQuery, NewEntry, NewList};
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::{Page, PageQuery};

use super::carry::Seen;
use super::expected;
use super::plan::Given;
use crate::access::person;
use crate::audit::is_own;
use crate::paging::{Keyed, paginate};
use crate::services::Core;
use crate::{Caller, Result, StoreProblem};

pub struct Lists {
    core: Arc<Core>,
}

impl Lists {
    pub(crate) const fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// A list as it was entered, by name, or those of its entries that fit.
    ///
    /// # Errors
    /// 404 where the owner doesn't exist for the caller, 403 to who neither manages it nor sees it in the console.
    pub async fn get(&self, caller: &Caller, list: ListOwner, query: &ListQuery) -> Result<List> {
        self.seen(caller, list, false)?;
        // In this order what is shown may be newer than the version, which only has a change be
        // refused; the other way round somebody would overwrite what he hasn't seen.
        let version = self.core.store.list_version(list).await.or_problem()?;
        self.core.access.refresh().await.or_problem()?;
        let snapshot = self.seen(caller, list, false)?;
        let shown = shown_list(&snapshot, list, snapshot.list(list).iter(), query, version)?;
        if !is_own(&snapshot, caller.user, list) {
            self.core.looked(caller, "list.look", plans::object(list));
        }
        Ok(shown)
    }

    /// Sets the whole list.
    ///
    /// # Errors
    /// 404, 403, 428 and 412 by `If-Match`, 422 for entries of unknown principals.
    pub async fn replace(&self, caller: &Caller, list: ListOwner, new: NewList, if_match: Option<&str>) -> Result<List> {
        self.seen(caller, list, true)?;
        let version = expected(if_match)?;
        // Asked here too, since a change that comes too late is told so before what else is wrong with it.
        if self.core.store.list_version(list).await.or_problem()? != version {
            return Err(Problem::changed_meanwhile());
        }
        let (made, changes) = self.carry_out(caller, list, Seen::List(list, version), |given| plans::replace(given, list, &new)).await?;
        // Where all stays as it was, so does the version.
        Ok(if changes { made } else { List { version: version.to_string(), ..made } })
    }

    /// Adds one entry, or gives it another end.
    ///
    /// # Errors
    /// 404, 403, 422.
    pub async fn add(&self, caller: &Caller, list: ListOwner, new: NewEntry) -> Result<List> {
        Ok(self.carry_out(caller, list, Seen::Any, |given| plans::add(given, list, &new)).await?.0)
    }

    /// Adds and removes entries in one change. What others do to the same list meanwhile stays, unless the
    /// caller wants to be told with `If-Match`; entries that aren't there needn't be removed.
    ///
    /// # Errors
    /// 404, 403, 412 by `If-Match`, 422.
    pub async fn change(&self, caller: &Caller, list: ListOwner, change: ChangeList, if_match: Option<&str>) -> Result<List> {
        self.seen(caller, list, true)?;
        let version = if_match.map(|tag| expected(Some(tag))).transpose()?;
        let present = self.core.store.list_version(list).await.or_problem()?;
        if version.is_some_and(|version| version != present) {
            return Err(Problem::changed_meanwhile());
        }
        let seen = version.map_or(Seen::Any, |version| Seen::List(list, version));
        let (made, changes) = self.carry_out(caller, list, seen, |given| plans::change(given, list, &change)).await?;
        Ok(if changes { made } else { List { version: present.to_string(), ..made } })
    }

    /// Removes one entry.
    ///
    /// # Errors
    /// 404 also when there is no such entry, 403.
    pub async fn remove(&self, caller: &Caller, list: ListOwner, principal: Principal) -> Result<()> {
        self.carry_out(caller, list, Seen::Any, |given| plans::remove(given, list, principal)).await.map(drop)
    }

    /// What is asked of a caller whose request is bad: that he may change this list. Its version comes back.
    ///
    /// # Errors
    /// 404, 403.
    pub async fn may_change(&self, caller: &Caller, list: ListOwner) -> Result<String> {
        self.seen(caller, list, true)?;
        Ok(self.core.store.list_version(list).await.or_problem()?.to_string())
    }

    /// The snapshot, if the caller may see the list, or change it.
    fn seen(&self, caller: &Caller, list: ListOwner, change: bool) -> Result<Arc<Snapshot>> {
        let snapshot = self.core.access.vouched()?;
        self.core.given_on(&snapshot, caller, |given| plans::may(given, list, change))?;
        Ok(snapshot)
    }

    /// Carries a plan out, and returns the list as it is then, and whether it changed.
    async fn carry_out(&self, caller: &Caller, list: ListOwner, seen: Seen, make: impl FnOnce(&Given<'_>) -> Result<Listed>) -> Result<(List, bool)> {
        let mut answer = Err(Problem::internal());
        let done = self.core.carry_out(
            caller,
            seen,
            |given| plans::may(given, list, true),
            |given| {
                let Listed { plan, after, changes } = make(given)?;
                // From what is committed, so that a database that is lost right after makes no failure of it.
                answer = shown_list(given.snapshot, list, after.into_iter(), &ListQuery::default(), 0).map(|made| (made, changes));
                Ok(plan)
            },
        );
        let version = done.await?.version;
        self.core.hub.look_again();
        let (made, changes) = answer?;
        Ok((List { version: version.to_string(), ..made }, changes))
    }
}

fn shown_list(snapshot: &Snapshot, list: ListOwner, entries: impl Iterator<Item = Entry>, query: &ListQuery, version: AccessVersion) -> Result<List> {
    let words: Vec<String> = query.q.as_deref().unwrap_or_default().split_whitespace().map(name_key).collect();
    let fits = |keyed: &Keyed<Entry>| {
        let handle = || match keyed.item.principal {
            Principal::User(user) => snapshot.user(user).map(|user| name_key(&user.name)).unwrap_or_default(),
            _ => String::new(),
        };
        // The id at the end of the key is none of its words.
        let name = keyed.key.rsplit_once(' ').map_or("", |(name, _)| name);
        words.iter().all(|word| name.contains(word.as_str()) || handle().contains(word.as_str()))
            && query.idle.is_none_or(|idle| snapshot.effect(list, &keyed.item).1.is_some() == idle)
    };
    let found: Vec<Keyed<Entry>> = entries.map(|entry| Keyed { key: key(snapshot, entry.principal), item: entry }).filter(fits).collect();
    let total = found.len() as u64;
    // A cursor of another search would pass over what this one finds.
    let name = format!("{} {} {}", plans::object(list), words.join(" "), query.idle.map_or("", |idle| if idle { "idle" } else { "live" }));
    let page = paginate(&name, found, &PageQuery { cursor: query.cursor.clone(), limit: query.limit })?;
    let items = page.items.iter().map(|entry| shown(snapshot, list, entry)).collect();
    Ok(List { page: Page { items, next: page.next }, total, version: version.to_string() })
}

/// By name; who has the same one, by id.
fn key(snapshot: &Snapshot, principal: Principal) -> String {
    let key = snapshot.name_key(principal);
    match principal {
        Principal::User(id) => format!("{key} {id}"),
        Principal::Group(id) => format!("{key} {id}"),
        Principal::Unit(id) => format!("{key} {id}"),
        Principal::Domain(id) => format!("{key} {id}"),
        Principal::Everyone => format!("{key} everyone"),
    }
}

fn shown(snapshot: &Snapshot, list: ListOwner, entry: &Entry) -> ListEntry {
    let who = match entry.principal {
        Principal::User(user) => Some(person(snapshot, user)),
        _ => None,
    };
    let name = snapshot.name(entry.principal).filter(|_| who.is_none()).map(str::to_owned);
    let (people, idle) = snapshot.effect(list, entry);
    ListEntry {
        principal: entry.principal,
        person: who,
        name,
        until: entry.until,
        added_by: entry.added_by.map(|user| person(snapshot, user)),
        added_at: entry.added_at,
        people,
        idle,
    }
}
