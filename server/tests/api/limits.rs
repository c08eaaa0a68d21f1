//! What the files of a room may take, where it or a category above says less than the pool.

use axum::body::Body;
use serde_json::{Value, json};

use crate::client::{Client, Reply};
use crate::socket::Socket;
use crate::world::World;

const TUS: (&str, &str) = ("tus-resumable", "1.0.0");
const CONTENT: (&str, &str) = ("content-type", "application/offset+octet-stream");

async fn made(client: &Client, path: &str, body: Value) -> String {
    let made = client.post(path, body).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.body["id"].as_str().unwrap().to_owned()
}

async fn changed(client: &Client, path: &str, body: Value) -> Reply {
    let tag = client.get(path).await.header("etag").to_owned();
    client.patch(path, &tag, body).await
}

async fn limited(client: &Client, path: &str, upload_limit: u64, room_quota: u64) {
    let reply = changed(client, path, json!({ "limits": { "upload_limit": upload_limit, "room_quota": room_quota } })).await;
    assert_eq!((reply.status, &reply.body["limits"]["upload_limit"]), (200, &json!(upload_limit)), "{reply:?}");
}

/// What the largest file and the quota come to, and whose word each is.
async fn comes_to(client: &Client, path: &str) -> [(Option<u64>, String); 2] {
    let effective = client.get(path).await.body["effective"].clone();
    ["upload_limit", "room_quota"].map(|limit| {
        let from = &effective[limit]["from"];
        (effective[limit]["bytes"].as_u64(), from["name"].as_str().or(from["kind"].as_str()).or(from.as_str()).unwrap_or("?").to_owned())
    })
}

fn is(limit: Option<u64>, from: &str) -> (Option<u64>, String) {
    (limit, from.to_owned())
}

async fn create(client: &Client, room: &str, length: &str) -> Reply {
    client.send_content("POST", &format!("/rooms/{room}/uploads"), &[TUS, ("upload-length", length), ("upload-metadata", "filename YQ==")], "").await
}

#[tokio::test]
async fn a_room_takes_what_it_and_all_above_let_it() {
    let (world, admin) = World::peopled().await;
    let desks = made(&admin, "/categories", json!({ "name": "Desks", "parent": world.root().await })).await;
    let room = made(&admin, "/rooms", json!({ "name": "spot", "category": desks, "privacy": "open" })).await;
    let other = world.room(&admin, "hall", "open").await;
    let (at, above) = (format!("/rooms/{room}"), format!("/categories/{desks}"));
    limited_pool(&admin, json!({ "upload_limit": 1_000 })).await;
    assert_eq!(comes_to(&admin, &at).await, [is(Some(1_000), "pool"), is(None, "pool")]);
    assert!(admin.get(&at).await.body["max_bytes"].is_null(), "nothing but the pool's");
    limited(&admin, &at, 5_000, 400).await;
    assert_eq!(comes_to(&admin, &at).await, [is(Some(1_000), "pool"), is(Some(400), "spot")], "nothing is widened");

    let mut socket = Socket::open(world.listen().await, &admin).await;
    socket.ask(json!({ "op": "join", "rooms": [{ "room": room }] })).await;
    limited(&admin, &above, 100, 0).await;
    assert_eq!(comes_to(&admin, &above).await, [is(Some(100), "Desks"), is(None, "pool")]);
    assert_eq!(comes_to(&admin, &at).await, [is(Some(100), "Desks"), is(Some(400), "spot")]);
    assert_eq!(socket.event("room").await["description"]["max_bytes"], 100, "who is there hears of it");
    assert_eq!(admin.post("/lookup", json!({})).await.body["files"]["max_bytes"], 1_000);

    // The largest file: announced, while it flows, and by parts.
    let raw = async |room: &str, headers: &[(&str, &str)], size: usize| {
        let content = Body::from_stream(futures_util::stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from(vec![b'x'; size]))]));
        admin.send_content("POST", &format!("/rooms/{room}/files?name=a"), headers, content).await
    };
    let told = raw(&room, &[("content-length", "101")], 0).await;
    assert_eq!((told.status, told.problem(), &told.body["detail"]), (413, "file-too-large", &json!("A file has at most 100 bytes.")));
    assert_eq!((raw(&room, &[], 101).await.status, create(&admin, &room, "101").await.problem()), (413, "file-too-large"));
    for _ in 0..4 {
        assert_eq!(raw(&room, &[], 100).await.status, 201);
    }
    // The quota, of this room only.
    assert_eq!((raw(&room, &[], 1).await.problem(), create(&admin, &room, "1").await.problem()), ("quota-exceeded", "quota-exceeded"));
    assert_eq!(raw(&other, &[], 1_000).await.status, 201);
    let lines = admin.get("/files/storage?by=room").await.body["items"].clone();
    let quota = |id: &str| lines.as_array().unwrap().iter().find(|line| line["room"]["id"] == *id).map(|line| line["quota"].clone());
    assert_eq!((quota(&room), quota(&other)), (Some(json!(400)), Some(Value::Null)));
    limited(&admin, &at, 0, 0).await;
    assert_eq!(raw(&room, &[], 100).await.status, 201, "given back");

    // What is narrowed while it comes is refused at its end, and goes.
    let begun = create(&admin, &room, "100").await;
    let up = begun.header("location").strip_prefix("/api/v1").unwrap().to_owned();
    limited(&admin, &at, 50, 0).await;
    let sent = admin.send_content("PATCH", &up, &[TUS, CONTENT, ("upload-offset", "0")], vec![b'x'; 100]).await;
    assert_eq!((sent.problem(), admin.send_content("HEAD", &up, &[TUS], Body::empty()).await.status), ("file-too-large", 404));
}

