use std::sync::Arc;

use axum::extract::State;
use stoa_domain::wire::unit::Unit;

use crate::http::docs::{Missing, SignedInOnly};
use crate::http::extract::UnitAt;
use crate::http::tagged::Tagged;
use crate::http::{Answer, Shared, SignedIn};

/// A unit.
#[utoipa::path(get, path = "/units/{unit}", tag = "Units", params(("unit" = String, Path, format = "uuid")),
    responses((status = 200, body = Unit), SignedInOnly, Missing))]
pub async fn get_unit(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, UnitAt(unit): UnitAt) -> Answer<Tagged<Unit>> {
    Ok(super::tagged(shared.services.units.get(&caller, unit)?))
}
