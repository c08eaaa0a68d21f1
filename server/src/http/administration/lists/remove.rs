use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use stoa_domain::access::ListOwner;

use crate::http::docs::{Conflicting, Forbidden, Missing, SignedInOnly};
use crate::http::extract::{CategoryAt, CategoryListAt, GroupAt, PrincipalAt, RoleAt, RoomAt, RoomListAt};
use crate::http::{Answer, Shared, SignedIn};

/// Removes one entry from a list of a room.
#[utoipa::path(delete, path = "/rooms/{room}/lists/{list}/{principal}", tag = "Lists",
    params(("room" = String, Path, format = "uuid"), ("list" = stoa_domain::room::RoomList, Path),
        ("principal" = String, Path, description = "`user:ID`, `group:ID`, `unit:ID`, `domain:ID`, `everyone`")),
    responses((status = 204), SignedInOnly, Forbidden, Missing))]
pub async fn remove_from_room_list(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    RoomAt(room): RoomAt,
    RoomListAt(list): RoomListAt,
    principal: Result<PrincipalAt, crate::http::Refused>,
) -> Answer<StatusCode> {
    remove(&shared, &caller, ListOwner::Room(room, list), principal).await
}

/// Removes one entry from a list of a category.
#[utoipa::path(delete, path = "/categories/{category}/lists/{list}/{principal}", tag = "Lists",
    params(("category" = String, Path, format = "uuid"), ("list" = stoa_domain::category::CategoryList, Path),
        ("principal" = String, Path, description = "`user:ID`, `group:ID`, `unit:ID`, `domain:ID`, `everyone`")),
    responses((status = 204), SignedInOnly, Forbidden, Missing))]
pub async fn remove_from_category_list(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    CategoryAt(category): CategoryAt,
    CategoryListAt(list): CategoryListAt,
    principal: Result<PrincipalAt, crate::http::Refused>,
) -> Answer<StatusCode> {
    remove(&shared, &caller, ListOwner::Category(category, list), principal).await
}

/// Takes somebody or a group out of a group.
#[utoipa::path(delete, path = "/groups/{group}/members/{principal}", tag = "Groups",
    params(("group" = String, Path, format = "uuid"), ("principal" = String, Path, description = "`user:ID`, `group:ID`")),
    responses((status = 204), SignedInOnly, Forbidden, Missing))]
pub async fn remove_from_group(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    GroupAt(group): GroupAt,
    principal: Result<PrincipalAt, crate::http::Refused>,
) -> Answer<StatusCode> {
    remove(&shared, &caller, ListOwner::Group(group), principal).await
}

/// Takes a role from somebody or a group.
#[utoipa::path(delete, path = "/roles/{role}/{principal}", tag = "Roles",
    params(("role" = stoa_domain::person::Role, Path), ("principal" = String, Path, description = "`user:ID`, `group:ID`")),
    responses((status = 204), SignedInOnly, Forbidden, Missing, Conflicting))]
pub async fn take_role(
    State(shared): State<Arc<Shared>>,
    SignedIn(caller): SignedIn,
    RoleAt(role): RoleAt,
    principal: Result<PrincipalAt, crate::http::Refused>,
) -> Answer<StatusCode> {
    remove(&shared, &caller, ListOwner::Role(role), principal).await
}

async fn remove(shared: &Shared, caller: &stoa_services::Caller, list: ListOwner, principal: Result<PrincipalAt, crate::http::Refused>) -> Answer<StatusCode> {
    // A principal that can't be one isn't told before it is known whether the list may be known.
    let PrincipalAt(principal) = match principal {
        Ok(principal) => principal,
        Err(refused) => {
            shared.services.lists.may_change(caller, list).await?;
            return Err(refused);
        }
    };
    shared.services.lists.remove(caller, list, principal).await?;
    Ok(StatusCode::NO_CONTENT)
}
