use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::me::MyRoom;

use crate::http::docs::{Forbidden, Missing, SignedInOnly};
use crate::http::extract::RoomAt;
use crate::http::{Answer, Shared, SignedIn};

/// Follows a room.
#[utoipa::path(put, path = "/me/rooms/{room}", tag = "Me", params(("room" = String, Path, format = "uuid")),
    responses((status = 200, body = MyRoom), SignedInOnly, Forbidden, Missing))]
pub async fn follow(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, RoomAt(room): RoomAt) -> Answer<Json<MyRoom>> {
    Ok(Json(shared.services.me.follow(&caller, room).await?))
}
