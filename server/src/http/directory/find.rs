use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::Page;
use stoa_domain::wire::directory::{DirectoryQuery, DirectoryRoom};

use crate::http::docs::SignedInOnly;
use crate::http::extract::Asked;
use crate::http::{Answer, Shared, SignedIn};

/// The rooms that I may find, and what I may do there.
#[utoipa::path(get, path = "/directory", tag = "Rooms", params(DirectoryQuery),
    responses((status = 200, body = Page<DirectoryRoom>), SignedInOnly))]
pub async fn directory(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    Asked(query): Asked<DirectoryQuery>,
) -> Answer<Json<Page<DirectoryRoom>>> {
    Ok(Json(shared.services.directory.find(&caller, &query).await?))
}
