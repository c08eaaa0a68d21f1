use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;

use crate::http::docs::{Conflicting, Forbidden, Missing, SignedInOnly, Versioned};
use crate::http::extract::{IfMatch, RoomAt};
use crate::http::{Answer, Shared, SignedIn};

/// Removes a disabled room. What was said in it stays for the archive.
#[utoipa::path(delete, path = "/rooms/{room}", tag = "Rooms", params(("room" = String, Path, format = "uuid"), ("if-match" = String, Header)),
    responses((status = 204), SignedInOnly, Forbidden, Missing, Versioned, Conflicting))]
pub async fn remove_room(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, RoomAt(room): RoomAt, if_match: IfMatch) -> Answer<StatusCode> {
    shared.services.rooms.remove(&caller, room, if_match.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}
