//! The order in which a call is checked: 401, 404, 403, 428 and 412, 413, 415 and 422, 409.

use axum::body::Body;
use http::{Method, header};
use serde_json::json;

use crate::client::{Client, Reply};
use crate::world::World;

async fn patch(client: &Client, path: &str, if_match: Option<&str>, kind: &str, body: &str) -> Reply {
    let mut request = client.request(Method::PATCH, &format!("/api/v1{path}")).header(header::CONTENT_TYPE, kind);
    if let Some(tag) = if_match {
        request = request.header(header::IF_MATCH, tag);
    }
    client.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

#[tokio::test]
async fn each_check_comes_before_the_next() {
    let (world, admin) = World::peopled().await;
    let (open, secret) = (world.room(&admin, "open", "open").await, world.room(&admin, "secret", "secret").await);
    world.room(&admin, "taken", "open").await;
    let eve = world.signed_in("eve").await;
    let (open, secret) = (format!("/rooms/{open}"), format!("/rooms/{secret}"));
    let version = admin.get(&open).await.header("etag").to_owned();
    const JSON: &str = "application/json";
    let long = format!("{{\"topic\":\"{}\"}}", "x".repeat(2 * 1024 * 1024));

    assert_eq!(patch(&world.visitor(), &secret, None, "text/plain", "{").await.status, 401);
    assert_eq!(patch(&world.visitor(), &open, None, JSON, &long).await.status, 401);
    assert_eq!(patch(&eve, &secret, None, "text/plain", "{").await.status, 404);
    assert_eq!(patch(&eve, &secret, None, JSON, &long).await.status, 404);
    assert_eq!(patch(&eve, &open, None, "text/plain", "{").await.status, 403);
    assert_eq!(patch(&eve, &open, None, JSON, &long).await.status, 403);
    assert_eq!(patch(&admin, &open, None, "text/plain", "{").await.status, 428);
    assert_eq!(patch(&admin, &open, None, JSON, &long).await.status, 428);
    assert_eq!(patch(&admin, &open, Some("\"0\""), "text/plain", "{").await.status, 412);
    assert_eq!(patch(&admin, &open, Some("\"0\""), JSON, r#"{"name":""}"#).await.status, 412);
    assert_eq!(patch(&admin, &open, Some(&version), JSON, &long).await.status, 413);
    assert_eq!(patch(&admin, &open, Some(&version), "text/plain", "{").await.status, 415);
    assert_eq!(patch(&admin, &open, Some(&version), JSON, "{").await.status, 400);
    assert_eq!(patch(&admin, &open, Some(&version), JSON, r#"{"name":""}"#).await.status, 422);
    assert_eq!(patch(&admin, &open, Some(&version), JSON, r#"{"name":"TAKEN"}"#).await.status, 409);
    let changed = patch(&admin, &open, Some(&version), JSON, r#"{"topic":"new"}"#).await;
    assert_eq!((changed.status, &changed.body["topic"]), (200, &json!("new")));
    assert_eq!(patch(&admin, &open, Some(&version), JSON, r#"{"topic":"late"}"#).await.status, 412, "nobody overwrites what he hasn't seen");
}

#[tokio::test]
async fn lists_and_people_keep_the_same_order() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "hall", "closed").await;
    let eve = world.signed_in("eve").await;
    let list = format!("/rooms/{room}/lists/members");
    assert_eq!(eve.call(Method::PUT, &list, None).await.status, 403);
    assert_eq!(eve.call(Method::POST, &list, None).await.status, 403);
    assert_eq!(admin.call(Method::PUT, &list, None).await.status, 428);
    assert_eq!(admin.call(Method::POST, &list, None).await.status, 415);
    assert_eq!(eve.call(Method::POST, "/users", None).await.status, 403);
    assert_eq!(admin.call(Method::POST, "/users", None).await.status, 415);
    let user = format!("/users/{}", world.id_of(&eve).await.as_str().unwrap());
    assert_eq!(eve.call(Method::PATCH, &user, None).await.status, 403);
    assert_eq!(admin.call(Method::PATCH, &user, None).await.status, 428);
    let version = admin.get(&user).await.header("etag").to_owned();
    assert_eq!(admin.patch(&user, &version, json!({ "display_name": "Eve" })).await.status, 200);
    assert_eq!(admin.patch(&user, &version, json!({ "display_name": "Adam" })).await.status, 412);
}

#[tokio::test]
async fn a_list_that_was_changed_meanwhile_is_told_so_before_what_else_is_wrong() {
    let (world, admin) = World::peopled().await;
    let list = format!("/rooms/{}/lists/members", world.room(&admin, "hall", "closed").await);
    let put = async |tag: &str, body: serde_json::Value| {
        let request = admin.request(Method::PUT, &format!("/api/v1{list}")).header(header::IF_MATCH, tag).header(header::CONTENT_TYPE, "application/json");
        admin.send(request.body(Body::from(body.to_string())).unwrap()).await.status
    };
    let nobody = json!({ "items": [{ "principal": { "kind": "user", "id": "01939c5e-7a00-7000-8000-000000000001" } }] });
    let version = admin.get(&list).await.header("etag").to_owned();
    assert_eq!(put(&version, nobody.clone()).await, 422);
    assert_eq!(admin.post(&list, json!({ "principal": { "kind": "everyone" } })).await.status, 200);
    assert_eq!(put(&version, nobody).await, 412);
    assert_eq!(put(&version, json!({ "items": "none" })).await, 412);
}
