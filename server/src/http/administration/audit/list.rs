use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::Page;
use stoa_domain::wire::audit::{AuditQuery, AuditRecord};

use crate::http::docs::{Forbidden, SignedInOnly};
use crate::http::extract::Asked;
use crate::http::{Answer, Shared, SignedIn};

/// The audit log, newest first. Looking at it is recorded in it.
#[utoipa::path(get, path = "/audit", tag = "Audit", params(AuditQuery), responses((status = 200, body = Page<AuditRecord>), SignedInOnly, Forbidden))]
pub async fn list_audit(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, Asked(query): Asked<AuditQuery>) -> Answer<Json<Page<AuditRecord>>> {
    Ok(Json(shared.services.audit.list(&caller, &query).await?))
}
