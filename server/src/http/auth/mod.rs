//! Signing in and out, and the first administrator.

mod set_up;
mod setup_state;
mod sign_in;
mod sign_out;
mod who;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;

pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new().routes(routes!(setup_state::setup_state, set_up::set_up)).routes(routes!(who::who, sign_in::sign_in, sign_out::sign_out))
}
