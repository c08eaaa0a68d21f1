//! The caller's own state.

mod change;
mod follow;
mod invitations;
mod rooms;
mod unfollow;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;

pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new()
        .routes(routes!(rooms::my_rooms))
        .routes(routes!(follow::follow, unfollow::unfollow, change::change_my_room))
        .routes(routes!(invitations::my_invitations))
        .routes(routes!(invitations::answer_invitation))
}
