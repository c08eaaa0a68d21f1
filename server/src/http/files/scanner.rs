use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::quarantine::{Rescan, Rescanning, ScannerState};

use crate::http::docs::{Changing, Conflicting, Forbidden, SignedInOnly};
use crate::http::input::Input;
use crate::http::{Answer, Shared, SignedIn};

/// How the scanner of files is, as this server knows it, and how many files wait for it.
#[utoipa::path(get, path = "/scanner", tag = "Files", responses((status = 200, body = ScannerState), SignedInOnly, Forbidden))]
pub async fn get_scanner(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn) -> Answer<Json<ScannerState>> {
    Ok(Json(shared.services.files.scanner(&caller).await?))
}

/// Has files scanned again, also those that came before there was a scanner. They can be read meanwhile.
#[utoipa::path(post, path = "/scanner/rescan", tag = "Files", request_body = Rescan,
    responses((status = 200, body = Rescanning), SignedInOnly, Forbidden, Changing, Conflicting))]
pub async fn rescan_files(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, rescan: Input<Rescan>) -> Answer<Json<Rescanning>> {
    let rescan = rescan.or_after(async { shared.services.files.may_rescan(&caller) }).await?;
    Ok(Json(shared.services.files.rescan_all(&caller, &rescan).await?))
}
