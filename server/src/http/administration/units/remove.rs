use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;

use crate::http::docs::{Conflicting, Forbidden, Missing, SignedInOnly, Versioned};
use crate::http::extract::{IfMatch, UnitAt};
use crate::http::{Answer, Shared, SignedIn};

/// Removes a unit that is empty. Entries of lists that name it stay, without effect.
#[utoipa::path(delete, path = "/units/{unit}", tag = "Units", params(("unit" = String, Path, format = "uuid"), ("if-match" = String, Header)),
    responses((status = 204), SignedInOnly, Forbidden, Missing, Versioned, Conflicting))]
pub async fn remove_unit(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, UnitAt(unit): UnitAt, if_match: IfMatch) -> Answer<StatusCode> {
    shared.services.units.remove(&caller, unit, if_match.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}
