//! Access as a whole: what changes would do to it, and whom it can name.

mod preview;
mod principals;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::Shared;

pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new().routes(routes!(preview::preview_access)).routes(routes!(principals::find_principals)).routes(routes!(principals::resolve_principals))
}
