use std::sync::Arc;

use axum::extract::State;
use stoa_domain::wire::room::{NewRoom, Room};

use crate::http::docs::{Changing, Conflicting, Forbidden, Missing, SignedInOnly};
use crate::http::extract::IdempotencyKey;
use crate::http::input::Input;
use crate::http::tagged::{Created, Tagged};
use crate::http::{Answer, Shared, SignedIn};

/// Creates a room; who creates it manages it.
#[utoipa::path(post, path = "/rooms", tag = "Rooms", params(("idempotency-key" = Option<String>, Header)), request_body = NewRoom,
    responses((status = 201, body = Room), SignedInOnly, Forbidden, Missing, Changing, Conflicting))]
pub async fn create_room(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    IdempotencyKey(key): IdempotencyKey,
    new: Input<NewRoom>,
) -> Answer<Created<Tagged<Room>>> {
    let room = shared.services.rooms.create(&caller, new.take()?, key.as_deref()).await?;
    Ok(Created { at: format!("/rooms/{}", room.info.id), object: super::tagged(room) })
}
