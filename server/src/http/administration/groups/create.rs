use std::sync::Arc;

use axum::extract::State;
use stoa_domain::wire::group::{Group, NewGroup};

use crate::http::docs::{Changing, Conflicting, Forbidden, SignedInOnly};
use crate::http::extract::IdempotencyKey;
use crate::http::input::Input;
use crate::http::tagged::{Created, Tagged};
use crate::http::{Answer, Shared, SignedIn};

/// Creates a group.
#[utoipa::path(post, path = "/groups", tag = "Groups", params(("idempotency-key" = Option<String>, Header)), request_body = NewGroup,
    responses((status = 201, body = Group), SignedInOnly, Forbidden, Changing, Conflicting))]
pub async fn create_group(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    IdempotencyKey(key): IdempotencyKey,
    new: Input<NewGroup>,
) -> Answer<Created<Tagged<Group>>> {
    let new = new.or_after(async { shared.services.groups.may_create(&caller) }).await?;
    let group = shared.services.groups.create(&caller, new, key.as_deref()).await?;
    Ok(Created { at: format!("/groups/{}", group.id), object: super::tagged(group) })
}
