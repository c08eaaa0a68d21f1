use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::HeaderMap;
use stoa_domain::wire::lookup::Lookup;

use crate::http::docs::SignedInOnly;
use crate::http::{API, Answer, Shared, SignedIn};

/// Where my channel is, with a ticket for it; my rooms, and the limits.
///
/// The ticket is offered once, within 30 seconds, as the subprotocol `ticket.…` beside `stoa.1`.
#[utoipa::path(post, path = "/lookup", tag = "Live", responses((status = 200, body = Lookup), SignedInOnly))]
pub async fn lookup(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, headers: HeaderMap) -> Answer<Json<Lookup>> {
    let channel = format!("{}{API}/channel", shared.origins.own(&headers, true));
    Ok(Json(shared.services.lookup.lookup(&caller, &channel).await?))
}
