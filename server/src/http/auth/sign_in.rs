use std::sync::Arc;

use axum::extract::State;
use axum::{Extension, Json};
use stoa_domain::wire::session::{Session, SignIn};
use tower_sessions::Session as Cookie;

use crate::http::docs::{Changing, SignedInOnly, Throttled};
use crate::http::input::Input;
use crate::http::{Address, Answer, Shared, sessions};

/// Signs in.
#[utoipa::path(post, path = "/session", tag = "Signing in", request_body = SignIn,
    responses((status = 200, body = Session, description = "Signed in; the cookie is the session"), SignedInOnly, Changing, Throttled))]
pub async fn sign_in(
    State(shared): State<Arc<Shared>>,
    Address(from): Address,
    Extension(cookie): Extension<Cookie>,
    sign_in: Input<SignIn>,
) -> Answer<Json<Session>> {
    let signed_in = shared.services.auth.sign_in(sign_in.take()?, &from).await?;
    let caller = sessions::begin(&shared, &cookie, signed_in.user, from).await?;
    if let Err(refusal) = shared.services.auth.still_holds(&signed_in).await {
        sessions::end(&cookie).await?;
        return Err(refusal.into());
    }
    Ok(Json(shared.services.auth.session(&caller)?))
}
