use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::message::{History, HistoryQuery};

use crate::http::docs::{Forbidden, Invalid, Missing, SignedInOnly};
use crate::http::extract::{Asked, RoomAt};
use crate::http::{Answer, Shared, SignedIn};

/// Messages of a room in their present state.
#[utoipa::path(get, path = "/rooms/{room}/messages", tag = "Messages", params(("room" = String, Path, format = "uuid"), HistoryQuery),
    responses((status = 200, body = History), SignedInOnly, Forbidden, Missing, Invalid))]
pub async fn history(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    RoomAt(room): RoomAt,
    Asked(query): Asked<HistoryQuery>,
) -> Answer<Json<History>> {
    Ok(Json(shared.services.channel.history(&caller, room, &query).await?))
}
