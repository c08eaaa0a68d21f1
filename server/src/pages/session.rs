//! Signing in and out without scripts.

use axum::response::Response;
use http::Method;
use stoa_domain::wire::session::{Setup, SignIn};

use super::form::{self, Fields};
use super::local::Local;

pub async fn sign_in(local: Local, fields: Fields) -> Response {
    let body = SignIn { name: fields.get("name").to_owned(), password: fields.get("password").to_owned() };
    match local.send(Method::POST, "/session", &body).await {
        Ok(_) => form::to(form::own_path(fields.get("next")).unwrap_or("/chat")),
        Err(problem) => fields.back("/sign-in", &problem),
    }
}

pub async fn sign_out(local: Local, fields: Fields) -> Response {
    let path = if fields.is_on("all") { "/session?all=true" } else { "/session" };
    match local.ask(Method::DELETE, path).await {
        // Who isn't signed in any more is where he wanted to be.
        Ok(_) => form::to("/sign-in"),
        Err(problem) if problem.status == 401 => form::to("/sign-in"),
        Err(problem) => fields.back("/chat", &problem),
    }
}

pub async fn set_up(local: Local, fields: Fields) -> Response {
    let field = |name| fields.get(name).to_owned();
    let body = Setup { token: field("token"), name: field("name"), display_name: field("display_name"), password: field("password") };
    match local.send(Method::POST, "/setup", &body).await {
        Ok(_) => form::to("/chat"),
        Err(problem) => fields.back("/setup", &problem),
    }
}
