//! Signing in: passwords, throttling, the first administrator.

mod password;
mod throttle;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use stoa_domain::access::{Entry, ListOwner};
use stoa_domain::id::UserId;
use stoa_domain::name::{ACCOUNT_NAME_LIMIT, check_account_name, check_name, name_key};
use stoa_domain::person::Role;
use stoa_domain::principal::Principal;
use stoa_domain::wire::channel::ByeReason;
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::session::{Session, Setup, SetupState, SignIn};
use stoa_store::{Actor, Audit, NewAccount};
use subtle::ConstantTimeEq;

pub use password::hash_password;
pub(crate) use password::{Passwords, check as check_password};
use throttle::{Attempt, Throttle};

use crate::access::person;
use crate::channel::hub::Hub;
use crate::services::Core;
use crate::{Caller, Result, StoreProblem};

/// Bytes of the longest account name, however it is spelled.
const LONGEST_NAME: usize = ACCOUNT_NAME_LIMIT * 16;

pub struct Auth {
    core: Arc<Core>,
    passwords: Arc<Passwords>,
    throttle: Mutex<Throttle>,
    /// Of this start; worth nothing once there is an administrator.
    setup_token: String,
}

/// Who has signed in, and what with.
pub struct SignedIn {
    pub user: UserId,
    hash: Option<String>,
}

/// By hand, so that no log ever shows a hash.
impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn").field("user", &self.user).finish_non_exhaustive()
    }
}

/// An attempt that is under way; it ends with this, however it ends.
struct Open<'a> {
    auth: &'a Auth,
    of: Attempt,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.auth.throttle().end(self.of);
    }
}

impl Auth {
    pub(crate) fn new(core: Arc<Core>, passwords: Arc<Passwords>) -> Self {
        let setup_token = BASE64.encode(core.environment.random::<24>());
        Self { core, passwords, throttle: Mutex::default(), setup_token }
    }

    // ---- the first administrator ---------------------------------------------------------

    /// Whether the first administrator is still missing.
    ///
    /// # Errors
    /// 503 while rights can't be vouched for.
    pub fn setup_state(&self) -> Result<SetupState> {
        let snapshot = self.core.access.vouched()?;
        let needed = !snapshot.has_administrator();
        Ok(SetupState { needed })
    }

    /// What the set-up link carries, while it is needed.
    #[must_use]
    pub fn setup_link_token(&self) -> Option<&str> {
        self.setup_state().is_ok_and(|state| state.needed).then_some(self.setup_token.as_str())
    }

    /// Creates the first administrator.
    ///
    /// # Errors
    /// 403 with a wrong token or when there is one already, 422 for what can't be accepted.
    pub async fn setup(&self, setup: Setup, from: &str) -> Result<UserId> {
        let right: bool = setup.token.as_bytes().ct_eq(self.setup_token.as_bytes()).into();
        if !self.setup_state()?.needed || !right {
            return Err(Problem::forbidden()
                .detail("This set-up link is used or not of this start. The server prints a new one at each start while there is no administrator."));
        }
        self.create(&setup.name, &setup.display_name, &setup.password, from, true).await
    }

    /// Creates an administrator, from the command line.
    ///
    /// # Errors
    /// 409 for a name that is taken, 422 for what can't be accepted.
    pub async fn create_administrator(&self, name: &str, display_name: &str, password: &str) -> Result<UserId> {
        self.create(name, display_name, password, "command line", false).await
    }

    async fn create(&self, name: &str, display_name: &str, password: &str, from: &str, only_first: bool) -> Result<UserId> {
        let settings = self.core.access.settings();
        let name = check_account_name(name).map_err(|error| Problem::invalid().field("/name", error.code(), account_name_rule(error)))?;
        let display_name = check_name(display_name).map_err(|error| Problem::invalid().field("/display_name", error.code(), error.to_string()))?;
        check_password(password, &name, &settings)?;
        let hash = self.passwords.hash(password).await?;
        let id: UserId = self.core.environment.id();
        let mut unit = self.core.turn(Actor { user: None, from: from.to_owned() }).await?;
        // Under the unit's lock: two set-ups at once make one administrator.
        if only_first && unit.administrators().await.or_problem()? > 0 {
            return Err(Problem::forbidden().detail("There is an administrator already."));
        }
        let account =
            NewAccount { id, name: name.clone(), display_name: display_name.clone(), email: None, password_hash: Some(hash), domain: None, unit: None };
        unit.insert_account(&account).await.or_problem()?;
        let entry = Entry { principal: Principal::User(id), until: None, added_by: None, added_at: self.core.environment.now() };
        unit.put_entries(ListOwner::Role(Role::Administrator), &[entry]).await.or_problem()?;
        let after = serde_json::json!({ "name": name, "display_name": display_name, "roles": [Role::Administrator] });
        self.core.commit(unit, Audit { action: "user.create", object: format!("user:{id}"), before: serde_json::Value::Null, after }).await?;
        Ok(id)
    }

