//! Whether the server lives, whether it can serve, and how it fares.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header;
use stoa_domain::wire::problem::Problem;

use super::address::{self, Peer};
use super::{Answer, Shared};

/// The process answers.
pub async fn live() -> &'static str {
    "alive\n"
}

/// The services run and the database answers.
pub async fn ready(State(shared): State<Arc<Shared>>) -> Answer<&'static str> {
    shared.services.ready().await?;
    Ok("ready\n")
}

/// For Prometheus.
pub async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    shared.metrics.as_ref().map_or_else(
        || super::Refused(Problem::not_found()).into_response(),
        |metrics| ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.render()).into_response(),
    )
}

/// The same on the main address: to this machine only, and not through a proxy that stands on it.
pub async fn metrics_here(state: State<Arc<Shared>>, request: Request) -> Response {
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0.ip());
    let forwarded = ["x-forwarded-for", "forwarded", "via"].iter().any(|name| request.headers().contains_key(*name));
    let here = peer.is_some_and(|peer| address::client(peer, request.headers(), &state.config.proxy).is_loopback());
    if here && !forwarded && state.config.metrics.listen.is_none() { metrics(state).await } else { super::Refused(Problem::not_found()).into_response() }
}
