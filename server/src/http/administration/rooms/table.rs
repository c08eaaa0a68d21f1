use std::convert::Infallible;
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use http::header;
use stoa_domain::wire::room::{RoomPage, RoomQuery};

use crate::http::docs::SignedInOnly;
use crate::http::extract::Asked;
use crate::http::{Answer, Shared, SignedIn};

/// The rooms that I see in the console.
#[utoipa::path(get, path = "/rooms", tag = "Rooms", params(RoomQuery), responses((status = 200, body = RoomPage), SignedInOnly))]
pub async fn list_rooms(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, Asked(query): Asked<RoomQuery>) -> Answer<Json<RoomPage>> {
    Ok(Json(shared.services.rooms.table(&caller, query).await?))
}

/// The same as CSV, all of them: cursor and limit aren't looked at.
#[utoipa::path(get, path = "/rooms.csv", tag = "Rooms", params(RoomQuery),
    responses((status = 200, body = String, content_type = "text/csv"), SignedInOnly))]
pub async fn file_of_rooms(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, Asked(query): Asked<RoomQuery>) -> Answer<Response> {
    let pieces = shared.services.rooms.file(&caller, query).await?;
    // Fused: the compression asks once more behind the end.
    let pieces = futures_util::stream::unfold(pieces, async |mut pieces| Some((Ok::<_, Infallible>(pieces.recv().await?), pieces))).fuse();
    let headers = [(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, "attachment; filename=\"rooms.csv\"")];
    Ok((headers, Body::from_stream(pieces)).into_response())
}
