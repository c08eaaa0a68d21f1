use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;

use crate::http::docs::{Conflicting, Forbidden, Missing, SignedInOnly, Versioned};
use crate::http::extract::{CategoryAt, IfMatch};
use crate::http::{Answer, Shared, SignedIn};

/// Removes an empty category.
#[utoipa::path(delete, path = "/categories/{category}", tag = "Categories", params(("category" = String, Path, format = "uuid"), ("if-match" = String, Header)),
    responses((status = 204), SignedInOnly, Forbidden, Missing, Versioned, Conflicting))]
pub async fn remove_category(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    CategoryAt(category): CategoryAt,
    if_match: IfMatch,
) -> Answer<StatusCode> {
    shared.services.categories.remove(&caller, category, if_match.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}
