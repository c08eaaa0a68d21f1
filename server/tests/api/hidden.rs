//! What one may not know of answers exactly as what doesn't exist, on every endpoint and in
//! every operation. An endpoint that isn't in the tables here fails the test.

use axum::body::Body;
use http::{Method, header};
use serde_json::{Value, json};

use crate::client::{Client, Reply};
use crate::documents::endpoints;
use crate::socket::Socket;
use crate::world::World;

const UNKNOWN: &str = "01939c5e-7a00-7000-8000-0000000000ff";
const NONCE: &str = "01939c5e-7a00-7000-8000-000000000001";

/// Endpoints with a room's id, each with a body that would do.
fn of_rooms() -> Vec<(&'static str, &'static str, Option<Value>)> {
    let entry = json!({ "principal": { "kind": "everyone" } });
    vec![
        ("GET", "/rooms/{room}", None),
        ("PATCH", "/rooms/{room}", Some(json!({ "topic": "x" }))),
        ("DELETE", "/rooms/{room}", None),
        ("POST", "/rooms/{room}/move", Some(json!({ "category": UNKNOWN }))),
        ("POST", "/rooms/{room}/disable", None),
        ("POST", "/rooms/{room}/enable", None),
        ("GET", "/rooms/{room}/people", None),
        ("GET", "/rooms/{room}/access", None),
        ("GET", "/rooms/{room}/messages", None),
        ("POST", "/rooms/{room}/messages", Some(json!({ "nonce": NONCE, "body": "x" }))),
        ("GET", "/rooms/{room}/files", None),
        ("POST", "/rooms/{room}/files", None),
        ("POST", "/rooms/{room}/uploads", None),
        ("OPTIONS", "/rooms/{room}/uploads", None),
        ("GET", "/rooms/{room}/lists/{list}", None),
        ("PUT", "/rooms/{room}/lists/{list}", Some(json!({ "items": [] }))),
        ("PATCH", "/rooms/{room}/lists/{list}", Some(json!({ "add": [{ "principal": { "kind": "everyone" } }] }))),
        ("POST", "/rooms/{room}/lists/{list}", Some(entry)),
        ("DELETE", "/rooms/{room}/lists/{list}/{principal}", None),
        ("POST", "/rooms/{room}/clear", Some(json!({ "before": "2026-01-01T00:00:00Z" }))),
        ("GET", "/rooms/{room}/join-requests", None),
        ("POST", "/rooms/{room}/join-requests", Some(json!({ "text": "x" }))),
        ("DELETE", "/rooms/{room}/join-requests", None),
        ("POST", "/rooms/{room}/join-requests/{user}", Some(json!({ "answer": "yes" }))),
        ("POST", "/me/invitations/{room}", Some(json!({ "answer": "accept" }))),
        ("PUT", "/me/rooms/{room}", None),
        ("PATCH", "/me/rooms/{room}", Some(json!({ "favourite": true }))),
        ("DELETE", "/me/rooms/{room}", None),
    ]
}

/// Endpoints with a category's id.
fn of_categories() -> Vec<(&'static str, &'static str, Option<Value>)> {
    vec![
        ("GET", "/categories/{category}", None),
        ("PATCH", "/categories/{category}", Some(json!({ "description": "x" }))),
        ("DELETE", "/categories/{category}", None),
        ("POST", "/categories/{category}/move", Some(json!({ "parent": UNKNOWN }))),
        ("GET", "/categories/{category}/access", None),
        ("GET", "/categories/{category}/lists/{list}", None),
        ("PUT", "/categories/{category}/lists/{list}", Some(json!({ "items": [] }))),
        ("PATCH", "/categories/{category}/lists/{list}", Some(json!({ "add": [{ "principal": { "kind": "everyone" } }] }))),
        ("POST", "/categories/{category}/lists/{list}", Some(json!({ "principal": { "kind": "everyone" } }))),
        ("DELETE", "/categories/{category}/lists/{list}/{principal}", None),
    ]
}

