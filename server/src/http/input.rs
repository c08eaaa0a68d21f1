//! Bodies. What is wrong with one is told only after access was looked at: a refusal must not
//! depend on whether something exists that the caller may not know of.

use std::future::Future;

use axum::extract::{FromRequest, Request};
use http::header;
use serde::de::DeserializeOwned;
use stoa_domain::wire::problem::Problem;
use stoa_services::body::explain;

/// The longest body of a call.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// A JSON body, or what is wrong with it.
pub struct Input<T>(Result<T, Problem>);

impl<T> Input<T> {
    /// The body; if it is bad, `first` is asked whether the caller may know more than its refusal.
    pub async fn or_after(self, first: impl Future<Output = Result<(), Problem>>) -> Result<T, Problem> {
        match self.0 {
            Ok(body) => Ok(body),
            Err(problem) => {
                first.await?;
                Err(problem)
            }
        }
    }

    /// The body, where there is nothing to be hidden.
    pub fn take(self) -> Result<T, Problem> {
        self.0
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Input<T> {
    type Rejection = std::convert::Infallible;
    async fn from_request(request: Request, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(read(request).await))
    }
}

async fn read<T: DeserializeOwned>(request: Request) -> Result<T, Problem> {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > BODY_LIMIT) {
        return Err(too_large());
    }
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let json = kind.eq_ignore_ascii_case("application/json");
    // Read in any case, so that the connection can be used again.
    let body = axum::body::to_bytes(request.into_body(), BODY_LIMIT).await.map_err(|error| {
        let long = std::error::Error::source(&error).is_some_and(<dyn std::error::Error>::is::<http_body_util::LengthLimitError>);
        if long { too_large() } else { Problem::malformed().detail("The body didn't come whole.") }
    })?;
    if !json {
        return Err(Problem::unsupported_media_type());
    }
    let mut deserializer = serde_json::Deserializer::from_slice(&body);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| explain(&error))?;
    deserializer.end().map_err(|error| Problem::malformed().detail(format!("The body is not JSON: {error}.")))?;
    Ok(value)
}

fn too_large() -> Problem {
    Problem::too_large().detail(format!("A body has at most {BODY_LIMIT} bytes."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use stoa_domain::wire::list::NewList;
    use stoa_domain::wire::room::NewRoom;

    async fn told<T: DeserializeOwned>(kind: &str, body: impl Into<Body>) -> (u16, String, String) {
        let request = Request::post("/").header(header::CONTENT_TYPE, kind).body(body.into()).unwrap();
        let problem = read::<T>(request).await.err().unwrap();
        let first = problem.errors.first();
        (problem.status, first.map(|error| error.field.to_string()).unwrap_or_default(), first.map(|error| error.code.to_string()).unwrap_or_default())
    }

    #[tokio::test]
    async fn what_is_wrong_is_told_with_its_place() {
        const JSON: &str = "application/json; charset=utf-8";
        let status = |status, field: &str, code: &str| (status, field.to_owned(), code.to_owned());
        assert_eq!(told::<NewRoom>("text/plain", "{}").await, status(415, "", ""));
        assert_eq!(told::<NewRoom>(JSON, "{").await, status(400, "", ""));
        assert_eq!(told::<NewRoom>(JSON, r#"{"name":"x"}"#).await, status(422, "/category", "required"));
        assert_eq!(told::<NewRoom>(JSON, r#"{"nmae":"x"}"#).await, status(422, "/nmae", "unknown"));
        assert_eq!(told::<NewRoom>(JSON, r#"{"name":1}"#).await, status(422, "/name", "invalid"));
        assert_eq!(told::<NewList>(JSON, r#"{"items":[{"principal":7}]}"#).await, status(422, "/items/0/principal", "invalid"));
        assert_eq!(told::<NewRoom>(JSON, vec![b' '; BODY_LIMIT + 1]).await, status(413, "", ""));
    }
}
