use std::sync::Arc;

use axum::extract::State;
use stoa_domain::wire::group::{ChangeGroup, Group};

use crate::http::docs::{Changing, Conflicting, Forbidden, Missing, SignedInOnly, Versioned};
use crate::http::extract::{GroupAt, IfMatch};
use crate::http::input::Input;
use crate::http::tagged::Tagged;
use crate::http::{Answer, Shared, SignedIn};

/// Changes a group's properties; what isn't sent stays.
#[utoipa::path(patch, path = "/groups/{group}", tag = "Groups",
    params(("group" = String, Path, format = "uuid"), ("if-match" = String, Header)), request_body = ChangeGroup,
    responses((status = 200, body = Group), SignedInOnly, Forbidden, Missing, Versioned, Changing, Conflicting))]
pub async fn change_group(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    GroupAt(group): GroupAt,
    if_match: IfMatch,
    change: Input<ChangeGroup>,
) -> Answer<Tagged<Group>> {
    let change = change.or_after(async { if_match.holds(&shared.services.groups.may_change(&caller, group)?.version) }).await?;
    Ok(super::tagged(shared.services.groups.change(&caller, group, change, if_match.as_deref()).await?))
}
