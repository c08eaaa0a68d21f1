use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use stoa_domain::wire::people::{Account, ChangeUser};

use crate::http::docs::{Changing, Conflicting, Forbidden, Missing, SignedInOnly, Versioned};
use crate::http::extract::{IfMatch, UserAt};
use crate::http::input::Input;
use crate::http::{Answer, Shared, SignedIn};

/// Changes an account: its names, its password, whether it is enabled. What isn't sent stays.
#[utoipa::path(patch, path = "/users/{user}", tag = "People",
    params(("user" = String, Path, format = "uuid"), ("if-match" = String, Header)), request_body = ChangeUser,
    responses((status = 200, body = Account), SignedInOnly, Forbidden, Missing, Versioned, Changing, Conflicting))]
pub async fn change_user(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    UserAt(user): UserAt,
    if_match: IfMatch,
    change: Input<ChangeUser>,
) -> Answer<Response> {
    let may = async {
        let account = shared.services.users.get(&caller, user).await?;
        super::may_change(&shared, &caller)?;
        if_match.holds(&account.account.map(|details| details.version).unwrap_or_default())
    };
    let change = change.or_after(may).await?;
    Ok(super::tagged(shared.services.users.change(&caller, user, change, if_match.as_deref()).await?))
}
