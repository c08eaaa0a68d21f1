use std::sync::Arc;

use axum::extract::State;
use stoa_domain::wire::domain::{ChangeDomain, Domain};

use crate::http::docs::{Changing, Conflicting, Forbidden, Missing, SignedInOnly, Versioned};
use crate::http::extract::{DomainAt, IfMatch};
use crate::http::input::Input;
use crate::http::tagged::Tagged;
use crate::http::{Answer, Shared, SignedIn};

/// Changes a domain's properties; what isn't sent stays.
#[utoipa::path(patch, path = "/domains/{domain}", tag = "Domains",
    params(("domain" = String, Path, format = "uuid"), ("if-match" = String, Header)), request_body = ChangeDomain,
    responses((status = 200, body = Domain), SignedInOnly, Forbidden, Missing, Versioned, Changing, Conflicting))]
pub async fn change_domain(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    DomainAt(domain): DomainAt,
    if_match: IfMatch,
    change: Input<ChangeDomain>,
) -> Answer<Tagged<Domain>> {
    let change = change.or_after(async { if_match.holds(&shared.services.domains.may_change(&caller, domain)?.version) }).await?;
    Ok(super::tagged(shared.services.domains.change(&caller, domain, change, if_match.as_deref()).await?))
}
