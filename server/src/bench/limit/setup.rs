//! The few requests that come before the sockets, answered with the least that the generator
//! reads.

use std::fmt::Write as _;

use serde::Deserialize;
use stoa_domain::wire::channel::{SUBPROTOCOL, TICKET_PREFIX};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use uuid::Uuid;

use super::super::failure::{Result, fail};
use super::hub::Hub;

#[derive(Debug)]
pub struct Request {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The request at the beginning of the bytes and its length, once it is whole.
pub fn request(bytes: &[u8]) -> Result<Option<(Request, usize)>> {
    let Some(end) = memchr::memmem::find(bytes, b"\r\n\r\n") else { return Ok(None) };
    let text = std::str::from_utf8(&bytes[..end])?;
    let mut lines = text.split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
    let (Some(method), Some(path)) = (first.next(), first.next()) else { return Err(fail("not HTTP")) };
    let headers: Vec<_> = lines.filter_map(|line| line.split_once(':')).map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect();
    let mut request = Request { method, path, headers, body: Vec::new() };
    let body = request.header("content-length").map_or(Ok(0), str::parse::<usize>)?;
    let Some(body) = bytes.get(end + 4..end + 4 + body) else { return Ok(None) };
    request.body = body.to_vec();
    let length = end + 4 + body.len();
    Ok(Some((request, length)))
}

/// The answer; with the name of the person when it opens a channel.
pub fn answer(hub: &Hub, request: &Request) -> (Vec<u8>, Option<String>) {
    #[derive(Deserialize)]
    struct Named {
        name: String,
    }
    let mut cookie = None;
    let json = match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/api/v1/channel") => {
            let protocols = request.header("sec-websocket-protocol").unwrap_or_default();
            let person = protocols.split(", ").find_map(|protocol| protocol.strip_prefix(TICKET_PREFIX)).unwrap_or("nobody");
            return (upgrade(request.header("sec-websocket-key").unwrap_or_default()), Some(person.to_owned()));
        }
        ("POST", "/api/v1/session") => {
            cookie = serde_json::from_slice::<Named>(&request.body).ok().map(|who| who.name);
            "{}".to_owned()
        }
        // The ticket is the name itself: it is good for what names may contain here.
        ("POST", "/api/v1/lookup") => {
            let person = request.header("cookie").and_then(|cookie| cookie.strip_prefix("limit=")).unwrap_or("nobody");
            format!(r#"{{"channel":{{"ticket":"{person}"}}}}"#)
        }
        ("POST", "/api/v1/users") => "{}".to_owned(),
        ("GET", "/api/v1/categories") => format!(r#"[{{"id":"{}","parent":null}}]"#, Uuid::nil()),
        ("POST", "/api/v1/rooms") => format!(r#"{{"id":"{}"}}"#, hub.add_room()),
        _ => return (b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_vec(), None),
    };
    let cookie = cookie.map(|name| format!("set-cookie: limit={name}; Path=/\r\n")).unwrap_or_default();
    let answer = format!("HTTP/1.1 200 OK\r\n{cookie}content-type: application/json\r\ncontent-length: {}\r\n\r\n{json}", json.len());
    (answer.into_bytes(), None)
}

fn upgrade(key: &str) -> Vec<u8> {
    let mut answer = String::from("HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n");
    let _ = write!(answer, "sec-websocket-accept: {}\r\nsec-websocket-protocol: {SUBPROTOCOL}\r\n\r\n", derive_accept_key(key.as_bytes()));
    answer.into_bytes()
}
