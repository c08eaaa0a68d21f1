use std::sync::Arc;

use axum::extract::State;
use axum::{Extension, Json};
use stoa_domain::wire::session::{Session, Setup};
use tower_sessions::Session as Cookie;

use crate::http::docs::{Changing, Forbidden, Open};
use crate::http::input::Input;
use crate::http::tagged::Created;
use crate::http::{Address, Answer, Shared, sessions};

/// Creates the first administrator, and signs them in.
///
/// The token stands in the link that the server prints at each start until there is one.
#[utoipa::path(post, path = "/setup", tag = "Signing in", request_body = Setup,
    responses((status = 201, body = Session, description = "Created and signed in; the cookie is the session"), Open, Forbidden, Changing))]
pub async fn set_up(
    State(shared): State<Arc<Shared>>,
    Address(from): Address,
    Extension(cookie): Extension<Cookie>,
    setup: Input<Setup>,
) -> Answer<Created<Json<Session>>> {
    let user = shared.services.auth.setup(setup.take()?, &from).await?;
    let caller = sessions::begin(&shared, &cookie, user, from).await?;
    Ok(Created { at: "/session".to_owned(), object: Json(shared.services.auth.session(&caller)?) })
}
