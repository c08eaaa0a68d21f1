//! What a client of the channel may get wrong, by mistake or on purpose.

use std::time::Duration;

use futures_util::SinkExt;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::socket::{Socket, ticket};
use crate::world::World;

fn status(result: Result<Socket, Error>) -> (u16, String) {
    match result {
        Err(Error::Http(response)) => {
            let body: serde_json::Value = serde_json::from_slice(response.body().as_deref().unwrap_or_default()).unwrap_or_default();
            (response.status().as_u16(), body["type"].as_str().unwrap_or_default().to_owned())
        }
        Err(error) => panic!("{error}"),
        Ok(_) => (101, String::new()),
    }
}

#[tokio::test]
async fn a_ticket_opens_once_in_time_and_from_our_pages() {
    let (world, _) = World::peopled().await;
    let address = world.listen().await;
    let ben = world.signed_in("ben").await;
    let bad = (401, "/problems/bad-ticket".to_owned());
    let once = ticket(&ben).await;
    assert_eq!(status(Socket::with(address, &once, None).await).0, 101);
    assert_eq!(status(Socket::with(address, &once, None).await), bad, "twice");
    assert_eq!(status(Socket::with(address, "made-up", None).await), bad);
    let late = ticket(&ben).await;
    world.pass(Duration::from_secs(31)).await;
    assert_eq!(status(Socket::with(address, &late, None).await), bad, "late");
    let foreign = ticket(&ben).await;
    assert_eq!(status(Socket::with(address, &foreign, Some("https://evil.test")).await), (403, "/problems/cross-site".to_owned()));
    assert_eq!(status(Socket::with(address, &foreign, Some(&format!("http://{address}"))).await).0, 101, "a refusal doesn't use it up");
}

#[tokio::test]
async fn what_is_no_websocket_is_told_so() {
    let world = World::new().await;
    let reply = world.visitor().get("/channel").await;
    assert_eq!((reply.status, reply.problem()), (400, "malformed"));
}

#[tokio::test]
async fn what_is_no_request_is_answered_and_the_socket_goes_on() {
    let (world, _) = World::peopled().await;
    let mut socket = Socket::open(world.listen().await, &world.signed_in("ben").await).await;
    for (text, re, problem) in [
        ("{", 0, "malformed"),
        ("[]", 0, "malformed"),
        (r#"{"id":4}"#, 4, "malformed"),
        (r#"{"id":5,"op":"dance"}"#, 5, "unknown-operation"),
        (r#"{"id":6,"op":"post","room":"x"}"#, 6, "malformed"),
        (r#"{"id":7,"op":"join","rooms":"all"}"#, 7, "malformed"),
    ] {
        socket.send(text).await;
        let answer = socket.frame().await;
        assert_eq!((&answer["re"], &answer["error"]["type"]), (&json!(re), &json!(format!("/problems/{problem}"))), "{text}");
    }
    assert!(socket.ask(json!({ "op": "ping" })).await["ok"].is_object());
}

#[tokio::test]
async fn what_breaks_the_websocket_closes_it_with_its_code() {
    let (world, _) = World::peopled().await;
    let address = world.listen().await;
    let ben = world.signed_in("ben").await;
    let mut socket = Socket::open(address, &ben).await;
    socket.stream.send(Message::binary(vec![1, 2, 3])).await.unwrap();
    assert_eq!(socket.closed().await, Some(1003));

    let mut socket = Socket::open(address, &ben).await;
    // Refused by its length; the client may notice while it still sends.
    drop(socket.stream.send(Message::text("x".repeat(10 * 1024 * 1024))).await);
    assert_eq!(socket.closed().await, Some(1009));

    let mut socket = Socket::open(address, &ben).await;
    socket.stream.get_mut().write_all(&[0x81, 0x81, 0, 0, 0, 0, 0xff]).await.unwrap();
    assert_eq!(socket.closed().await, Some(1007));

    let mut socket = Socket::open(address, &ben).await;
    socket.stream.get_mut().write_all(&[0x81, 0x01, b'x']).await.unwrap();
    assert_eq!(socket.closed().await, Some(1002));

    let mut socket = Socket::open(address, &ben).await;
    socket.stream.close(None).await.unwrap();
    assert_eq!(socket.closed().await, None, "a close is answered by a close");
}

#[tokio::test]
async fn a_ping_is_answered_by_its_pong() {
    let (world, _) = World::peopled().await;
    let mut socket = Socket::open(world.listen().await, &world.signed_in("ben").await).await;
    socket.stream.send(Message::Ping(b"abc".as_ref().into())).await.unwrap();
    assert_eq!(socket.next().await, Some(Message::Pong(b"abc".as_ref().into())));
}

#[tokio::test]
async fn frames_may_come_with_the_request_and_byte_by_byte() {
    let (world, _) = World::peopled().await;
    let address = world.listen().await;
    let ticket = ticket(&world.signed_in("ben").await).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut bytes = format!(
        "GET /api/v1/channel HTTP/1.1\r\nhost: {address}\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: stoa.1, ticket.{ticket}\r\n\r\n"
    )
    .into_bytes();
    let ping = br#"{"id":1,"op":"ping"}"#;
    let frame = [&[0x81, 0x80 | u8::try_from(ping.len()).unwrap(), 0, 0, 0, 0], ping.as_slice()].concat();
    bytes.extend_from_slice(&frame);
    stream.write_all(&bytes).await.unwrap();
    for byte in &frame {
        stream.write_all(&[*byte]).await.unwrap();
        tokio::task::yield_now().await;
    }
    let mut seen = String::new();
    let mut buffer = [0; 4096];
    while seen.matches("server_time").count() < 2 {
        let read = tokio::time::timeout(Duration::from_secs(20), stream.read(&mut buffer)).await.unwrap().unwrap();
        assert!(read > 0, "{seen}");
        seen.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
    assert!(seen.starts_with("HTTP/1.1 101"), "{seen}");
}
