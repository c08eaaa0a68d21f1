//! The Administration service: rooms, categories, their lists, people, groups, roles.

mod categories;
mod groups;
mod lists;
mod rooms;
mod search;
mod users;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;

use super::Shared;

pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new().merge(rooms::routes()).merge(lists::routes()).merge(categories::routes()).merge(users::routes()).merge(groups::routes())
}