async fn limited_pool(admin: &Client, change: Value) {
    assert_eq!(changed(admin, "/pool/settings", change).await.status, 200);
}

#[tokio::test]
async fn limits_are_changed_like_other_settings() {
    let (world, admin) = World::peopled().await;
    let desks = made(&admin, "/categories", json!({ "name": "Desks", "parent": world.root().await, "limits": { "upload_limit": 9, "room_quota": 8 } })).await;
    let room = made(&admin, "/rooms", json!({ "name": "spot", "category": desks, "privacy": "open" })).await;
    let ben = world.signed_in("ben").await;
    for at in [format!("/rooms/{room}"), format!("/categories/{desks}")] {
        let fine = json!({ "limits": { "upload_limit": 7, "room_quota": 0 } });
        assert_eq!(changed(&ben, &at, fine.clone()).await.status, 403);
        assert_eq!(admin.call(http::Method::PATCH, &at, Some(fine.clone())).await.status, 428);
        assert_eq!(admin.patch(&at, "\"1\"", fine.clone()).await.status, 412);
        let most = changed(&admin, &at, json!({ "limits": { "upload_limit": 0, "room_quota": u64::MAX } })).await;
        assert_eq!(
            (most.status, &most.body["errors"][0]["field"], &most.body["errors"][0]["code"]),
            (422, &json!("/limits/room_quota"), &json!("out-of-bounds"))
        );
        for bad in [json!({ "upload_limit": 7 }), json!({ "upload_limit": "x", "room_quota": 0 }), json!({ "upload_limit": -1, "room_quota": 0 }), json!(7)] {
            let refused = changed(&admin, &at, json!({ "limits": bad })).await;
            assert_eq!(refused.status, 422, "{refused:?}");
        }
        assert_eq!(changed(&admin, &at, fine).await.status, 200);
    }
    let audit = world.store.audits(0, 1_000).await.unwrap();
    for (action, before) in [("room.change", [0, 0]), ("category.change", [9, 8])] {
        let record = audit.iter().rfind(|record| record.action == action).unwrap();
        let of = |value: &Value| [value["limits"]["upload_limit"].as_u64().unwrap(), value["limits"]["room_quota"].as_u64().unwrap()];
        assert_eq!((of(&record.before), of(&record.after)), (before, [7, 0]), "{action}");
    }
    let refused = admin.post("/categories", json!({ "name": "x", "parent": desks, "limits": { "upload_limit": u64::MAX, "room_quota": 0 } })).await;
    assert_eq!((refused.status, &refused.body["errors"][0]["field"]), (422, &json!("/limits/upload_limit")));
}
