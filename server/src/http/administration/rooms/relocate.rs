use std::sync::Arc;

use axum::extract::State;
use stoa_domain::wire::room::{MoveRoom, Room};

use crate::http::docs::{Changing, Conflicting, Forbidden, Missing, SignedInOnly, Versioned};
use crate::http::extract::{IfMatch, RoomAt};
use crate::http::input::Input;
use crate::http::tagged::Tagged;
use crate::http::{Answer, Shared, SignedIn};

/// Moves a room to another category, where I may create rooms.
#[utoipa::path(post, path = "/rooms/{room}/move", tag = "Rooms",
    params(("room" = String, Path, format = "uuid"), ("if-match" = String, Header)), request_body = MoveRoom,
    responses((status = 200, body = Room), SignedInOnly, Forbidden, Missing, Versioned, Changing, Conflicting))]
pub async fn move_room(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    RoomAt(room): RoomAt,
    if_match: IfMatch,
    to: Input<MoveRoom>,
) -> Answer<Tagged<Room>> {
    let to = to.or_after(async { if_match.holds(&shared.services.rooms.may_change(&caller, room)?) }).await?;
    Ok(super::tagged(shared.services.rooms.relocate(&caller, room, to.category, if_match.as_deref()).await?))
}
