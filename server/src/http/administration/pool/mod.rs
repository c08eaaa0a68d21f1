//! The pool as a whole.

mod overview;
mod settings;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::Shared;

pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new().routes(routes!(settings::get_settings, settings::change_settings)).routes(routes!(overview::overview))
}
