use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;

use crate::http::docs::{Forbidden, Missing, SignedInOnly};
use crate::http::extract::UserAt;
use crate::http::{Answer, Shared, SignedIn};

/// Ends all sessions of a person, and with them the sockets.
#[utoipa::path(post, path = "/users/{user}/sign-out", tag = "People", params(("user" = String, Path, format = "uuid")),
    responses((status = 204), SignedInOnly, Forbidden, Missing))]
pub async fn sign_out_user(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, UserAt(user): UserAt) -> Answer<StatusCode> {
    shared.services.users.sign_out(&caller, user).await?;
    Ok(StatusCode::NO_CONTENT)
}
