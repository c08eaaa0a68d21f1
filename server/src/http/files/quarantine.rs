use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use stoa_domain::wire::quarantine::{QuarantineQuery, Quarantined, ReleaseFile};
use stoa_domain::wire::{Page, PageQuery};

use crate::http::docs::{Changing, Conflicting, Forbidden, Missing, SignedInOnly};
use crate::http::extract::{Asked, QuarantinedAt};
use crate::http::input::Input;
use crate::http::{Answer, Shared, SignedIn};

/// Files that nobody can read, since the scanner found something or couldn't look, of the rooms that I see in the
/// console; the newest first. With `held=checking` those that wait for it.
#[utoipa::path(get, path = "/quarantine", tag = "Files", params(QuarantineQuery, PageQuery), responses((status = 200, body = Page<Quarantined>), SignedInOnly))]
pub async fn list_quarantine(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    Asked(query): Asked<QuarantineQuery>,
    Asked(page): Asked<PageQuery>,
) -> Answer<Json<Page<Quarantined>>> {
    Ok(Json(shared.services.files.quarantine(&caller, &query, &page).await?))
}

/// Has a file scanned again; for who manages its room.
#[utoipa::path(post, path = "/quarantine/{quarantined}/rescan", tag = "Files", params(("quarantined" = String, Path, format = "uuid")),
    responses((status = 200, body = Quarantined), SignedInOnly, Forbidden, Missing, Conflicting))]
pub async fn rescan_file(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, QuarantinedAt(file): QuarantinedAt) -> Answer<Json<Quarantined>> {
    Ok(Json(shared.services.files.rescan(&caller, file).await?))
}

/// Lets everybody in the room read a file all the same; for administrators, with a reason.
#[utoipa::path(post, path = "/quarantine/{quarantined}/release", tag = "Files", params(("quarantined" = String, Path, format = "uuid")),
    request_body = ReleaseFile, responses((status = 204), SignedInOnly, Forbidden, Missing, Changing))]
pub async fn release_file(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    QuarantinedAt(file): QuarantinedAt,
    release: Input<ReleaseFile>,
) -> Answer<StatusCode> {
    let release = release.or_after(shared.services.files.may_release(&caller, file)).await?;
    shared.services.files.release(&caller, file, &release).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a file for good; for who manages its room. It is gone from the quarantine and its message at once; its content
/// goes when the archive has it and no legal hold keeps it.
#[utoipa::path(delete, path = "/quarantine/{quarantined}", tag = "Files", params(("quarantined" = String, Path, format = "uuid")),
    responses((status = 204), SignedInOnly, Forbidden, Missing, Conflicting))]
pub async fn delete_quarantined(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, QuarantinedAt(file): QuarantinedAt) -> Answer<StatusCode> {
    shared.services.files.delete_quarantined(&caller, file).await?;
    Ok(StatusCode::NO_CONTENT)
}
