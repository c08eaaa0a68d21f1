use std::sync::Arc;

use axum::extract::State;
use stoa_domain::access::ListOwner;
use stoa_domain::wire::list::{List, NewEntry};
use stoa_services::Caller;

use crate::http::docs::{Changing, Forbidden, Missing, SignedInOnly};
use crate::http::extract::{CategoryAt, CategoryListAt, RoomAt, RoomListAt};
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

async fn add(shared: &Shared, caller: &Caller, list: ListOwner, new: Input<NewEntry>) -> Answer<Tagged<List>> {
    let new = new.or_after(async { shared.services.lists.may_change(caller, list).await.map(drop) }).await?;
    Ok(super::tagged(shared.services.lists.add(caller, list, new).await?))
}
