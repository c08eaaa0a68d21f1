use std::sync::Arc;

use stoa_domain::id::UserId;
use stoa_domain::name::check_account_name;
use stoa_domain::person::Role;
use stoa_domain::wire::people::{Account, AccountDetails, ChangeUser, NewUser};
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::{Page, PageQuery, Person};
use stoa_store::{AccountFilter, AccountRow, Audit, NewAccount};

use super::{Kept, Once, check_name, expected};
use crate::auth::{Passwords, account_name_rule, check_password};
use crate::services::Core;
use crate::{Caller, Result, StoreProblem};

pub struct Users {
    core: Arc<Core>,
    passwords: Arc<Passwords>,
}

/// How far somebody reaches into accounts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// The names of enabled people.
    Names,
    /// All accounts with their details.
    See,
    /// And change those who hold no role.
    Change,
    /// And all others.
    ChangeAll,
}

impl Users {
    pub(crate) const fn new(core: Arc<Core>, passwords: Arc<Passwords>) -> Self {
        Self { core, passwords }
    }

    fn reach(&self, caller: &Caller) -> Result<Reach> {
        let snapshot = self.core.access.vouched()?;
        Ok(if snapshot.holds(caller.user, Role::Administrator) {
            Reach::ChangeAll
        } else if snapshot.holds(caller.user, Role::UserAdministrator) {
            Reach::Change
        } else if snapshot.holds(caller.user, Role::Auditor) {
            Reach::See
        } else {
            Reach::Names
        })
    }

    fn changer(&self, caller: &Caller) -> Result<Reach> {
        match self.reach(caller)? {
            reach @ (Reach::Change | Reach::ChangeAll) => Ok(reach),
            Reach::Names | Reach::See => Err(Problem::forbidden().detail("Only administrators of people do this.")),
        }
    }

    /// People by name: the enabled ones to everyone, all with their accounts to who administers them.
    ///
    /// # Errors
    /// 400 for a cursor that is made up.
    pub async fn list(&self, caller: &Caller, q: Option<&str>, page: &PageQuery) -> Result<Page<Account>> {
        let reach = self.reach(caller)?;
        let filter = AccountFilter { q: q.map(str::trim).filter(|q| !q.is_empty()).map(str::to_owned), enabled: (reach == Reach::Names).then_some(true) };
        let page = self.core.store.accounts(&filter, page).await.or_problem()?;
        Ok(Page { items: page.items.into_iter().map(|row| shown(row, reach)).collect(), next: page.next })
    }

    /// # Errors
    /// 404 also for a disabled account, to who doesn't administer people.
    pub async fn get(&self, caller: &Caller, id: UserId) -> Result<Account> {
        let reach = self.reach(caller)?;
        let row = self.core.store.account(id).await.or_problem()?.filter(|row| row.enabled || reach != Reach::Names).ok_or_else(Problem::user_not_found)?;
        Ok(shown(row, reach))
    }

    /// # Errors
    /// 403, 422, 409 for a name that is taken.
    pub async fn create(&self, caller: &Caller, new: NewUser, key: Option<&str>) -> Result<Account> {
        self.changer(caller)?;
        // Without the password: its hash would be kept, and would be a quick one to guess by.
        let once = Once::new(caller, "users", key, &(&new.name, &new.display_name, &new.email))?;
        if let Some(made) = once.before(&self.core).await? {
            return self.get(caller, made.into()).await;
        }
        let name = check_account_name(&new.name).map_err(|error| Problem::invalid().field("/name", error.code(), account_name_rule(error)))?;
        let display_name = check_name("/display_name", &new.display_name)?;
        let email = new.email.as_deref().filter(|email| !email.trim().is_empty()).map(check_email).transpose()?;
        let password_hash = match &new.password {
            None => None,
            Some(password) => {
                check_password(password, &name, &self.core.access.settings())?;
                Some(self.passwords.hash(password).await?)
            }
        };
        let id: UserId = self.core.environment.id();
        let after = serde_json::json!({ "name": name, "display_name": display_name, "email": email });
        let account = NewAccount { id, name, display_name, email, password_hash, domain: None, unit: None };
        let mut unit = self.core.unit(caller).await?;
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
        let before = self.core.store.account(id).await.or_problem()?;
        let before = before.filter(|row| row.enabled || self.reach(caller).is_ok_and(|reach| reach != Reach::Names)).ok_or_else(Problem::user_not_found)?;
        // Also those who hold one by a group.
        let holds_role = || -> Result<bool> { Ok(!before.roles.is_empty() || !self.core.access.vouched()?.roles(id).is_empty()) };
        if self.changer(caller)? == Reach::Change && holds_role()? {
            return Err(Problem::forbidden().detail("Only administrators change people who hold a role."));
        }
        let version = expected(if_match)?;
        if before.version != version {
            return Err(Problem::changed_meanwhile());
        }
        let display_name = change.display_name.as_deref().map(|name| check_name("/display_name", name)).transpose()?;
        let email = change.email.as_deref().map(|email| if email.trim().is_empty() { Ok(String::new()) } else { check_email(email) }).transpose()?;
        let hash = match &change.password {
            None => None,
            Some(password) => {
                check_password(password, &before.name, &self.core.access.settings())?;
                Some(self.passwords.hash(password).await?)
            }
        };
        let mut unit = self.core.unit(caller).await?;
        unit.expect_account(id, version).await.or_problem()?;
        if display_name.is_some() || email.is_some() {
            unit.set_profile(id, display_name.as_deref(), email.as_deref()).await.or_problem()?;
        }
        if let Some(hash) = &hash {
            unit.set_password(id, hash).await.or_problem()?;
        }
        if let Some(enabled) = change.enabled.filter(|enabled| *enabled != before.enabled) {
            unit.set_enabled(id, enabled).await.or_problem()?;
        }
        let described =
            |display_name: &str, email: Option<&str>, enabled: bool| serde_json::json!({ "display_name": display_name, "email": email, "enabled": enabled });
        let mut after = described(
            display_name.as_deref().unwrap_or(&before.display_name),
            email.as_deref().or(before.email.as_deref()),
            change.enabled.unwrap_or(before.enabled),
        );
        after["password_reset"] = hash.is_some().into();
        let before = described(&before.display_name, before.email.as_deref(), before.enabled);
        self.core.commit(unit, Audit { action: "user.change", object: format!("user:{id}"), before, after }).await?.shown(self.get(caller, id).await)
    }
}

/// Only what can't be an address at all is refused; whether mail arrives, nobody can tell from the text.
fn check_email(email: &str) -> Result<String> {
    let email = email.trim();
    let plausible = email.len() <= 254
        && email.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'))
        && !email.chars().any(|c| c.is_whitespace() || stoa_domain::name::is_forbidden(c));
    if plausible { Ok(email.to_owned()) } else { Err(Problem::invalid().field("/email", "not-an-address", "This is not an address.")) }
}

fn shown(row: AccountRow, reach: Reach) -> Account {
    Account {
        person: Person { id: row.id, name: row.name, display_name: row.display_name },
        enabled: row.enabled,
        account: (reach != Reach::Names).then(|| AccountDetails {
            email: row.email,
            roles: row.roles,
            created_at: row.created_at,
            last_sign_in: row.last_sign_in,
            version: row.version.to_string(),
        }),
    }
}
