//! Parts of a request as the endpoints want them: ids of their kind from paths, queries,
//! preconditions. An id that can't be one answers as one that doesn't exist.

use std::str::FromStr;

use axum::extract::{FromRequestParts, Query, RawPathParams};
use http::HeaderName;
use http::header;
use http::request::Parts;
use serde::de::DeserializeOwned;
use stoa_domain::category::CategoryList;
use stoa_domain::id::{CategoryId, DomainId, FileId, GroupId, ImportId, QueryId, RoomId, UnitId, UserId};
use stoa_domain::person::Role;
use stoa_domain::principal::Principal;
use stoa_domain::room::RoomList;
use stoa_domain::wire::problem::Problem;

use super::Refused;

async fn parameter<T, S: Send + Sync>(parts: &mut Parts, state: &S, name: &str, parse: impl FnOnce(&str) -> Option<T>, missing: Problem) -> Result<T, Refused> {
    let Ok(parameters) = RawPathParams::from_request_parts(parts, state).await else { return Err(missing.into()) };
    let text = parameters.iter().find(|(key, _)| *key == name).map(|(_, text)| text);
    text.and_then(parse).ok_or_else(|| missing.into())
}

macro_rules! parameters {
    ($($(#[$doc:meta])* $name:ident($inner:ty) = $key:literal, $parse:expr, $missing:ident;)+) => {$(
        $(#[$doc])*
        pub struct $name(pub $inner);
        impl<S: Send + Sync> FromRequestParts<S> for $name {
            type Rejection = Refused;
            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
                parameter(parts, state, $key, $parse, Problem::$missing()).await.map(Self)
            }
        }
    )+};
}

fn parsed<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

parameters! {
    RoomAt(RoomId) = "room", parsed, room_not_found;
    CategoryAt(CategoryId) = "category", parsed, category_not_found;
    GroupAt(GroupId) = "group", parsed, group_not_found;
    UnitAt(UnitId) = "unit", parsed, unit_not_found;
    DomainAt(DomainId) = "domain", parsed, domain_not_found;
    QueryAt(QueryId) = "query", parsed, query_not_found;
    ImportAt(ImportId) = "import", parsed, import_not_found;
    RoleAt(Role) = "role", Role::parse, not_found;
    AuditAt(i64) = "record", parsed, not_found;
    FileAt(FileId) = "file", parsed, file_not_found;
    QuarantinedAt(FileId) = "quarantined", parsed, file_not_found;
    UploadAt(FileId) = "upload", parsed, file_not_found;
    UserAt(UserId) = "user", parsed, user_not_found;
    RoomListAt(RoomList) = "list", RoomList::parse, not_found;
    CategoryListAt(CategoryList) = "list", CategoryList::parse, not_found;
    PrincipalAt(Principal) = "principal", parsed, not_found;
}

/// The query.
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Refused;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(rejection) => Err(Problem::malformed().detail(rejection.body_text()).into()),
        }
    }
}

/// The version that the caller changes, as it was sent.
pub struct IfMatch(Option<String>);

impl IfMatch {
    pub fn as_deref(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// Whether it names this version, where the caller wants to know.
    pub fn holds_if_sent(&self, version: &str) -> Result<(), Problem> {
        if self.0.is_some() { self.holds(version) } else { Ok(()) }
    }

    /// Whether it names this version.
    pub fn holds(&self, version: &str) -> Result<(), Problem> {
        let sent = self.0.as_deref().ok_or_else(Problem::version_required)?;
        if sent.trim_start_matches("W/").trim_matches('"') == version { Ok(()) } else { Err(Problem::changed_meanwhile()) }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let sent = parts.headers.get(header::IF_MATCH);
        Ok(Self(sent.map(|value| value.to_str().unwrap_or_default().trim().to_owned())))
    }
}

/// The key under which a creating call may be repeated.
pub struct IdempotencyKey(pub Option<String>);

const KEY_LIMIT: usize = 255;

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Refused;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let Some(sent) = parts.headers.get(HeaderName::from_static("idempotency-key")) else { return Ok(Self(None)) };
        match sent.to_str() {
            Ok(key) if !key.is_empty() && key.len() <= KEY_LIMIT => Ok(Self(Some(key.to_owned()))),
            _ => Err(Problem::malformed().detail(format!("An Idempotency-Key has 1 to {KEY_LIMIT} visible characters.")).into()),
        }
    }
}
