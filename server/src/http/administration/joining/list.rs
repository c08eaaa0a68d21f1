use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::joining::{JoinRequest, WaitingRequests};
use stoa_domain::wire::{Page, PageQuery};

use crate::http::docs::{Forbidden, Missing, SignedInOnly};
use crate::http::extract::{Asked, RoomAt};
use crate::http::{Answer, Shared, SignedIn};

/// Who asks to join a room, the oldest first; for who manages it or sees it in the console.
#[utoipa::path(get, path = "/rooms/{room}/join-requests", tag = "Joining", params(("room" = String, Path, format = "uuid"), PageQuery),
    responses((status = 200, body = Page<JoinRequest>), SignedInOnly, Forbidden, Missing))]
pub async fn requests_of_room(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    RoomAt(room): RoomAt,
    Asked(page): Asked<PageQuery>,
) -> Answer<Json<Page<JoinRequest>>> {
    Ok(Json(shared.services.joining.of_room(&caller, room, &page).await?))
}

/// Who asks to join the rooms that I manage, and how many they are.
#[utoipa::path(get, path = "/join-requests", tag = "Joining", params(PageQuery), responses((status = 200, body = WaitingRequests), SignedInOnly))]
pub async fn waiting_requests(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, Asked(page): Asked<PageQuery>) -> Answer<Json<WaitingRequests>> {
    Ok(Json(shared.services.joining.waiting(&caller, &page).await?))
}

/// What I have asked for, and the answers that I haven't put aside.
#[utoipa::path(get, path = "/me/join-requests", tag = "Joining", params(PageQuery), responses((status = 200, body = Page<JoinRequest>), SignedInOnly))]
pub async fn my_requests(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, Asked(page): Asked<PageQuery>) -> Answer<Json<Page<JoinRequest>>> {
    Ok(Json(shared.services.joining.mine(&caller, &page).await?))
}
