use std::sync::Arc;

use axum::extract::State;
use stoa_domain::access::ListOwner;
use stoa_domain::wire::list::{List, ListQuery};

use crate::http::docs::{Forbidden, Missing, SignedInOnly};
use crate::http::extract::{Asked, CategoryAt, CategoryListAt, GroupAt, RoleAt, RoomAt, RoomListAt};
use crate::http::tagged::Tagged;
use crate::http::{Answer, Shared, SignedIn};

/// A list of a room (members, managers, presenters, excluded), as it was entered.
#[utoipa::path(get, path = "/rooms/{room}/lists/{list}", tag = "Lists",
    params(("room" = String, Path, format = "uuid"), ("list" = stoa_domain::room::RoomList, Path), ListQuery),
    responses((status = 200, body = List), SignedInOnly, Forbidden, Missing))]
pub async fn get_room_list(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    RoomAt(room): RoomAt,
    RoomListAt(list): RoomListAt,
    Asked(query): Asked<ListQuery>,
) -> Answer<Tagged<List>> {
    Ok(super::tagged(shared.services.lists.get(&caller, ListOwner::Room(room, list), &query).await?))
}

/// A list of a category (allowed, denied, managers, creators, members), as it was entered.
#[utoipa::path(get, path = "/categories/{category}/lists/{list}", tag = "Lists",
    params(("category" = String, Path, format = "uuid"), ("list" = stoa_domain::category::CategoryList, Path), ListQuery),
    responses((status = 200, body = List), SignedInOnly, Forbidden, Missing))]
pub async fn get_category_list(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    CategoryAt(category): CategoryAt,
    CategoryListAt(list): CategoryListAt,
    Asked(query): Asked<ListQuery>,
) -> Answer<Tagged<List>> {
    Ok(super::tagged(shared.services.lists.get(&caller, ListOwner::Category(category, list), &query).await?))
}

/// Who is in a group, as it was entered: people, and groups whose people count too.
#[utoipa::path(get, path = "/groups/{group}/members", tag = "Groups", params(("group" = String, Path, format = "uuid"), ListQuery),
    responses((status = 200, body = List), SignedInOnly, Forbidden, Missing))]
pub async fn get_group_members(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    GroupAt(group): GroupAt,
    Asked(query): Asked<ListQuery>,
) -> Answer<Tagged<List>> {
    Ok(super::tagged(shared.services.lists.get(&caller, ListOwner::Group(group), &query).await?))
}

/// Who holds a role for the whole pool: people, and groups whose people hold it.
#[utoipa::path(get, path = "/roles/{role}", tag = "Roles", params(("role" = stoa_domain::person::Role, Path), ListQuery),
    responses((status = 200, body = List), SignedInOnly, Forbidden, Missing))]
pub async fn get_role(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    RoleAt(role): RoleAt,
    Asked(query): Asked<ListQuery>,
) -> Answer<Tagged<List>> {
    Ok(super::tagged(shared.services.lists.get(&caller, ListOwner::Role(role), &query).await?))
}
