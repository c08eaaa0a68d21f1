//! The browser's transport.

use stoa_domain::wire::problem::Problem;

/// No answer at all: the network, or the server, is away.
pub const UNREACHABLE: &str = "/problems/unavailable";

#[cfg(feature = "hydrate")]
pub async fn call(method: &'static str, path: &str, body: Option<Vec<u8>>, kind: &str, if_match: Option<&str>) -> Result<(u16, Vec<u8>), Problem> {
    // The browser has one thread; the wrapper only satisfies what the server needs.
    let kind = body.is_some().then(|| ("content-type", kind.to_owned()));
    let version = if_match.map(|version| ("if-match", format!("\"{version}\"")));
    let headers: Vec<_> = kind.into_iter().chain(version).chain([("accept", "application/json".to_owned())]).collect();
    send_wrapper::SendWrapper::new(fetch(method, path, body, &headers)).await.map_err(|_| unreachable())
}

#[cfg(feature = "hydrate")]
async fn fetch(method: &str, path: &str, body: Option<Vec<u8>>, named: &[(&str, String)]) -> Result<(u16, Vec<u8>), wasm_bindgen::JsValue> {
    use wasm_bindgen::JsCast;
    use wasm_bindgen_futures::JsFuture;

    let init = web_sys::RequestInit::new();
    init.set_method(method);
    let headers = web_sys::Headers::new()?;
    for (name, value) in named {
        headers.set(name, value)?;
    }
    if let Some(body) = body {
        init.set_body(&js_sys::Uint8Array::from(&*body));
    }
    init.set_headers(&headers);
    let request = web_sys::Request::new_with_str_and_init(path, &init)?;
    let response: web_sys::Response = JsFuture::from(leptos::prelude::window().fetch_with_request(&request)).await?.dyn_into()?;
    let body = JsFuture::from(response.array_buffer()?).await?;
    Ok((response.status(), js_sys::Uint8Array::new(&body).to_vec()))
}

/// The first bytes of something.
#[cfg(feature = "hydrate")]
pub async fn part(path: &str, bytes: u64) -> Result<(u16, Vec<u8>), Problem> {
    let headers = [("range", format!("bytes=0-{}", bytes.saturating_sub(1)))];
    send_wrapper::SendWrapper::new(fetch("GET", path, None, &headers)).await.map_err(|_| unreachable())
}

#[cfg(not(feature = "hydrate"))]
#[allow(clippy::unused_async)]
pub async fn call(_: &'static str, _: &str, _: Option<Vec<u8>>, _: &str, _: Option<&str>) -> Result<(u16, Vec<u8>), Problem> {
    // The server always brings its own transport.
    Err(unreachable())
}

const fn unreachable() -> Problem {
    Problem::new(503, UNREACHABLE, "The server can't be reached.")
}
