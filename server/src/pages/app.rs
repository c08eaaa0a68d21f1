//! The app, rendered on the server: each page with the API as its caller has it, its own policy
//! with a nonce, and the names of the built files.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, Method, StatusCode, header};
use stoa_app::{Assets, Part, Transport, load, render, routes};

use super::{Local, Pages};
use crate::http::{assets, guard};

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

/// The pages of the app.
pub fn routes(pages: &Pages) -> Router {
    let mut router = Router::new();
    for path in routes::PATHS {
        router = router.route(path, get(answer));
    }
    router.with_state(pages.clone())
}

async fn answer(State(pages): State<Pages>, request: Request) -> Response {
    page(pages, request).await
}

/// A page for whatever address; the app has one for those that lead nowhere.
pub async fn page(pages: Pages, request: Request) -> Response {
    let shared = Arc::clone(&pages.shared);
    let (mut parts, _) = request.into_parts();
    let local = Local::new(&mut parts, &pages.shared, pages.api).await;
    let loaded = load(&parts.uri, &parts.headers, Arc::new(local)).await;
    if let Some(path) = &loaded.redirect {
        return Redirect::to(path).into_response();
    }
    let nonce = STANDARD.encode(shared.environment.random::<16>());
    let status = StatusCode::from_u16(loaded.status).unwrap_or_default();
    let mut html = render(loaded, &built(), &nonce);
    let watched = watched();
    if let Some(socket) = &watched {
        html.push_str(&format!(
            "<script nonce=\"{nonce}\">new WebSocket({socket:?}).onmessage = ({{ data }}) => {{ const {{ all, css }} = JSON.parse(data); \
             if (all || css) location.reload() }}</script>"
        ));
    }
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    if let Some(policy) = guard::page_policy(&shared, &parts.headers, &nonce, watched.as_deref().unwrap_or_default()) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-language, cookie"));
    response
}

/// Under `make dev`: where a page hears that something was built anew.
fn watched() -> Option<String> {
    let port = std::env::var("LEPTOS_RELOAD_PORT").ok().filter(|_| cfg!(debug_assertions) && std::env::var_os("LEPTOS_WATCH").is_some())?;
    Some(format!("ws://127.0.0.1:{port}/live_reload"))
}

/// The built files' names. A development build looks every time, since they change under it.
fn built() -> Assets {
    static ONCE: OnceLock<Assets> = OnceLock::new();
    if cfg!(debug_assertions) { find() } else { ONCE.get_or_init(find).clone() }
}

fn find() -> Assets {
    let url = |stem, ext| assets::name(stem, ext).map(|name| format!("/pkg/{name}"));
    let part = |stem| Part { js: url(stem, ".js").unwrap_or_default(), wasm: url(stem, ".wasm").unwrap_or_default() };
    // While developing, one WebAssembly has both parts.
    let console = if url("console", ".js").is_some() { part("console") } else { part("stoa") };
    Assets { chat: part("stoa"), console, css: url("stoa", ".css").unwrap_or_default() }
}
