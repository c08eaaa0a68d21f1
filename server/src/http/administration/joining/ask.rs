use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use stoa_domain::wire::joining::{JoinRequest, NewJoinRequest};

use crate::http::docs::{Changing, Conflicting, Forbidden, Missing, SignedInOnly, Throttled};
use crate::http::extract::RoomAt;
use crate::http::input::Input;
use crate::http::{Answer, Shared, SignedIn};

/// Asks to join a closed room. Sent again while it waits it only takes the new text, so that a repetition does no harm.
#[utoipa::path(post, path = "/rooms/{room}/join-requests", tag = "Joining", params(("room" = String, Path, format = "uuid")),
    request_body = NewJoinRequest,
    responses((status = 200, body = JoinRequest), SignedInOnly, Forbidden, Missing, Changing, Conflicting, Throttled))]
pub async fn ask_to_join(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    RoomAt(room): RoomAt,
    new: Input<NewJoinRequest>,
) -> Answer<Json<JoinRequest>> {
    let new = new.or_after(async { shared.services.joining.may_ask(&caller, room) }).await?;
    Ok(Json(shared.services.joining.ask(&caller, room, new).await?))
}

/// Takes my request back, or puts its answer aside.
#[utoipa::path(delete, path = "/rooms/{room}/join-requests", tag = "Joining", params(("room" = String, Path, format = "uuid")),
    responses((status = 204), SignedInOnly, Missing))]
pub async fn withdraw_request(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, RoomAt(room): RoomAt) -> Answer<StatusCode> {
    shared.services.joining.withdraw(&caller, room).await?;
    Ok(StatusCode::NO_CONTENT)
}
