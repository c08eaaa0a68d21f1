//! The OpenAPI document, made from the code, and the page on which people read it.

use std::collections::BTreeMap;

use axum::Json;
use axum::Router;
use axum::routing::get;
use stoa_domain::category::CategoryList;
use stoa_domain::room::RoomList;
use stoa_domain::wire::problem::{FieldError, Problem};
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, ContentBuilder, Info, OpenApi, OpenApiBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::API;

/// What the document starts with; the endpoints bring the rest.
pub fn outline(cookie: &str) -> OpenApi {
    let mut info = Info::new("Stoa", env!("CARGO_PKG_VERSION"));
    info.description = Some(
        "Persistent group chat. Errors are problems (RFC 9457): `type` is stable, `detail` is for people. \
         They are checked in the order 401, 404, 403, 428 and 412, 413, 415 and 422, 409."
            .to_owned(),
    );
    let session = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(cookie)));
    // What no endpoint names as its body.
    let components = ComponentsBuilder::new().schema_from::<Problem>().schema_from::<FieldError>().schema_from::<RoomList>().schema_from::<CategoryList>();
    OpenApiBuilder::new().info(info).components(Some(components.security_scheme("session", session).build())).build()
}

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = $($status:literal),+;)+) => {$(
        $(#[$doc])*
        pub struct $name;
        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                BTreeMap::from([$(($status.to_string(), refusal($status))),+])
            }
        }
    )+};
}

refusals! {
    /// Anyone may ask.
    Open = 503;
    SignedInOnly = 401, 503;
    Forbidden = 403;
    Missing = 404;
    Versioned = 412, 428;
    /// Reads what may be contradictory.
    Invalid = 422;
    /// Takes a body.
    Changing = 400, 413, 415, 422;
    Conflicting = 409;
    /// Speaks tus, or refuses to.
    Tus = 400, 412, 423, 460;
    /// Takes content.
    Filling = 400, 413, 415, 422, 507;
    /// Gives content.
    OfFiles = 403, 409, 410, 416;
    Throttled = 429;
}

/// All problems of a status, in one answer of the document.
fn refusal(status: u16) -> RefOr<Response> {
    let problems = stoa_domain::wire::problem::ALL.iter().filter(|(of, ..)| *of == status);
    let description: Vec<_> = problems.map(|(_, kind, title)| format!("`{kind}`: {title}")).collect();
    let schema = Ref::from_schema_name(Problem::name());
    let content = ContentBuilder::new().schema(Some(schema)).build();
    RefOr::T(ResponseBuilder::new().description(description.join(" ")).content("application/problem+json", content).build())
}

/// What every endpoint has alike and none says itself.
pub fn finish(mut document: OpenApi) -> OpenApi {
    for item in document.paths.paths.values_mut() {
        let changing = [&mut item.put, &mut item.post, &mut item.delete, &mut item.patch].map(|operation| (operation, true));
        let looking = [&mut item.get, &mut item.head, &mut item.options].map(|operation| (operation, false));
        for (operation, changes) in looking.into_iter().chain(changing) {
            let Some(operation) = operation else { continue };
            let responses = &mut operation.responses.responses;
            responses.insert("500".to_owned(), refusal(500));
            // What stands in the query and in headers is refused before anything else is looked at.
            let read = |parameter: &RefOr<Parameter>| matches!(parameter, RefOr::T(it) if matches!(it.parameter_in, ParameterIn::Query | ParameterIn::Header));
            if operation.parameters.iter().flatten().any(read) {
                responses.entry("400".to_owned()).or_insert_with(|| refusal(400));
            }
            // Another site's page may send it.
            if changes {
                responses.entry("403".to_owned()).or_insert_with(|| refusal(403));
            }
            if responses.contains_key("401") {
                operation.security = Some(vec![utoipa::openapi::security::SecurityRequirement::new("session", Vec::<String>::new())]);
            }
        }
    }
    document
}

/// The document and its page.
pub fn routes(document: OpenApi) -> Router {
    let at = format!("{API}/openapi.json");
    Router::new().merge(SwaggerUi::new("/api/docs").config(Config::from(at.clone()))).route(&at, get(move || std::future::ready(Json(document.clone()))))
}
