//! Forms as browsers send them, and the way back from them.

use std::collections::HashMap;

use axum::Form;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Redirect, Response};
use stoa_domain::wire::problem::Problem;

/// The fields of a form.
#[derive(Default)]
pub struct Fields(HashMap<String, String>);

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = std::convert::Infallible;
    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        // What isn't a form has no fields, and is refused for that.
        Ok(Self(Form::from_request(request, state).await.map(|Form(fields)| fields).unwrap_or_default()))
    }
}

/// What may stand in an address: nobody types it again, and nothing of it is secret.
const HARMLESS: [&str; 9] = ["name", "display_name", "next", "category", "privacy", "type", "topic", "description", "email"];
/// What is longer would make an address that something on the way may not take.
const ADDRESS_PART: usize = 2_000;

impl Fields {
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }

    /// None where it was left empty.
    pub fn filled(&self, name: &str) -> Option<&str> {
        Some(self.get(name).trim()).filter(|text| !text.is_empty())
    }

    pub fn is_on(&self, name: &str) -> bool {
        self.get(name) == "true"
    }

    /// To `page`, which shows what went wrong; to the sign-in first, for who isn't signed in.
    pub fn back(&self, page: &str, problem: &Problem) -> Response {
        if problem.slug() == "not-signed-in" {
            return to(&with_query("/sign-in", &[("next", page)]));
        }
        let mut query = vec![("problem", problem.slug())];
        if let Some(error) = problem.errors.first() {
            query.push(("field", error.field.trim_start_matches('/')));
            query.push(("code", &error.code));
        }
        query.extend(HARMLESS.into_iter().filter_map(|name| self.filled(name).filter(|text| text.len() <= ADDRESS_PART).map(|text| (name, text))));
        to(&with_query(page, &query))
    }
}

/// 303, so that going back or reloading doesn't send the form again.
pub fn to(page: &str) -> Response {
    Redirect::to(page).into_response()
}

pub fn with_query(page: &str, query: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    format!("{page}?{query}")
}

/// A path of our own to go on with; never another site's.
pub fn own_path(text: &str) -> Option<&str> {
    let own = text.starts_with('/') && !text.starts_with("//") && !text.starts_with("/\\");
    (own && text.bytes().all(|byte| (0x21..0x7f).contains(&byte))).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_on_never_leads_to_another_site() {
        for own in ["/", "/chat/r/x?before=3#m2"] {
            assert_eq!(own_path(own), Some(own));
        }
        for other in ["", "chat", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nset-cookie: x", "/a b", "/é"] {
            assert_eq!(own_path(other), None, "{other}");
        }
    }

    #[test]
    fn the_way_back_carries_what_went_wrong_and_no_secret() {
        let fields = Fields(HashMap::from([("name".into(), "Ana & co".into()), ("password".into(), "secret".into()), ("token".into(), "t".into())]));
        let response = fields.back("/setup", &Problem::invalid().field("/name", "taken", "x"));
        assert_eq!(response.status(), 303);
        assert_eq!(response.headers().get("location").unwrap(), "/setup?problem=invalid&field=name&code=taken&name=Ana+%26+co");
        let response = fields.back("/chat/r/x", &Problem::not_signed_in());
        assert_eq!(response.headers().get("location").unwrap(), "/sign-in?next=%2Fchat%2Fr%2Fx");
    }
}
