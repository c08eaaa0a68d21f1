use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::Page;
use stoa_domain::wire::domain::Domain;

use crate::http::administration::search::Search;
use crate::http::docs::{Forbidden, SignedInOnly};
use crate::http::extract::Asked;
use crate::http::{Answer, Shared, SignedIn};

/// Domains by name.
#[utoipa::path(get, path = "/domains", tag = "Domains", params(Search), responses((status = 200, body = Page<Domain>), SignedInOnly, Forbidden))]
pub async fn list_domains(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, Asked(search): Asked<Search>) -> Answer<Json<Page<Domain>>> {
    let (q, page) = search.split();
    Ok(Json(shared.services.domains.list(&caller, q.as_deref(), &page)?))
}
