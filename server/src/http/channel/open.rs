use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;

use crate::http::docs::{Forbidden, SignedInOnly};
use crate::http::socket::upgrade;
use crate::http::{Answer, Shared};

/// Opens the live channel, a WebSocket.
///
/// Its subprotocols are `stoa.1` and `ticket.…` with the ticket that `lookup` gave; the frames
/// are described in the protocol document.
#[utoipa::path(get, path = "/channel", tag = "Live",
    params(("sec-websocket-protocol" = String, Header, description = "`stoa.1, ticket.…`")),
    responses((status = 101, description = "The channel is open"), SignedInOnly, Forbidden))]
pub async fn open(State(shared): State<Arc<Shared>>, request: Request) -> Answer<Response> {
    Ok(upgrade::upgrade(&shared, request).await?)
}
