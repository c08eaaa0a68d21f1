//! The pool as a whole: its settings and its first page.

use http::{Method, header};
use serde_json::{Value, json};

use crate::client::{Client, Reply};
use crate::world::World;

async fn patch(client: &Client, tag: Option<&str>, body: Value) -> Reply {
    let mut request = client.request(Method::PATCH, "/api/v1/pool/settings").header(header::CONTENT_TYPE, "application/json");
    if let Some(tag) = tag {
        request = request.header(header::IF_MATCH, tag);
    }
    client.send(request.body(body.to_string().into()).unwrap()).await
}

async fn with_role(world: &World, admin: &Client, name: &str, role: &str) -> Client {
    let client = world.signed_in(name).await;
    let entry = json!({ "principal": { "kind": "user", "id": world.id_of(&client).await } });
    assert_eq!(admin.post(&format!("/roles/{role}"), entry).await.status, 200);
    client
}

#[tokio::test]
async fn settings_change_for_the_whole_pool() {
    let (world, admin) = World::peopled().await;
    let seen = admin.get("/pool/settings").await;
    assert_eq!((seen.status, &seen.body["name"], &seen.body["history_chunk"]), (200, &json!("Stoa"), &json!(30)), "{seen:?}");
    let tag = seen.header("etag").to_owned();
    assert_eq!(tag, format!("\"{}\"", seen.body["version"].as_str().unwrap()));
    assert_eq!(patch(&admin, None, json!({ "name": "" })).await.status, 428);
    assert_eq!(patch(&admin, Some("\"other\""), json!({ "name": "" })).await.status, 412);
    for (body, field) in [
        (json!({ "name": " " }), "/name"),
        (json!({ "history_chunk": 0 }), "/history_chunk"),
        (json!({ "colour": "red" }), "/colour"),
        (json!({ "history_chunk": "x" }), "/history_chunk"),
    ] {
        let refused = patch(&admin, Some(&tag), body).await;
        assert_eq!((refused.status, refused.body["errors"][0]["field"].as_str()), (422, Some(field)), "{refused:?}");
    }
    let changed = patch(&admin, Some(&tag), json!({ "name": "Acme", "history_chunk": 50 })).await;
    assert_eq!((changed.status, &changed.body["name"], &changed.body["edit_window"]), (200, &json!("Acme"), &seen.body["edit_window"]), "{changed:?}");
    assert_eq!(world.stoa.shared.services.settings().history_chunk, 50);
    assert_eq!(patch(&admin, Some(&tag), json!({ "name": "Late" })).await.status, 412, "somebody else was quicker");
    let audit = world.store.audits(0, 1_000).await.unwrap();
    let record = audit.iter().rfind(|record| record.action == "pool.set").unwrap();
    assert_eq!((&record.before["name"], &record.after["name"]), (&json!("Stoa"), &json!("Acme")));

    let (auditor, user_administrator) = (with_role(&world, &admin, "ben", "auditor").await, with_role(&world, &admin, "eve", "user_administrator").await);
    assert_eq!(auditor.get("/pool/settings").await.status, 200);
    assert_eq!(patch(&auditor, Some(changed.header("etag")), json!({ "name": "x" })).await.status, 403);
    for client in [&user_administrator, &world.signed_in("zoe").await] {
        assert_eq!(client.get("/pool/settings").await.status, 403);
        assert_eq!(client.get("/pool/overview").await.status, 403);
        assert_eq!(patch(client, None, json!({ "nmae": 1 })).await.status, 403);
    }
    assert_eq!(auditor.get("/pool/overview").await.status, 200);
}

#[tokio::test]
async fn the_overview_tells_what_there_is() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "hall", "open").await;
    let other = world.room(&admin, "cellar", "open").await;
    assert_eq!(admin.call(Method::POST, &format!("/rooms/{other}/disable"), None).await.status, 200);
    let said = admin.post(&format!("/rooms/{room}/messages"), json!({ "nonce": room, "body": "hello" })).await;
    assert_eq!(said.status, 201, "{said:?}");
    let seen = admin.get("/pool/overview").await;
    assert_eq!(seen.status, 200, "{seen:?}");
    let body = &seen.body;
    assert_eq!(
        (&body["name"], &body["people"], &body["rooms"]),
        (&json!("Stoa"), &json!({ "enabled": 4, "disabled": 0 }), &json!({ "active": 1, "disabled": 1 }))
    );
    assert_eq!((&body["categories"], &body["groups"], &body["connections"], &body["online"]), (&json!(1), &json!(0), &json!(0), &json!(0)));
    let minutes: Vec<u64> = body["posts_per_minute"].as_array().unwrap().iter().map(|count| count.as_u64().unwrap()).collect();
    assert_eq!((minutes.len(), minutes.iter().sum::<u64>()), (60, 1));
    assert_eq!(body["database"]["kind"], "sqlite");
    assert!(body["database"]["bytes"].as_u64().unwrap() > 10_000 && body["archive_queue"].as_u64().unwrap() > 0);
    assert!(body["warnings"].as_array().unwrap().iter().all(|warning| warning["kind"] == "disk_nearly_full"), "{body}");
    let address = world.listen().await;
    let _socket = crate::socket::Socket::open(address, &admin).await;
    let seen = admin.get("/pool/overview").await;
    assert_eq!((&seen.body["connections"], &seen.body["online"]), (&json!(1), &json!(1)));
}
