use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::storage::{FoundFile, FoundQuery, Storage, StorageQuery};
use stoa_domain::wire::{Page, PageQuery};

use crate::http::docs::{Forbidden, SignedInOnly};
use crate::http::extract::Asked;
use crate::http::{Answer, Shared, SignedIn};

/// Whole files of the rooms that one sees in the console, the largest or oldest first. What one may not read has no name.
#[utoipa::path(get, path = "/files", tag = "Files", params(FoundQuery, PageQuery),
    responses((status = 200, body = Page<FoundFile>), SignedInOnly))]
pub async fn find_files(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    Asked(query): Asked<FoundQuery>,
    Asked(page): Asked<PageQuery>,
) -> Answer<Json<Page<FoundFile>>> {
    Ok(Json(shared.services.files.found(&caller, &query, &page).await?))
}

/// What files take, of those rooms: by room, by category, or by person for who sees the whole pool.
#[utoipa::path(get, path = "/files/storage", tag = "Files", params(StorageQuery, PageQuery),
    responses((status = 200, body = Storage), SignedInOnly, Forbidden))]
pub async fn file_storage(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    Asked(query): Asked<StorageQuery>,
    Asked(page): Asked<PageQuery>,
) -> Answer<Json<Storage>> {
    Ok(Json(shared.services.files.storage(&caller, &query, &page).await?))
}
