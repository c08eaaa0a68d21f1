use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;
use serde::Deserialize;
use stoa_domain::wire::audit::{AuditQuery, ExportFormat};
use utoipa::IntoParams;

use crate::http::docs::{Forbidden, SignedInOnly};
use crate::http::extract::Asked;
use crate::http::{Answer, Shared, SignedIn};

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct As {
    /// `csv` unless asked otherwise.
    #[param(inline)]
    #[serde(default)]
    pub format: ExportFormat,
}

/// The audit log as a file; `cursor` and `limit` count for nothing. An answer that breaks off isn't whole.
#[utoipa::path(get, path = "/audit/export", tag = "Audit", params(As, AuditQuery), responses(
    (status = 200, content((String = "text/csv"), (String = "application/jsonl"))), SignedInOnly, Forbidden))]
pub async fn export_audit(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    Asked(As { format }): Asked<As>,
    Asked(query): Asked<AuditQuery>,
) -> Answer<Response> {
    let export = shared.services.audit.export(&caller, &query, format)?;
    let pieces = futures_util::stream::try_unfold(export, async |mut export| {
        Ok::<_, stoa_domain::wire::problem::Problem>(export.next().await?.map(|piece| (piece, export)))
    });
    let (kind, disposition) = match format {
        ExportFormat::Csv => ("text/csv; charset=utf-8", "attachment; filename=\"audit.csv\""),
        ExportFormat::Jsonl => ("application/jsonl", "attachment; filename=\"audit.jsonl\""),
    };
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, Body::from_stream(pieces)).into_response())
}
