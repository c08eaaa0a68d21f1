use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::message::{NewMessage, Posted};
use stoa_domain::wire::problem::Problem;

use crate::http::docs::{Changing, Conflicting, Forbidden, Missing, SignedInOnly, Throttled};
use crate::http::extract::RoomAt;
use crate::http::input::Input;
use crate::http::tagged::Created;
use crate::http::{Answer, Shared, SignedIn};

/// Posts a message; answered once it is durable. The nonce makes a repetition harmless.
#[utoipa::path(post, path = "/rooms/{room}/messages", tag = "Messages", params(("room" = String, Path, format = "uuid")),
    request_body = NewMessage,
    responses((status = 201, body = Posted), SignedInOnly, Forbidden, Missing, Changing, Conflicting, Throttled))]
pub async fn post(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    RoomAt(room): RoomAt,
    message: Input<NewMessage>,
) -> Answer<Created<Json<Posted>>> {
    let may = async {
        let room = shared.services.rooms.get(&caller, room)?;
        if room.info.may.post { Ok(()) } else { Err(Problem::forbidden()) }
    };
    let message = message.or_after(may).await?;
    let posted = shared.services.channel.post(&caller, room, message).await?;
    Ok(Created { at: format!("/rooms/{room}/messages?around={}", posted.seq), object: Json(posted) })
}
