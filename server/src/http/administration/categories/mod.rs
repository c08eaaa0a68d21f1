mod access;
mod change;
mod create;
mod get;
mod part;
mod relocate;
mod remove;
mod tree;

use std::sync::Arc;

use stoa_domain::wire::category::Category;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::Shared;
use crate::http::tagged::Tagged;

pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new()
        .routes(routes!(tree::categories, create::create_category))
        .routes(routes!(part::category_tree))
        .routes(routes!(get::get_category, change::change_category, remove::remove_category))
        .routes(routes!(relocate::move_category))
        .routes(routes!(access::access_to_category))
}

fn tagged(category: Category) -> Tagged<Category> {
    Tagged { version: category.version.clone(), object: category }
}