    /// Gives an account a new password, from the command line.
    ///
    /// # Errors
    /// 404 for an unknown name, 422 for a password that can't be accepted.
    pub async fn reset_password(&self, name: &str, password: &str) -> Result<()> {
        let account = self.core.store.account_by_key(&name_key(name)).await.or_problem()?.ok_or_else(Problem::user_not_found)?;
        check_password(password, &account.name, &self.core.access.settings())?;
        let hash = self.passwords.hash(password).await?;
        let actor = Actor { user: None, from: String::from("command line") };
        let mut unit = self.core.store.begin(actor, self.core.environment.now()).await.or_problem()?;
        unit.set_password(account.id, &hash).await.or_problem()?;
        let audit =
            Audit { action: "user.reset_password", object: format!("user:{}", account.id), before: serde_json::Value::Null, after: serde_json::Value::Null };
        unit.commit(audit).await.or_problem()?;
        Ok(())
    }

    // ---- sessions ------------------------------------------------------------------------

    /// Whose name and password these are.
    ///
    /// # Errors
    /// 401 if they are wrong (for unknown, disabled and password-less accounts after the same
    /// work), 429 after too many failures, 503 when too many sign in at once.
    pub async fn sign_in(&self, sign_in: SignIn, from: &str) -> Result<SignedIn> {
        // A name that nobody can have isn't looked up, nor made a key of: it may be very long.
        let key = Some(&sign_in.name).filter(|name| name.len() <= LONGEST_NAME).map(|name| name_key(name));
        let attempt = self.attempt(key.as_deref().unwrap_or(&sign_in.name), from)?;
        let account = match &key {
            Some(key) => self.core.store.account_by_key(key).await.or_problem()?,
            None => None,
        };
        let usable = account.filter(|account| account.enabled);
        let hash = usable.as_ref().and_then(|account| account.password_hash.clone());
        let right = self.passwords.verify(sign_in.password, hash).await?;
        let Some(account) = usable.filter(|_| right) else {
            metrics::counter!("stoa_sign_in_failures_total").increment(1);
            self.throttle().failed(attempt.of, self.core.environment.now());
            return Err(Problem::bad_credentials());
        };
        self.throttle().succeeded(attempt.of);
        drop(attempt);
        self.core.store.note_sign_in(account.id, self.core.environment.now()).await.or_problem()?;
        Ok(SignedIn { user: account.id, hash: account.password_hash })
    }

    /// Whether what was signed in with is still the account's password. Asked once the session is
    /// kept: a reset before that ended the sessions there were, and this one wasn't among them.
    ///
    /// # Errors
    /// 401 if the password was changed or the account disabled meanwhile.
    pub async fn still_holds(&self, signed_in: &SignedIn) -> Result<()> {
        let account = self.core.store.account(signed_in.user).await.or_problem()?;
        let holds = account.is_some_and(|account| account.enabled && account.password_hash == signed_in.hash);
        if holds { Ok(()) } else { Err(Problem::bad_credentials()) }
    }

    fn throttle(&self) -> MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn attempt(&self, account: &str, from: &str) -> Result<Open<'_>> {
        let of = Attempt::new(account, from);
        self.throttle().begin(of, self.core.access.settings().sign_in_failures, self.core.environment.now())?;
        Ok(Open { auth: self, of })
    }

    /// Who the caller is, and what he may.
    ///
    /// # Errors
    /// 401 if the account was disabled, 503 while rights can't be vouched for.
    pub fn session(&self, caller: &Caller) -> Result<Session> {
        let snapshot = self.core.access.vouched()?;
        let user = snapshot.user(caller.user).filter(|user| user.enabled).ok_or_else(Problem::not_signed_in)?;
        Ok(Session {
            user: person(&snapshot, user.id),
            roles: snapshot.roles(user.id).into_iter().collect(),
            manages_categories: snapshot.categories().any(|category| snapshot.may_manage_category(user.id, category.id)),
            may_create_rooms: snapshot.categories().any(|category| snapshot.may_create_room(user.id, category.id)),
        })
    }

    /// Ends this session, or all of the caller's, with their sockets.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn sign_out(&self, caller: &Caller, all: bool) -> Result<()> {
        if all {
            self.core.store.sessions_delete_of(caller.user, None).await.or_problem()?;
        } else {
            self.core.store.session_delete(caller.session).await.or_problem()?;
        }
        for socket in self.core.hub.sockets_of(caller.user) {
            if all || socket.session == caller.session {
                Hub::bye(&socket, 0, ByeReason::SessionEnded);
            }
        }
        Ok(())
    }
}

/// What an account name has to be, for the one who typed another.
pub(crate) fn account_name_rule(error: stoa_domain::name::NameError) -> String {
    use stoa_domain::name::NameError;
    match error {
        NameError::ForbiddenCharacter => String::from("Letters, digits and . _ - only, beginning and ending with a letter or digit."),
        NameError::TooLong { .. } => format!("At most {ACCOUNT_NAME_LIMIT} characters."),
        NameError::Empty => error.to_string(),
    }
}
