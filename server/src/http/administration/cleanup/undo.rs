use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::cleanup::MessageQuery;

use crate::http::docs::{Conflicting, Forbidden, Missing, SignedInOnly};
use crate::http::extract::QueryAt;
use crate::http::{Answer, Shared, SignedIn};

/// Takes back what a query did, within the pool's window; also one that still runs. Asked twice it is done once.
#[utoipa::path(post, path = "/messages/undo/{query}", tag = "Clean-up", params(("query" = String, Path, format = "uuid")),
    responses((status = 200, body = MessageQuery), SignedInOnly, Forbidden, Missing, Conflicting))]
pub async fn undo_query(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, QueryAt(query): QueryAt) -> Answer<Json<MessageQuery>> {
    Ok(Json(shared.services.cleanup.undo(&caller, query).await?))
}
