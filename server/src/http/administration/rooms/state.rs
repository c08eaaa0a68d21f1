use std::sync::Arc;

use axum::extract::State;
use stoa_domain::room::RoomState;
use stoa_domain::wire::room::Room;

use crate::http::docs::{Forbidden, Missing, SignedInOnly};
use crate::http::extract::RoomAt;
use crate::http::tagged::Tagged;
use crate::http::{Answer, Shared, SignedIn};

/// Disables a room: everyone is disconnected from it, its settings are kept.
#[utoipa::path(post, path = "/rooms/{room}/disable", tag = "Rooms", params(("room" = String, Path, format = "uuid")),
    responses((status = 200, body = Room), SignedInOnly, Forbidden, Missing))]
pub async fn disable_room(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, RoomAt(room): RoomAt) -> Answer<Tagged<Room>> {
    Ok(super::tagged(shared.services.rooms.set_state(&caller, room, RoomState::Disabled).await?))
}

/// Enables a room again.
#[utoipa::path(post, path = "/rooms/{room}/enable", tag = "Rooms", params(("room" = String, Path, format = "uuid")),
    responses((status = 200, body = Room), SignedInOnly, Forbidden, Missing))]
pub async fn enable_room(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, RoomAt(room): RoomAt) -> Answer<Tagged<Room>> {
    Ok(super::tagged(shared.services.rooms.set_state(&caller, room, RoomState::Active).await?))
}
