use std::sync::Arc;

use axum::extract::State;
use stoa_domain::wire::domain::Domain;

use crate::http::docs::{Missing, SignedInOnly};
use crate::http::extract::DomainAt;
use crate::http::tagged::Tagged;
use crate::http::{Answer, Shared, SignedIn};

/// A domain.
#[utoipa::path(get, path = "/domains/{domain}", tag = "Domains", params(("domain" = String, Path, format = "uuid")),
    responses((status = 200, body = Domain), SignedInOnly, Missing))]
pub async fn get_domain(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, DomainAt(domain): DomainAt) -> Answer<Tagged<Domain>> {
    Ok(super::tagged(shared.services.domains.get(&caller, domain)?))
}
