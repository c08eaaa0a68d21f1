use std::sync::Arc;

use axum::extract::State;
use stoa_domain::access::ListOwner;
use stoa_domain::wire::PageQuery;
use stoa_domain::wire::list::List;

use crate::http::docs::{Forbidden, Missing, SignedInOnly};
use crate::http::extract::{Asked, CategoryAt, CategoryListAt, RoomAt, RoomListAt};
use crate::http::tagged::Tagged;
use crate::http::{Answer, Shared, SignedIn};

/// A list of a room (members, managers, presenters, excluded), as it was entered.
#[utoipa::path(get, path = "/rooms/{room}/lists/{list}", tag = "Lists",
    params(("room" = String, Path, format = "uuid"), ("list" = stoa_domain::room::RoomList, Path), PageQuery),
    responses((status = 200, body = List), SignedInOnly, Forbidden, Missing))]
pub async fn get_room_list(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    RoomAt(room): RoomAt,
    RoomListAt(list): RoomListAt,
    Asked(page): Asked<PageQuery>,
) -> Answer<Tagged<List>> {
    Ok(super::tagged(shared.services.lists.get(&caller, ListOwner::Room(room, list), &page).await?))
}

/// A list of a category (allowed, denied, managers, creators, members), as it was entered.
#[utoipa::path(get, path = "/categories/{category}/lists/{list}", tag = "Lists",
    params(("category" = String, Path, format = "uuid"), ("list" = stoa_domain::category::CategoryList, Path), PageQuery),
    responses((status = 200, body = List), SignedInOnly, Forbidden, Missing))]
pub async fn get_category_list(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    CategoryAt(category): CategoryAt,
    CategoryListAt(list): CategoryListAt,
    Asked(page): Asked<PageQuery>,
) -> Answer<Tagged<List>> {
    Ok(super::tagged(shared.services.lists.get(&caller, ListOwner::Category(category, list), &page).await?))
}
