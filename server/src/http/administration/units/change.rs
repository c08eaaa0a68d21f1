use std::sync::Arc;

use axum::extract::State;
use stoa_domain::wire::unit::{ChangeUnit, Unit};

use crate::http::docs::{Changing, Conflicting, Forbidden, Missing, SignedInOnly, Versioned};
use crate::http::extract::{IfMatch, UnitAt};
use crate::http::input::Input;
use crate::http::tagged::Tagged;
use crate::http::{Answer, Shared, SignedIn};

/// Changes a unit's properties; what isn't sent stays.
#[utoipa::path(patch, path = "/units/{unit}", tag = "Units",
    params(("unit" = String, Path, format = "uuid"), ("if-match" = String, Header)), request_body = ChangeUnit,
    responses((status = 200, body = Unit), SignedInOnly, Forbidden, Missing, Versioned, Changing, Conflicting))]
pub async fn change_unit(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    UnitAt(unit): UnitAt,
    if_match: IfMatch,
    change: Input<ChangeUnit>,
) -> Answer<Tagged<Unit>> {
    let change = change.or_after(async { if_match.holds(&shared.services.units.may_change(&caller, unit)?.version) }).await?;
    Ok(super::tagged(shared.services.units.change(&caller, unit, change, if_match.as_deref()).await?))
}
