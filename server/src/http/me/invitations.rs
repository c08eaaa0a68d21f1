use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use stoa_domain::wire::Page;
use stoa_domain::wire::joining::{AnswerInvitation, Invitation};

use crate::http::docs::{Changing, Forbidden, Missing, SignedInOnly};
use crate::http::extract::RoomAt;
use crate::http::input::Input;
use crate::http::{Answer, Shared, SignedIn};

/// The rooms that I have become a member of by somebody else's doing, the newest first, until I
/// follow or decline.
#[utoipa::path(get, path = "/me/invitations", tag = "Me", responses((status = 200, body = Page<Invitation>), SignedInOnly))]
pub async fn my_invitations(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn) -> Answer<Json<Page<Invitation>>> {
    Ok(Json(Page { items: shared.services.me.invitations(&caller).await?, next: None }))
}

/// Accepts an invitation, which follows the room, or declines it, which changes no list.
#[utoipa::path(post, path = "/me/invitations/{room}", tag = "Me", params(("room" = String, Path, format = "uuid")), request_body = AnswerInvitation,
    responses((status = 204), SignedInOnly, Forbidden, Missing, Changing))]
pub async fn answer_invitation(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    RoomAt(room): RoomAt,
    answer: Input<AnswerInvitation>,
) -> Answer<StatusCode> {
    let answer = answer.or_after(async { shared.services.access().room(caller.user, room).map(drop) }).await?;
    shared.services.me.answer_invitation(&caller, room, answer.answer).await?;
    Ok(StatusCode::NO_CONTENT)
}
