//! Pages: the forms that work without scripts, each a call of the API in process, answered by a
//! 303; and the app, rendered on the server.

#[cfg(feature = "app")]
mod app;
mod files;
mod form;
mod joining;
mod local;
mod rooms;
mod session;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef, Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{HeaderMap, Method};

use crate::http::{BODY_LIMIT, Shared, assets, nothing};

pub use local::Local;

/// What a page needs: what every request can reach, and the calls of the API.
#[derive(Clone, FromRef)]
pub struct Pages {
    shared: Arc<Shared>,
    api: Router,
}

impl Pages {
    #[must_use]
    pub fn new(shared: &Arc<Shared>, api: Router) -> Self {
        Self { shared: Arc::clone(shared), api: api.fallback(nothing) }
    }

    /// The API and the pages together: everything that is answered to somebody.
    pub fn routes(&self, api: Router) -> Router {
        let routes = api.merge(self.forms());
        #[cfg(feature = "app")]
        let routes = routes.merge(app::routes(self));
        routes.fallback_service(Router::new().fallback(elsewhere).with_state(self.clone()))
    }

    /// The forms' routes; their fields are listed in the app's route table.
    fn forms(&self) -> Router {
        Router::new()
            .route("/sign-in", post(session::sign_in))
            .route("/sign-out", post(session::sign_out))
            .route("/setup", post(session::set_up))
            .route("/chat/r/{room}", post(rooms::say))
            .route("/chat/r/{room}/files", post(files::post))
            .route("/chat/r/{room}/leave", post(rooms::leave))
            .route("/chat/r/{room}/favourite", post(rooms::favourite))
            .route("/chat/r/{room}/requests", post(joining::answer))
            .route("/chat/invitations", post(joining::invitation))
            .route("/directory/join", post(rooms::join))
            .route("/directory/ask", post(joining::ask))
            .route("/directory/withdraw", post(joining::withdraw))
            .route("/rooms/new", post(rooms::create))
            .layer(DefaultBodyLimit::max(BODY_LIMIT))
            .with_state(self.clone())
    }
}

/// The built files, for which nobody needs a session.
pub fn built() -> Router {
    let answer = async |Path(file): Path<String>, headers: HeaderMap| match assets::file(&format!("pkg/{file}"), &headers) {
        Some(file) => file,
        None => nothing().await.into_response(),
    };
    Router::new().route("/pkg/{*file}", get(answer))
}

/// The other files of the site, and the page that says that there is none.
async fn elsewhere(State(pages): State<Pages>, request: Request) -> Response {
    let path = request.uri().path();
    if path.starts_with("/api/") {
        return nothing().await.into_response();
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    match assets::file(path.trim_start_matches('/'), request.headers()).filter(|_| reads) {
        Some(file) => file,
        None => missing(pages, request).await,
    }
}

#[cfg(feature = "app")]
async fn missing(pages: Pages, request: Request) -> Response {
    app::page(pages, request).await
}

#[cfg(not(feature = "app"))]
async fn missing(_: Pages, _: Request) -> Response {
    nothing().await.into_response()
}
