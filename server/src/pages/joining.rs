//! Asking to join, answering, and invitations without scripts.

use axum::extract::Path;
use axum::response::Response;
use http::Method;
use serde_json::json;
use stoa_domain::id::{RoomId, UserId};
use stoa_domain::wire::problem::Problem;

use super::form::{self, Fields};
use super::local::Local;

const DIRECTORY: &str = "/directory";
const CHAT: &str = "/chat";

/// The room that a form names.
fn named(fields: &Fields) -> Result<RoomId, Problem> {
    fields.get("room").parse().map_err(|_| Problem::room_not_found())
}

pub async fn ask(local: Local, fields: Fields) -> Response {
    let asked = match named(&fields) {
        Ok(room) => local.send(Method::POST, &format!("/rooms/{room}/join-requests"), &json!({ "text": fields.get("text") })).await.map(drop),
        Err(problem) => Err(problem),
    };
    match asked {
        Ok(()) => form::to(form::own_path(fields.get("next")).unwrap_or(DIRECTORY)),
        Err(problem) => fields.back(DIRECTORY, &problem),
    }
}

pub async fn withdraw(local: Local, fields: Fields) -> Response {
    let done = match named(&fields) {
        Ok(room) => local.ask(Method::DELETE, &format!("/rooms/{room}/join-requests")).await.map(drop),
        Err(problem) => Err(problem),
    };
    match done {
        Ok(()) => form::to(form::own_path(fields.get("next")).unwrap_or(DIRECTORY)),
        Err(problem) => fields.back(DIRECTORY, &problem),
    }
}

/// Accepts, declines, or puts the answer to a request aside.
pub async fn invitation(local: Local, fields: Fields) -> Response {
    let answer = fields.get("answer");
    let room = match named(&fields) {
        Ok(room) => room,
        Err(problem) => return fields.back(CHAT, &problem),
    };
    let done = if answer == "done" {
        local.ask(Method::DELETE, &format!("/rooms/{room}/join-requests")).await
    } else {
        local.send(Method::POST, &format!("/me/invitations/{room}"), &json!({ "answer": answer })).await
    };
    match done {
        Ok(_) if answer == "accept" => form::to(&format!("{CHAT}/r/{room}")),
        Ok(_) => form::to(CHAT),
        Err(problem) => fields.back(CHAT, &problem),
    }
}

pub async fn answer(local: Local, Path(room): Path<String>, fields: Fields) -> Response {
    let (Ok(room), Ok(user)) = (room.parse::<RoomId>(), fields.get("user").parse::<UserId>()) else {
        return fields.back(CHAT, &Problem::room_not_found());
    };
    let page = format!("{CHAT}/r/{room}");
    match local.send(Method::POST, &format!("/rooms/{room}/join-requests/{user}"), &json!({ "answer": fields.get("answer") })).await {
        Ok(_) => form::to(&page),
        Err(problem) => fields.back(&page, &problem),
    }
}
