use std::sync::Arc;

use axum::extract::State;
use stoa_domain::wire::domain::{Domain, NewDomain};

use crate::http::docs::{Changing, Conflicting, Forbidden, SignedInOnly};
use crate::http::extract::IdempotencyKey;
use crate::http::input::Input;
use crate::http::tagged::{Created, Tagged};
use crate::http::{Answer, Shared, SignedIn};

/// Creates a domain.
#[utoipa::path(post, path = "/domains", tag = "Domains", params(("idempotency-key" = Option<String>, Header)), request_body = NewDomain,
    responses((status = 201, body = Domain), SignedInOnly, Forbidden, Changing, Conflicting))]
pub async fn create_domain(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    IdempotencyKey(key): IdempotencyKey,
    new: Input<NewDomain>,
) -> Answer<Created<Tagged<Domain>>> {
    let new = new.or_after(async { shared.services.domains.may_create(&caller) }).await?;
    let domain = shared.services.domains.create(&caller, new, key.as_deref()).await?;
    Ok(Created { at: format!("/domains/{}", domain.id), object: super::tagged(domain) })
}
