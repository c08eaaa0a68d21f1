use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::Page;
use stoa_domain::wire::room::Room;

use crate::http::administration::search::Search;
use crate::http::docs::SignedInOnly;
use crate::http::extract::Asked;
use crate::http::{Answer, Shared, SignedIn};

/// The rooms that I see in the console.
#[utoipa::path(get, path = "/rooms", tag = "Rooms", params(Search), responses((status = 200, body = Page<Room>), SignedInOnly))]
pub async fn list_rooms(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, Asked(search): Asked<Search>) -> Answer<Json<Page<Room>>> {
    let (q, page) = search.split();
    Ok(Json(shared.services.rooms.list(&caller, q.as_deref(), &page)?))
}
