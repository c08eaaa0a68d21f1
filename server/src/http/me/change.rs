use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::me::{ChangeMyRoom, MyRoom};

use crate::http::docs::{Changing, Forbidden, Missing, SignedInOnly};
use crate::http::extract::RoomAt;
use crate::http::input::Input;
use crate::http::{Answer, Shared, SignedIn};

/// Changes what only I see of a room: whether it is a favourite, how much I am told, my draft.
#[utoipa::path(patch, path = "/me/rooms/{room}", tag = "Me", params(("room" = String, Path, format = "uuid")), request_body = ChangeMyRoom,
    responses((status = 200, body = MyRoom), SignedInOnly, Forbidden, Missing, Changing))]
pub async fn change_my_room(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    RoomAt(room): RoomAt,
    change: Input<ChangeMyRoom>,
) -> Answer<Json<MyRoom>> {
    let change = change.or_after(async { shared.services.access().enter(caller.user, room).map(drop) }).await?;
    Ok(Json(shared.services.me.change(&caller, room, change).await?))
}
