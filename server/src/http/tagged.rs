//! Answers that carry the version of what they show, or where something new is.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

/// An object with its version as `ETag`.
pub struct Tagged<T> {
    pub version: String,
    pub object: T,
}

impl<T: Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.object).into_response();
        if let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", self.version)) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}

/// Something that was made just now, and where it is.
pub struct Created<T> {
    pub at: String,
    pub object: T,
}

impl<T: IntoResponse> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let mut response = self.object.into_response();
        *response.status_mut() = StatusCode::CREATED;
        if let Ok(at) = HeaderValue::from_str(&format!("{}{}", super::API, self.at)) {
            response.headers_mut().insert(header::LOCATION, at);
        }
        response
    }
}
