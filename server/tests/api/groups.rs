//! Groups and roles: who is let in by them, why, and who may change them.

use http::Method;
use serde_json::{Value, json};

use crate::client::Client;
use crate::world::World;

async fn group(admin: &Client, name: &str) -> String {
    let made = admin.post("/groups", json!({ "name": name, "description": "of the desk" })).await;
    assert_eq!((made.status, made.body["people"].as_u64()), (201, Some(0)), "{made:?}");
    assert!(made.header("location").ends_with(made.body["id"].as_str().unwrap()));
    made.body["id"].as_str().unwrap().to_owned()
}

fn named(kind: &str, id: &str) -> Value {
    json!({ "principal": { "kind": kind, "id": id } })
}

async fn remove(client: &Client, path: &str) -> u16 {
    client.call(Method::DELETE, path, None).await.status
}

#[tokio::test]
async fn a_group_in_a_group_lets_people_in_and_says_why() {
    let (world, admin) = World::peopled().await;
    let eve = world.signed_in("eve").await;
    let eve_id = world.id_of(&eve).await.as_str().unwrap().to_owned();
    let room = world.room(&admin, "desk", "secret").await;
    let (outer, inner) = (group(&admin, "Traders").await, group(&admin, "FX").await);
    assert_eq!(admin.post(&format!("/rooms/{room}/lists/members"), named("group", &outer)).await.status, 200);
    assert_eq!(admin.post(&format!("/groups/{outer}/members"), named("group", &inner)).await.status, 200);
    // A circle is no harm.
    assert_eq!(admin.post(&format!("/groups/{inner}/members"), named("group", &outer)).await.status, 200);
    assert_eq!(eve.get(&format!("/rooms/{room}")).await.status, 404);
    assert_eq!(admin.post(&format!("/groups/{inner}/members"), named("user", &eve_id)).await.status, 200);
    assert_eq!(eve.get(&format!("/rooms/{room}")).await.status, 200);
    assert_eq!(admin.get(&format!("/groups/{outer}")).await.body["people"], 1);

    let why = admin.get(&format!("/rooms/{room}/access?user={eve_id}")).await;
    assert_eq!((why.status, &why.body["may"]["enter"], &why.body["refusal"]), (200, &json!(true), &Value::Null), "{why:?}");
    let member = why.body["because"].as_array().unwrap().iter().find(|reason| reason["rule"] == "member").unwrap();
    assert_eq!((&member["list"], &member["at"]["kind"], &member["at"]["name"]), (&json!("members"), &json!("room"), &json!("desk")));
    let via: Vec<_> = member["via"].as_array().unwrap().iter().map(|step| step["name"].as_str().unwrap()).collect();
    assert_eq!(via, ["EVE", "FX", "Traders"]);
    assert_eq!(member["by"]["name"], "ana");
    let all = admin.get(&format!("/rooms/{room}/access")).await;
    let names: Vec<_> = all.body["items"].as_array().unwrap().iter().map(|access| access["user"]["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["ana", "eve"]);
    assert_eq!(eve.get(&format!("/rooms/{room}/access")).await.status, 403, "who only reads it isn't told why others do");
    assert_eq!(admin.get(&format!("/rooms/{room}/access?user={room}")).await.problem(), "user-not-found");

    assert_eq!(remove(&admin, &format!("/groups/{outer}/members/group:{inner}")).await, 204);
    assert_eq!(eve.get(&format!("/rooms/{room}")).await.status, 404);
}

#[tokio::test]
async fn a_manager_learns_of_no_account_by_asking_why() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "desk", "closed").await;
    let (ben, zoe) = (world.signed_in("ben").await, world.signed_in("zoe").await);
    let zoe_id = world.id_of(&zoe).await.as_str().unwrap().to_owned();
    let manager = named("user", world.id_of(&ben).await.as_str().unwrap());
    assert_eq!(admin.post(&format!("/rooms/{room}/lists/managers"), manager).await.status, 200);
    let (asked, unknown) = (format!("/rooms/{room}/access?user={zoe_id}"), format!("/rooms/{room}/access?user={room}"));
    assert_eq!(ben.get(&asked).await.body["refusal"], "not_a_member");
    let path = format!("/users/{zoe_id}");
    let version = admin.get(&path).await.header("etag").to_owned();
    assert_eq!(admin.patch(&path, &version, json!({ "enabled": false })).await.status, 200);
    assert_eq!(ben.get(&asked).await.seen(), ben.get(&unknown).await.seen());
    assert_eq!(admin.get(&asked).await.body["refusal"], "account_disabled");
    assert_eq!(admin.post(&format!("/rooms/{room}/lists/members"), named("user", &zoe_id)).await.status, 200);
    assert_eq!(ben.get(&asked).await.body["refusal"], "account_disabled", "the list shows him anyhow");
}