/// Endpoints with a group's id.
fn of_groups() -> Vec<(&'static str, &'static str, Option<Value>)> {
    vec![
        ("GET", "/groups/{group}", None),
        ("PATCH", "/groups/{group}", Some(json!({ "description": "x" }))),
        ("DELETE", "/groups/{group}", None),
        ("GET", "/groups/{group}/members", None),
        ("PUT", "/groups/{group}/members", Some(json!({ "items": [] }))),
        ("PATCH", "/groups/{group}/members", Some(json!({ "add": [{ "principal": { "kind": "everyone" } }] }))),
        ("POST", "/groups/{group}/members", Some(json!({ "principal": { "kind": "everyone" } }))),
        ("DELETE", "/groups/{group}/members/{principal}", None),
    ]
}

/// Endpoints with a unit's id.
fn of_units() -> Vec<(&'static str, &'static str, Option<Value>)> {
    vec![("GET", "/units/{unit}", None), ("PATCH", "/units/{unit}", Some(json!({ "name": "x" }))), ("DELETE", "/units/{unit}", None)]
}

/// Endpoints with a domain's id.
fn of_domains() -> Vec<(&'static str, &'static str, Option<Value>)> {
    vec![("GET", "/domains/{domain}", None), ("PATCH", "/domains/{domain}", Some(json!({ "name": "x.example" }))), ("DELETE", "/domains/{domain}", None)]
}

/// Endpoints with the id of a message clean-up.
fn of_queries() -> Vec<(&'static str, &'static str, Option<Value>)> {
    vec![("GET", "/messages/query/{query}", None), ("POST", "/messages/undo/{query}", None)]
}

/// Endpoints with the id of an import.
fn of_imports() -> Vec<(&'static str, &'static str, Option<Value>)> {
    vec![("GET", "/users/import/{import}", None)]
}

/// Endpoints with a file's id.
fn of_files() -> Vec<(&'static str, &'static str, Option<Value>)> {
    vec![("GET", "/files/{file}", None), ("DELETE", "/files/{file}", None), ("GET", "/files/{file}/preview", None)]
}

/// Endpoints with the id of a file that can't be read.
fn of_quarantined() -> Vec<(&'static str, &'static str, Option<Value>)> {
    vec![
        ("DELETE", "/quarantine/{quarantined}", None),
        ("POST", "/quarantine/{quarantined}/rescan", None),
        ("POST", "/quarantine/{quarantined}/release", Some(json!({ "reason": "x" }))),
    ]
}

/// Endpoints with an upload's id.
fn of_uploads() -> Vec<(&'static str, &'static str, Option<Value>)> {
    vec![("HEAD", "/uploads/{upload}", None), ("PATCH", "/uploads/{upload}", None), ("DELETE", "/uploads/{upload}", None)]
}

/// Endpoints with a person's id.
fn of_people() -> Vec<(&'static str, &'static str, Option<Value>)> {
    vec![
        ("GET", "/users/{user}", None),
        ("PATCH", "/users/{user}", Some(json!({ "display_name": "x" }))),
        ("GET", "/users/{user}/access", None),
        ("POST", "/users/{user}/sign-out", None),
    ]
}

/// Endpoints with the number of a record.
fn of_records() -> Vec<(&'static str, &'static str, Option<Value>)> {
    vec![("GET", "/audit/{record}", None)]
}

#[tokio::test]
async fn every_endpoint_with_an_id_stands_in_a_table() {
    let world = World::new().await;
    let tables = [
        ("{room}", of_rooms()),
        ("{category}", of_categories()),
        ("{group}", of_groups()),
        ("{unit}", of_units()),
        ("{domain}", of_domains()),
        ("{query}", of_queries()),
        ("{import}", of_imports()),
        ("{file}", of_files()),
        ("{quarantined}", of_quarantined()),
        ("{upload}", of_uploads()),
        ("{user}", of_people()),
        ("{record}", of_records()),
    ];
    for (name, table) in tables {
        // A path with a room's id hides the room first.
        let of = |path: &str| path.contains(name) && (name == "{room}" || !path.contains("{room}"));
        let documented: Vec<_> = endpoints(&world).await.into_iter().filter(|(_, path)| of(path)).collect();
        for (method, path) in &documented {
            assert!(table.iter().any(|(known, at, _)| method.as_str() == *known && path == at), "{method} {path} has no test of what it hides");
        }
        assert_eq!(documented.len(), table.len(), "{name}: an endpoint in the table is gone");
    }
}

