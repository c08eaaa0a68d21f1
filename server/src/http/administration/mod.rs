//! The Administration service: rooms, categories, their lists, people, groups, roles, the audit log.

mod access;
mod audit;
mod categories;
mod cleanup;
mod domains;
mod groups;
mod joining;
mod lists;
mod pool;
mod rooms;
mod search;
mod units;
mod users;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;

use super::Shared;

pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new()
        .merge(rooms::routes())
        .merge(access::routes())
        .merge(lists::routes())
        .merge(categories::routes())
        .merge(users::routes())
        .merge(groups::routes())
        .merge(pool::routes())
        .merge(units::routes())
        .merge(domains::routes())
        .merge(joining::routes())
        .merge(audit::routes())
        .merge(cleanup::routes())
}
