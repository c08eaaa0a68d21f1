use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::Page;
use stoa_domain::wire::unit::Unit;

use crate::http::administration::search::Search;
use crate::http::docs::{Forbidden, SignedInOnly};
use crate::http::extract::Asked;
use crate::http::{Answer, Shared, SignedIn};

/// Units by name.
#[utoipa::path(get, path = "/units", tag = "Units", params(Search), responses((status = 200, body = Page<Unit>), SignedInOnly, Forbidden))]
pub async fn list_units(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, Asked(search): Asked<Search>) -> Answer<Json<Page<Unit>>> {
    let (q, page) = search.split();
    Ok(Json(shared.services.units.list(&caller, q.as_deref(), &page)?))
}
