pub(super) mod plans;

use std::collections::HashMap;
use std::sync::Arc;

use plans::Reach;
use stoa_domain::access::Snapshot;
use stoa_domain::id::UserId;
use stoa_domain::name::{check_account_name, name_key};
use stoa_domain::principal::Principal;
use stoa_domain::wire::access::Named;
use stoa_domain::wire::people::{Account, AccountDetails, ChangeUser, NewUser};
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::{Page, PageQuery, Person};
use stoa_store::{AccountFilter, AccountRow, Audit, NewAccount};

use super::carry::Seen;
use super::groups::plans::administers;
use super::plan::Given;
use super::{Kept, Once, check_name, expected};
use crate::access::person;
use crate::auth::{Passwords, account_name_rule, check_password};
use crate::paging::{Keyed, behind, page_of, paginate};
use crate::services::Core;
use crate::{Caller, Result, StoreProblem};

pub struct Users {
    core: Arc<Core>,
    passwords: Arc<Passwords>,
}

impl Users {
    pub(crate) const fn new(core: Arc<Core>, passwords: Arc<Passwords>) -> Self {
        Self { core, passwords }
    }

    fn reach(&self, caller: &Caller) -> Result<Reach> {
        Ok(Reach::of(&*self.core.access.vouched()?, caller.user))
    }

    /// People by name: the enabled ones to everyone (to partners only those whom they meet), all with their accounts to who administers them.
    ///
    /// # Errors
    /// 400 for a cursor that is made up.
    pub async fn list(&self, caller: &Caller, q: Option<&str>, page: &PageQuery) -> Result<Page<Account>> {
        let reach = self.reach(caller)?;
        let snapshot = self.core.access.vouched()?;
        if reach == Reach::Names && plans::is_partner(&snapshot, caller.user) {
            return met(&snapshot, caller.user, q, page);
        }
        let enabled = (reach == Reach::Names).then_some(true);
        if let Some(q) = q.map(str::trim).filter(|q| !q.is_empty()) {
            return self.named(snapshot, reach, name_key(q), enabled, page).await;
        }
        let filter = AccountFilter { q: None, enabled };
        let page = self.core.store.accounts(&filter, page).await.or_problem()?;
        Ok(Page { items: page.items.into_iter().map(|row| shown(&snapshot, row, reach)).collect(), next: page.next })
    }

    /// Those whose names contain this. The snapshot has the keys of all names at hand; the database would read every account.
    async fn named(&self, snapshot: Arc<Snapshot>, reach: Reach, wanted: String, enabled: Option<bool>, page: &PageQuery) -> Result<Page<Account>> {
        const LIST: &str = "users by name";
        let after = behind(LIST, page)?;
        let (names, query) = (Arc::clone(&snapshot), page.clone());
        let found = tokio::task::spawn_blocking(move || {
            let after = after.as_deref().and_then(|key| key.rsplit_once(' ')).map(|(name, _)| name);
            let fits = names.named_users().filter(|(user, keys)| keys.contains(&wanted) && enabled.is_none_or(|enabled| enabled == user.enabled));
            let by_name = fits.map(|(user, keys)| (keys.split('\n').next().unwrap_or_default(), user.id));
            let mut rest: Vec<_> = by_name.filter(|(name, _)| after.is_none_or(|after| *name > after)).collect();
            // Of a hundred thousand only the first are wanted in their order.
            let most = query.limit.unwrap_or(50).clamp(1, 200) as usize + 1;
            if rest.len() > most {
                rest.select_nth_unstable(most);
                rest.truncate(most);
            }
            rest.sort_unstable();
            page_of(LIST, &query, rest.into_iter().map(|(name, id)| (format!("{name} {id}"), id)))
        });
        let found = found.await.map_err(|_| Problem::internal())?;
        let mut rows: HashMap<UserId, AccountRow> = HashMap::new();
        for row in self.core.store.accounts_of(&found.items).await.or_problem()? {
            rows.insert(row.id, row);
        }
        let items = found.items.iter().filter_map(|id| rows.remove(id)).map(|row| shown(&snapshot, row, reach)).collect();
        Ok(Page { items, next: found.next })
    }

    /// # Errors
    /// 404 also for a disabled account, to who doesn't administer people.
    pub async fn get(&self, caller: &Caller, id: UserId) -> Result<Account> {
        let (reach, snapshot) = (self.reach(caller)?, self.core.access.vouched()?);
        let known = |row: &AccountRow| reach != Reach::Names || (row.enabled && plans::knows(&snapshot, caller.user, id));
        let row = self.core.store.account(id).await.or_problem()?.filter(known).ok_or_else(Problem::user_not_found)?;
        Ok(shown(&snapshot, row, reach))
    }

