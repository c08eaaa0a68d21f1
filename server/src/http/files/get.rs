use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde::Deserialize;
use stoa_domain::file::{UNKNOWN_TYPE, content_disposition, shown_as};
use stoa_domain::wire::problem::Problem;
use stoa_services::files::Opened;
use utoipa::IntoParams;

use super::range::{Wanted, wanted};
use crate::http::docs::{Missing, OfFiles, SignedInOnly};
use crate::http::extract::{Asked, FileAt};
use crate::http::{Answer, Refused, Shared, SignedIn};

/// Stands in the extensions of an answer that no layer may change: its length and its tag are those of the file.
#[derive(Debug, Clone, Copy)]
pub struct AsItIs;

/// What somebody else's content may do in a browser: nothing.
pub(super) const POLICY: HeaderValue = HeaderValue::from_static("sandbox; default-src 'none'");
/// Browsers' own viewers don't work in a sandbox; they keep a document apart by themselves.
const POLICY_OF_PDF: HeaderValue = HeaderValue::from_static("default-src 'none'; object-src 'self'; style-src 'unsafe-inline'");
/// Kept, but asked for each time: who may read it now is decided each time.
pub(super) const CACHED: HeaderValue = HeaderValue::from_static("private, no-cache");

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct How {
    /// As a download, also what a browser would show.
    #[serde(default)]
    pub download: bool,
}

/// A file's content, for those who may read its room at that moment. `Range` asks for a part, `If-Range`,
/// `If-None-Match` and `If-Modified-Since` are heeded. Types that do no harm come to be shown, all others as downloads.
#[utoipa::path(get, path = "/files/{file}", tag = "Files", params(("file" = String, Path, format = "uuid"), How, ("range" = Option<String>, Header)),
    responses((status = 200, content_type = "*/*", body = String), (status = 206, description = "The part that was asked for"),
        (status = 304, description = "Nothing else than what the caller has"), SignedInOnly, Missing, OfFiles))]
pub async fn get_file(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    FileAt(file): FileAt,
    Asked(how): Asked<How>,
    method: Method,
    headers: HeaderMap,
) -> Answer<Response> {
    let opened = shared.services.files.open(&caller, file).await?;
    let size = opened.file.size;
    let (tag, changed) = (format!("\"{}\"", opened.file.sha256), SystemTime::UNIX_EPOCH + Duration::from_millis(opened.at.millis().max(0).unsigned_abs()));
    if is_known(&headers, &tag, changed) {
        return Ok(described(StatusCode::NOT_MODIFIED, &opened, how.download, &tag, changed));
    }
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok()).filter(|_| method == Method::GET && may_be_part(&headers, &tag, changed));
    let (status, part) = match range.map_or(Wanted::Whole, |range| wanted(range, size)) {
        Wanted::Whole => (StatusCode::OK, 0..size),
        Wanted::Part(part) => (StatusCode::PARTIAL_CONTENT, part),
        Wanted::Nothing => {
            let mut refused = Refused(Problem::range_wrong().detail(format!("The file has {size} bytes."))).into_response();
            insert(&mut refused, header::CONTENT_RANGE, &format!("bytes */{size}"));
            return Ok(refused);
        }
    };
    let mut response = described(status, &opened, how.download, &tag, changed);
    insert(&mut response, header::CONTENT_LENGTH, &(part.end - part.start).to_string());
    if status == StatusCode::PARTIAL_CONTENT {
        insert(&mut response, header::CONTENT_RANGE, &format!("bytes {}-{}/{size}", part.start, part.end - 1));
    }
    if method == Method::GET && size > 0 {
        let reading = shared.services.files.read(&caller, &opened, part).await?;
        let pieces =
            futures_util::stream::try_unfold(reading, async |mut reading| Ok::<_, stoa_files::BlobError>(reading.next().await?.map(|piece| (piece, reading))));
        *response.body_mut() = Body::from_stream(pieces);
    }
    Ok(response)
}

fn insert(response: &mut Response, name: http::HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        response.headers_mut().insert(name, value);
    }
}

/// An answer with all that is said of the file, without its content.
fn described(status: StatusCode, opened: &Opened, download: bool, tag: &str, changed: SystemTime) -> Response {
    let shown = shown_as(&opened.file.kind).filter(|_| !download);
    let mut response = status.into_response();
    response.extensions_mut().insert(AsItIs);
    insert(&mut response, header::ETAG, tag);
    insert(&mut response, header::LAST_MODIFIED, &httpdate::fmt_http_date(changed));
    insert(&mut response, header::CONTENT_DISPOSITION, &content_disposition(&opened.file.name, shown.is_some()));
    let pdf = shown == Some("application/pdf");
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(shown.unwrap_or(UNKNOWN_TYPE)));
    headers.insert(header::CONTENT_SECURITY_POLICY, if pdf { POLICY_OF_PDF } else { POLICY });
    headers.insert(header::CACHE_CONTROL, CACHED);
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    response
}

fn date(headers: &HeaderMap, name: header::HeaderName) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(name)?.to_str().ok()?).ok()
}

/// The moment as a header says it.
fn seconds(at: SystemTime) -> u64 {
    at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// Whether a tag is among those of an `If-None-Match`.
pub(super) fn is_one_of(known: &str, tag: &str) -> bool {
    known.split(',').map(str::trim).any(|one| one == "*" || one.trim_start_matches("W/") == tag)
}

/// Whether the caller has it already.
fn is_known(headers: &HeaderMap, tag: &str, changed: SystemTime) -> bool {
    if let Some(known) = headers.get(header::IF_NONE_MATCH) {
        return is_one_of(known.to_str().unwrap_or_default(), tag);
    }
    date(headers, header::IF_MODIFIED_SINCE).is_some_and(|since| seconds(changed) <= seconds(since))
}

/// Whether a part makes sense to the caller: what he has is of this very file.
fn may_be_part(headers: &HeaderMap, tag: &str, changed: SystemTime) -> bool {
    match headers.get(header::IF_RANGE).map(|value| value.to_str().unwrap_or_default().trim()) {
        None => true,
        Some(known) if known.starts_with(['"', 'W']) => known == tag,
        Some(_) => date(headers, header::IF_RANGE).is_some_and(|known| seconds(known) == seconds(changed)),
    }
}
