use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::joining::{AnswerJoinRequest, JoinRequest};

use crate::http::docs::{Changing, Forbidden, Missing, SignedInOnly};
use crate::http::extract::{RoomAt, UserAt};
use crate::http::input::Input;
use crate::http::{Answer, Refused, Shared, SignedIn};

/// Answers who asked to join: with yes that person becomes a member, until an end if one is named.
#[utoipa::path(post, path = "/rooms/{room}/join-requests/{user}", tag = "Joining",
    params(("room" = String, Path, format = "uuid"), ("user" = String, Path, format = "uuid")), request_body = AnswerJoinRequest,
    responses((status = 200, body = JoinRequest), SignedInOnly, Forbidden, Missing, Changing))]
pub async fn answer_request(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    RoomAt(room): RoomAt,
    user: Result<UserAt, Refused>,
    answer: Input<AnswerJoinRequest>,
) -> Answer<Json<JoinRequest>> {
    let joining = &shared.services.joining;
    // Who may not know of the room isn't told by what follows it in the path.
    let Ok(UserAt(user)) = user else {
        joining.may_answer(&caller, room).await?;
        return Err(stoa_domain::wire::problem::Problem::not_found().into());
    };
    let answer = answer.or_after(joining.may_answer(&caller, room)).await?;
    Ok(Json(joining.answer(&caller, room, user, answer).await?))
}
