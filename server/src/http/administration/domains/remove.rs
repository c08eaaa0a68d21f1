use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;

use crate::http::docs::{Conflicting, Forbidden, Missing, SignedInOnly, Versioned};
use crate::http::extract::{DomainAt, IfMatch};
use crate::http::{Answer, Shared, SignedIn};

/// Removes a domain that nobody comes from. Entries of lists that name it stay, without effect.
#[utoipa::path(delete, path = "/domains/{domain}", tag = "Domains", params(("domain" = String, Path, format = "uuid"), ("if-match" = String, Header)),
    responses((status = 204), SignedInOnly, Forbidden, Missing, Versioned, Conflicting))]
pub async fn remove_domain(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, DomainAt(domain): DomainAt, if_match: IfMatch) -> Answer<StatusCode> {
    shared.services.domains.remove(&caller, domain, if_match.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}
