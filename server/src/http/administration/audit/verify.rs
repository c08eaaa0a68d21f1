use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::audit::{Verification, Verify};

use crate::http::docs::{Changing, Forbidden, SignedInOnly};
use crate::http::input::Input;
use crate::http::{Answer, Shared, SignedIn};

/// Whether the audit log is whole: looks at a slice of it; go on with `next` until that is `null`.
#[utoipa::path(post, path = "/audit/verify", tag = "Audit", request_body = Verify,
    responses((status = 200, body = Verification), SignedInOnly, Forbidden, Changing))]
pub async fn verify_audit(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, verify: Input<Verify>) -> Answer<Json<Verification>> {
    let verify = verify.or_after(async { shared.services.audit.may_see(&caller) }).await?;
    Ok(Json(shared.services.audit.verify(&caller, &verify).await?))
}