async fn ask(client: &Client, method: &str, path: &str, if_match: Option<&str>, kind: Option<&str>, body: &str) -> Reply {
    let mut request = client.request(method.parse().unwrap(), &format!("/api/v1{path}"));
    if let Some(tag) = if_match {
        request = request.header(header::IF_MATCH, tag);
    }
    if let Some(kind) = kind {
        request = request.header(header::CONTENT_TYPE, kind);
    }
    client.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

/// Asks for both in every way that an endpoint could trip over, and compares all that is seen.
async fn alike(client: &Client, table: &[(&str, &str, Option<Value>)], name: &str, hidden: &str, lists: &[&str]) {
    let json = Some("application/json");
    for (method, path, body) in table {
        let body = body.as_ref().map(Value::to_string).unwrap_or_default();
        let ways: [(Option<&str>, Option<&str>, &str); 7] = [
            (None, None, ""),
            (None, json, &body),
            (Some("\"1\""), json, &body),
            (Some("\"1\""), json, "{"),
            (Some("\"1\""), json, r#"{"nmae":1}"#),
            (Some("\"1\""), Some("text/plain"), &body),
            (Some("nonsense"), json, "[]"),
        ];
        for list in lists {
            for principal in ["everyone", "user:01939c5e-7a00-7000-8000-000000000001", "user:none"] {
                let at = |id: &str| path.replace(name, id).replace("{list}", list).replace("{principal}", principal);
                for (if_match, kind, body) in ways {
                    let one = ask(client, method, &at(hidden), if_match, kind, body).await;
                    let other = ask(client, method, &at(UNKNOWN), if_match, kind, body).await;
                    assert_eq!(one.seen(), other.seen(), "{method} {path} with {if_match:?} {kind:?} {body}");
                    assert!(one.status == 404 || (*method == "DELETE" && path.starts_with("/me/") && one.status == 204), "{method} {path}: {one:?}");
                }
                if !path.contains("{principal}") {
                    break;
                }
            }
            if !path.contains("{list}") {
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_hidden_room_answers_as_one_that_there_is_not() {
    let (world, admin) = World::peopled().await;
    let hidden = world.room(&admin, "hidden", "secret").await;
    admin.post(&format!("/rooms/{hidden}/messages"), json!({ "nonce": NONCE, "body": "secret" })).await;
    let eve = world.signed_in("eve").await;
    alike(&eve, &of_rooms(), "{room}", &hidden, &["members", "managers", "presenters", "excluded", "friends"]).await;
}

#[tokio::test]
async fn files_are_hidden_with_their_rooms() {
    let (world, admin) = World::peopled().await;
    let hidden = world.room(&admin, "hidden", "secret").await;
    let posted = admin.upload(&hidden, "a.txt", b"secret").await;
    let posted = posted.body["id"].as_str().unwrap();
    let message = json!({ "nonce": NONCE, "body": "", "attachments": [posted] });
    assert_eq!(admin.post(&format!("/rooms/{hidden}/messages"), message).await.status, 201);
    let waiting = admin.upload(&hidden, "b.txt", b"secret").await.body["id"].as_str().unwrap().to_owned();
    let eve = world.signed_in("eve").await;
    for id in [posted, &waiting] {
        alike(&eve, &of_files(), "{file}", id, &["-"]).await;
        alike(&eve, &of_uploads(), "{upload}", id, &["-"]).await;
    }
    // A posted file is no upload any more, also not to who posted it; a waiting one only to its uploader.
    alike(&admin, &of_uploads(), "{upload}", posted, &["-"]).await;
    assert_eq!(admin.get(&format!("/files/{posted}")).await.text, "secret");
    let open = world.room(&admin, "open", "open").await;
    let waiting = admin.upload(&open, "c.txt", b"not yet").await.body["id"].as_str().unwrap().to_owned();
    alike(&eve, &of_files(), "{file}", &waiting, &["-"]).await;
    alike(&eve, &of_uploads(), "{upload}", &waiting, &["-"]).await;
}

#[tokio::test]
async fn a_room_one_was_thrown_out_of_answers_so_too() {
    let (world, admin) = World::peopled().await;
    let hidden = world.room(&admin, "hidden", "secret").await;
    let eve = world.signed_in("eve").await;
    let member = json!({ "principal": { "kind": "user", "id": world.id_of(&eve).await } });
    assert_eq!(admin.post(&format!("/rooms/{hidden}/lists/members"), member.clone()).await.status, 200);
    assert_eq!(eve.get(&format!("/rooms/{hidden}")).await.status, 200);
    assert_eq!(admin.post(&format!("/rooms/{hidden}/lists/excluded"), member).await.status, 200);
    alike(&eve, &of_rooms(), "{room}", &hidden, &["members"]).await;
}

#[tokio::test]
async fn a_disabled_secret_room_is_gone_for_its_members() {
    let (world, admin) = World::peopled().await;
    let hidden = world.room(&admin, "hidden", "secret").await;
    let eve = world.signed_in("eve").await;
    let member = json!({ "principal": { "kind": "user", "id": world.id_of(&eve).await } });
    assert_eq!(admin.post(&format!("/rooms/{hidden}/lists/members"), member).await.status, 200);
    assert_eq!(admin.call(Method::POST, &format!("/rooms/{hidden}/disable"), None).await.status, 200);
    alike(&eve, &of_rooms(), "{room}", &hidden, &["members"]).await;
    assert_eq!(admin.call(Method::POST, &format!("/rooms/{hidden}/enable"), None).await.status, 200);
    assert_eq!(eve.get(&format!("/rooms/{hidden}")).await.status, 200);
}

#[tokio::test]
async fn a_category_with_nothing_to_find_in_it_is_hidden() {
    let (world, admin) = World::peopled().await;
    let made = admin.post("/categories", json!({ "name": "vault", "parent": world.root().await })).await;
    assert_eq!(made.status, 201, "{made:?}");
    let vault = made.body["id"].as_str().unwrap().to_owned();
    assert_eq!(admin.post("/rooms", json!({ "name": "safe", "category": vault, "privacy": "secret" })).await.status, 201);
    let eve = world.signed_in("eve").await;
    alike(&eve, &of_categories(), "{category}", &vault, &["managers", "members", "friends"]).await;
    assert!(eve.get("/categories").await.body["items"].as_array().unwrap().iter().all(|category| category["name"] != "vault"));
    let create = async |category: &str, path: &str| {
        let body = if path == "/rooms" { json!({ "name": "x", "category": category, "privacy": "open" }) } else { json!({ "name": "x", "parent": category }) };
        eve.post(path, body).await
    };
    for path in ["/rooms", "/categories"] {
        assert_eq!(create(&vault, path).await.seen(), create(UNKNOWN, path).await.seen(), "{path}");
    }
}

#[tokio::test]
async fn who_is_disabled_is_unknown_to_the_others() {
    let (world, admin) = World::peopled().await;
    let zoe = world.id_of(&world.signed_in("zoe").await).await;
    let path = format!("/users/{}", zoe.as_str().unwrap());
    let version = admin.get(&path).await.header("etag").to_owned();
    assert_eq!(admin.patch(&path, &version, json!({ "enabled": false })).await.status, 200);
    let eve = world.signed_in("eve").await;
    alike(&eve, &of_people(), "{user}", zoe.as_str().unwrap(), &["-"]).await;
}

#[tokio::test]
async fn groups_units_and_domains_are_for_those_who_administer_people() {
    let (world, admin) = World::peopled().await;
    let made = admin.post("/groups", json!({ "name": "Traders" })).await;
    assert_eq!(made.status, 201, "{made:?}");
    let eve = world.signed_in("eve").await;
    alike(&eve, &of_groups(), "{group}", made.body["id"].as_str().unwrap(), &["-"]).await;
    assert_eq!(eve.get("/groups").await.status, 403);
    let made = admin.post("/units", json!({ "name": "Sales" })).await;
    assert_eq!(made.status, 201, "{made:?}");
    alike(&eve, &of_units(), "{unit}", made.body["id"].as_str().unwrap(), &["-"]).await;
    assert_eq!(eve.get("/units").await.status, 403);
    let made = admin.post("/domains", json!({ "name": "partner.example" })).await;
    assert_eq!(made.status, 201, "{made:?}");
    alike(&eve, &of_domains(), "{domain}", made.body["id"].as_str().unwrap(), &["-"]).await;
    assert_eq!(eve.get("/domains").await.status, 403);
}

#[tokio::test]
async fn records_are_for_those_who_see_the_log() {
    let (world, admin) = World::peopled().await;
    let record = admin.get("/audit").await.body["items"][0]["id"].to_string();
    alike(&world.signed_in("eve").await, &of_records(), "{record}", &record, &["-"]).await;
}

#[tokio::test]
async fn lists_of_rooms_show_no_trace() {
    let (world, admin) = World::peopled().await;
    world.room(&admin, "hidden", "secret").await;
    let shown = world.room(&admin, "shown", "closed").await;
    let eve = world.signed_in("eve").await;
    for path in ["/directory", "/directory?q=hidden", "/rooms", "/me/rooms", "/categories", "/files", "/files/storage"] {
        assert!(!eve.get(path).await.text.contains("hidden"), "{path}");
    }
    let found = eve.get("/directory").await;
    assert_eq!(found.body["items"][0]["id"], json!(shown));
    assert_eq!(found.body["items"][0]["active_at"], Value::Null, "who may not read doesn't learn when something was said");
}

#[tokio::test]
async fn operations_on_a_socket_hide_as_well() {
    let (world, admin) = World::peopled().await;
    let hidden = world.room(&admin, "hidden", "secret").await;
    let address = world.listen().await;
    let eve = world.signed_in("eve").await;
    let mut socket = Socket::open(address, &eve).await;
    let operations = [
        json!({ "op": "post", "nonce": NONCE, "body": "x" }),
        json!({ "op": "edit", "seq": 1, "nonce": NONCE, "body": "x" }),
        json!({ "op": "delete", "seq": 1, "nonce": NONCE }),
        json!({ "op": "react", "seq": 1, "nonce": NONCE, "emoji": "👍", "on": true }),
        json!({ "op": "history" }),
        json!({ "op": "roster" }),
        json!({ "op": "read", "seq": 1 }),
        json!({ "op": "typing" }),
        json!({ "op": "close" }),
        json!({ "op": "leave" }),
    ];
    for mut operation in operations {
        let mut answers = Vec::new();
        for room in [hidden.as_str(), UNKNOWN] {
            operation["room"] = json!(room);
            answers.push(socket.ask(operation.clone()).await);
        }
        for answer in &mut answers {
            answer["re"] = json!(0);
        }
        assert_eq!(answers[0], answers[1], "{operation}");
    }
    let mut joined = socket.ask(json!({ "op": "join", "rooms": [{ "room": hidden }, { "room": UNKNOWN }] })).await["ok"]["rooms"].clone();
    for room in joined.as_array_mut().unwrap() {
        room["room"] = json!("");
    }
    assert_eq!(joined[0], joined[1]);
    assert_eq!(joined[0]["error"]["type"], "/problems/room-not-found");
}
