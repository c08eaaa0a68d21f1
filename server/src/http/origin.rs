//! Which pages are ours, and the check of state-changing requests against forgery by other sites.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, header};
use stoa_domain::wire::problem::Problem;

use super::{Refused, Shared, cookie_name};
use crate::config::PublicUrl;

/// The origins from which this server is used.
#[derive(Debug, Clone)]
pub struct Origins {
    public: Option<String>,
    /// Whether browsers reach this server over TLS, here or at a proxy.
    secure: bool,
}

impl Origins {
    #[must_use]
    pub fn new(public: Option<&PublicUrl>, secure: bool) -> Self {
        Self { public: public.map(|url| url.origin().to_owned()), secure }
    }

    /// Whether a page of this origin is ours: it is the public one, or the very host that was asked.
    /// The host is what the browser, not the page, says.
    #[must_use]
    pub fn is_ours(&self, origin: &str, headers: &HeaderMap) -> bool {
        if self.public.as_deref() == Some(origin) {
            return true;
        }
        let Some(host) = host(headers) else { return false };
        let authority = match origin.split_once("://") {
            Some(("https", authority)) => authority,
            // Where we are reached over TLS, a page without it may be anybody's on the way.
            Some(("http", authority)) if !self.secure => authority,
            _ => return false,
        };
        authority.eq_ignore_ascii_case(host)
    }

    /// This server's own address as the client reached it, with the scheme of plain or live calls.
    #[must_use]
    pub fn own(&self, headers: &HeaderMap, live: bool) -> String {
        let own = self.public.clone().unwrap_or_else(|| {
            let scheme = if self.secure { "https" } else { "http" };
            format!("{scheme}://{}", host(headers).unwrap_or("localhost"))
        });
        if live { own.replacen("http", "ws", 1) } else { own }
    }
}

fn host(headers: &HeaderMap) -> Option<&str> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    // It is written into addresses and policies, so nothing but a host may come through.
    let fits = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':' | b'[' | b']'));
    (fits && !host.is_empty()).then_some(host)
}

/// Refuses state-changing requests that another site's page makes a browser send.
pub async fn same_site(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    if changes(request.method()) && !is_own(&shared, request.headers()) {
        return Refused(Problem::cross_site()).into_response();
    }
    next.run(request).await
}

fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE)
}

fn is_own(shared: &Shared, headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(|value: &http::HeaderValue| value.to_str().unwrap_or_default());
    match (text(http::HeaderName::from_static("sec-fetch-site")), text(header::ORIGIN)) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => shared.origins.is_ours(origin, headers),
        // No browser, or one that hides where it comes from: then it may not bring a session.
        (None, None) => !has_cookie(headers, cookie_name(shared.config.is_secure())),
    }
}

fn has_cookie(headers: &HeaderMap, name: &str) -> bool {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|value| value.split(';')).any(|cookie| cookie.trim().split('=').next() == Some(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_is_the_public_origin_or_the_host_that_was_asked() {
        let headers = HeaderMap::from_iter([(header::HOST, http::HeaderValue::from_static("chat:8080"))]);
        let plain = Origins::new(None, false);
        assert!(plain.is_ours("http://chat:8080", &headers) && plain.is_ours("https://CHAT:8080", &headers));
        for other in ["http://chat", "http://evil", "null", "", "chat:8080", "ftp://chat:8080"] {
            assert!(!plain.is_ours(other, &headers), "{other}");
        }
        assert!(!Origins::new(None, true).is_ours("http://chat:8080", &headers));
        let public = PublicUrl::try_from("https://stoa.example".to_owned()).unwrap();
        let behind_proxy = Origins::new(Some(&public), public.is_secure());
        assert!(behind_proxy.is_ours("https://stoa.example", &headers));
        assert!(!behind_proxy.is_ours("http://chat:8080", &headers) && !behind_proxy.is_ours("http://stoa.example", &headers));
        assert_eq!(behind_proxy.own(&headers, true), "wss://stoa.example");
        assert_eq!(plain.own(&headers, true), "ws://chat:8080");
    }

    #[test]
    fn a_host_that_is_none_is_not_repeated() {
        let headers = HeaderMap::from_iter([(header::HOST, http::HeaderValue::from_static("a;script-src *"))]);
        assert_eq!(Origins::new(None, false).own(&headers, false), "http://localhost");
    }
}
