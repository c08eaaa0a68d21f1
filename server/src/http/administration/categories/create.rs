use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::category::{Category, NewCategory};

use crate::http::docs::{Changing, Conflicting, Forbidden, Missing, SignedInOnly};
use crate::http::extract::IdempotencyKey;
use crate::http::input::Input;
use crate::http::tagged::Created;
use crate::http::{Answer, Shared, SignedIn};

/// Creates a category.
#[utoipa::path(post, path = "/categories", tag = "Categories", params(("idempotency-key" = Option<String>, Header)), request_body = NewCategory,
    responses((status = 201, body = Category), SignedInOnly, Forbidden, Missing, Changing, Conflicting))]
pub async fn create_category(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    IdempotencyKey(key): IdempotencyKey,
    new: Input<NewCategory>,
) -> Answer<Created<Json<Category>>> {
    let category = shared.services.categories.create(&caller, new.take()?, key.as_deref()).await?;
    Ok(Created { at: format!("/categories/{}", category.id), object: Json(category) })
}