#[tokio::test]
async fn groups_are_renamed_and_go() {
    let (world, admin) = World::peopled().await;
    let eve = world.signed_in("eve").await;
    let room = world.room(&admin, "desk", "secret").await;
    let id = group(&admin, "Traders").await;
    let path = format!("/groups/{id}");
    for (name, field) in [("", "/name"), ("a\u{202e}b", "/name"), (&"x".repeat(257), "/name")] {
        let refused = admin.post("/groups", json!({ "name": name })).await;
        assert_eq!((refused.status, refused.body["errors"][0]["field"].as_str()), (422, Some(field)), "{name:?}");
    }
    assert_eq!(admin.post("/groups", json!({ "name": "TRADERS" })).await.problem(), "name-taken");
    assert_eq!(admin.patch(&path, "\"1\"", json!({ "name": "Dealers" })).await.status, 412);
    let version = admin.get(&path).await.header("etag").to_owned();
    let changed = admin.patch(&path, &version, json!({ "name": "Dealers" })).await;
    assert_eq!((changed.status, &changed.body["name"], &changed.body["description"]), (200, &json!("Dealers"), &json!("of the desk")));
    let found = admin.get("/groups?q=deal").await;
    assert_eq!(found.body["items"][0]["id"], json!(id));

    let member = named("user", world.id_of(&eve).await.as_str().unwrap());
    assert_eq!(admin.post(&format!("{path}/members"), member).await.status, 200);
    for kind in [json!({ "kind": "everyone" }), json!({ "kind": "group", "id": room })] {
        assert_eq!(admin.post(&format!("{path}/members"), json!({ "principal": kind })).await.status, 422);
    }
    assert_eq!(admin.post(&format!("/rooms/{room}/lists/members"), named("group", &id)).await.status, 200);
    assert_eq!(eve.get(&format!("/rooms/{room}")).await.status, 200);
    assert_eq!(remove(&admin, &path).await, 428);
    let request = admin.request(Method::DELETE, &format!("/api/v1{path}")).header("if-match", changed.header("etag")).body(axum::body::Body::empty());
    assert_eq!(admin.send(request.unwrap()).await.status, 204);
    assert_eq!(admin.get(&path).await.problem(), "group-not-found");
    assert_eq!(eve.get(&format!("/rooms/{room}")).await.status, 404);
    let list = admin.get(&format!("/rooms/{room}/lists/members")).await;
    assert_eq!((&list.body["items"][0]["principal"]["id"], &list.body["items"][0]["name"]), (&json!(id), &Value::Null), "it stays listed, without effect");
}

#[tokio::test]
async fn a_manager_who_comes_in_by_a_group_is_seen_to() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "desk", "closed").await;
    let id = group(&admin, "Traders").await;
    let me = world.id_of(&admin).await;
    assert_eq!(admin.post(&format!("/groups/{id}/members"), named("user", me.as_str().unwrap())).await.status, 200);
    assert_eq!(admin.post(&format!("/rooms/{room}/lists/presenters"), named("group", &id)).await.status, 200);
    let said = admin.get(&format!("/rooms/{room}/messages")).await;
    assert!(said.status == 200, "{said:?}");
    let heads = world.store.events_after(room.parse().unwrap(), 0, 10).await.unwrap();
    assert!(format!("{heads:?}").contains("Ana added Traders to the presenters."), "{heads:?}");
}

#[tokio::test]
async fn roles_are_given_and_taken() {
    let (world, admin) = World::peopled().await;
    let (ben, eve) = (world.signed_in("ben").await, world.signed_in("eve").await);
    let [me, ben_id, eve_id] = [world.id_of(&admin).await, world.id_of(&ben).await, world.id_of(&eve).await].map(|id| id.as_str().unwrap().to_owned());
    let staff = group(&admin, "Staff").await;
    assert_eq!(admin.post("/roles/user_administrator", named("user", &ben_id)).await.status, 200);
    assert_eq!(ben.get("/session").await.body["roles"], json!(["user_administrator"]));
    assert_eq!(ben.get("/roles/administrator").await.status, 403);
    assert_eq!(ben.post("/roles/administrator", named("user", &ben_id)).await.status, 403);
    assert_eq!(ben.post("/roles/nonsense", named("user", &ben_id)).await.status, 404);

    // A user administrator changes groups and people, but not those through which a role is held.
    assert_eq!(ben.post(&format!("/groups/{staff}/members"), named("user", &eve_id)).await.status, 200);
    assert_eq!(admin.post("/roles/auditor", named("group", &staff)).await.status, 200);
    assert_eq!(eve.get("/session").await.body["roles"], json!(["auditor"]));
    assert_eq!(ben.post(&format!("/groups/{staff}/members"), named("user", &ben_id)).await.status, 403);
    let inner = group(&admin, "Inner").await;
    assert_eq!(admin.post(&format!("/groups/{staff}/members"), named("group", &inner)).await.status, 200);
    assert_eq!(ben.post(&format!("/groups/{inner}/members"), named("user", &ben_id)).await.status, 403, "nested or not");
    let version = ben.get(&format!("/users/{eve_id}")).await.header("etag").to_owned();
    assert_eq!(ben.patch(&format!("/users/{eve_id}"), &version, json!({ "display_name": "x" })).await.status, 403);

    // An auditor sees it all, and changes nothing.
    for path in ["/groups", "/roles/administrator", &format!("/groups/{staff}"), &format!("/groups/{staff}/members")] {
        assert_eq!(eve.get(path).await.status, 200, "{path}");
    }
    assert_eq!(eve.post(&format!("/groups/{staff}/members"), named("user", &ben_id)).await.status, 403);
    assert_eq!(eve.post("/groups", json!({ "name": "x" })).await.status, 403);

    // The last administrator stays, also where a group holds the role.
    assert_eq!(admin.post("/roles/administrator", named("group", &staff)).await.status, 200);
    let last = admin.call(Method::DELETE, &format!("/roles/administrator/user:{me}"), None).await;
    assert_eq!(last.problem(), "last-administrator");
    let ending = json!({ "principal": { "kind": "user", "id": me }, "until": "2099-01-01T00:00:00Z" });
    assert_eq!(admin.post("/roles/administrator", ending).await.problem(), "last-administrator");
    assert_eq!(admin.post("/roles/administrator", json!({ "principal": { "kind": "everyone" } })).await.status, 422);
    assert_eq!(remove(&admin, &format!("/roles/auditor/group:{staff}")).await, 204);
}
