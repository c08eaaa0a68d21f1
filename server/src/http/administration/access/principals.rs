use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::Page;
use stoa_domain::wire::principals::{FoundPrincipal, PrincipalQuery, Resolve, Resolved};

use crate::http::docs::{Changing, Forbidden, SignedInOnly};
use crate::http::extract::Asked;
use crate::http::input::Input;
use crate::http::{Answer, Shared, SignedIn};

/// Whom a list can name: people, groups, units, domains, everyone; those whose names fit best.
#[utoipa::path(get, path = "/principals", tag = "Access", params(PrincipalQuery),
    responses((status = 200, body = Page<FoundPrincipal>), SignedInOnly, Forbidden))]
pub async fn find_principals(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    Asked(query): Asked<PrincipalQuery>,
) -> Answer<Json<Page<FoundPrincipal>>> {
    Ok(Json(shared.services.principals.find(&caller, &query).await?))
}

/// Recognises whom the lines of a pasted list name.
#[utoipa::path(post, path = "/principals/resolve", tag = "Access", request_body = Resolve,
    responses((status = 200, body = Resolved), SignedInOnly, Forbidden, Changing))]
pub async fn resolve_principals(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, lines: Input<Resolve>) -> Answer<Json<Resolved>> {
    let lines = lines.or_after(async { shared.services.principals.may(&caller) }).await?;
    Ok(Json(shared.services.principals.resolve(&caller, lines).await?))
}
