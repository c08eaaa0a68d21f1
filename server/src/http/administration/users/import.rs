use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use http::header;
use stoa_domain::wire::people::{ImportQuery, Imported};
use stoa_domain::wire::problem::Problem;

use crate::http::docs::{Changing, Conflicting, Forbidden, Missing, SignedInOnly};
use crate::http::extract::{Asked, IdempotencyKey, ImportAt};
use crate::http::{Answer, Shared, SignedIn};

/// The longest file: 100,000 lines of what people have.
const FILE_LIMIT: usize = 32 * 1024 * 1024;
/// What browsers call such a file; where Excel is installed, they call it Excel's.
const KINDS: [&str; 4] = ["text/csv", "text/plain", "application/octet-stream", "application/vnd.ms-excel"];

/// Creates and changes people out of a CSV file, with the columns `name`, `display_name` and perhaps `email`, `unit`
/// and `groups`. With `dry_run` it only tells what would be done. What takes longer goes on behind the answer, in changes of
/// a thousand lines; `progress` says how far it is.
#[utoipa::path(post, path = "/users/import", tag = "People", params(ImportQuery, ("idempotency-key" = Option<String>, Header)), request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = Imported), SignedInOnly, Forbidden, Changing, Conflicting))]
pub async fn import_users(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    Asked(query): Asked<ImportQuery>,
    IdempotencyKey(key): IdempotencyKey,
    request: Request,
) -> Answer<Json<Imported>> {
    shared.services.import.may(&caller)?;
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let file = axum::body::to_bytes(request.into_body(), FILE_LIMIT).await.map_err(|error| {
        let long = std::error::Error::source(&error).is_some_and(<dyn std::error::Error>::is::<http_body_util::LengthLimitError>);
        if long {
            Problem::too_large().detail(format!("A file has at most {FILE_LIMIT} bytes."))
        } else {
            Problem::malformed().detail("The file didn't come whole.")
        }
    })?;
    if !KINDS.contains(&kind.as_str()) {
        return Err(Problem::unsupported_media_type().detail("The file has to be CSV.").into());
    }
    Ok(Json(shared.services.import.import(&caller, file.into(), &query, key.as_deref()).await?))
}

/// How far an import is.
#[utoipa::path(get, path = "/users/import/{import}", tag = "People", params(("import" = String, Path, format = "uuid")),
    responses((status = 200, body = Imported), SignedInOnly, Missing))]
pub async fn import_of_users(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, ImportAt(import): ImportAt) -> Answer<Json<Imported>> {
    Ok(Json(shared.services.import.get(&caller, import).await?))
}
