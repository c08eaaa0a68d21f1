mod change;
mod create;
mod get;
mod list;
mod remove;

use std::sync::Arc;

use stoa_domain::wire::unit::Unit;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::Shared;
use crate::http::tagged::Tagged;

pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new().routes(routes!(list::list_units, create::create_unit)).routes(routes!(get::get_unit, change::change_unit, remove::remove_unit))
}

fn tagged(unit: Unit) -> Tagged<Unit> {
    Tagged { version: unit.version.clone(), object: unit }
}
