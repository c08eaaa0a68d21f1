//! What every answer tells a browser not to do.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};

use super::{Shared, cookie_name};

/// A page brings its own policy, with the nonce of its scripts; this is for everything else.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
/// Two years.
const ONLY_TLS: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// The policy of a page: scripts and styles of our own, scripts in the page only with its nonce.
/// `more` is what else it may connect to. Some browsers don't count a socket to the page's own host as its own, so it is named.
pub fn page_policy(shared: &Shared, headers: &HeaderMap, nonce: &str, more: &str) -> Option<HeaderValue> {
    let live = shared.origins.own(headers, true);
    HeaderValue::from_str(&format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
         img-src 'self' data:; media-src 'self'; font-src 'self'; connect-src 'self' {live} {more}; manifest-src 'self'; \
         form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ))
    .ok()
}

/// The page of the documents is somebody else's work: it styles itself in place.
pub async fn documents_policy(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                  connect-src 'self'; font-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    response
}

pub async fn headers(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let of_somebody = request.uri().path().starts_with(super::API);
    let mut response = next.run(request).await;
    let secure = shared.config.is_secure();
    let headers = response.headers_mut();
    if of_somebody {
        // What one person sees is no other's, on the same machine or at a proxy.
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(NOTHING);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert("permissions-policy", HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    if secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, ONLY_TLS);
        secure_removal(headers);
    }
    response
}

/// The session layer forgets `Secure` when it removes a cookie, and browsers keep a `__Host-`
/// cookie that is removed without.
fn secure_removal(headers: &mut HeaderMap) {
    let cookies: Vec<HeaderValue> = headers.get_all(header::SET_COOKIE).iter().cloned().collect();
    headers.remove(header::SET_COOKIE);
    for cookie in cookies {
        let text = cookie.to_str().unwrap_or_default();
        let insecure = text.starts_with(cookie_name(true)) && !text.contains("; Secure");
        let fixed = insecure.then(|| HeaderValue::from_str(&format!("{text}; Secure")).ok()).flatten();
        headers.append(header::SET_COOKIE, fixed.unwrap_or(cookie));
    }
}
