use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::cleanup::{MessageQuery, NewMessageQuery};

use crate::http::docs::{Changing, Conflicting, Forbidden, SignedInOnly};
use crate::http::extract::IdempotencyKey;
use crate::http::input::Input;
use crate::http::tagged::Created;
use crate::http::{Answer, Shared, SignedIn};

/// Finds messages, removes them or puts a text in their place; only looks unless `dry_run` is false.
/// What takes longer goes on behind the answer.
#[utoipa::path(post, path = "/messages/query", tag = "Clean-up", params(("idempotency-key" = Option<String>, Header)), request_body = NewMessageQuery,
    responses((status = 201, body = MessageQuery), SignedInOnly, Forbidden, Changing, Conflicting))]
pub async fn query_messages(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    IdempotencyKey(key): IdempotencyKey,
    new: Input<NewMessageQuery>,
) -> Answer<Created<Json<MessageQuery>>> {
    let new = new.or_after(async { shared.services.cleanup.may_clean(&caller) }).await?;
    let query = shared.services.cleanup.begin(&caller, new, key.as_deref()).await?;
    Ok(Created { at: format!("/messages/query/{}", query.id), object: Json(query) })
}
