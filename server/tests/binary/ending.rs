//! Stopping.

use std::time::Duration;

use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::process::{Server, request, run};

#[tokio::test]
async fn told_to_stop_it_says_farewell_and_ends_well() {
    let server = Server::start("drain = 1\n");
    let made = run(server.folder.path(), &["admin", "create", "ana", "--password-stdin"], Some("correct horse battery"));
    assert!(made.status.success(), "{made:?}");
    let body = json!({ "name": "ana", "password": "correct horse battery" }).to_string();
    let (_, text) = server.post("/api/v1/session", "content-type: application/json\r\n", &body).await;
    let cookie = text.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap().split(';').next().unwrap().to_owned();
    let headers = format!("cookie: {cookie}\r\nsec-fetch-site: same-origin\r\n");
    let (_, text) = request(server.connect().await, "POST", "/api/v1/lookup", &headers, "").await;
    let lookup: Value = serde_json::from_str(text.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    let mut open = format!("ws://127.0.0.1:{}/api/v1/channel", server.port).into_client_request().unwrap();
    let protocols = format!("stoa.1, ticket.{}", lookup["channel"]["ticket"].as_str().unwrap());
    open.headers_mut().insert("sec-websocket-protocol", protocols.parse().unwrap());
    let (mut socket, _) = tokio_tungstenite::client_async(open, server.connect().await).await.unwrap();

    server.signal("-TERM");
    let mut said = Vec::new();
    while let Some(Ok(message)) = tokio::time::timeout(Duration::from_secs(20), socket.next()).await.unwrap() {
        match message {
            Message::Text(text) => said.push(serde_json::from_str::<Value>(&text).unwrap()),
            Message::Close(close) => said.push(json!(close.map(|close| u16::from(close.code)))),
            _ => {}
        }
    }
    assert_eq!((&said[0]["ev"], &said[0]["reason"]), (&json!("bye"), &json!("stopping")), "{said:?}");
    assert!(said[0]["after_ms"].as_u64().is_some_and(|after| after >= 500));
    assert_eq!(said[1], json!(1001));
    assert_eq!(tokio::task::spawn_blocking(move || server.ended()).await.unwrap(), Some(0));
}

#[test]
fn with_nobody_there_it_ends_at_once_by_either_signal() {
    for signal in ["-TERM", "-INT"] {
        let server = Server::start("drain = 60\n");
        let started = std::time::Instant::now();
        server.signal(signal);
        assert_eq!(server.ended(), Some(0));
        assert!(started.elapsed() < Duration::from_secs(30), "it waited for nobody");
    }
}
