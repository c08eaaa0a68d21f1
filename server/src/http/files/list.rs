use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::file::{File, FilesQuery};
use stoa_domain::wire::{Page, PageQuery};

use crate::http::docs::{Forbidden, Missing, SignedInOnly, Throttled};
use crate::http::extract::{Asked, RoomAt};
use crate::http::{Answer, Shared, SignedIn};

/// The files that messages of a room have, the newest first.
#[utoipa::path(get, path = "/rooms/{room}/files", tag = "Files", params(("room" = String, Path, format = "uuid"), FilesQuery, PageQuery),
    responses((status = 200, body = Page<File>), SignedInOnly, Forbidden, Missing, Throttled))]
pub async fn list_files(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    RoomAt(room): RoomAt,
    Asked(query): Asked<FilesQuery>,
    Asked(page): Asked<PageQuery>,
) -> Answer<Json<Page<File>>> {
    Ok(Json(shared.services.files.list(&caller, room, &query, &page).await?))
}
