use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::{Page, PageQuery, Person};

use crate::http::docs::{Forbidden, Missing, SignedInOnly};
use crate::http::extract::{Asked, RoomAt};
use crate::http::{Answer, Shared, SignedIn};

/// Who is a member, by any way.
#[utoipa::path(get, path = "/rooms/{room}/people", tag = "Rooms", params(("room" = String, Path, format = "uuid"), PageQuery),
    responses((status = 200, body = Page<Person>), SignedInOnly, Forbidden, Missing))]
pub async fn people_of_room(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    RoomAt(room): RoomAt,
    Asked(page): Asked<PageQuery>,
) -> Answer<Json<Page<Person>>> {
    Ok(Json(shared.services.rooms.people(&caller, room, &page)?))
}
