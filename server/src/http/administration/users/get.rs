use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use stoa_domain::wire::people::Account;

use crate::http::docs::{Missing, SignedInOnly};
use crate::http::extract::UserAt;
use crate::http::{Answer, Shared, SignedIn};

/// A person.
#[utoipa::path(get, path = "/users/{user}", tag = "People", params(("user" = String, Path, format = "uuid")),
    responses((status = 200, body = Account), SignedInOnly, Missing))]
pub async fn get_user(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, UserAt(user): UserAt) -> Answer<Response> {
    Ok(super::tagged(shared.services.users.get(&caller, user).await?))
}
