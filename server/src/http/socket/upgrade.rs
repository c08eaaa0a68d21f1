//! From a request to a socket.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use stoa_domain::wire::channel::{SUBPROTOCOL, TICKET_PREFIX};
use stoa_domain::wire::problem::Problem;
use stoa_services::channel::Connection;
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::pulse::Pulse;
use super::serve;
use crate::http::Shared;

/// Takes a client in: 101, and a task that owns the stream from then on.
pub async fn upgrade(shared: &Arc<Shared>, mut request: Request) -> Result<Response, Problem> {
    let headers = request.headers();
    let accept = accept_key(request.method(), request.version(), headers)?;
    if let Some(origin) = headers.get(header::ORIGIN)
        && !shared.origins.is_ours(origin.to_str().unwrap_or_default(), headers)
    {
        return Err(Problem::cross_site());
    }
    let ticket = ticket(headers)?;
    let Some(upgrade) = request.extensions_mut().remove::<OnUpgrade>() else {
        return Err(Problem::malformed().detail("This connection can't become a WebSocket."));
    };
    let claims = shared.services.lookup.redeem(&ticket)?;
    let connection = shared.services.channel.connect(claims).await?;
    let pulse = shared.pulses.add(Arc::clone(connection.outbox()));
    let task = shared.sockets.spawn(run(upgrade, connection, Arc::clone(&pulse)));
    pulse.belongs_to(task.abort_handle());
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    Ok(response)
}

/// The answer to the client's key, if the request is a WebSocket's.
fn accept_key(method: &Method, version: Version, headers: &HeaderMap) -> Result<HeaderValue, Problem> {
    let wrong = |detail: &str| Problem::malformed().detail(detail);
    if *method != Method::GET || version != Version::HTTP_11 || !has(headers, header::CONNECTION, "upgrade") || !has(headers, header::UPGRADE, "websocket") {
        return Err(wrong("A WebSocket was expected: GET with the headers Connection: upgrade and Upgrade: websocket."));
    }
    if headers.get(header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
        return Err(wrong("Only version 13 of the WebSocket protocol is spoken here."));
    }
    let key = headers.get(header::SEC_WEBSOCKET_KEY).filter(|key| key.len() == 24).ok_or_else(|| wrong("Sec-WebSocket-Key is missing or none."))?;
    HeaderValue::from_str(&derive_accept_key(key.as_bytes())).map_err(|_| Problem::internal())
}

fn items(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let values: Vec<&HeaderValue> = headers.get_all(name).iter().collect();
    values.into_iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).map(str::trim)
}

fn has(headers: &HeaderMap, name: HeaderName, token: &str) -> bool {
    items(headers, name).any(|item| item.eq_ignore_ascii_case(token))
}

fn ticket(headers: &HeaderMap) -> Result<String, Problem> {
    let offered: Vec<_> = items(headers, header::SEC_WEBSOCKET_PROTOCOL).collect();
    if !offered.contains(&SUBPROTOCOL) {
        return Err(Problem::malformed().detail("The subprotocol stoa.1 was expected."));
    }
    let ticket = offered.iter().find_map(|item| item.strip_prefix(TICKET_PREFIX));
    ticket.map(str::to_owned).ok_or_else(Problem::bad_ticket)
}

async fn run(upgrade: OnUpgrade, connection: Connection, pulse: Arc<Pulse>) {
    let Ok(upgraded) = upgrade.await else { return };
    // The very streams that the listener accepted: without boxes, and with vectored writes.
    match upgraded.downcast::<TokioIo<TcpStream>>() {
        Ok(parts) => plain(parts.io.into_inner(), parts.read_buf, connection, pulse).await,
        Err(upgraded) => match upgraded.downcast::<TokioIo<TlsStream<TcpStream>>>() {
            Ok(parts) => Box::pin(encrypted(parts.io.into_inner(), parts.read_buf, connection, pulse)).await,
            Err(_) => tracing::error!("a socket of an unknown kind"),
        },
    }
}

async fn plain(mut stream: TcpStream, already: Bytes, connection: Connection, pulse: Arc<Pulse>) {
    let (read, write) = stream.split();
    serve(read, write, already, connection, pulse).await;
}

async fn encrypted(stream: TlsStream<TcpStream>, already: Bytes, connection: Connection, pulse: Arc<Pulse>) {
    let (read, write) = tokio::io::split(stream);
    serve(read, write, already, connection, pulse).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_websocket_is_taken_for_one() {
        let good = HeaderMap::from_iter([
            (header::CONNECTION, HeaderValue::from_static("keep-alive, Upgrade")),
            (header::UPGRADE, HeaderValue::from_static("WebSocket")),
            (header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13")),
            (header::SEC_WEBSOCKET_KEY, HeaderValue::from_static("dGhlIHNhbXBsZSBub25jZQ==")),
        ]);
        assert_eq!(accept_key(&Method::GET, Version::HTTP_11, &good).unwrap(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assert!(accept_key(&Method::POST, Version::HTTP_11, &good).is_err());
        for name in [header::CONNECTION, header::UPGRADE, header::SEC_WEBSOCKET_VERSION, header::SEC_WEBSOCKET_KEY] {
            let mut without = good.clone();
            without.remove(&name);
            assert!(accept_key(&Method::GET, Version::HTTP_11, &without).is_err(), "{name}");
        }
    }

    #[test]
    fn the_ticket_stands_among_the_subprotocols() {
        let offered = |text: &'static str| ticket(&HeaderMap::from_iter([(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(text))]));
        assert_eq!(offered("stoa.1, ticket.abc").as_deref(), Ok("abc"));
        assert_eq!(offered("ticket.abc").map_err(|problem| problem.status), Err(400));
        assert_eq!(offered("stoa.1").map_err(|problem| problem.status), Err(401));
    }
}
