//! Calls of the API in process: the same router, handlers and refusals, without a connection.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRef, FromRequestParts, Request};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use stoa_domain::wire::problem::Problem;
use tower::ServiceExt;
use tower_sessions::Session;

use super::Pages;
use crate::http::{API, Address, Known, Shared, known_caller};

/// The API as the one who looks at this page.
#[derive(Clone)]
pub struct Local {
    api: Router,
    known: Result<Known, Problem>,
    session: Option<Session>,
    address: Address,
    host: Option<HeaderValue>,
}

/// An answer of the API.
pub struct Answered {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl<S> FromRequestParts<S> for Local
where
    Pages: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let Pages { shared, api } = Pages::from_ref(state);
        Ok(Self::new(parts, &shared, api).await)
    }
}

impl Local {
    /// Finds out who calls, once for all calls of the page.
    pub async fn new(parts: &mut Parts, shared: &Arc<Shared>, api: Router) -> Self {
        let known = known_caller(parts, shared).await.map(Known);
        let Ok(address) = Address::from_request_parts(parts, shared).await;
        Self { api, known, session: parts.extensions.get().cloned(), address, host: parts.headers.get(header::HOST).cloned() }
    }

    /// `path` is the whole path with its query; `body` is JSON.
    pub async fn call(&self, method: Method, path: &str, if_match: Option<&str>, body: Option<Vec<u8>>) -> Answered {
        let mut headers = HeaderMap::new();
        if let Some(tag) = if_match.and_then(|tag| HeaderValue::from_str(tag).ok()) {
            headers.insert(header::IF_MATCH, tag);
        }
        if body.is_some() {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        self.call_with(method, path, headers, body.map_or_else(Body::empty, Body::from)).await
    }

    async fn call_with(&self, method: Method, path: &str, headers: HeaderMap, body: Body) -> Answered {
        let known = match &self.known {
            Ok(known) => known.clone(),
            // Who it is couldn't be looked up: then nothing else can be, either.
            Err(problem) => return Answered::refused(problem),
        };
        let Ok(mut request) = Request::builder().method(method).uri(path).body(body) else {
            return Answered::refused(&Problem::not_found());
        };
        *request.headers_mut() = headers;
        if let Some(host) = &self.host {
            request.headers_mut().insert(header::HOST, host.clone());
        }
        let extensions = request.extensions_mut();
        extensions.insert(known);
        extensions.insert(self.address.clone());
        if let Some(session) = &self.session {
            extensions.insert(session.clone());
        }
        let Ok(response) = self.api.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        match axum::body::to_bytes(body, usize::MAX).await {
            Ok(body) => Answered { status: parts.status.as_u16(), headers: parts.headers, body: body.into() },
            Err(_) => Answered::refused(&Problem::internal()),
        }
    }

    pub async fn send(&self, method: Method, path: &str, body: &impl Serialize) -> Result<Answered, Problem> {
        self.send_if(method, path, None, body).await
    }

    pub async fn send_if(&self, method: Method, path: &str, if_match: Option<&str>, body: &impl Serialize) -> Result<Answered, Problem> {
        let body = serde_json::to_vec(body).map_err(|_| Problem::malformed())?;
        self.call(method, &format!("{API}{path}"), if_match, Some(body)).await.or_problem()
    }

    /// Sends content as it comes.
    pub async fn stream(&self, path: &str, content: Body) -> Result<Answered, Problem> {
        self.call_with(Method::POST, &format!("{API}{path}"), HeaderMap::new(), content).await.or_problem()
    }

    pub async fn ask(&self, method: Method, path: &str) -> Result<Answered, Problem> {
        self.call(method, &format!("{API}{path}"), None, None).await.or_problem()
    }
}

impl Answered {
    fn refused(problem: &Problem) -> Self {
        Self { status: problem.status, headers: HeaderMap::new(), body: serde_json::to_vec(problem).unwrap_or_default() }
    }

    fn or_problem(self) -> Result<Self, Problem> {
        if (200..300).contains(&self.status) {
            return Ok(self);
        }
        Err(serde_json::from_slice(&self.body).unwrap_or_else(|_| Problem::internal()))
    }

    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        serde_json::from_slice(&self.body).map_err(|_| Problem::internal())
    }

    pub fn tag(&self) -> Option<&str> {
        self.headers.get(header::ETAG).and_then(|tag| tag.to_str().ok())
    }
}
