//! Posting, following and creating rooms without scripts.

use axum::extract::Path;
use axum::response::Response;
use http::Method;
use serde_json::{Map, Value, json};
use stoa_domain::id::RoomId;
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::room::Room;

use super::form::{self, Fields};
use super::local::Local;

pub(super) fn page(room: RoomId) -> String {
    format!("/chat/r/{room}")
}

/// An address with an id that is none leads where unknown rooms do: whatever else it says must not
/// get into the path of a call.
pub(super) fn nowhere(fields: &Fields) -> Response {
    fields.back("/chat", &Problem::room_not_found())
}

pub async fn say(local: Local, Path(room): Path<String>, fields: Fields) -> Response {
    let Ok(room) = room.parse::<RoomId>() else { return nowhere(&fields) };
    let page = page(room);
    let body = json!({ "nonce": fields.get("nonce"), "body": fields.get("body") });
    match local.send(Method::POST, &format!("/rooms/{room}/messages"), &body).await {
        Ok(_) => form::to(&page),
        Err(problem) => fields.back(&page, &problem),
    }
}

pub async fn leave(local: Local, Path(room): Path<String>, fields: Fields) -> Response {
    let Ok(room) = room.parse::<RoomId>() else { return nowhere(&fields) };
    match local.ask(Method::DELETE, &format!("/me/rooms/{room}")).await {
        Ok(_) => form::to("/chat"),
        Err(problem) => fields.back(&page(room), &problem),
    }
}

pub async fn favourite(local: Local, Path(room): Path<String>, fields: Fields) -> Response {
    let Ok(room) = room.parse::<RoomId>() else { return nowhere(&fields) };
    let page = page(room);
    match local.send(Method::PATCH, &format!("/me/rooms/{room}"), &json!({ "favourite": fields.is_on("on") })).await {
        Ok(_) => form::to(&page),
        Err(problem) => fields.back(&page, &problem),
    }
}

pub async fn join(local: Local, fields: Fields) -> Response {
    match fields.get("room").parse::<RoomId>() {
        Ok(room) => match local.ask(Method::PUT, &format!("/me/rooms/{room}")).await {
            Ok(_) => form::to(&page(room)),
            Err(problem) => fields.back("/directory", &problem),
        },
        Err(_) => fields.back("/directory", &Problem::room_not_found()),
    }
}

pub async fn create(local: Local, fields: Fields) -> Response {
    // Only what was filled in, so that the API's own defaults and refusals hold.
    let mut body = Map::new();
    for name in ["name", "category", "privacy", "type", "topic", "description"] {
        if let Some(text) = fields.filled(name) {
            body.insert(name.to_owned(), Value::from(text));
        }
    }
    match made(&local, body).await {
        Ok(room) => form::to(&format!("/chat/r/{room}")),
        Err(problem) => fields.back("/rooms/new", &problem),
    }
}

async fn made(local: &Local, body: Map<String, Value>) -> Result<RoomId, Problem> {
    let room: Room = local.send(Method::POST, "/rooms", &body).await?.decode()?;
    local.ask(Method::PUT, &format!("/me/rooms/{}", room.info.id)).await?;
    Ok(room.info.id)
}