    /// # Errors
    /// 403, 422, 409 for a name that is taken.
    pub async fn create(&self, caller: &Caller, new: NewUser, key: Option<&str>) -> Result<Account> {
        self.may_create(caller)?;
        // Without the password: its hash would be kept, and would be a quick one to guess by.
        let once = Once::new(caller, "users", key, &(&new.name, &new.display_name, &new.email, new.unit, new.domain))?;
        if let Some(made) = once.before(&self.core).await? {
            return self.get(caller, made.into()).await;
        }
        let name = check_account_name(&new.name).map_err(|error| Problem::invalid().field("/name", error.code(), account_name_rule(error)))?;
        let display_name = check_name("/display_name", &new.display_name)?;
        let email = new.email.as_deref().filter(|email| !email.trim().is_empty()).map(check_email).transpose()?;
        if let Some(password) = &new.password {
            check_password(password, &name, &self.core.access.settings())?;
        }
        let stands = |snapshot: &Snapshot| {
            if new.domain.is_some_and(|domain| snapshot.domain(domain).is_none()) {
                return Err(Problem::invalid().field("/domain", "unknown", "There is no such domain."));
            }
            new.unit.map_or(Ok(()), |unit| plans::check_unit(snapshot, "/unit", unit))
        };
        stands(&*self.core.access.vouched()?)?;
        let password_hash = match &new.password {
            None => None,
            Some(password) => Some(self.passwords.hash(password).await?),
        };
        let id: UserId = self.core.environment.id();
        let after = serde_json::json!({ "name": name, "display_name": display_name, "email": email, "unit": new.unit, "domain": new.domain });
        let account = NewAccount { id, name, display_name, email, password_hash, domain: new.domain, unit: new.unit };
        let mut unit = self.core.unit(caller).await?;
        // What somebody is put into doesn't go meanwhile.
        self.core.access.refresh().await.or_problem()?;
        stands(&*self.core.access.vouched()?)?;
        let made = unit.insert_account(&account).await;
        let unit = match once.keep(&self.core, unit, id.0, made).await? {
            Kept::New(unit) => unit,
            Kept::Before(made) => return self.get(caller, made.into()).await,
        };
        let audit = Audit { action: "user.create", object: format!("user:{id}"), before: serde_json::Value::Null, after };
        self.core.commit(unit, audit).await?.shown(self.get(caller, id).await)
    }

    /// # Errors
    /// 404, 403, 428 and 412 by `If-Match`, 422, 409 for the last administrator.
    pub async fn change(&self, caller: &Caller, id: UserId, change: ChangeUser, if_match: Option<&str>) -> Result<Account> {
        let may = |given: &Given<'_>| plans::managed(given, id).map(drop);
        self.core.given(caller, may)?;
        let version = expected(if_match)?;
        let row = self.core.store.account(id).await.or_problem()?.ok_or_else(Problem::user_not_found)?;
        if row.version != version {
            return Err(Problem::changed_meanwhile());
        }
        let planned = |given: &Given<'_>, hash: Option<String>| plans::change(given, id, &change, hash, row.email.as_deref());
        self.core.given(caller, |given| planned(given, None).map(drop))?;
        let hash = match &change.password {
            None => None,
            Some(password) => Some(self.passwords.hash(password).await?),
        };
        let done = self.core.carry_out(caller, Seen::Account(id, version), may, |given| planned(given, hash)).await?;
        done.shown(self.get(caller, id).await)
    }

    /// Ends all sessions of a person, with their sockets.
    ///
    /// # Errors
    /// 404, 403.
    pub async fn sign_out(&self, caller: &Caller, id: UserId) -> Result<()> {
        let may = |given: &Given<'_>| plans::managed(given, id).map(drop);
        self.core.carry_out(caller, Seen::Any, may, |given| plans::sign_out(given, id)).await.map(drop)
    }

    /// Whether the caller creates accounts.
    ///
    /// # Errors
    /// 403.
    pub fn may_create(&self, caller: &Caller) -> Result<()> {
        self.core.given(caller, administers)
    }
}

/// Only what can't be an address at all is refused; whether mail arrives, nobody can tell from the text.
pub(super) fn check_email(email: &str) -> Result<String> {
    let email = email.trim();
    let plausible = email.len() <= 254
        && email.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'))
        && !email.chars().any(|c| c.is_whitespace() || stoa_domain::name::is_forbidden(c));
    if plausible { Ok(email.to_owned()) } else { Err(Problem::invalid().field("/email", "not-an-address", "This is not an address.")) }
}

/// Whom a partner finds: those of the rooms that he enters, by name.
fn met(snapshot: &Snapshot, partner: UserId, q: Option<&str>, page: &PageQuery) -> Result<Page<Account>> {
    let wanted = q.map(name_key);
    let found = snapshot.meets(partner).into_iter().filter_map(|user| {
        let key = name_key(&user.name);
        let fits = wanted.as_ref().is_none_or(|wanted| key.contains(wanted) || name_key(&user.display_name).contains(wanted));
        let account = || Account { person: person(snapshot, user.id), enabled: true, account: None };
        fits.then(|| Keyed { key: format!("{key} {}", user.id), item: account() })
    });
    paginate("met", found.collect(), page)
}

fn shown(snapshot: &Snapshot, row: AccountRow, reach: Reach) -> Account {
    let stands = snapshot.user(row.id);
    let unit = stands.and_then(|user| snapshot.unit(user.unit?));
    let domain = stands.and_then(|user| snapshot.domain(user.domain?));
    Account {
        person: Person { id: row.id, name: row.name, display_name: row.display_name },
        enabled: row.enabled,
        account: (reach != Reach::Names).then(|| AccountDetails {
            email: row.email.filter(|email| !email.is_empty()),
            unit: unit.map(|unit| Named { principal: Principal::Unit(unit.id), name: unit.name.clone() }),
            domain: domain.map(|domain| Named { principal: Principal::Domain(domain.id), name: domain.name.clone() }),
            roles: row.roles,
            created_at: row.created_at,
            last_sign_in: row.last_sign_in,
            version: row.version.to_string(),
        }),
    }
}
