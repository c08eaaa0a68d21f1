//! Files of all rooms, for whoever looks after them.

use serde_json::{Value, json};

use crate::client::{Client, Reply};
use crate::socket::Socket;
use crate::world::World;

fn id(reply: &Reply) -> String {
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.body["id"].as_str().unwrap().to_owned()
}

async fn posted(client: &Client, room: &str, name: &str, size: usize) -> String {
    let file = id(&client.upload(room, name, &vec![b'x'; size]).await);
    let nonce = stoa_services::Environment::system().id::<uuid::Uuid>();
    let body = json!({ "nonce": nonce, "body": "", "attachments": [file] });
    assert_eq!(client.post(&format!("/rooms/{room}/messages"), body).await.status, 201);
    file
}

async fn found(client: &Client, query: &str) -> Vec<String> {
    let reply = client.get(&format!("/files?{query}")).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.body["items"].as_array().unwrap().iter().map(|file| file["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn whoever_looks_after_rooms_sees_what_their_files_take() {
    let (world, admin) = World::peopled().await;
    let vault = id(&admin.post("/categories", json!({ "name": "Vault", "parent": world.root().await })).await);
    let desk = id(&admin.post("/rooms", json!({ "name": "desk", "category": vault, "privacy": "open" })).await);
    let hall = world.room(&admin, "hall", "open").await;
    let (ben, eve) = (world.signed_in("ben").await, world.signed_in("eve").await);
    let small = posted(&ben, &desk, "small.txt", 100).await;
    let large = posted(&ben, &hall, "large.txt", 3_000).await;
    let other = posted(&eve, &desk, "other.txt", 2_000).await;

    assert_eq!(found(&admin, "").await, [&*large, &other, &small]);
    assert_eq!(found(&admin, "sort=size&descending=false").await, [&*small, &other, &large]);
    assert_eq!(found(&admin, "sort=age").await, [&*small, &large, &other], "the oldest first");
    assert_eq!(found(&admin, &format!("category={vault}")).await, [&*other, &small]);
    assert_eq!(found(&admin, &format!("category={}", world.root().await)).await.len(), 3);
    assert_eq!(found(&admin, &format!("room={hall}")).await, [&*large]);
    assert_eq!(found(&admin, &format!("by={}", world.id_of(&ben).await.as_str().unwrap())).await, [&*large, &small]);
    assert_eq!(found(&admin, "q=OTHER&type=text/").await, [&*other]);
    assert_eq!(found(&admin, "type=image/").await, [""; 0]);
    let first = admin.get("/files?limit=2").await;
    let next = first.body["next"].as_str().unwrap();
    assert_eq!(found(&admin, &format!("limit=2&cursor={next}")).await, [&*small]);
    assert_eq!(admin.get(&format!("/files?sort=age&cursor={next}")).await.problem(), "bad-cursor", "of another order");

    // Managing lets nobody read: what the administrator may not enter has no name for him.
    let file = |reply: &Reply, id: &str| reply.body["items"].as_array().unwrap().iter().find(|file| file["id"] == *id).cloned().unwrap_or(Value::Null);
    assert_eq!(file(&admin.get("/files").await, &large)["name"], "large.txt", "an open room is everybody's");
    let tag = admin.get(&format!("/rooms/{hall}")).await.header("etag").to_owned();
    assert_eq!(admin.patch(&format!("/rooms/{hall}"), &tag, json!({ "privacy": "secret" })).await.status, 200);
    let gone = admin.delete(&format!("/rooms/{hall}/lists/managers/user:{}", world.id_of(&admin).await.as_str().unwrap())).await;
    assert!((200..300).contains(&gone.status), "{gone:?}");
    let listed = admin.get("/files").await;
    let unnamed = file(&listed, &large);
    assert_eq!(
        (&unnamed["name"], &unnamed["size"], &unnamed["room"]["name"], &unnamed["by"]["name"]),
        (&Value::Null, &json!(3_000), &json!("hall"), &json!("ben"))
    );
    assert!(!listed.text.contains("large.txt"));

    let storage = admin.get("/files/storage").await;
    assert_eq!((&storage.body["files"], &storage.body["bytes"], &storage.body["pool_quota"]), (&json!(3), &json!(5_100), &Value::Null));
    let lines = |reply: &Reply, of: &str| -> Vec<(String, u64, u64)> {
        let line = |line: &Value| (line[of]["name"].as_str().unwrap().to_owned(), line["files"].as_u64().unwrap(), line["bytes"].as_u64().unwrap());
        reply.body["items"].as_array().unwrap().iter().map(line).collect()
    };
    let is = |lines: &[(&str, u64, u64)]| lines.iter().map(|(name, files, bytes)| ((*name).to_owned(), *files, *bytes)).collect::<Vec<_>>();
    assert_eq!(lines(&storage, "room"), is(&[("hall", 1, 3_000), ("desk", 2, 2_100)]));
    assert_eq!(lines(&admin.get("/files/storage?by=category").await, "category"), is(&[("All rooms", 3, 5_100), ("Vault", 2, 2_100)]));
    assert_eq!(lines(&admin.get("/files/storage?by=person").await, "person"), is(&[("ben", 2, 3_100), ("eve", 1, 2_000)]));
    assert_eq!(admin.get("/files/storage?by=colour").await.status, 400);

    // Who manages a category sees what is in it; who manages nothing sees nothing.
    assert_eq!(eve.get("/files").await.body["items"], json!([]));
    let entry = json!({ "principal": { "kind": "user", "id": world.id_of(&eve).await } });
    assert_eq!(admin.post(&format!("/categories/{vault}/lists/managers"), entry).await.status, 200);
    assert_eq!(found(&eve, "").await, [&*other, &small]);
    let storage = eve.get("/files/storage").await;
    assert_eq!((lines(&storage, "room"), &storage.body["bytes"]), (is(&[("desk", 2, 2_100)]), &json!(2_100)));
    assert_eq!(eve.get("/files/storage?by=person").await.status, 403);
    assert_eq!(ben.get("/files/storage").await.body["items"], json!([]));
}

#[tokio::test]
async fn who_manages_a_room_removes_its_files() {
    let (world, admin) = World::peopled().await;
    let hall = world.room(&admin, "hall", "open").await;
    let (ben, eve) = (world.signed_in("ben").await, world.signed_in("eve").await);
    let file = posted(&ben, &hall, "slip.txt", 10).await;
    let at = format!("/files/{file}");
    let mut socket = Socket::open(world.listen().await, &eve).await;
    socket.ask(json!({ "op": "join", "rooms": [{ "room": hall }] })).await;
    assert_eq!(eve.delete(&at).await.problem(), "file-not-found", "who reads it looks after nothing");
    assert_eq!(ben.delete(&at).await.problem(), "file-not-found", "an author deletes his message");
    for _ in 0..2 {
        assert_eq!(admin.delete(&at).await.status, 204, "twice is once");
    }
    let told = socket.event("checked").await;
    assert_eq!((&told["of"], &told["file"], &told["held"], &told["author"]["id"]), (&json!(1), &json!(file), &json!("removed"), &world.id_of(&admin).await));
    for reader in [&eve, &ben, &admin] {
        assert_eq!(reader.get(&at).await.problem(), "file-not-found");
        let messages = reader.get(&format!("/rooms/{hall}/messages")).await;
        let shown = &messages.body["messages"][0]["attachments"][0];
        assert_eq!((&shown["held"], &shown["name"], messages.text.contains("slip")), (&json!("removed"), &json!(""), false));
        assert_eq!(reader.get(&format!("/rooms/{hall}/files")).await.body["items"], json!([]));
    }
    assert_eq!(found(&admin, "").await, [""; 0]);
    let log = admin.get(&format!("/audit?object=file:{file}")).await;
    assert_eq!((&log.body["items"][0]["action"], &log.body["items"][0]["before"]["name"]), (&json!("file.remove"), &json!("slip.txt")));
}
