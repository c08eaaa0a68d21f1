use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::session::Session;

use crate::http::docs::SignedInOnly;
use crate::http::{Answer, Shared, SignedIn};

/// Who I am, and what I may.
#[utoipa::path(get, path = "/session", tag = "Signing in", responses((status = 200, body = Session), SignedInOnly))]
pub async fn who(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn) -> Answer<Json<Session>> {
    Ok(Json(shared.services.auth.session(&caller)?))
}
