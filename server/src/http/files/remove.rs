use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;

use crate::http::docs::{Forbidden, Missing, SignedInOnly};
use crate::http::extract::FileAt;
use crate::http::{Answer, Shared, SignedIn};

/// Removes a file from its message, for who manages its room: at once for everyone, for good when the archive has it and
/// no legal hold keeps it.
#[utoipa::path(delete, path = "/files/{file}", tag = "Files", params(("file" = String, Path, format = "uuid")),
    responses((status = 204), SignedInOnly, Forbidden, Missing))]
pub async fn remove_file(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, FileAt(file): FileAt) -> Answer<StatusCode> {
    shared.services.files.remove(&caller, file).await?;
    Ok(StatusCode::NO_CONTENT)
}
