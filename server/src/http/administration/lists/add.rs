use std::sync::Arc;

use axum::extract::State;
use stoa_domain::access::ListOwner;
use stoa_domain::wire::list::{List, NewEntry};
use stoa_services::Caller;

use crate::http::docs::{Changing, Conflicting, Forbidden, Missing, SignedInOnly};
use crate::http::extract::{CategoryAt, CategoryListAt, GroupAt, RoleAt, RoomAt, RoomListAt};
use crate::http::input::Input;
use crate::http::tagged::Tagged;
use crate::http::{Answer, Shared, SignedIn};

/// Adds one entry to a list of a room; one that is there already takes the new end.
#[utoipa::path(post, path = "/rooms/{room}/lists/{list}", tag = "Lists",
    params(("room" = String, Path, format = "uuid"), ("list" = stoa_domain::room::RoomList, Path)), request_body = NewEntry,
    responses((status = 200, body = List), SignedInOnly, Forbidden, Missing, Changing))]
pub async fn add_to_room_list(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    RoomAt(room): RoomAt,
    RoomListAt(list): RoomListAt,
    new: Input<NewEntry>,
) -> Answer<Tagged<List>> {
    add(&shared, &caller, ListOwner::Room(room, list), new).await
}

/// Adds one entry to a list of a category; one that is there already takes the new end.
#[utoipa::path(post, path = "/categories/{category}/lists/{list}", tag = "Lists",
    params(("category" = String, Path, format = "uuid"), ("list" = stoa_domain::category::CategoryList, Path)), request_body = NewEntry,
    responses((status = 200, body = List), SignedInOnly, Forbidden, Missing, Changing))]
pub async fn add_to_category_list(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    CategoryAt(category): CategoryAt,
    CategoryListAt(list): CategoryListAt,
    new: Input<NewEntry>,
) -> Answer<Tagged<List>> {
    add(&shared, &caller, ListOwner::Category(category, list), new).await
}

/// Puts somebody or a group into a group; who is there already takes the new end.
#[utoipa::path(post, path = "/groups/{group}/members", tag = "Groups", params(("group" = String, Path, format = "uuid")), request_body = NewEntry,
    responses((status = 200, body = List), SignedInOnly, Forbidden, Missing, Changing))]
pub async fn add_to_group(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    GroupAt(group): GroupAt,
    new: Input<NewEntry>,
) -> Answer<Tagged<List>> {
    add(&shared, &caller, ListOwner::Group(group), new).await
}

/// Gives somebody or a group a role; who holds it already takes the new end.
#[utoipa::path(post, path = "/roles/{role}", tag = "Roles", params(("role" = stoa_domain::person::Role, Path)), request_body = NewEntry,
    responses((status = 200, body = List), SignedInOnly, Forbidden, Missing, Changing, Conflicting))]
pub async fn give_role(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, RoleAt(role): RoleAt, new: Input<NewEntry>) -> Answer<Tagged<List>> {
    add(&shared, &caller, ListOwner::Role(role), new).await
}

async fn add(shared: &Shared, caller: &Caller, list: ListOwner, new: Input<NewEntry>) -> Answer<Tagged<List>> {
    let new = new.or_after(async { shared.services.lists.may_change(caller, list).await.map(drop) }).await?;
    Ok(super::tagged(shared.services.lists.add(caller, list, new).await?))
}
