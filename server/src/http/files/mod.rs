//! The Web service: files in rooms. A file comes whole, raw or out of a form, or in parts by the tus
//! protocol; it goes out in parts, if that is asked for.

pub mod arriving;
pub mod disposition;
pub mod form;
mod get;
mod list;
mod metadata;
pub mod multipart;
mod preview;
mod quarantine;
mod range;
mod remove;
mod scanner;
mod storage;
mod sums;
mod tus;
mod upload;
mod uploads;

use std::sync::Arc;

use axum::middleware;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;

pub use get::AsItIs;

/// Calls that last as long as their content is on its way.
pub const LONG: [&str; 4] = ["/api/v1/rooms/{room}/files", "/api/v1/rooms/{room}/uploads", "/api/v1/uploads/{upload}", "/chat/r/{room}/files"];

pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    let in_parts = OpenApiRouter::new()
        .routes(routes!(uploads::begin_upload, uploads::upload_options))
        .routes(routes!(uploads::continue_upload, uploads::look_at_upload, uploads::give_upload_up))
        .route_layer(middleware::map_response(tus::resumable));
    OpenApiRouter::new()
        .routes(routes!(list::list_files, upload::upload_file))
        .routes(routes!(storage::find_files))
        .routes(routes!(storage::file_storage))
        .routes(routes!(get::get_file, remove::remove_file))
        .routes(routes!(preview::get_preview))
        .routes(routes!(quarantine::list_quarantine))
        .routes(routes!(quarantine::rescan_file))
        .routes(routes!(quarantine::release_file))
        .routes(routes!(quarantine::delete_quarantined))
        .routes(routes!(scanner::get_scanner))
        .routes(routes!(scanner::rescan_files))
        .merge(in_parts)
}
