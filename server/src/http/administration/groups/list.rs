use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::Page;
use stoa_domain::wire::group::Group;

use crate::http::administration::search::Search;
use crate::http::docs::{Forbidden, SignedInOnly};
use crate::http::extract::Asked;
use crate::http::{Answer, Shared, SignedIn};

/// Groups by name.
#[utoipa::path(get, path = "/groups", tag = "Groups", params(Search), responses((status = 200, body = Page<Group>), SignedInOnly, Forbidden))]
pub async fn list_groups(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, Asked(search): Asked<Search>) -> Answer<Json<Page<Group>>> {
    let (q, page) = search.split();
    Ok(Json(shared.services.groups.list(&caller, q.as_deref(), &page)?))
}
