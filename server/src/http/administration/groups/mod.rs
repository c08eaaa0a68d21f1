mod change;
mod create;
mod get;
mod list;
mod remove;

use std::sync::Arc;

use stoa_domain::wire::group::Group;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::Shared;
use crate::http::tagged::Tagged;

pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new().routes(routes!(list::list_groups, create::create_group)).routes(routes!(get::get_group, change::change_group, remove::remove_group))
}

fn tagged(group: Group) -> Tagged<Group> {
    Tagged { version: group.version.clone(), object: group }
}
