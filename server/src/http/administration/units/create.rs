use std::sync::Arc;

use axum::extract::State;
use stoa_domain::wire::unit::{NewUnit, Unit};

use crate::http::docs::{Changing, Conflicting, Forbidden, SignedInOnly};
use crate::http::extract::IdempotencyKey;
use crate::http::input::Input;
use crate::http::tagged::{Created, Tagged};
use crate::http::{Answer, Shared, SignedIn};

/// Creates a unit.
#[utoipa::path(post, path = "/units", tag = "Units", params(("idempotency-key" = Option<String>, Header)), request_body = NewUnit,
    responses((status = 201, body = Unit), SignedInOnly, Forbidden, Changing, Conflicting))]
pub async fn create_unit(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    IdempotencyKey(key): IdempotencyKey,
    new: Input<NewUnit>,
) -> Answer<Created<Tagged<Unit>>> {
    let new = new.or_after(async { shared.services.units.may_create(&caller) }).await?;
    let unit = shared.services.units.create(&caller, new, key.as_deref()).await?;
    Ok(Created { at: format!("/units/{}", unit.id), object: super::tagged(unit) })
}
