use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::audit::AuditRecord;

use crate::http::docs::{Missing, SignedInOnly};
use crate::http::extract::AuditAt;
use crate::http::{Answer, Shared, SignedIn};

/// A record of the audit log.
#[utoipa::path(get, path = "/audit/{record}", tag = "Audit", params(("record" = i64, Path)),
    responses((status = 200, body = AuditRecord), SignedInOnly, Missing))]
pub async fn get_audit_record(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, AuditAt(record): AuditAt) -> Answer<Json<AuditRecord>> {
    Ok(Json(shared.services.audit.get(&caller, record).await?))
}
