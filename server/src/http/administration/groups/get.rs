use std::sync::Arc;

use axum::extract::State;
use stoa_domain::wire::group::Group;

use crate::http::docs::{Missing, SignedInOnly};
use crate::http::extract::GroupAt;
use crate::http::tagged::Tagged;
use crate::http::{Answer, Shared, SignedIn};

/// A group.
#[utoipa::path(get, path = "/groups/{group}", tag = "Groups", params(("group" = String, Path, format = "uuid")),
    responses((status = 200, body = Group), SignedInOnly, Missing))]
pub async fn get_group(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, GroupAt(group): GroupAt) -> Answer<Tagged<Group>> {
    Ok(super::tagged(shared.services.groups.get(&caller, group)?))
}
