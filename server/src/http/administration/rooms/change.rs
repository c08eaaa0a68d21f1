use std::sync::Arc;

use axum::extract::State;
use stoa_domain::wire::room::{ChangeRoom, Room};

use crate::http::docs::{Changing, Conflicting, Forbidden, Missing, SignedInOnly, Versioned};
use crate::http::extract::{IfMatch, RoomAt};
use crate::http::input::Input;
use crate::http::tagged::Tagged;
use crate::http::{Answer, Shared, SignedIn};

/// Changes a room's properties; what isn't sent stays.
#[utoipa::path(patch, path = "/rooms/{room}", tag = "Rooms",
    params(("room" = String, Path, format = "uuid"), ("if-match" = String, Header)), request_body = ChangeRoom,
    responses((status = 200, body = Room), SignedInOnly, Forbidden, Missing, Versioned, Changing, Conflicting))]
pub async fn change_room(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    RoomAt(room): RoomAt,
    if_match: IfMatch,
    change: Input<ChangeRoom>,
) -> Answer<Tagged<Room>> {
    let change = change.or_after(async { if_match.holds(&shared.services.rooms.may_change(&caller, room)?) }).await?;
    Ok(super::tagged(shared.services.rooms.change(&caller, room, change, if_match.as_deref()).await?))
}
