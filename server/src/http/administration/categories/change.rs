use std::sync::Arc;

use axum::extract::State;
use stoa_domain::wire::category::{Category, ChangeCategory};

use crate::http::docs::{Changing, Conflicting, Forbidden, Missing, SignedInOnly, Versioned};
use crate::http::extract::{CategoryAt, IfMatch};
use crate::http::input::Input;
use crate::http::tagged::Tagged;
use crate::http::{Answer, Shared, SignedIn};

/// Changes a category's properties; what isn't sent stays.
#[utoipa::path(patch, path = "/categories/{category}", tag = "Categories",
    params(("category" = String, Path, format = "uuid"), ("if-match" = String, Header)), request_body = ChangeCategory,
    responses((status = 200, body = Category), SignedInOnly, Forbidden, Missing, Versioned, Changing, Conflicting))]
pub async fn change_category(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    CategoryAt(category): CategoryAt,
    if_match: IfMatch,
    change: Input<ChangeCategory>,
) -> Answer<Tagged<Category>> {
    let change = change.or_after(async { if_match.holds(&shared.services.categories.may_change(&caller, category)?.version) }).await?;
    Ok(super::tagged(shared.services.categories.change(&caller, category, change, if_match.as_deref()).await?))
}
