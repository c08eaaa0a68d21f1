//! Accounts without scripts.

use axum::extract::Path;
use axum::response::Response;
use http::Method;
use serde_json::{Map, Value, json};
use stoa_domain::id::UserId;
use stoa_domain::wire::problem::Problem;

use super::form::{self, Fields};
use super::local::Local;

const PAGE: &str = "/people";
const DONE: &str = "/people?done=1";

fn answer(fields: &Fields, done: Result<(), Problem>) -> Response {
    match done {
        Ok(()) => form::to(DONE),
        Err(problem) => fields.back(PAGE, &problem),
    }
}

pub async fn create(local: Local, fields: Fields) -> Response {
    let mut body = Map::new();
    for name in ["name", "display_name", "email"] {
        if let Some(text) = fields.filled(name) {
            body.insert(name.to_owned(), Value::from(text));
        }
    }
    // White space is part of a password.
    if !fields.get("password").is_empty() {
        body.insert("password".to_owned(), Value::from(fields.get("password")));
    }
    answer(&fields, local.send(Method::POST, "/users", &body).await.map(drop))
}

pub async fn set_enabled(local: Local, Path(user): Path<String>, fields: Fields) -> Response {
    answer(&fields, change(&local, &user, &json!({ "enabled": fields.is_on("on") })).await)
}

pub async fn set_password(local: Local, Path(user): Path<String>, fields: Fields) -> Response {
    answer(&fields, change(&local, &user, &json!({ "password": fields.get("password") })).await)
}

/// The form says nothing of a version, and overwrites only what it is about.
async fn change(local: &Local, user: &str, change: &Value) -> Result<(), Problem> {
    // What is no id must not get into the path of a call.
    let user: UserId = user.parse().map_err(|_| Problem::user_not_found())?;
    let path = format!("/users/{user}");
    let account = local.ask(Method::GET, &path).await?;
    local.send_if(Method::PATCH, &path, account.tag(), change).await.map(drop)
}
