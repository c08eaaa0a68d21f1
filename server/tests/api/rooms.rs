//! The console's table of rooms, settings with where they come from, and rooms that go.

use axum::body::Body;
use http::Method;
use http_body_util::BodyExt;
use serde_json::{Value, json};

use crate::client::{Client, Reply};
use crate::world::World;

fn entry(id: &str) -> Value {
    json!({ "principal": { "kind": "user", "id": id } })
}

async fn made(client: &Client, path: &str, body: Value) -> String {
    let made = client.post(path, body).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.body["id"].as_str().unwrap().to_owned()
}

fn names(reply: &Reply) -> Vec<&str> {
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.body["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

async fn changed(client: &Client, path: &str, body: Value) -> Reply {
    let tag = client.get(path).await.header("etag").to_owned();
    client.patch(path, &tag, body).await
}

async fn say(client: &Client, room: &str, count: u8) {
    for n in 0..count {
        let nonce = uuid::Uuid::from_u128(u128::from(n) + 1);
        assert_eq!(client.post(&format!("/rooms/{room}/messages"), json!({ "nonce": nonce, "body": "told" })).await.status, 201);
    }
}

/// All names in order, by pages of two.
async fn paged(client: &Client, query: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let reply = client.get(&format!("/rooms?limit=2&{query}{cursor}")).await;
        all.extend(names(&reply).into_iter().map(str::to_owned));
        match reply.body["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

#[tokio::test]
async fn the_table_is_filtered_and_sorted() {
    let (world, admin) = World::peopled().await;
    let root = world.root().await;
    let (ben, eve) = (world.signed_in("ben").await, world.signed_in("eve").await);
    let (ben_id, eve_id) = (world.id_of(&ben).await, world.id_of(&eve).await);
    let (ben_id, eve_id) = (ben_id.as_str().unwrap(), eve_id.as_str().unwrap());
    let desks = made(&admin, "/categories", json!({ "name": "Desks", "parent": root })).await;
    let fx = made(&admin, "/categories", json!({ "name": "FX", "parent": desks })).await;
    let room = async |name: &str, category: &str, privacy: &str, kind: &str| {
        made(&admin, "/rooms", json!({ "name": name, "category": category, "privacy": privacy, "type": kind })).await
    };
    let alpha = room("alpha", &root, "open", "normal").await;
    let beta = room("Beta", &desks, "closed", "normal").await;
    let gamma = room("gamma desk", &fx, "secret", "auditorium").await;
    for (room, list, who) in [(&beta, "members", eve_id), (&gamma, "managers", ben_id), (&gamma, "members", eve_id), (&gamma, "members", ben_id)] {
        assert_eq!(admin.post(&format!("/rooms/{room}/lists/{list}"), entry(who)).await.status, 200);
    }
    say(&admin, &beta, 3).await;
    let between = stoa_services::Environment::system().now().plus(std::time::Duration::from_secs(1)).to_string();
    world.pass(std::time::Duration::from_secs(2)).await;
    say(&admin, &alpha, 1).await;

    for (query, expected) in [
        ("", &["alpha", "Beta", "gamma desk"][..]),
        ("descending=true", &["gamma desk", "Beta", "alpha"]),
        ("sort=category", &["alpha", "Beta", "gamma desk"]),
        ("sort=active", &["gamma desk", "Beta", "alpha"]),
        ("sort=messages&descending=true", &["Beta", "alpha", "gamma desk"]),
        ("sort=people&descending=true", &["gamma desk", "Beta", "alpha"]),
        ("q=DESK%20gam", &["gamma desk"]),
        (&format!("category={desks}"), &["Beta"]),
        (&format!("category={desks}&below=true"), &["Beta", "gamma desk"]),
        ("privacy=closed", &["Beta"]),
        ("type=auditorium", &["gamma desk"]),
        ("state=disabled", &[]),
        (&format!("manager={ben_id}"), &["gamma desk"]),
        (&format!("member={eve_id}"), &["Beta", "gamma desk"]),
        (&format!("member={eve_id}&privacy=secret"), &["gamma desk"]),
        (&format!("active_after={between}"), &["alpha"]),
        (&format!("active_before={between}"), &["Beta", "gamma desk"]),
        ("min_messages=1", &["alpha", "Beta"]),
        ("min_messages=2", &["Beta"]),
    ] {
        assert_eq!(paged(&admin, query).await, expected, "{query}");
        assert_eq!(admin.get(&format!("/rooms?{query}")).await.body["total"], json!(expected.len()), "{query}");
    }
    let row = admin.get("/rooms?q=beta").await.body["items"][0].clone();
    assert_eq!((&row["entries"], &row["people"], &row["messages"], &row["path"]), (&json!(1), &json!(2), &json!(3), &json!(["Desks"])), "{row}");
    assert!(row["active_at"].is_string() && !row.to_string().contains("told"));
    let first = admin.get("/rooms?limit=1").await;
    let cursor = first.body["next"].as_str().unwrap();
    assert_eq!(admin.get(&format!("/rooms?sort=active&cursor={cursor}")).await.problem(), "bad-cursor", "of another order");
    for wrong in ["sort=colour", "below=perhaps", "active_after=yesterday", "category=none", "min_messages=many"] {
        assert_eq!(admin.get(&format!("/rooms?{wrong}")).await.status, 400, "{wrong}");
    }

    // Who manages one room sees that one, whatever he asks for.
    assert_eq!(paged(&ben, "").await, ["gamma desk"]);
    assert_eq!(ben.get("/rooms").await.body["total"], 1);
    assert!(paged(&ben, &format!("member={eve_id}&privacy=closed")).await.is_empty());
    assert!(paged(&eve, "").await.is_empty());
}

#[tokio::test]
async fn the_table_is_a_file_without_formulas() {
    let (world, admin) = World::peopled().await;
    for n in 0..3 {
        world.room(&admin, &format!("=cmd|{n}, \"x\""), "open").await;
    }
    world.room(&admin, "hidden", "secret").await;
    let reply = admin.get("/rooms.csv?descending=true&privacy=open").await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert!(reply.header("content-disposition").contains("rooms.csv"));
    let lines: Vec<_> = reply.text.lines().collect();
    assert_eq!(lines.len(), 4, "{}", reply.text);
    assert!(lines[0].starts_with("\u{feff}id,name,category,privacy,type,state"));
    assert!(lines[1].contains(",\"'=cmd|2, \"\"x\"\"\",,open,normal,active,false,0,1,0,,"), "{}", lines[1]);
    let eve = world.signed_in("eve").await;
    assert_eq!(eve.get("/rooms.csv").await.text.lines().count(), 1, "the head only");
    // Who compresses it asks once more behind the end.
    let asked = admin.request(Method::GET, "/api/v1/rooms.csv").header("accept-encoding", "gzip").body(Body::empty()).unwrap();
    let mut compressed = admin.answer(asked).await.into_body();
    while let Some(frame) = compressed.frame().await {
        frame.unwrap();
    }
    assert!(compressed.frame().await.is_none());
}

#[tokio::test]
async fn settings_say_where_they_come_from() {
    let (world, admin) = World::peopled().await;
    let root = world.root().await;
    let desks = made(&admin, "/categories", json!({ "name": "Desks", "parent": root })).await;
    let fx = made(&admin, "/categories", json!({ "name": "FX", "parent": desks })).await;
    let room = made(&admin, "/rooms", json!({ "name": "spot", "category": fx, "privacy": "open" })).await;
    let (category, room) = (format!("/categories/{fx}"), format!("/rooms/{room}"));
    let files = async |path: &str| {
        let effective = admin.get(path).await.body["effective"]["files"].clone();
        (effective["on"].as_bool().unwrap(), effective["from"]["name"].as_str().unwrap().to_owned(), effective["locked"].as_bool().unwrap())
    };
    let is = |on: bool, from: &str, locked: bool| (on, from.to_owned(), locked);
    assert_eq!((files(&category).await, files(&room).await), (is(true, "All rooms", false), is(true, "All rooms", false)));
    let changed_room = changed(&admin, &room, json!({ "files": "off", "invitations": "off" })).await;
    assert_eq!((changed_room.status, &changed_room.body["files"]), (200, &json!("off")));
    assert_eq!(files(&room).await, is(false, "spot", false));
    let refused = changed(&admin, &room, json!({ "files": "on" })).await;
    assert_eq!((refused.status, refused.body["errors"][0]["code"].as_str()), (422, Some("never-wider")));
    let off = changed(&admin, &room, json!({ "history": "off" })).await;
    assert_eq!(
        (off.status, &off.body["history"], &off.body["effective"]["history"]["on"], &off.body["kept"]),
        (200, &json!("off"), &json!(false), &json!(false))
    );
    assert_eq!(changed(&admin, &room, json!({ "history": "inherit" })).await.body["kept"], true);
    let set = async |id: &str, value: &str, locked: bool| {
        let body = json!({ "settings": { "files": { "value": value, "locked": locked } } });
        assert_eq!(changed(&admin, &format!("/categories/{id}"), body).await.status, 200);
    };
    set(&fx, "off", false).await;
    assert_eq!((files(&category).await, files(&room).await), (is(false, "FX", false), is(false, "FX", false)));
    set(&desks, "on", true).await;
    assert_eq!((files(&category).await, files(&room).await), (is(true, "Desks", true), is(false, "spot", false)), "what is said below a lock has no effect");
    assert_eq!(changed(&admin, &room, json!({ "files": "inherit" })).await.status, 200);
    assert_eq!(files(&room).await, is(true, "Desks", true));
}

#[tokio::test]
async fn a_room_goes_when_it_is_disabled() {
    let (world, admin) = World::peopled().await;
    let ben = world.signed_in("ben").await;
    let ben_id = world.id_of(&ben).await.as_str().unwrap().to_owned();
    let category = made(&admin, "/categories", json!({ "name": "Desks", "parent": world.root().await })).await;
    let id = made(&admin, "/rooms", json!({ "name": "desk", "category": category, "privacy": "closed" })).await;
    let room = format!("/rooms/{id}");
    say(&admin, &id, 1).await;
    assert_eq!(admin.post(&format!("{room}/lists/managers"), entry(&ben_id)).await.status, 200);
    assert_eq!(ben.call(Method::PUT, &format!("/me{room}"), None).await.status, 200);
    let remove = async |client: &Client| {
        let tag = client.get(&room).await.header("etag").to_owned();
        let request = client.request(Method::DELETE, &format!("/api/v1{room}")).header("if-match", tag);
        client.send(request.body(axum::body::Body::empty()).unwrap()).await
    };
    assert_eq!(admin.call(Method::DELETE, &room, None).await.status, 428);
    assert_eq!(remove(&admin).await.problem(), "conflict", "it is active");
    assert_eq!(ben.call(Method::POST, &format!("{room}/disable"), None).await.status, 200);
    assert_eq!(remove(&ben).await.problem(), "forbidden", "whoever manages only the room");
    assert_eq!(admin.post(&format!("/categories/{category}/lists/managers"), entry(&ben_id)).await.status, 200);
    assert_eq!(remove(&ben).await.status, 204);
    for client in [&admin, &ben] {
        assert_eq!(client.get(&room).await.problem(), "room-not-found");
        assert!(client.get("/me/rooms").await.body["items"].as_array().unwrap().is_empty());
    }
    // What was said stays, and the name is free again.
    assert_eq!(world.store.events_after(id.parse().unwrap(), 0, 10).await.unwrap().len(), 1);
    made(&admin, "/rooms", json!({ "name": "desk", "category": category, "privacy": "closed" })).await;
    let audit = world.store.audits(0, 1_000).await.unwrap();
    let record = audit.iter().find(|record| record.action == "room.remove").unwrap();
    assert_eq!((record.before["name"].as_str(), &record.after), (Some("desk"), &Value::Null));
}
