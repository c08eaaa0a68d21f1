use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use bytes::Bytes;
use futures_util::StreamExt;
use http::{HeaderName, header};
use serde::Deserialize;
use stoa_domain::wire::file::File;
use stoa_domain::wire::problem::Problem;
use stoa_services::files::{Body, Cut, NewUpload};
use utoipa::IntoParams;

use super::multipart::{Event, Parts, boundary};
use super::{arriving, disposition, tus};
use crate::http::docs::{Filling, Forbidden, Missing, SignedInOnly, Throttled};
use crate::http::extract::{Asked, RoomAt};
use crate::http::tagged::Created;
use crate::http::{Answer, Shared, SignedIn};

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Named {
    /// The file's name, where neither `Content-Disposition` nor the form says it.
    pub name: Option<String>,
}

/// Uploads a file in one piece: raw, with its name in the query or in `Content-Disposition`, or as the first file of a
/// form (`multipart/form-data`). With `Repr-Digest: sha-256=:…:` it is taken only if it is that. It is nobody's to see
/// before a message has it in its `attachments`, and goes after a day without one.
#[utoipa::path(post, path = "/rooms/{room}/files", tag = "Files", params(("room" = String, Path, format = "uuid"), Named),
    request_body(content((String = "application/octet-stream"), (String = "multipart/form-data"))),
    responses((status = 201, body = File), SignedInOnly, Forbidden, Missing, Filling, Throttled))]
pub async fn upload_file(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    RoomAt(room): RoomAt,
    Asked(named): Asked<Named>,
    request: Request,
) -> Answer<Created<Json<File>>> {
    let (parts, body) = request.into_parts();
    let headers = parts.headers;
    let file = arriving::with(body, async move |content: Body| {
        let files = &shared.services.files;
        files.may_upload(&caller, room)?;
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let digest = [HeaderName::from_static("repr-digest"), HeaderName::from_static("content-digest")];
        let check = digest.iter().find_map(|name| tus::text(&headers, name)).map(tus::digest).transpose()?.flatten();
        let form = kind.trim_start().get(..10).is_some_and(|kind| kind.eq_ignore_ascii_case("multipart/"));
        let (name, size, content) = if form {
            let boundary = boundary(kind).ok_or_else(|| Problem::unsupported_media_type().detail("A form is multipart/form-data with a boundary."))?;
            let (name, content) = first_file(content, &boundary).await?;
            (name, None, content)
        } else {
            let name = headers.get(header::CONTENT_DISPOSITION).and_then(|value| disposition::name_in(value.as_bytes()));
            (name, tus::number(&headers, &header::CONTENT_LENGTH)?, content)
        };
        // What a file is called is up to who sends it, but has to be said.
        let name = named.name.or(name).ok_or_else(|| Problem::invalid().field("/name", "required", "The file has no name."))?;
        files.whole(&caller, room, &NewUpload { name, size }, check, content).await
    });
    let file = file.await?;
    Ok(Created { at: format!("/files/{}", file.file.id), object: Json(file) })
}

/// The first part of a form that has a file's name: that, and what is in it.
async fn first_file(content: Body, boundary: &str) -> Result<(Option<String>, Body), Problem> {
    /// Fields before the file.
    const BEFORE: usize = 64 * 1024;
    let mut form = Form { content, parts: Parts::new(boundary), done: false };
    let mut before = 0;
    loop {
        match form.next().await {
            Ok(Some(Event::Part(disposition))) => {
                if let Some(name) = disposition::name_in(&disposition) {
                    return Ok((Some(name), form.rest_of_part()));
                }
            }
            Ok(Some(Event::Data(data))) => {
                before += data.len();
                if before > BEFORE {
                    return Err(Problem::malformed().detail("The form has too much before its file."));
                }
            }
            Ok(Some(Event::End)) => return Err(Problem::invalid().field("/file", "required", "The form has no file.")),
            Ok(None) | Err(Cut) => return Err(Problem::malformed().detail("The form can't be read.")),
        }
    }
}

struct Form {
    content: Body,
    parts: Parts,
    done: bool,
}

impl Form {
    async fn next(&mut self) -> Result<Option<Event>, Cut> {
        loop {
            if let Some(event) = self.parts.next().map_err(|_| Cut)? {
                return Ok(Some(event));
            }
            match self.content.next().await.transpose()? {
                Some(bytes) => self.parts.feed(&bytes),
                None => return Ok(None),
            }
        }
    }

    /// Up to the next boundary; what ends before it isn't whole.
    fn rest_of_part(self) -> Body {
        Box::pin(futures_util::stream::unfold(self, async |mut form| {
            if form.done {
                return None;
            }
            match form.next().await {
                Ok(Some(Event::Data(data))) => Some((Ok(Bytes::from(data)), form)),
                Ok(Some(Event::Part(_) | Event::End)) => None,
                Ok(None) | Err(Cut) => {
                    form.done = true;
                    Some((Err(Cut), form))
                }
            }
        }))
    }
}
