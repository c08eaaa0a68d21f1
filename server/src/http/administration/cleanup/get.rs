use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::cleanup::MessageQuery;
use stoa_domain::wire::{Page, PageQuery};

use crate::http::docs::{Forbidden, Missing, SignedInOnly};
use crate::http::extract::{Asked, QueryAt};
use crate::http::{Answer, Shared, SignedIn};

/// All queries, the newest first, without what they found.
#[utoipa::path(get, path = "/messages/query", tag = "Clean-up", params(PageQuery), responses((status = 200, body = Page<MessageQuery>), SignedInOnly, Forbidden))]
pub async fn message_queries(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, Asked(page): Asked<PageQuery>) -> Answer<Json<Page<MessageQuery>>> {
    Ok(Json(shared.services.cleanup.list(&caller, &page).await?))
}

/// How far a query is, and what it found: texts only of rooms that I may read.
#[utoipa::path(get, path = "/messages/query/{query}", tag = "Clean-up", params(("query" = String, Path, format = "uuid")),
    responses((status = 200, body = MessageQuery), SignedInOnly, Missing))]
pub async fn message_query(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, QueryAt(query): QueryAt) -> Answer<Json<MessageQuery>> {
    Ok(Json(shared.services.cleanup.get(&caller, query).await?))
}
