//! Access lists, of rooms and categories, groups and roles alike.

mod add;
mod change;
mod get;
mod remove;
mod replace;

use std::sync::Arc;

use stoa_domain::wire::list::List;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::Shared;
use crate::http::tagged::Tagged;

pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new()
        .routes(routes!(get::get_room_list, replace::replace_room_list, change::change_room_list, add::add_to_room_list))
        .routes(routes!(remove::remove_from_room_list))
        .routes(routes!(get::get_category_list, replace::replace_category_list, change::change_category_list, add::add_to_category_list))
        .routes(routes!(remove::remove_from_category_list))
        .routes(routes!(get::get_group_members, replace::replace_group_members, change::change_group_members, add::add_to_group))
        .routes(routes!(remove::remove_from_group))
        .routes(routes!(get::get_role, replace::replace_role, change::change_role, add::give_role))
        .routes(routes!(remove::take_role))
}

fn tagged(list: List) -> Tagged<List> {
    Tagged { version: list.version.clone(), object: list }
}
