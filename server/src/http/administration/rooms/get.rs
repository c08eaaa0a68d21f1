use std::sync::Arc;

use axum::extract::State;
use stoa_domain::wire::room::Room;

use crate::http::docs::{Missing, SignedInOnly};
use crate::http::extract::RoomAt;
use crate::http::tagged::Tagged;
use crate::http::{Answer, Shared, SignedIn};

/// A room's configuration.
#[utoipa::path(get, path = "/rooms/{room}", tag = "Rooms", params(("room" = String, Path, format = "uuid")),
    responses((status = 200, body = Room), SignedInOnly, Missing))]
pub async fn get_room(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, RoomAt(room): RoomAt) -> Answer<Tagged<Room>> {
    Ok(super::tagged(shared.services.rooms.get(&caller, room)?))
}
