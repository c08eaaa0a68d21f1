//! Access lists, of rooms and of categories alike.

mod add;
mod get;
mod remove;
mod replace;

use std::sync::Arc;

use stoa_domain::access::ListOwner;
use stoa_domain::wire::PageQuery;
use stoa_domain::wire::list::List;
use stoa_domain::wire::problem::Problem;
use stoa_services::Caller;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::Shared;
use crate::http::tagged::Tagged;

pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new()
        .routes(routes!(get::get_room_list, replace::replace_room_list, add::add_to_room_list))
        .routes(routes!(remove::remove_from_room_list))
        .routes(routes!(get::get_category_list, replace::replace_category_list, add::add_to_category_list))
        .routes(routes!(remove::remove_from_category_list))
}

fn tagged(list: List) -> Tagged<List> {
    Tagged { version: list.version.clone(), object: list }
}

/// What is asked of a caller whose body is bad: that he may change this list. Its version comes back.
async fn may_change(shared: &Shared, caller: &Caller, list: ListOwner) -> Result<String, Problem> {
    // Who only sees it (an auditor) may read it all the same, so that isn't enough.
    let seen = shared.services.lists.get(caller, list, &PageQuery { cursor: None, limit: Some(1) }).await?;
    let now = shared.environment.now();
    let snapshot = shared.services.access().vouched()?;
    let manages = match list {
        ListOwner::Room(room, _) => snapshot.decide(caller.user, room, now).rights.manage,
        ListOwner::Category(category, _) => snapshot.may_manage_category(caller.user, category, now),
    };
    if manages { Ok(seen.version) } else { Err(Problem::forbidden()) }
}
