use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::category::Category;
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::{Page, PageQuery};

use crate::http::docs::SignedInOnly;
use crate::http::extract::Asked;
use crate::http::{Answer, Shared, SignedIn};

/// The tree of categories, as far as I may find it: flat, parents before children.
#[utoipa::path(get, path = "/categories", tag = "Categories", params(PageQuery), responses((status = 200, body = Page<Category>), SignedInOnly))]
pub async fn categories(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, Asked(page): Asked<PageQuery>) -> Answer<Json<Page<Category>>> {
    if page.cursor.is_some() {
        // One page holds the whole tree, so no cursor is ever given.
        return Err(Problem::bad_cursor().into());
    }
    Ok(Json(shared.services.categories.tree(&caller)?))
}
