use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::access::{AccessQuery, RoomAccess};

use crate::http::docs::{Forbidden, Invalid, Missing, SignedInOnly};
use crate::http::extract::{Asked, RoomAt};
use crate::http::{Answer, Shared, SignedIn};

/// Who may enter, and why, now or at an earlier moment; with `user` what that person may do, and why.
#[utoipa::path(get, path = "/rooms/{room}/access", tag = "Rooms", params(("room" = String, Path, format = "uuid"), AccessQuery),
    responses((status = 200, body = RoomAccess), SignedInOnly, Forbidden, Missing, Invalid))]
pub async fn access_to_room(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    RoomAt(room): RoomAt,
    Asked(query): Asked<AccessQuery>,
) -> Answer<Json<RoomAccess>> {
    Ok(Json(shared.services.rooms.access(&caller, room, &query).await?))
}
