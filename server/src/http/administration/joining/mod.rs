//! Requests to join closed rooms, and their answers.

mod answer;
mod ask;
mod list;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::Shared;

pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new()
        .routes(routes!(list::requests_of_room, ask::ask_to_join, ask::withdraw_request))
        .routes(routes!(answer::answer_request))
        .routes(routes!(list::waiting_requests))
        .routes(routes!(list::my_requests))
}
