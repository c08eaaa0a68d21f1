use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;

use crate::http::docs::{Forbidden, Missing, SignedInOnly, Versioned};
use crate::http::extract::{GroupAt, IfMatch};
use crate::http::{Answer, Shared, SignedIn};

/// Removes a group. Entries of lists that name it stay, without effect.
#[utoipa::path(delete, path = "/groups/{group}", tag = "Groups", params(("group" = String, Path, format = "uuid"), ("if-match" = String, Header)),
    responses((status = 204), SignedInOnly, Forbidden, Missing, Versioned))]
pub async fn remove_group(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, GroupAt(group): GroupAt, if_match: IfMatch) -> Answer<StatusCode> {
    shared.services.groups.remove(&caller, group, if_match.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}
