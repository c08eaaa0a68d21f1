//! Who calls: resolved once, from the session, or handed in by a page that is being rendered.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use stoa_domain::wire::problem::Problem;
use stoa_services::Caller;
use tower_sessions::Session;

use super::address::{self, Peer};
use super::{Refused, Shared, sessions};

/// A caller that is known already; stands in a request's extensions.
#[derive(Debug, Clone)]
pub struct Known(pub Option<Caller>);

/// A signed-in caller. First among a handler's arguments: who isn't signed in learns nothing else.
#[derive(Debug, Clone)]
pub struct SignedIn(pub Caller);

impl FromRequestParts<Arc<Shared>> for SignedIn {
    type Rejection = Refused;
    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Refused> {
        known_caller(parts, shared).await?.map(Self).ok_or_else(|| Problem::not_signed_in().into())
    }
}

/// Whoever it is that calls.
pub async fn known_caller(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Option<Caller>, Problem> {
    if let Some(Known(caller)) = parts.extensions.get() {
        return Ok(caller.clone());
    }
    let Some(session) = parts.extensions.get::<Session>().cloned() else { return Ok(None) };
    let from = address(parts, shared);
    let caller = sessions::resolve(shared, &session, from).await?;
    parts.extensions.insert(Known(caller.clone()));
    Ok(caller)
}

/// The client's address.
#[derive(Debug, Clone)]
pub struct Address(pub String);

impl FromRequestParts<Arc<Shared>> for Address {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Self::Rejection> {
        Ok(Self(address(parts, shared)))
    }
}

fn address(parts: &Parts, shared: &Shared) -> String {
    if let Some(Address(known)) = parts.extensions.get() {
        return known.clone();
    }
    // Without a listener (in tests) it is a call from here.
    let peer = parts.extensions.get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0.ip());
    address::client(peer, &parts.headers, &shared.config.proxy).to_string()
}
