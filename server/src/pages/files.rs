//! Posting files without scripts.

use std::io::{Error, ErrorKind};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Request};
use axum::response::Response;
use futures_util::TryStreamExt;
use http::{Method, header};
use serde_json::json;
use stoa_domain::file::ATTACHMENTS_LIMIT;
use stoa_domain::id::{FileId, RoomId};
use stoa_domain::wire::file::File;
use stoa_domain::wire::problem::Problem;
use stoa_services::files::Body as Content;
use tokio::sync::Mutex;

use super::form::{self, Fields, with_query};
use super::local::Local;
use super::rooms::{nowhere, page};
use crate::http::files::arriving;
use crate::http::files::disposition::{field_in, name_in};
use crate::http::files::form::{Form, content};
use crate::http::files::multipart::boundary;

/// What a message is made of.
#[derive(Default)]
struct Said {
    nonce: String,
    body: String,
    files: Vec<FileId>,
}

pub async fn post(local: Local, Path(room): Path<String>, request: Request) -> Response {
    let fields = Fields::default();
    let Ok(room) = room.parse::<RoomId>() else { return nowhere(&fields) };
    let (parts, body) = request.into_parts();
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let boundary = boundary(kind);
    let posted = arriving::with(body, async move |body: Content| {
        let boundary = boundary.ok_or_else(Problem::unsupported_media_type)?;
        let mut said = Said::default();
        let posted = match take(&local, room, Form::new(body, &boundary), &mut said).await {
            Ok(()) => say(&local, room, &said).await,
            refused => refused,
        };
        if posted.is_err() {
            // Nobody posts them any more; what isn't removed now goes after a day.
            for file in said.files {
                drop(local.ask(Method::DELETE, &format!("/uploads/{file}")).await);
            }
        }
        match posted {
            // The same form once more: it is said already.
            Err(problem) if problem.slug() == Problem::nonce_reused().slug() => Ok(()),
            posted => posted,
        }
    });
    match posted.await {
        Ok(()) => form::to(&page(room)),
        Err(problem) => fields.back(&page(room), &problem),
    }
}

/// Uploads each file as it comes.
async fn take(local: &Local, room: RoomId, form: Form, said: &mut Said) -> Result<(), Problem> {
    let form = Arc::new(Mutex::new(form));
    loop {
        let Some(disposition) = form.lock().await.part().await? else { return Ok(()) };
        match name_in(&disposition) {
            // A field for files in which none was chosen.
            Some(name) if name.is_empty() => {}
            Some(name) => {
                if said.files.len() == ATTACHMENTS_LIMIT {
                    return Err(Problem::invalid().field("/attachments", "too-many", format!("A message has at most {ATTACHMENTS_LIMIT} files.")));
                }
                let pieces = content(&form).map_err(|_| Error::from(ErrorKind::ConnectionReset));
                let path = with_query(&format!("/rooms/{room}/files"), &[("name", &name)]);
                let file: File = local.stream(&path, Body::from_stream(pieces)).await?.decode()?;
                said.files.push(file.file.id);
            }
            None => {
                let field = field_in(&disposition).unwrap_or_default();
                let text = form.lock().await.text().await?;
                match field.as_str() {
                    "nonce" => said.nonce = text,
                    "body" => said.body = text,
                    _ => {}
                }
            }
        }
    }
}

async fn say(local: &Local, room: RoomId, said: &Said) -> Result<(), Problem> {
    if said.files.is_empty() {
        return Err(Problem::invalid().field("/file", "required", "The form has no file."));
    }
    let body = json!({ "nonce": said.nonce, "body": said.body, "attachments": said.files });
    local.send(Method::POST, &format!("/rooms/{room}/messages"), &body).await.map(drop)
}
