use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use stoa_domain::wire::me::MyRoom;
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::{Page, PageQuery};

use crate::http::docs::SignedInOnly;
use crate::http::extract::Asked;
use crate::http::{Answer, Shared, SignedIn};

/// The rooms that I follow, with how far I am in each. All of them: they are what a client shows.
#[utoipa::path(get, path = "/me/rooms", tag = "Me", params(PageQuery), responses((status = 200, body = Page<MyRoom>), SignedInOnly))]
pub async fn my_rooms(State(shared): State<Arc<Shared>>, SignedIn(caller): SignedIn, Asked(page): Asked<PageQuery>) -> Answer<Json<Page<MyRoom>>> {
    if page.cursor.is_some() {
        // One page holds all, so no cursor is ever given.
        return Err(Problem::bad_cursor().into());
    }
    Ok(Json(Page { items: shared.services.me.rooms(&caller).await?, next: None }))
}
