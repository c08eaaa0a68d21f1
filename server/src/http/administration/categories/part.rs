use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::Page;
use stoa_domain::wire::category::{TreeLine, TreeQuery};

use crate::http::docs::SignedInOnly;
use crate::http::extract::Asked;
use crate::http::{Answer, Shared, SignedIn};

/// A part of the tree of categories: down to one of them, or those with words in their names.
#[utoipa::path(get, path = "/categories/tree", tag = "Categories", params(TreeQuery), responses((status = 200, body = Page<TreeLine>), SignedInOnly))]
pub async fn category_tree(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, Asked(query): Asked<TreeQuery>) -> Answer<Json<Page<TreeLine>>> {
    Ok(Json(shared.services.categories.part(&caller, &query)?))
}
