use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use stoa_domain::wire::people::{Account, NewUser};

use crate::http::docs::{Changing, Conflicting, Forbidden, SignedInOnly};
use crate::http::extract::IdempotencyKey;
use crate::http::input::Input;
use crate::http::tagged::Created;
use crate::http::{Answer, Shared, SignedIn};

/// Creates an account.
#[utoipa::path(post, path = "/users", tag = "People", params(("idempotency-key" = Option<String>, Header)), request_body = NewUser,
    responses((status = 201, body = Account), SignedInOnly, Forbidden, Changing, Conflicting))]
pub async fn create_user(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    IdempotencyKey(key): IdempotencyKey,
    new: Input<NewUser>,
) -> Answer<Created<Response>> {
    let new = new.or_after(async { super::may_change(&shared, &caller) }).await?;
    let account = shared.services.users.create(&caller, new, key.as_deref()).await?;
    Ok(Created { at: format!("/users/{}", account.person.id), object: super::tagged(account) })
}
