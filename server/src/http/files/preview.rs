use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;
use utoipa::IntoParams;

use super::get::{CACHED, POLICY, is_one_of};
use crate::http::docs::{Invalid, Missing, SignedInOnly};
use crate::http::extract::{Asked, FileAt};
use crate::http::{Answer, Shared, SignedIn};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Edge {
    /// The longest edge in pixels: 320 (the default), 960 or 1920. What is smaller isn't made larger.
    #[serde(default = "smallest")]
    pub edge: u32,
}

const fn smallest() -> u32 {
    stoa_previews::EDGES[0]
}

/// A preview of an image, without what a camera wrote into it, for those who may read the file at that moment.
#[utoipa::path(get, path = "/files/{file}/preview", tag = "Files", params(("file" = String, Path, format = "uuid"), Edge),
    responses((status = 200, content((String = "image/jpeg"), (String = "image/png"))),
        (status = 304, description = "Nothing else than what the caller has"), SignedInOnly, Missing, Invalid))]
pub async fn get_preview(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    FileAt(file): FileAt,
    Asked(Edge { edge }): Asked<Edge>,
    headers: HeaderMap,
) -> Answer<Response> {
    let (opened, preview) = shared.services.files.preview(&caller, file, edge).await?;
    // The same image may be made anew by a better version of this.
    let tag = format!("\"{}-{}-{}\"", opened.file.sha256, preview.edge, preview.bytes.len());
    let known = headers.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok()).is_some_and(|known| is_one_of(known, &tag));
    if !known {
        shared.services.files.previewed(&caller, &opened, &preview);
    }
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { preview.bytes.into_response() };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(preview.content_type));
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(header::CACHE_CONTROL, CACHED);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    Ok(response)
}
