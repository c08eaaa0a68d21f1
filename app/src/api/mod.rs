//! The typed client of the API, a file a resource. The browser and the server call the same
//! functions; between them and the API stands a transport: `fetch`, or a call in process.

#[cfg(feature = "ssr")]
mod categories;
#[cfg(feature = "ssr")]
mod directory;
mod fetch;
mod files;
mod joining;
mod lookup;
mod me;
mod rooms;
#[cfg(feature = "ssr")]
mod session;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use stoa_domain::wire::problem::Problem;

pub type Result<T> = std::result::Result<T, Problem>;

const JSON: &str = "application/json";

/// How the server hands a call of the page's caller to the API, in process.
pub trait Transport: Send + Sync {
    /// `path` is the whole path with its query (`/api/v1/session`), `body` is JSON.
    /// Answers with the status and the body.
    fn call(&self, method: &'static str, path: String, body: Option<Vec<u8>>) -> Pin<Box<dyn Future<Output = (u16, Vec<u8>)> + Send>>;
}

pub type SharedTransport = Arc<dyn Transport>;

/// The API, called as who looks at this page.
#[derive(Clone, Default)]
pub struct Api {
    transport: Option<SharedTransport>,
}

impl Api {
    /// The API by a transport of the server's; without one it is the browser's `fetch`.
    #[must_use]
    pub fn new(transport: SharedTransport) -> Self {
        Self { transport: Some(transport) }
    }

    async fn get<T: Answer>(&self, path: String) -> Result<T> {
        decode(&self.text("GET", path, None).await?)
    }

    async fn send<T: Answer>(&self, method: &'static str, path: String, body: &impl Serialize) -> Result<T> {
        let body = serde_json::to_vec(body).map_err(|_| Problem::malformed())?;
        decode(&self.text(method, path, Some(body)).await?)
    }

    /// What a path answers, by the wire type's own decoding; chat has a smaller one.
    pub async fn read<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        let text = self.text("GET", path.to_owned(), None).await?;
        serde_json::from_str(&text).map_err(|_| Problem::internal())
    }

    /// Changes something, in the browser. What was answered comes back as text.
    pub async fn change(&self, method: &'static str, path: &str, body: Option<String>, if_match: Option<&str>) -> Result<String> {
        let path = format!("/api/v1{path}");
        let (status, body) = fetch::call(method, &path, body.map(String::into_bytes), JSON, if_match).await?;
        let text = String::from_utf8(body).map_err(|_| Problem::internal())?;
        if (200..300).contains(&status) { Ok(text) } else { Err(problem(status, &text)) }
    }

    /// Sends a file, in the browser.
    pub async fn upload(&self, path: &str, kind: &str, body: Vec<u8>) -> Result<String> {
        let (status, body) = fetch::call("POST", &format!("/api/v1{path}"), Some(body), kind, None).await?;
        let text = String::from_utf8(body).map_err(|_| Problem::internal())?;
        if (200..300).contains(&status) { Ok(text) } else { Err(problem(status, &text)) }
    }

    /// The body of a good answer; anything else is a problem.
    async fn text(&self, method: &'static str, path: String, body: Option<Vec<u8>>) -> Result<String> {
        let (status, body) = self.call(method, path, body).await?;
        let text = String::from_utf8(body).map_err(|_| Problem::internal())?;
        if (200..300).contains(&status) { Ok(text) } else { Err(problem(status, &text)) }
    }

    async fn call(&self, method: &'static str, path: String, body: Option<Vec<u8>>) -> Result<(u16, Vec<u8>)> {
        let path = format!("/api/v1{path}");
        match &self.transport {
            Some(transport) => Ok(transport.call(method, path, body).await),
            None => fetch::call(method, &path, body, JSON, None).await,
        }
    }
}

/// The first bytes of a file, in the browser.
#[cfg(feature = "hydrate")]
pub async fn part(path: &str, bytes: u64) -> Result<Vec<u8>> {
    let (status, body) = fetch::part(path, bytes).await?;
    if (200..300).contains(&status) { Ok(body) } else { Err(problem(status, &String::from_utf8_lossy(&body))) }
}

/// What an answer is read as: by the wire types' own decoding on the server, by ours in the browser.
#[cfg(feature = "ssr")]
use DeserializeOwned as Answer;

#[cfg(not(feature = "ssr"))]
use crate::json::Read as Answer;

fn decode<T: Answer>(text: &str) -> Result<T> {
    #[cfg(feature = "ssr")]
    let decoded = serde_json::from_str(if text.is_empty() { "null" } else { text }).ok();
    #[cfg(not(feature = "ssr"))]
    let decoded = crate::json::read(text);
    decoded.ok_or_else(Problem::internal)
}

/// A refusal as the API writes it, or one made of the status when something in between answered.
pub(crate) fn problem(status: u16, text: &str) -> Problem {
    crate::json::read(text).unwrap_or_else(|| {
        let known = match status {
            401 => Problem::not_signed_in(),
            403 => Problem::forbidden(),
            404 => Problem::not_found(),
            429 => Problem::too_many(),
            502..=504 => Problem::unavailable(),
            _ => Problem::internal(),
        };
        Problem { status, ..known }
    })
}
