//! The headers of tus 1.0 (https://tus.io/protocols/resumable-upload).

use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue};
use stoa_domain::wire::problem::Problem;
use stoa_services::files::Check;

use super::sums::{self, Bad, Sum};

pub const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");
pub const EXTENSIONS: HeaderValue = HeaderValue::from_static("creation,creation-with-upload,expiration,checksum,termination");
pub const ALGORITHMS: HeaderValue = HeaderValue::from_static("sha256,sha1");
/// What the content of an upload is sent as.
pub const CONTENT: &str = "application/offset+octet-stream";

pub const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
pub const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
pub const LENGTH: HeaderName = HeaderName::from_static("upload-length");
pub const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");

/// Every answer says which version it speaks.
pub async fn resumable(mut response: Response) -> Response {
    response.headers_mut().insert(RESUMABLE, VERSION);
    response
}

pub fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or_default())
}

/// # Errors
/// 412 for another version.
pub fn version(headers: &HeaderMap) -> Result<(), Problem> {
    if text(headers, &RESUMABLE) == Some("1.0.0") { Ok(()) } else { Err(Problem::tus_version().detail("Send Tus-Resumable: 1.0.0.")) }
}

/// A number in a header; none where it isn't sent.
pub fn number(headers: &HeaderMap, name: &HeaderName) -> Result<Option<u64>, Problem> {
    let Some(text) = text(headers, name) else { return Ok(None) };
    sums::number(text).map(Some).map_err(|Bad| Problem::malformed().detail(format!("{name} isn't a number of bytes.")))
}

/// What an `Upload-Checksum` says.
pub fn checksum(header: &str) -> Result<Check, Problem> {
    let wrong = |Bad| Problem::malformed().detail("Upload-Checksum can't be read: it has sha256 or sha1, and the sum in Base64.");
    sums::checksum(header).map(check).map_err(wrong)
}

/// The SHA-256 in a `Repr-Digest` or `Content-Digest`, if it has one.
pub fn digest(header: &str) -> Result<Option<Check>, Problem> {
    let wrong = |Bad| Problem::malformed().detail("The digest can't be read: it is sha-256=:…:, in Base64.");
    sums::digest(header).map(|sum| sum.map(check)).map_err(wrong)
}

fn check(sum: Sum) -> Check {
    match sum {
        Sum::Sha256(sum) => Check::Sha256(sum),
        Sum::Sha1(sum) => Check::Sha1(sum),
    }
}
