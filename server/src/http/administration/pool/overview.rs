use std::path::Path;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::pool::{Disk, Overview};

use crate::http::docs::{Forbidden, SignedInOnly};
use crate::http::{Answer, Shared, SignedIn};

/// How the pool is, as this server knows it.
#[utoipa::path(get, path = "/pool/overview", tag = "Pool", responses((status = 200, body = Overview), SignedInOnly, Forbidden))]
pub async fn overview(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn) -> Answer<Json<Overview>> {
    Ok(Json(shared.services.pool.overview(&caller, disk(&shared.config.data)).await?))
}

/// None where nothing can be asked about the folder.
fn disk(folder: &Path) -> Option<Disk> {
    let state = rustix::fs::statvfs(folder).ok()?;
    Some(Disk { bytes: state.f_blocks.saturating_mul(state.f_frsize), free: state.f_bavail.saturating_mul(state.f_frsize) })
}
