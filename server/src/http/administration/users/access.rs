use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::PageQuery;
use stoa_domain::wire::access::PersonAccess;

use crate::http::docs::{Forbidden, Missing, SignedInOnly};
use crate::http::extract::{Asked, UserAt};
use crate::http::{Answer, Shared, SignedIn};

/// All rooms that a person finds or manages, as far as I see them in the console, and why.
#[utoipa::path(get, path = "/users/{user}/access", tag = "People", params(("user" = String, Path, format = "uuid"), PageQuery),
    responses((status = 200, body = PersonAccess), SignedInOnly, Forbidden, Missing))]
pub async fn access_of_user(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    UserAt(user): UserAt,
    Asked(page): Asked<PageQuery>,
) -> Answer<Json<PersonAccess>> {
    Ok(Json(shared.services.rooms.reached(&caller, user, page).await?))
}
