//! The Channel service: the socket's door, and a room's messages as pages.

mod history;
mod open;
mod post;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;

pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new().routes(routes!(open::open)).routes(routes!(history::history, post::post))
}
