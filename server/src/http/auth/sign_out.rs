use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use tower_sessions::Session as Cookie;
use utoipa::IntoParams;

use crate::http::docs::SignedInOnly;
use crate::http::extract::Asked;
use crate::http::{Answer, Shared, SignedIn, sessions};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct How {
    /// Ends all of my sessions, everywhere.
    #[serde(default)]
    all: bool,
}

/// Signs out: the session ends, and its sockets with it.
#[utoipa::path(delete, path = "/session", tag = "Signing in", params(How), responses((status = 204), SignedInOnly))]
pub async fn sign_out(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    Extension(cookie): Extension<Cookie>,
    Asked(how): Asked<How>,
) -> Answer<StatusCode> {
    shared.services.auth.sign_out(&caller, how.all).await?;
    sessions::end(&cookie).await?;
    Ok(StatusCode::NO_CONTENT)
}
