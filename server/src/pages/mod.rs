//! Pages: the forms that work without scripts, each a call of the API in process, answered by a
//! 303; and the app, rendered on the server.

mod form;
mod local;
mod people;
mod rooms;
mod session;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef};
use axum::routing::post;

use crate::http::{BODY_LIMIT, Shared};

pub use local::Local;

/// What a page needs: what every request can reach, and the calls of the API.
#[derive(Clone, FromRef)]
pub struct Pages {
    shared: Arc<Shared>,
    api: Router,
}

/// The forms' routes; their fields are listed in the app's route table.
pub fn forms(shared: &Arc<Shared>, api: Router) -> Router {
    Router::new()
        .route("/sign-in", post(session::sign_in))
        .route("/sign-out", post(session::sign_out))
        .route("/setup", post(session::set_up))
        .route("/chat/r/{room}", post(rooms::say))
        .route("/chat/r/{room}/leave", post(rooms::leave))
        .route("/chat/r/{room}/favourite", post(rooms::favourite))
        .route("/directory/join", post(rooms::join))
        .route("/rooms/new", post(rooms::create))
        .route("/people/new", post(people::create))
        .route("/people/{user}/enabled", post(people::set_enabled))
        .route("/people/{user}/password", post(people::set_password))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(Pages { shared: Arc::clone(shared), api })
}
