use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;

use crate::http::docs::{Missing, SignedInOnly};
use crate::http::extract::RoomAt;
use crate::http::{Answer, Shared, SignedIn};

/// Leaves a room: ends following it, on all my sockets. It says nothing of who may enter.
#[utoipa::path(delete, path = "/me/rooms/{room}", tag = "Me", params(("room" = String, Path, format = "uuid")),
    responses((status = 204), SignedInOnly, Missing))]
pub async fn unfollow(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, RoomAt(room): RoomAt) -> Answer<StatusCode> {
    shared.services.me.unfollow(&caller, room).await?;
    Ok(StatusCode::NO_CONTENT)
}
