mod access;
mod change;
mod create;
mod get;
mod people;
mod relocate;
mod remove;
mod state;
mod table;

use std::sync::Arc;

use stoa_domain::wire::room::Room;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::Shared;
use crate::http::tagged::Tagged;

pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new()
        .routes(routes!(table::list_rooms, create::create_room))
        .routes(routes!(table::file_of_rooms))
        .routes(routes!(get::get_room, change::change_room, remove::remove_room))
        .routes(routes!(state::disable_room))
        .routes(routes!(state::enable_room))
        .routes(routes!(people::people_of_room))
        .routes(routes!(access::access_to_room))
        .routes(routes!(relocate::move_room))
}

fn tagged(room: Room) -> Tagged<Room> {
    Tagged { version: room.version.clone(), object: room }
}
