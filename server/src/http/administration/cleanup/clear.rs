use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::cleanup::{ClearRoom, MessageQuery};

use crate::http::docs::{Changing, Conflicting, Forbidden, Missing, SignedInOnly};
use crate::http::extract::{IdempotencyKey, RoomAt};
use crate::http::input::Input;
use crate::http::tagged::Created;
use crate::http::{Answer, Shared, SignedIn};

/// Clears a room's history before a moment; only looks unless `dry_run` is false.
#[utoipa::path(post, path = "/rooms/{room}/clear", tag = "Clean-up",
    params(("room" = String, Path, format = "uuid"), ("idempotency-key" = Option<String>, Header)), request_body = ClearRoom,
    responses((status = 201, body = MessageQuery), SignedInOnly, Forbidden, Missing, Changing, Conflicting))]
pub async fn clear_room(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    RoomAt(room): RoomAt,
    IdempotencyKey(key): IdempotencyKey,
    clear: Input<ClearRoom>,
) -> Answer<Created<Json<MessageQuery>>> {
    let clear = clear.or_after(async { shared.services.cleanup.may_clear(&caller, room) }).await?;
    let query = shared.services.cleanup.clear(&caller, room, clear, key.as_deref()).await?;
    Ok(Created { at: format!("/messages/query/{}", query.id), object: Json(query) })
}
