use std::sync::Arc;

use axum::extract::State;
use stoa_domain::wire::category::Category;

use crate::http::docs::{Missing, SignedInOnly};
use crate::http::extract::CategoryAt;
use crate::http::tagged::Tagged;
use crate::http::{Answer, Shared, SignedIn};

/// A category that I may find.
#[utoipa::path(get, path = "/categories/{category}", tag = "Categories", params(("category" = String, Path, format = "uuid")),
    responses((status = 200, body = Category), SignedInOnly, Missing))]
pub async fn get_category(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, CategoryAt(category): CategoryAt) -> Answer<Tagged<Category>> {
    Ok(super::tagged(shared.services.categories.get(&caller, category)?))
}
