use std::sync::Arc;

use axum::extract::State;
use stoa_domain::access::ListOwner;
use stoa_domain::wire::list::{ChangeList, List};
use stoa_services::Caller;

use crate::http::docs::{Changing, Conflicting, Forbidden, Missing, SignedInOnly, Versioned};
use crate::http::extract::{CategoryAt, CategoryListAt, GroupAt, IfMatch, RoleAt, RoomAt, RoomListAt};
use crate::http::input::Input;
use crate::http::tagged::Tagged;
use crate::http::{Answer, Shared, SignedIn};

/// Adds and removes entries of a list of a room in one change.
#[utoipa::path(patch, path = "/rooms/{room}/lists/{list}", tag = "Lists",
    params(("room" = String, Path, format = "uuid"), ("list" = stoa_domain::room::RoomList, Path), ("if-match" = Option<String>, Header)),
    request_body = ChangeList,
    responses((status = 200, body = List), SignedInOnly, Forbidden, Missing, Versioned, Changing))]
pub async fn change_room_list(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    RoomAt(room): RoomAt,
    RoomListAt(list): RoomListAt,
    if_match: IfMatch,
    new: Input<ChangeList>,
) -> Answer<Tagged<List>> {
    change(&shared, &caller, ListOwner::Room(room, list), if_match, new).await
}

/// Adds and removes entries of a list of a category in one change.
#[utoipa::path(patch, path = "/categories/{category}/lists/{list}", tag = "Lists",
    params(("category" = String, Path, format = "uuid"), ("list" = stoa_domain::category::CategoryList, Path), ("if-match" = Option<String>, Header)),
    request_body = ChangeList,
    responses((status = 200, body = List), SignedInOnly, Forbidden, Missing, Versioned, Changing))]
pub async fn change_category_list(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    CategoryAt(category): CategoryAt,
    CategoryListAt(list): CategoryListAt,
    if_match: IfMatch,
    new: Input<ChangeList>,
) -> Answer<Tagged<List>> {
    change(&shared, &caller, ListOwner::Category(category, list), if_match, new).await
}

/// Puts people and groups into a group and takes others out in one change.
#[utoipa::path(patch, path = "/groups/{group}/members", tag = "Groups",
    params(("group" = String, Path, format = "uuid"), ("if-match" = Option<String>, Header)), request_body = ChangeList,
    responses((status = 200, body = List), SignedInOnly, Forbidden, Missing, Versioned, Changing))]
pub async fn change_group_members(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    GroupAt(group): GroupAt,
    if_match: IfMatch,
    new: Input<ChangeList>,
) -> Answer<Tagged<List>> {
    change(&shared, &caller, ListOwner::Group(group), if_match, new).await
}

/// Gives a role to some and takes it from others in one change.
#[utoipa::path(patch, path = "/roles/{role}", tag = "Roles",
    params(("role" = stoa_domain::person::Role, Path), ("if-match" = Option<String>, Header)), request_body = ChangeList,
    responses((status = 200, body = List), SignedInOnly, Forbidden, Missing, Versioned, Changing, Conflicting))]
pub async fn change_role(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    RoleAt(role): RoleAt,
    if_match: IfMatch,
    new: Input<ChangeList>,
) -> Answer<Tagged<List>> {
    change(&shared, &caller, ListOwner::Role(role), if_match, new).await
}

async fn change(shared: &Shared, caller: &Caller, list: ListOwner, if_match: IfMatch, new: Input<ChangeList>) -> Answer<Tagged<List>> {
    let new = new.or_after(async { if_match.holds_if_sent(&shared.services.lists.may_change(caller, list).await?) }).await?;
    Ok(super::tagged(shared.services.lists.change(caller, list, new, if_match.as_deref()).await?))
}
