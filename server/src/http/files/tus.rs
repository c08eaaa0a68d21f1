//! The headers of tus 1.0 (https://tus.io/protocols/resumable-upload).

use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::{HeaderMap, HeaderName, HeaderValue};
use stoa_domain::wire::problem::Problem;
use stoa_services::files::Check;

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
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.then(|| text.parse().ok()).flatten();
    number.map(Some).ok_or_else(|| Problem::malformed().detail(format!("{name} isn't a number of bytes.")))
}

/// What an `Upload-Checksum` says.
pub fn checksum(header: &str) -> Result<Check, Problem> {
    let wrong = || Problem::malformed().detail("Upload-Checksum can't be read: it has sha256 or sha1, and the sum in Base64.");
    let (algorithm, sum) = header.split_once(' ').ok_or_else(wrong)?;
    let sum = BASE64.decode(sum.trim()).map_err(|_| wrong())?;
    match algorithm {
        "sha256" => sum.try_into().map(Check::Sha256).map_err(|_| wrong()),
        "sha1" => sum.try_into().map(Check::Sha1).map_err(|_| wrong()),
        _ => Err(wrong()),
    }
}

/// The SHA-256 in a `Repr-Digest` or `Content-Digest` (RFC 9530): `sha-256=:…:`.
pub fn digest(header: &str) -> Result<Option<Check>, Problem> {
    let mut parts = header.split(',').filter_map(|part| part.trim().split_once('='));
    let Some((_, value)) = parts.find(|(algorithm, _)| algorithm.trim().eq_ignore_ascii_case("sha-256")) else { return Ok(None) };
    let sum = value.trim().strip_prefix(':').and_then(|value| value.strip_suffix(':')).and_then(|value| BASE64.decode(value).ok());
    let sum = sum.and_then(|sum| sum.try_into().ok());
    sum.map(|sum| Some(Check::Sha256(sum))).ok_or_else(|| Problem::malformed().detail("The digest can't be read: it is sha-256=:…:, in Base64."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_have_their_length() {
        let sum = BASE64.encode([7; 32]);
        assert_eq!(checksum(&format!("sha256 {sum}")).unwrap(), Check::Sha256([7; 32]));
        assert_eq!(digest(&format!("md5=:x:, sha-256=:{sum}:")).unwrap(), Some(Check::Sha256([7; 32])));
        assert_eq!(digest("md5=:x:").unwrap(), None);
        for wrong in ["sha256", "sha256 AAAA", "md5 AAAA", "sha1 %%"] {
            assert!(checksum(wrong).is_err(), "{wrong}");
        }
        assert!(digest("sha-256=AAAA").is_err() && digest("sha-256=:AAAA:").is_err());
    }
}
