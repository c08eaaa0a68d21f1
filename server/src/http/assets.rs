//! The built site, inside the binary; a development build reads it from disk.

use std::borrow::Cow;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../target/site"]
#[exclude = "*.gz"]
#[allow_missing = true]
struct Site;

/// The address of a file of the build: `stem.ext` as it is while developing, `stem.HASH.ext` in a release.
#[must_use]
pub fn name(stem: &str, ext: &str) -> Option<String> {
    Site::iter().filter_map(|path| path.strip_prefix("pkg/").map(str::to_owned)).find(|name| {
        let hash = name.strip_prefix(stem).and_then(|rest| rest.strip_suffix(ext));
        hash.is_some_and(|hash| hash.is_empty() || hash.starts_with('.'))
    })
}

/// What is in a file of the build.
#[must_use]
pub fn text(name: &str) -> Option<Cow<'static, [u8]>> {
    Site::get(&format!("pkg/{name}")).map(|file| file.data)
}

/// A file of the site, in brotli where the client takes it; None where there is none.
#[must_use]
pub fn file(path: &str, headers: &HeaderMap) -> Option<Response> {
    let plain = Site::get(path).filter(|_| !path.ends_with(".br"))?;
    let mime = mime_guess::from_path(path).first_or_octet_stream();
    let cache = if is_hashed(path) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let tag: String = plain.metadata.sha256_hash().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let tag = HeaderValue::from_str(&format!("\"{tag}\"")).ok()?;
    let unchanged = headers.get(header::IF_NONE_MATCH) == Some(&tag);
    let fixed = [(header::CACHE_CONTROL, HeaderValue::from_static(cache)), (header::VARY, HeaderValue::from_static("accept-encoding")), (header::ETAG, tag)];
    if unchanged {
        return Some((StatusCode::NOT_MODIFIED, fixed).into_response());
    }
    let brotli = accepts_brotli(headers).then(|| Site::get(&format!("{path}.br"))).flatten();
    let encoded = brotli.is_some();
    let body = match brotli.unwrap_or(plain).data {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    };
    let mut response = (fixed, body).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_str(mime.as_ref()).ok()?);
    if encoded {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    Some(response)
}

fn accepts_brotli(headers: &HeaderMap) -> bool {
    let sent = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    sent.flat_map(|value| value.split(',')).any(|item| {
        let (name, quality) = item.split_once(';').unwrap_or((item, ""));
        let refused = quality.trim().strip_prefix("q=").and_then(|quality| quality.parse::<f32>().ok()).is_some_and(|quality| quality <= 0.0);
        name.trim().eq_ignore_ascii_case("br") && !refused
    })
}

/// The build puts 22 characters of a hash in front of the extension.
fn is_hashed(path: &str) -> bool {
    path.starts_with("pkg/") && path.rsplit('.').nth(1).is_some_and(|hash| hash.len() == 22)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        assert!(is_hashed("pkg/stoa.AbCdEfGhIjKlMnOpQrStUv.js"));
        assert!(!is_hashed("pkg/stoa.js") && !is_hashed("favicon.ico"));
    }

    #[test]
    fn brotli_is_sent_to_who_takes_it() {
        let accepts = |text: &'static str| accepts_brotli(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(text))]));
        assert!(accepts("gzip, br") && accepts("br;q=0.5"));
        assert!(!accepts("gzip") && !accepts("br;q=0, gzip") && !accepts("br;q=0.000"));
    }
}
