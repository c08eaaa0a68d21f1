//! Which path is answered by what, behind which layers.

use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{Extensions, HeaderMap, HeaderName, Method, StatusCode, Version};
use stoa_domain::wire::problem::Problem;
use stoa_store::Store;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::trace::{DefaultOnFailure, TraceLayer};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use super::{API, Refused, Shared, administration, auth, channel, cookie_name, directory, docs, files, guard, health, lookup, me, origin, problem, sessions};
use crate::config::Service;

/// Longer than any call takes that isn't stuck.
const CALL_LIMIT: Duration = Duration::from_secs(30);
/// Below that compressing costs more than it saves.
const COMPRESS_ABOVE: u64 = 1_024;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The calls of the services that this server runs, as they are also made in process while a page
/// is rendered; and their document.
pub fn api(shared: &Arc<Shared>) -> (Router, OpenApi) {
    let config = &shared.config;
    let mut calls = OpenApiRouter::with_openapi(docs::outline(cookie_name(config.is_secure()))).merge(auth::routes());
    if config.runs(Service::Lookup) {
        calls = calls.merge(lookup::routes()).merge(directory::routes()).merge(me::routes());
    }
    if config.runs(Service::Channel) {
        calls = calls.merge(channel::routes());
    }
    if config.runs(Service::Web) {
        calls = calls.merge(files::routes());
    }
    if config.runs(Service::Administration) {
        calls = calls.merge(administration::routes());
    }
    let whole = OpenApiRouter::with_openapi(docs::outline(cookie_name(config.is_secure()))).nest(API, calls);
    let (router, document) = whole.split_for_parts();
    let router = router.method_not_allowed_fallback(async || Refused(Problem::method_not_allowed())).with_state(Arc::clone(shared));
    (router, docs::finish(document))
}

/// What is answered where there is nothing.
pub async fn nothing() -> Refused {
    Refused(Problem::not_found())
}

/// The documents about the API.
pub fn documents(document: OpenApi) -> Router {
    docs::routes(document).layer(middleware::from_fn(guard::documents_policy))
}

/// Everything that is served, given the calls and pages of people, which have sessions, and the rest.
pub fn outer(shared: &Arc<Shared>, store: Arc<dyn Store>, people: Router, rest: Router) -> Router {
    let config = &shared.config;
    let health = Router::new()
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(health::metrics_here))
        .with_state(Arc::clone(shared));
    let people = people.layer(middleware::from_fn_with_state(Arc::clone(shared), origin::same_site)).layer(sessions::layer(
        store,
        shared.environment.clone(),
        config.is_secure(),
    ));
    people
        .merge(rest)
        .merge(health)
        .layer(middleware::from_fn(in_time))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(for_programs))
        .layer(CompressionLayer::new().compress_when(SizeAbove::new(COMPRESS_ABOVE).and(NotForContentType::IMAGES).and(may_change)))
        .layer(middleware::from_fn_with_state(Arc::clone(shared), guard::headers))
        .layer(middleware::from_fn(measured))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(span)
                .on_request(())
                .on_response(finished)
                .on_failure(DefaultOnFailure::new().level(tracing::Level::DEBUG)),
        )
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        // Everybody could write whatever into the log otherwise.
        .layer(middleware::from_fn(own_request_id))
}

/// On an address of their own.
pub fn metrics(shared: &Arc<Shared>) -> Router {
    Router::new()
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(health::metrics))
        .with_state(Arc::clone(shared))
}

/// Every call is answered in time, but for those that take as long as a file is on its way.
async fn in_time(request: Request, next: Next) -> Response {
    let long = request.extensions().get::<MatchedPath>().is_some_and(|path| files::LONG.contains(&path.as_str()));
    if long && !request.method().is_safe() {
        return next.run(request).await;
    }
    tokio::time::timeout(CALL_LIMIT, next.run(request)).await.unwrap_or_else(|_| StatusCode::SERVICE_UNAVAILABLE.into_response())
}

fn may_change(_: StatusCode, _: Version, _: &HeaderMap, extensions: &Extensions) -> bool {
    extensions.get::<files::AsItIs>().is_none()
}

/// Pages tell people what went wrong in their own way; programs always get a problem.
async fn for_programs(request: Request, next: Next) -> Response {
    if request.uri().path().starts_with("/api/v1") || request.uri().path().starts_with("/health") {
        problem::in_one_form(request, next).await
    } else {
        next.run(request).await
    }
}

async fn own_request_id(mut request: Request, next: Next) -> Response {
    request.headers_mut().remove(REQUEST_ID);
    next.run(request).await
}

/// Counted by the path as it is written in the code, not as it was called: ids are many.
async fn measured(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map_or_else(|| "other".to_owned(), |path| path.as_str().to_owned());
    // A client may call a method whatever it likes.
    let method = match *request.method() {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    };
    let started = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    metrics::histogram!("stoa_http_request_seconds", "method" => method, "path" => path, "status" => status).record(started.elapsed());
    response
}

fn span<B>(request: &http::Request<B>) -> tracing::Span {
    let id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default();
    // Without the query: what people search for is none of the log's business.
    tracing::info_span!("request", id, method = %request.method(), path = request.uri().path())
}

fn finished<B>(response: &http::Response<B>, latency: Duration, _: &tracing::Span) {
    let status = response.status().as_u16();
    let ms = f64::from(u32::try_from(latency.as_micros()).unwrap_or(u32::MAX)) / 1_000.0;
    if response.status().is_server_error() {
        tracing::warn!(status, ms, "answered");
    } else {
        tracing::debug!(status, ms, "answered");
    }
}

#[allow(clippy::needless_pass_by_value)]
fn panicked(cause: Box<dyn Any + Send>) -> Response {
    let cause = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied()).unwrap_or_default();
    tracing::error!(cause, "a call panicked");
    Refused(Problem::internal()).into_response()
}
