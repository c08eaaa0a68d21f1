//! The built site, inside the binary; a development build reads it from disk.

use std::borrow::Cow;
use std::sync::OnceLock;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../target/site"]
#[exclude = "*.gz"]
#[allow_missing = true]
struct Site;

/// What the pages need to know about the files.
#[derive(Debug, Clone, Default)]
pub struct Assets {
    pub js: String,
    pub wasm: String,
    pub css: String,
    /// The loader of lazy parts, and what each of them needs.
    pub split: Option<(String, std::collections::HashMap<String, Vec<String>>)>,
}

/// A development build looks every time, since the files change under it.
#[must_use]
pub fn site() -> Assets {
    static ONCE: OnceLock<Assets> = OnceLock::new();
    if cfg!(debug_assertions) { find() } else { ONCE.get_or_init(find).clone() }
}

fn find() -> Assets {
    // `stem.ext` as it is while developing, `stem.HASH.ext` in a release.
    let named = |stem: &str, ext: &str| {
        Site::iter().filter_map(|path| path.strip_prefix("pkg/").map(str::to_owned)).find(|name| {
            let hash = name.strip_prefix(stem).and_then(|rest| rest.strip_suffix(ext));
            hash.is_some_and(|hash| hash.is_empty() || hash.starts_with('.'))
        })
    };
    let url = |ext| named("stoa", ext).map(|name| format!("/pkg/{name}")).unwrap_or_default();
    let manifest = named("__wasm_split_manifest", ".json")
        .and_then(|name| Site::get(&format!("pkg/{name}")))
        .and_then(|file| serde_json::from_slice(&file.data).ok());
    Assets { js: url(".js"), wasm: url(".wasm"), css: url(".css"), split: named("__wasm_split", ".js").zip(manifest) }
}

/// A file of the site, in brotli where the client takes it; None where there is none.
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
