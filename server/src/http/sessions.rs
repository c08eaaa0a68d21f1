//! Browser sessions: tower-sessions over our own store. The database holds a hash of what the
//! cookie carries, so nobody can use what he reads there. Visitors who never sign in have none.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use stoa_domain::id::UserId;
use stoa_domain::time::Timestamp;
use stoa_domain::wire::problem::Problem;
use stoa_services::{Caller, Environment, problem};
use stoa_store::{SessionKey, SessionRow, Store};
use time::OffsetDateTime;
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::{Expiry, Session, SessionManagerLayer, SessionStore, session_store};

use super::Shared;

/// Under which the session keeps who signed in.
const WHO: &str = "who";

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Who {
    user: UserId,
    since: Timestamp,
    /// When it was last used, roughly: it isn't written at every request.
    seen: Timestamp,
}

/// Its name. Over TLS one that browsers take only from this very host, and only over TLS.
#[must_use]
pub const fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-stoa" } else { "stoa" }
}

pub fn layer(store: Arc<dyn Store>, environment: Environment, secure: bool) -> SessionManagerLayer<Sessions> {
    SessionManagerLayer::new(Sessions { store, environment })
        .with_name(cookie_name(secure))
        .with_secure(secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
}

/// Whose session this is; ends it if it has run out or the account was disabled.
pub async fn resolve(shared: &Shared, session: &Session, from: String) -> Result<Option<Caller>, Problem> {
    let Some(mut who) = session.get::<Who>(WHO).await.map_err(away)? else { return Ok(None) };
    let Some(id) = session.id() else { return Ok(None) };
    let (now, settings) = (shared.environment.now(), shared.services.settings());
    let (idle, lifetime) = (seconds(settings.session_idle), seconds(settings.session_lifetime));
    if now.since(who.since) >= lifetime || now.since(who.seen) >= idle {
        session.flush().await.map_err(away)?;
        return Ok(None);
    }
    shared.services.access().confirm().await;
    if shared.services.access().snapshot().user(who.user).is_some_and(|user| !user.enabled) {
        return Ok(None);
    }
    if now.since(who.seen) >= idle / 20 {
        who.seen = now;
        remember(session, &who, idle, lifetime).await.map_err(away)?;
    }
    Ok(Some(Caller { user: who.user, session: key(id), from }))
}

/// Begins a session for who just signed in, under a new id: one that somebody planted before is worth nothing.
pub async fn begin(shared: &Shared, session: &Session, user: UserId, from: String) -> Result<Caller, Problem> {
    if shared.services.access().snapshot().user(user).is_none() {
        // An account that another server, or the command line, made in this very moment.
        shared.services.access().refresh().await.map_err(problem)?;
    }
    let (now, settings) = (shared.environment.now(), shared.services.settings());
    session.clear().await;
    session.cycle_id().await.map_err(away)?;
    let who = Who { user, since: now, seen: now };
    remember(session, &who, seconds(settings.session_idle), seconds(settings.session_lifetime)).await.map_err(away)?;
    session.save().await.map_err(away)?;
    let id = session.id().ok_or_else(Problem::internal)?;
    Ok(Caller { user, session: key(id), from })
}

/// Forgets the session, and has the browser forget its cookie.
pub async fn end(session: &Session) -> Result<(), Problem> {
    session.flush().await.map_err(away)
}

async fn remember(session: &Session, who: &Who, idle: Duration, lifetime: Duration) -> Result<(), tower_sessions::session::Error> {
    let ends = who.seen.plus(idle).min(who.since.plus(lifetime));
    session.set_expiry(Some(Expiry::AtDateTime(to_date(ends))));
    session.insert(WHO, who).await
}

fn seconds(seconds: u32) -> Duration {
    Duration::from_secs(seconds.into())
}

fn away(error: tower_sessions::session::Error) -> Problem {
    tracing::warn!(%error, "sessions unknown");
    Problem::unavailable().detail("Who you are can't be looked up at the moment.").retry_after(2)
}

/// What the database knows a session by.
fn key(id: Id) -> SessionKey {
    Sha256::digest(id.0.to_le_bytes()).into()
}

fn to_date(at: Timestamp) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.micros()) * 1_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

fn from_date(at: OffsetDateTime) -> Timestamp {
    Timestamp::from_micros(i64::try_from(at.unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX))
}

/// tower-sessions' records in our store.
#[derive(Clone)]
pub struct Sessions {
    store: Arc<dyn Store>,
    environment: Environment,
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}

impl Sessions {
    fn row(record: &Record) -> session_store::Result<SessionRow> {
        let user = record.data.get(WHO).and_then(|who| Who::deserialize(who).ok()).map(|who| who.user);
        let data = serde_json::to_string(&record.data).map_err(|error| session_store::Error::Encode(error.to_string()))?;
        Ok(SessionRow { key: key(record.id), user, data, expires_at: from_date(record.expiry_date) })
    }
}

fn backend(error: stoa_store::StoreError) -> session_store::Error {
    session_store::Error::Backend(problem(error).to_string())
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        while !self.store.session_create(&Self::row(record)?).await.map_err(backend)? {
            record.id = Id::default();
        }
        Ok(())
    }
    async fn save(&self, record: &Record) -> session_store::Result<()> {
        self.store.session_save(&Self::row(record)?).await.map_err(backend)
    }
    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let row = self.store.session_load(key(*id), self.environment.now()).await.map_err(backend)?;
        row.map(|row| {
            let data = serde_json::from_str(&row.data).map_err(|error| session_store::Error::Decode(error.to_string()))?;
            Ok(Record { id: *id, data, expiry_date: to_date(row.expires_at) })
        })
        .transpose()
    }
    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        self.store.session_delete(key(*id)).await.map_err(backend)
    }
}
