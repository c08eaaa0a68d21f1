use std::sync::Arc;

use axum::extract::State;
use stoa_domain::wire::category::{Category, MoveCategory};

use crate::http::docs::{Changing, Conflicting, Forbidden, Missing, SignedInOnly, Versioned};
use crate::http::extract::{CategoryAt, IfMatch};
use crate::http::input::Input;
use crate::http::tagged::Tagged;
use crate::http::{Answer, Shared, SignedIn};

/// Moves a category, with all below it.
#[utoipa::path(post, path = "/categories/{category}/move", tag = "Categories",
    params(("category" = String, Path, format = "uuid"), ("if-match" = String, Header)), request_body = MoveCategory,
    responses((status = 200, body = Category), SignedInOnly, Forbidden, Missing, Versioned, Changing, Conflicting))]
pub async fn move_category(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    CategoryAt(category): CategoryAt,
    if_match: IfMatch,
    to: Input<MoveCategory>,
) -> Answer<Tagged<Category>> {
    let to = to.or_after(async { if_match.holds(&shared.services.categories.may_change(&caller, category)?.version) }).await?;
    Ok(super::tagged(shared.services.categories.relocate(&caller, category, to.parent, if_match.as_deref()).await?))
}
