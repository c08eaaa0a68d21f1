mod access;
mod change;
mod create;
mod get;
mod import;
mod list;
mod sign_out;

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use stoa_domain::person::Role;
use stoa_domain::wire::people::Account;
use stoa_domain::wire::problem::Problem;
use stoa_services::Caller;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::Shared;
use crate::http::tagged::Tagged;

pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new()
        .routes(routes!(list::list_users, create::create_user))
        .routes(routes!(get::get_user, change::change_user))
        .routes(routes!(import::import_users))
        .routes(routes!(import::import_of_users))
        .routes(routes!(access::access_of_user))
        .routes(routes!(sign_out::sign_out_user))
}

/// An account; its version is told to who administers people only.
fn tagged(account: Account) -> Response {
    match account.account.as_ref().map(|details| details.version.clone()) {
        Some(version) => Tagged { version, object: account }.into_response(),
        None => axum::Json(account).into_response(),
    }
}

/// What is asked of a caller whose body is bad: that he administers people.
fn may_change(shared: &Shared, caller: &Caller) -> Result<(), Problem> {
    let roles = shared.services.auth.session(caller)?.roles;
    if roles.iter().any(|role| matches!(role, Role::Administrator | Role::UserAdministrator)) { Ok(()) } else { Err(Problem::forbidden()) }
}
