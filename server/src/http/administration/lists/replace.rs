use std::sync::Arc;

use axum::extract::State;
use stoa_domain::access::ListOwner;
use stoa_domain::wire::list::{List, NewList};
use stoa_services::Caller;

use crate::http::docs::{Changing, Conflicting, Forbidden, Missing, SignedInOnly, Versioned};
use crate::http::extract::{CategoryAt, CategoryListAt, GroupAt, IfMatch, RoleAt, RoomAt, RoomListAt};
use crate::http::input::Input;
use crate::http::tagged::Tagged;
use crate::http::{Answer, Shared, SignedIn};

/// Replaces a list of a room as a whole.
#[utoipa::path(put, path = "/rooms/{room}/lists/{list}", tag = "Lists",
    params(("room" = String, Path, format = "uuid"), ("list" = stoa_domain::room::RoomList, Path), ("if-match" = String, Header)),
    request_body = NewList,
    responses((status = 200, body = List), SignedInOnly, Forbidden, Missing, Versioned, Changing))]
pub async fn replace_room_list(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    RoomAt(room): RoomAt,
    RoomListAt(list): RoomListAt,
    if_match: IfMatch,
    new: Input<NewList>,
) -> Answer<Tagged<List>> {
    replace(&shared, &caller, ListOwner::Room(room, list), if_match, new).await
}

/// Replaces a list of a category as a whole.
#[utoipa::path(put, path = "/categories/{category}/lists/{list}", tag = "Lists",
    params(("category" = String, Path, format = "uuid"), ("list" = stoa_domain::category::CategoryList, Path), ("if-match" = String, Header)),
    request_body = NewList,
    responses((status = 200, body = List), SignedInOnly, Forbidden, Missing, Versioned, Changing))]
pub async fn replace_category_list(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    CategoryAt(category): CategoryAt,
    CategoryListAt(list): CategoryListAt,
    if_match: IfMatch,
    new: Input<NewList>,
) -> Answer<Tagged<List>> {
    replace(&shared, &caller, ListOwner::Category(category, list), if_match, new).await
}

/// Replaces who is in a group as a whole.
#[utoipa::path(put, path = "/groups/{group}/members", tag = "Groups",
    params(("group" = String, Path, format = "uuid"), ("if-match" = String, Header)), request_body = NewList,
    responses((status = 200, body = List), SignedInOnly, Forbidden, Missing, Versioned, Changing))]
pub async fn replace_group_members(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    GroupAt(group): GroupAt,
    if_match: IfMatch,
    new: Input<NewList>,
) -> Answer<Tagged<List>> {
    replace(&shared, &caller, ListOwner::Group(group), if_match, new).await
}

/// Replaces who holds a role as a whole.
#[utoipa::path(put, path = "/roles/{role}", tag = "Roles",
    params(("role" = stoa_domain::person::Role, Path), ("if-match" = String, Header)), request_body = NewList,
    responses((status = 200, body = List), SignedInOnly, Forbidden, Missing, Versioned, Changing, Conflicting))]
pub async fn replace_role(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    RoleAt(role): RoleAt,
    if_match: IfMatch,
    new: Input<NewList>,
) -> Answer<Tagged<List>> {
    replace(&shared, &caller, ListOwner::Role(role), if_match, new).await
}

async fn replace(shared: &Shared, caller: &Caller, list: ListOwner, if_match: IfMatch, new: Input<NewList>) -> Answer<Tagged<List>> {
    let new = new.or_after(async { if_match.holds(&shared.services.lists.may_change(caller, list).await?) }).await?;
    Ok(super::tagged(shared.services.lists.replace(caller, list, new, if_match.as_deref()).await?))
}
