use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::access::{CategoryAccess, CategoryAccessQuery};

use crate::http::docs::{Forbidden, Missing, SignedInOnly};
use crate::http::extract::{Asked, CategoryAt};
use crate::http::{Answer, Shared, SignedIn};

/// Whom the category lets into its rooms, and by what; with `user` what it is to that person, and why.
#[utoipa::path(get, path = "/categories/{category}/access", tag = "Categories",
    params(("category" = String, Path, format = "uuid"), CategoryAccessQuery),
    responses((status = 200, body = CategoryAccess), SignedInOnly, Forbidden, Missing))]
pub async fn access_to_category(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    CategoryAt(category): CategoryAt,
    Asked(query): Asked<CategoryAccessQuery>,
) -> Answer<Json<CategoryAccess>> {
    Ok(Json(shared.services.categories.access(&caller, category, &query).await?))
}
