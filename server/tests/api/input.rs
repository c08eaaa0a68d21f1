//! What may be wrong with what is sent, by either way, and how it is told.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::client::{Client, Reply};
use crate::socket::{Socket, ticket};
use crate::world::World;

const NONCE: &str = "01939c5e-7a00-7000-8000-000000000001";
const OTHER: &str = "01939c5e-7a00-7000-8000-000000000002";

fn told(reply: &Reply) -> (u16, &str, &str) {
    (reply.status, reply.body["errors"][0]["field"].as_str().unwrap_or_default(), reply.body["errors"][0]["code"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn a_message_is_refused_alike_by_either_way() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "hall", "open").await;
    let ben = world.signed_in("ben").await;
    let path = format!("/rooms/{room}/messages");
    let mut socket = Socket::open(world.listen().await, &ben).await;
    let story = |bytes: usize| json!({ "nonce": OTHER, "kind": "story", "subject": "long", "body": "x".repeat(bytes) });
    for (body, field, code) in [
        (json!({ "nonce": NONCE, "body": "x".repeat(4_001) }), "/body", "too-long"),
        (json!({ "nonce": NONCE, "body": " " }), "/body", "required"),
        (json!({ "nonce": NONCE, "body": "x", "reply_to": 7 }), "/reply_to", "unknown"),
        (json!({ "nonce": NONCE, "body": "x", "kind": "story" }), "/subject", "required"),
        (json!({ "nonce": NONCE, "body": "x", "attachments": [NONCE] }), "/attachments", "unknown"),
        (story(64 * 1024 + 1), "/body", "too-long"),
    ] {
        let reply = ben.post(&path, body.clone()).await;
        assert_eq!(told(&reply), (422, field, code), "{reply:?}");
        let mut request = body;
        (request["op"], request["room"]) = (json!("post"), json!(room));
        let answer = socket.ask(request).await;
        assert_eq!(answer["error"], reply.body);
    }
    assert_eq!(ben.get(&path).await.body["messages"], json!([]), "and nothing of it is there");
    let posted = ben.post(&path, story(64 * 1024)).await;
    assert_eq!((posted.status, &posted.body["seq"]), (201, &json!(1)), "{posted:?}");
    assert_eq!(ben.post(&path, json!({ "nonce": NONCE, "body": "one", "attachments": [] })).await.status, 201);
    assert_eq!(ben.post(&path, json!({ "nonce": NONCE, "body": "one" })).await.body["seq"], 2, "the same again is the same");
    let reused = ben.post(&path, json!({ "nonce": NONCE, "body": "two" })).await;
    assert_eq!((reused.status, reused.problem()), (409, "nonce-reused"));
}

#[tokio::test]
async fn a_negative_place_in_the_stream_is_none() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "hall", "open").await;
    for place in ["before_seq=-1", "after_seq=-1", "around=-1"] {
        assert_eq!(admin.get(&format!("/rooms/{room}/messages?{place}")).await.status, 422, "{place}");
    }
    let mut socket = Socket::open(world.listen().await, &admin).await;
    let joined = socket.ask(json!({ "op": "join", "rooms": [{ "room": room, "after_seq": -1 }] })).await;
    assert_eq!(joined["ok"]["rooms"][0]["error"]["errors"][0]["field"], "/after_seq", "{joined}");
}

#[tokio::test]
async fn a_cursor_is_good_for_the_list_that_gave_it() {
    let (world, admin) = World::peopled().await;
    let (one, two) = (world.room(&admin, "one", "open").await, world.room(&admin, "two", "open").await);
    for room in [&one, &two] {
        for name in ["ben", "eve"] {
            let entry = json!({ "principal": { "kind": "user", "id": world.id_of(&world.signed_in(name).await).await } });
            assert_eq!(admin.post(&format!("/rooms/{room}/lists/members"), entry).await.status, 200);
        }
    }
    let lists = [
        "/rooms".to_owned(),
        "/directory".to_owned(),
        "/users".to_owned(),
        format!("/rooms/{one}/people"),
        format!("/rooms/{two}/people"),
        format!("/rooms/{one}/lists/members"),
        format!("/rooms/{two}/lists/members"),
    ];
    let mut cursors = Vec::new();
    for list in &lists {
        let page = admin.get(&format!("{list}?limit=1")).await;
        cursors.push(page.body["next"].as_str().unwrap_or_else(|| panic!("{list}: {page:?}")).to_owned());
    }
    for (own, list) in lists.iter().enumerate() {
        for (of, cursor) in cursors.iter().enumerate() {
            let page = admin.get(&format!("{list}?cursor={cursor}")).await;
            if own == of {
                assert_eq!(page.status, 200, "{page:?}");
            } else {
                assert_eq!((page.status, page.problem()), (400, "bad-cursor"), "{list} with a cursor of {}", lists[of]);
            }
        }
        for made_up in ["made-up", "bm9uc2Vuc2U", "%25%25"] {
            assert_eq!(admin.get(&format!("{list}?cursor={made_up}")).await.problem(), "bad-cursor", "{list}");
        }
    }
    let mut socket = Socket::open(world.listen().await, &admin).await;
    for cursor in ["made-up", NONCE, &cursors[3]] {
        let answer = socket.ask(json!({ "op": "roster", "room": one, "cursor": cursor })).await;
        assert_eq!(answer["error"]["type"], "/problems/bad-cursor", "{cursor}");
    }
}

