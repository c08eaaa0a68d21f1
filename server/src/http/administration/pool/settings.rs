use std::sync::Arc;

use axum::extract::State;
use stoa_domain::wire::pool::{ChangeSettings, Settings};

use crate::http::docs::{Changing, Forbidden, SignedInOnly, Versioned};
use crate::http::extract::IfMatch;
use crate::http::input::Input;
use crate::http::tagged::Tagged;
use crate::http::{Answer, Shared, SignedIn};

/// What is set for the whole pool.
#[utoipa::path(get, path = "/pool/settings", tag = "Pool", responses((status = 200, body = Settings), SignedInOnly, Forbidden))]
pub async fn get_settings(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn) -> Answer<Tagged<Settings>> {
    Ok(tagged(shared.services.pool.settings(&caller)?))
}

/// Changes what is set for the whole pool; what isn't sent stays. Every server has it within a second.
#[utoipa::path(patch, path = "/pool/settings", tag = "Pool", params(("if-match" = String, Header)), request_body = ChangeSettings,
    responses((status = 200, body = Settings), SignedInOnly, Forbidden, Versioned, Changing))]
pub async fn change_settings(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    if_match: IfMatch,
    change: Input<ChangeSettings>,
) -> Answer<Tagged<Settings>> {
    let change = change.or_after(async { if_match.holds(&shared.services.pool.may_change(&caller)?.version) }).await?;
    Ok(tagged(shared.services.pool.change(&caller, change, if_match.as_deref()).await?))
}

fn tagged(settings: Settings) -> Tagged<Settings> {
    Tagged { version: settings.version.clone(), object: settings }
}
