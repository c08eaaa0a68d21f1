use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::Page;
use stoa_domain::wire::people::Account;

use crate::http::administration::search::Search;
use crate::http::docs::SignedInOnly;
use crate::http::extract::Asked;
use crate::http::{Answer, Shared, SignedIn};

/// People; to who administers them, with their accounts.
#[utoipa::path(get, path = "/users", tag = "People", params(Search), responses((status = 200, body = Page<Account>), SignedInOnly))]
pub async fn list_users(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, Asked(search): Asked<Search>) -> Answer<Json<Page<Account>>> {
    let (q, page) = search.split();
    Ok(Json(shared.services.users.list(&caller, q.as_deref(), &page).await?))
}
