use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use stoa_domain::wire::problem::Problem;
use stoa_services::files::{Body, NewUpload, Upload};

use super::{arriving, metadata, tus};
use crate::http::docs::{Conflicting, Filling, Forbidden, Missing, SignedInOnly, Throttled, Tus};
use crate::http::extract::{RoomAt, UploadAt};
use crate::http::{API, Answer, Shared, SignedIn};

/// Begins an upload by the tus protocol (creation, creation-with-upload). A header `Upload-Metadata` tells its
/// `filename`. What is uploaded becomes the file of the same id.
#[utoipa::path(post, path = "/rooms/{room}/uploads", tag = "Files",
    params(("room" = String, Path, format = "uuid"), ("tus-resumable" = String, Header), ("upload-length" = u64, Header), ("upload-metadata" = Option<String>, Header)),
    responses((status = 201, description = "Location tells where it goes on"), SignedInOnly, Forbidden, Missing, Tus, Filling, Throttled))]
pub async fn begin_upload(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, RoomAt(room): RoomAt, request: Request) -> Answer<Response> {
    let (parts, body) = request.into_parts();
    let headers = parts.headers;
    let begun = arriving::with(body, async move |content: Body| {
        let files = &shared.services.files;
        files.may_upload(&caller, room)?;
        tus::version(&headers)?;
        let size = tus::number(&headers, &tus::LENGTH)?.ok_or_else(|| Problem::malformed().detail("Send Upload-Length."))?;
        let metadata_sent = tus::text(&headers, &HeaderName::from_static("upload-metadata")).unwrap_or_default();
        let wrong = |_| Problem::malformed().detail("Upload-Metadata can't be read: it has keys, each with a space and a value in Base64.");
        let name = metadata::name_in(metadata_sent).map_err(wrong)?.unwrap_or_default();
        let check = check_of(&headers)?;
        let upload = files.begin(&caller, room, &NewUpload { name, size: Some(size) }).await?;
        let length = tus::number(&headers, &header::CONTENT_LENGTH)?;
        if size > 0 && is_content(&headers) && length != Some(0) {
            return files.receive(&caller, upload.id, 0, length, check, content).await;
        }
        Ok(upload)
    });
    let upload = begun.await?;
    let mut response = of(StatusCode::CREATED, &upload);
    if let Ok(at) = HeaderValue::from_str(&format!("{API}/uploads/{}", upload.id)) {
        response.headers_mut().insert(header::LOCATION, at);
    }
    Ok(response)
}

/// What of the tus protocol is spoken here.
#[utoipa::path(options, path = "/rooms/{room}/uploads", tag = "Files", params(("room" = String, Path, format = "uuid")),
    responses((status = 204, description = "Tus-Version, Tus-Extension, Tus-Max-Size, Tus-Checksum-Algorithm"), SignedInOnly, Forbidden, Missing))]
pub async fn upload_options(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, RoomAt(room): RoomAt) -> Answer<Response> {
    shared.services.files.may_upload(&caller, room)?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert("tus-version", tus::VERSION);
    headers.insert("tus-extension", tus::EXTENSIONS);
    headers.insert("tus-checksum-algorithm", tus::ALGORITHMS);
    headers.insert("tus-max-size", shared.services.files.limit().into());
    Ok(response)
}

/// How far one's own upload is.
#[utoipa::path(head, path = "/uploads/{upload}", tag = "Files", params(("upload" = String, Path, format = "uuid"), ("tus-resumable" = String, Header)),
    responses((status = 200, description = "Upload-Offset, Upload-Length, Upload-Expires"), SignedInOnly, Missing, Tus))]
pub async fn look_at_upload(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, UploadAt(id): UploadAt, headers: HeaderMap) -> Answer<Response> {
    let upload = shared.services.files.upload(&caller, id).await?;
    tus::version(&headers)?;
    Ok(of(StatusCode::OK, &upload))
}

/// Takes the next part of an upload, which begins at `Upload-Offset`; with `Upload-Checksum` only if it is that. With
/// its last part it becomes a file.
#[utoipa::path(patch, path = "/uploads/{upload}", tag = "Files",
    params(("upload" = String, Path, format = "uuid"), ("tus-resumable" = String, Header), ("upload-offset" = u64, Header), ("upload-checksum" = Option<String>, Header)),
    request_body(content = String, content_type = "application/offset+octet-stream"),
    responses((status = 204, description = "Upload-Offset, Upload-Expires"), SignedInOnly, Forbidden, Missing, Tus, Filling, Conflicting, Throttled))]
pub async fn continue_upload(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, UploadAt(id): UploadAt, request: Request) -> Answer<Response> {
    let (parts, body) = request.into_parts();
    let headers = parts.headers;
    let received = arriving::with(body, async move |content: Body| {
        let files = &shared.services.files;
        files.may_continue(&caller, id).await?;
        tus::version(&headers)?;
        if !is_content(&headers) {
            return Err(Problem::unsupported_media_type().detail(format!("The content has to be {}.", tus::CONTENT)));
        }
        let offset = tus::number(&headers, &tus::OFFSET)?.ok_or_else(|| Problem::malformed().detail("Send Upload-Offset."))?;
        let (length, check) = (tus::number(&headers, &header::CONTENT_LENGTH)?, check_of(&headers)?);
        files.receive(&caller, id, offset, length, check, content).await
    });
    Ok(of(StatusCode::NO_CONTENT, &received.await?))
}

/// Gives one's own upload up; also a finished one that no message has.
#[utoipa::path(delete, path = "/uploads/{upload}", tag = "Files", params(("upload" = String, Path, format = "uuid"), ("tus-resumable" = Option<String>, Header)),
    responses((status = 204), SignedInOnly, Missing, Throttled))]
pub async fn give_upload_up(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, UploadAt(id): UploadAt) -> Answer<StatusCode> {
    shared.services.files.abandon(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn is_content(headers: &HeaderMap) -> bool {
    let kind = tus::text(headers, &header::CONTENT_TYPE).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(tus::CONTENT)
}

fn check_of(headers: &HeaderMap) -> Result<Option<stoa_services::files::Check>, Problem> {
    tus::text(headers, &HeaderName::from_static("upload-checksum")).map(tus::checksum).transpose()
}

fn of(status: StatusCode, upload: &Upload) -> Response {
    let mut response = status.into_response();
    let headers = response.headers_mut();
    headers.insert(tus::OFFSET, upload.offset.into());
    if let Some(size) = upload.size {
        headers.insert(tus::LENGTH, size.into());
    }
    if let Some(at) = upload.expires_at {
        let at = SystemTime::UNIX_EPOCH + Duration::from_micros(at.micros().max(0).unsigned_abs());
        if let Ok(text) = HeaderValue::from_str(&httpdate::fmt_http_date(at)) {
            headers.insert(tus::EXPIRES, text);
        }
    }
    response
}
