use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use http::{HeaderName, header};
use serde::Deserialize;
use stoa_domain::wire::file::File;
use stoa_domain::wire::problem::Problem;
use stoa_services::files::{Body, NewUpload};
use utoipa::IntoParams;

use super::form::first_file;
use super::multipart::boundary;
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
