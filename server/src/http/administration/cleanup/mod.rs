//! Message clean-up.

mod begin;
mod clear;
mod get;
mod undo;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::Shared;

pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new()
        .routes(routes!(get::message_queries, begin::query_messages))
        .routes(routes!(get::message_query))
        .routes(routes!(undo::undo_query))
        .routes(routes!(clear::clear_room))
}