#[tokio::test]
async fn an_id_of_something_else_is_no_rooms() {
    let (world, admin) = World::peopled().await;
    let address = world.listen().await;
    let mut socket = Socket::open(address, &admin).await;
    let user = world.id_of(&admin).await.as_str().unwrap().to_owned();
    for id in [user, world.root().await] {
        for path in [format!("/rooms/{id}"), format!("/rooms/{id}/people"), format!("/rooms/{id}/messages"), format!("/rooms/{id}/lists/members")] {
            assert_eq!(admin.get(&path).await.problem(), "room-not-found", "{path}");
        }
        assert_eq!(admin.call(Method::PUT, &format!("/me/rooms/{id}"), None).await.problem(), "room-not-found");
        let answer = socket.ask(json!({ "op": "post", "room": id, "nonce": NONCE, "body": "x" })).await;
        assert_eq!(answer["error"]["type"], "/problems/room-not-found");
        let answer = socket.ask(json!({ "op": "join", "rooms": [{ "room": id }] })).await;
        assert_eq!(answer["ok"]["rooms"][0]["error"]["type"], "/problems/room-not-found");
    }
}

#[tokio::test]
async fn a_ticket_goes_with_its_session() {
    let (world, _) = World::peopled().await;
    let address = world.listen().await;
    let ben = world.signed_in("ben").await;
    let ticket = ticket(&ben).await;
    assert_eq!(ben.delete("/session").await.status, 204);
    match Socket::with(address, &ticket, None).await {
        Err(Error::Http(response)) => assert_eq!(response.status(), 401),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("a socket without a session"),
    }
}

#[tokio::test]
async fn too_much_at_once_is_told_with_when_to_try_again() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "hall", "open").await;
    let ben = world.signed_in("ben").await;
    let mut socket = Socket::open(world.listen().await, &ben).await;
    let refused: Value = loop {
        let answer = socket.ask(json!({ "op": "roster", "room": room })).await;
        if answer["error"].is_object() {
            break answer["error"].clone();
        }
    };
    assert_eq!((&refused["status"], &refused["type"]), (&json!(429), &json!("/problems/too-many-requests")), "{refused}");
    assert!(refused["retry_after"].as_u64().is_some_and(|seconds| seconds >= 1));
    let limited = spent(&ben, &room).await;
    assert_eq!(limited.problem(), "too-many-requests");
    assert!(limited.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds >= 1), "{limited:?}");
    assert!(socket.ask(json!({ "op": "ping" })).await["ok"].is_object(), "a ping is free");
    world.pass(Duration::from_secs(60)).await;
    assert!(socket.ask(json!({ "op": "roster", "room": room })).await["ok"].is_object());
}

/// Reads until that is too much, which soon it is: the socket used the same up.
async fn spent(client: &Client, room: &str) -> Reply {
    loop {
        let reply = client.get(&format!("/rooms/{room}/messages")).await;
        if reply.status != 200 {
            return reply;
        }
    }
}

#[tokio::test]
async fn a_frame_that_is_too_long_is_told_the_limit() {
    let (world, _) = World::peopled().await;
    let mut socket = Socket::open(world.listen().await, &world.signed_in("ben").await).await;
    drop(futures_util::SinkExt::send(&mut socket.stream, Message::text("x".repeat(600 * 1024))).await);
    let closed = loop {
        if let Message::Close(close) = socket.next().await.unwrap() {
            break close.unwrap();
        }
    };
    assert_eq!((u16::from(closed.code), closed.reason.as_str()), (1009, "A frame has at most 524288 bytes."));
}

#[tokio::test]
async fn what_stands_in_a_forms_address_gets_no_further() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "hall", "open").await;
    let elsewhere = format!("{NONCE}%2F..%2F{room}");
    for form in ["", "/leave", "/favourite"] {
        let reply = admin.form(&format!("/chat/r/{elsewhere}{form}"), &[("nonce", NONCE), ("body", "x"), ("on", "true")]).await;
        assert_eq!((reply.status, reply.header("location")), (303, "/chat?problem=room-not-found"), "{form}");
    }
}
