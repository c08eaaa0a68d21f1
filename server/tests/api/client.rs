//! A client of the router, with the cookie that a browser would keep.

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Method, Request, Response, header};
use serde_json::Value;
use tower::ServiceExt;

pub const HOST: &str = "stoa.test";

#[derive(Clone)]
pub struct Client {
    router: Router,
    pub cookie: Option<String>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
    pub text: String,
    pub bytes: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The last part of the problem's type.
    pub fn problem(&self) -> &str {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        assert_eq!(self.body["status"], self.status, "{self:?}");
        self.body["type"].as_str().unwrap().strip_prefix("/problems/").unwrap()
    }

    /// Everything that may tell one answer from another.
    pub fn seen(&self) -> (u16, Vec<(String, String)>, &str) {
        let headers = self.headers.iter().filter(|(name, _)| *name != "x-request-id" && *name != header::DATE);
        (self.status, headers.map(|(name, value)| (name.to_string(), format!("{value:?}"))).collect(), &self.text)
    }
}

impl Client {
    pub fn new(router: Router) -> Self {
        Self { router, cookie: None }
    }

    /// As a page of our own sends it.
    pub fn request(&self, method: Method, path: &str) -> http::request::Builder {
        let builder = Request::builder().method(method).uri(path).header(header::HOST, HOST).header("sec-fetch-site", "same-origin");
        match &self.cookie {
            Some(cookie) => builder.header(header::COOKIE, cookie),
            None => builder,
        }
    }

    /// The answer, before its body is read.
    pub async fn answer(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.answer(request).await;
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Reply { status: parts.status.as_u16(), headers: parts.headers, body: serde_json::from_slice(&bytes).unwrap_or_default(), text, bytes: bytes.into() }
    }

    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let request = self.request(method, &format!("/api/v1{path}"));
        let request = match body {
            Some(body) => request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        self.send(request.unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.call(Method::GET, path, None).await
    }
    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.call(Method::POST, path, Some(body)).await
    }
    pub async fn delete(&self, path: &str) -> Reply {
        self.call(Method::DELETE, path, None).await
    }
    pub async fn patch(&self, path: &str, if_match: &str, body: Value) -> Reply {
        let request = self.request(Method::PATCH, &format!("/api/v1{path}")).header(header::IF_MATCH, if_match);
        self.send(request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string())).unwrap()).await
    }

    /// A call with content of its own kind.
    pub async fn send_content(&self, method: &str, path: &str, headers: &[(&str, &str)], content: impl Into<Body>) -> Reply {
        let mut request = self.request(method.parse().unwrap(), &format!("/api/v1{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(content.into()).unwrap()).await
    }

    /// A file into a room, as a browser sends it.
    pub async fn upload(&self, room: &str, name: &str, content: &[u8]) -> Reply {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("name", name).finish();
        let length = content.len().to_string();
        self.send_content("POST", &format!("/rooms/{room}/files?{query}"), &[("content-length", &length)], content.to_vec()).await
    }

    /// A form of a page.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.request(Method::POST, path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Keeps the cookie of an answer.
    pub fn keep(&mut self, reply: &Reply) {
        if let Some(set) = reply.headers.get(header::SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next().unwrap().to_owned();
            self.cookie = Some(pair).filter(|pair| !pair.ends_with('='));
        }
    }

    pub async fn sign_in(&mut self, name: &str, password: &str) -> Reply {
        let reply = self.post("/session", serde_json::json!({ "name": name, "password": password })).await;
        self.keep(&reply);
        reply
    }
}
