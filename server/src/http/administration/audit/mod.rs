mod export;
mod get;
mod list;
mod verify;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::Shared;

pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new()
        .routes(routes!(list::list_audit))
        .routes(routes!(get::get_audit_record))
        .routes(routes!(export::export_audit))
        .routes(routes!(verify::verify_audit))
}
