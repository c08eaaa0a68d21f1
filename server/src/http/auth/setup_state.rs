use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::session::SetupState;

use crate::http::docs::Open;
use crate::http::{Answer, Shared};

/// Whether the first administrator is still missing.
#[utoipa::path(get, path = "/setup", tag = "Signing in", responses((status = 200, body = SetupState), Open))]
pub async fn setup_state(State(shared): State<Arc<Shared>>) -> Answer<Json<SetupState>> {
    shared.services.access().confirm().await;
    Ok(Json(shared.services.auth.setup_state()?))
}
