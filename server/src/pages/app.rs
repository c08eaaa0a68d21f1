//! The app, rendered on the server: each page with the API as its caller has it, its own policy
//! with a nonce, and the names of the built files.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use http::request::Parts;
use http::{HeaderValue, Method, header};
use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list};
use stoa_app::{App, Assets, Inner, SharedTransport, Transport, shell};

use super::{Local, Pages};
use crate::http::{Shared, assets, guard};

impl Transport for Local {
    fn call(&self, method: &'static str, path: String, body: Option<Vec<u8>>) -> Pin<Box<dyn Future<Output = (u16, Vec<u8>)> + Send>> {
        let local = self.clone();
        Box::pin(async move {
            let method = Method::from_bytes(method.as_bytes()).unwrap_or_default();
            let answered = Self::call(&local, method, &path, None, body).await;
            (answered.status, answered.body)
        })
    }
}

#[derive(Clone, axum::extract::FromRef)]
struct Options(LeptosOptions);

impl Options {
    fn new() -> Self {
        // Only the names that the built files would have; where they are, the server knows itself.
        Self(LeptosOptions::builder().output_name("stoa").build())
    }
}

/// The pages of the app.
pub fn routes(pages: &Pages) -> Router {
    let shared = Arc::clone(&pages.shared);
    let options = Options::new();
    Router::new()
        .leptos_routes_with_context(&options, generate_route_list(App), move || prepare(&shared), move || shell(built()))
        .layer(middleware::from_fn_with_state(pages.clone(), caller))
        .with_state(options)
}

/// A page for whatever address; the app has one for those that lead nowhere.
pub async fn page(pages: Pages, request: Request) -> Response {
    let shared = Arc::clone(&pages.shared);
    let (mut parts, body) = request.into_parts();
    let local = Local::new(&mut parts, &pages.shared, pages.api).await;
    parts.extensions.insert(local);
    let render = leptos_axum::render_app_async_with_context(move || prepare(&shared), move || shell(built()));
    render(Request::from_parts(parts, body)).await
}

/// Who looks at the page, found out once.
async fn caller(State(pages): State<Pages>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let local = Local::new(&mut parts, &pages.shared, pages.api).await;
    parts.extensions.insert(local);
    next.run(Request::from_parts(parts, body)).await
}

/// What the app finds in its context beside what leptos puts there.
fn prepare(shared: &Shared) {
    let Some(parts) = use_context::<Parts>() else { return };
    if let Some(local) = parts.extensions.get::<Local>() {
        provide_context::<SharedTransport>(Arc::new(local.clone()));
    }
    let Some(response) = use_context::<ResponseOptions>() else { return };
    if let Some(policy) = use_nonce().and_then(|nonce| guard::page_policy(shared, &parts.headers, &nonce)) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
    response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// The built files' names. A development build looks every time, since they change under it.
fn built() -> Assets {
    static ONCE: OnceLock<Assets> = OnceLock::new();
    if cfg!(debug_assertions) { find() } else { ONCE.get_or_init(find).clone() }
}

fn find() -> Assets {
    let url = |ext| assets::name("stoa", ext).map(|name| format!("/pkg/{name}")).unwrap_or_default();
    let manifest = assets::name("__wasm_split_manifest", ".json").and_then(|name| assets::text(&name));
    let manifest = manifest.and_then(|text| serde_json::from_slice(&text).ok());
    Assets::new(Inner { js: url(".js"), wasm: url(".wasm"), css: url(".css"), split: assets::name("__wasm_split", ".js").zip(manifest) })
}
