mod change;
mod create;
mod get;
mod list;
mod remove;

use std::sync::Arc;

use stoa_domain::wire::domain::Domain;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::Shared;
use crate::http::tagged::Tagged;

pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new().routes(routes!(list::list_domains, create::create_domain)).routes(routes!(
        get::get_domain,
        change::change_domain,
        remove::remove_domain
    ))
}

fn tagged(domain: Domain) -> Tagged<Domain> {
    Tagged { version: domain.version.clone(), object: domain }
}
