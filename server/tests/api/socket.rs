//! A client of the channel, on a real connection.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::client::Client;
use crate::world::World;

/// Longer than anything takes on a busy machine; nothing waits for it unless it failed.
const LONG: Duration = Duration::from_secs(20);

pub struct Socket {
    pub stream: WebSocketStream<TcpStream>,
    next: u64,
}

pub async fn ticket(client: &Client) -> String {
    let reply = client.call(http::Method::POST, "/lookup", None).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.body["channel"]["ticket"].as_str().unwrap().to_owned()
}

impl Socket {
    /// With a ticket of this client.
    pub async fn open(address: SocketAddr, client: &Client) -> Self {
        Self::with(address, &ticket(client).await, None).await.unwrap()
    }

    /// With this ticket, from a page of this origin.
    pub async fn with(address: SocketAddr, ticket: &str, origin: Option<&str>) -> Result<Self, Error> {
        let mut request = format!("ws://{address}/api/v1/channel").into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", format!("stoa.1, ticket.{ticket}").parse().unwrap());
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().unwrap());
        }
        let stream = TcpStream::connect(address).await.unwrap();
        let config = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
        let (stream, response) = tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await?;
        assert_eq!(response.headers()["sec-websocket-protocol"], "stoa.1");
        Ok(Self { stream, next: 0 })
    }

    pub async fn next(&mut self) -> Option<Message> {
        tokio::time::timeout(LONG, self.stream.next()).await.expect("nothing came")?.ok()
    }

    /// The next text frame.
    pub async fn frame(&mut self) -> Value {
        loop {
            match self.next().await.expect("the socket ended") {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    pub async fn send(&mut self, text: &str) {
        self.stream.send(Message::text(text)).await.unwrap();
    }

    /// Asks, and waits for the answer; events that come before it are passed over.
    pub async fn ask(&mut self, mut request: Value) -> Value {
        self.next += 1;
        request["id"] = json!(self.next);
        self.send(&request.to_string()).await;
        loop {
            let frame = self.frame().await;
            if frame["re"] == self.next {
                return frame;
            }
        }
    }

    /// The next event of this kind.
    pub async fn event(&mut self, kind: &str) -> Value {
        loop {
            let frame = self.frame().await;
            if frame["ev"] == kind {
                return frame;
            }
        }
    }

    /// The code with which the server closes.
    pub async fn closed(&mut self) -> Option<u16> {
        loop {
            match self.next().await {
                Some(Message::Close(close)) => return close.map(|close| close.code.into()),
                Some(_) => {}
                None => return None,
            }
        }
    }
}

#[tokio::test]
async fn two_people_talk() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "hall", "open").await;
    let address = world.listen().await;
    let (mut ben, mut eve) = (Socket::open(address, &world.signed_in("ben").await).await, Socket::open(address, &world.signed_in("eve").await).await);
    for socket in [&mut ben, &mut eve] {
        let joined = socket.ask(json!({ "op": "join", "rooms": [{ "room": room }] })).await;
        assert_eq!(joined["ok"]["rooms"][0]["last_seq"], 0, "{joined}");
    }
    let nonce = "01939c5e-7a00-7000-8000-000000000001";
    let posted = ben.ask(json!({ "op": "post", "room": room, "nonce": nonce, "body": "hello" })).await;
    assert_eq!((&posted["ok"]["seq"], &posted["ok"]["n"]), (&json!(1), &json!(1)), "{posted}");
    let heard = eve.event("message").await;
    assert_eq!((&heard["body"], &heard["seq"], &heard["author"]["name"]), (&json!("hello"), &json!(1), &json!("ben")));
    assert_eq!(heard.get("nonce"), None, "to its author only");
    let again = ben.ask(json!({ "op": "post", "room": room, "nonce": nonce, "body": "hello" })).await;
    assert_eq!(again["ok"]["seq"], 1);
    let other = ben.ask(json!({ "op": "post", "room": room, "nonce": nonce, "body": "something else" })).await;
    assert_eq!(other["error"]["type"], "/problems/nonce-reused");
}

#[tokio::test]
async fn signing_out_ends_the_socket() {
    let (world, _) = World::peopled().await;
    let address = world.listen().await;
    let (here, there) = (world.signed_in("ben").await, world.signed_in("ben").await);
    let (mut one, mut other) = (Socket::open(address, &here).await, Socket::open(address, &there).await);
    here.delete("/session").await;
    assert_eq!(one.event("bye").await["reason"], "session_ended");
    assert_eq!(one.closed().await, Some(1001));
    assert_eq!(other.ask(json!({ "op": "ping" })).await["ok"]["server_time"].as_str().map(str::len), Some(24), "the other session goes on");
    there.call(http::Method::DELETE, "/session?all=true", None).await;
    assert_eq!(other.event("bye").await["reason"], "session_ended");
}

#[tokio::test]
async fn losing_the_room_ends_hearing_it() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "hall", "open").await;
    let address = world.listen().await;
    let eve = world.signed_in("eve").await;
    let mut socket = Socket::open(address, &eve).await;
    socket.ask(json!({ "op": "join", "rooms": [{ "room": room }] })).await;
    let excluded = json!({ "principal": { "kind": "user", "id": world.id_of(&eve).await } });
    assert_eq!(admin.post(&format!("/rooms/{room}/lists/excluded"), excluded).await.status, 200);
    let removed = socket.event("removed").await;
    assert_eq!((&removed["room"], &removed["reason"]), (&json!(room), &json!("excluded")));
    let post = socket.ask(json!({ "op": "post", "room": room, "nonce": "01939c5e-7a00-7000-8000-000000000001", "body": "x" })).await;
    assert_eq!(post["error"]["status"], 404);
}
