use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::preview::{Preview, Previewed};

use crate::http::docs::{Changing, Conflicting, Forbidden, Missing, SignedInOnly};
use crate::http::input::Input;
use crate::http::{Answer, Shared, SignedIn};

/// Who would gain and lose what by these calls, made one after the other. Nothing is changed.
#[utoipa::path(post, path = "/access/preview", tag = "Access", request_body = Preview,
    responses((status = 200, body = Previewed), SignedInOnly, Forbidden, Missing, Changing, Conflicting))]
pub async fn preview_access(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, asked: Input<Preview>) -> Answer<Json<Previewed>> {
    Ok(Json(shared.services.previews.preview(&caller, asked.take()?).await?))
}
