//! Every refusal has the one form.

use axum::body::Body;
use http::Method;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn what_there_is_not_and_what_cant_be_done_are_problems() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "hall", "open").await;
    let path = format!("/rooms/{room}");
    assert_eq!(admin.get("/nothing").await.problem(), "not-found");
    assert_eq!(world.visitor().get("/nothing").await.problem(), "not-found");
    let wrong_method = admin.delete("/categories").await;
    assert_eq!((wrong_method.status, wrong_method.problem()), (405, "method-not-allowed"));
    assert!(wrong_method.header("allow").contains("GET"), "{wrong_method:?}");
    assert_eq!(admin.get("/rooms/not-an-id").await.problem(), "room-not-found");
    assert_eq!(admin.get("/users/not-an-id").await.problem(), "user-not-found");
    assert_eq!(admin.get(&format!("{path}/lists/friends")).await.problem(), "not-found");
    assert_eq!(admin.get(&format!("{path}/people?limit=many")).await.problem(), "malformed");
    assert_eq!(admin.get("/directory?cursor=made-up").await.problem(), "bad-cursor");
    assert_eq!(admin.get("/users?cursor=made-up").await.problem(), "bad-cursor");
    assert_eq!(admin.get("/me/rooms?cursor=made-up").await.problem(), "bad-cursor");
    assert_eq!(admin.get("/categories?cursor=made-up").await.problem(), "bad-cursor");
    assert_eq!(admin.delete(&format!("{path}/lists/members/user:nobody")).await.problem(), "not-found");
}

#[tokio::test]
async fn a_problem_names_the_field() {
    let (world, admin) = World::peopled().await;
    let root = world.root().await;
    let field = async |body| {
        let reply = admin.post("/rooms", body).await;
        assert_eq!((reply.status, reply.problem()), (422, "invalid"), "{reply:?}");
        (reply.body["errors"][0]["field"].as_str().unwrap().to_owned(), reply.body["errors"][0]["code"].as_str().unwrap().to_owned())
    };
    let said = |field: &str, code: &str| (field.to_owned(), code.to_owned());
    assert_eq!(field(json!({ "name": "x", "privacy": "open" })).await, said("/category", "required"));
    assert_eq!(field(json!({ "name": "", "privacy": "open", "category": root })).await, said("/name", "required"));
    assert_eq!(field(json!({ "name": "a\nb", "privacy": "open", "category": root })).await, said("/name", "forbidden-character"));
    assert_eq!(field(json!({ "name": "x", "privacy": "hidden", "category": root })).await, said("/privacy", "invalid"));
    assert_eq!(field(json!({ "name": "x", "privacy": "open", "category": root, "colour": "red" })).await, said("/colour", "unknown"));
}

#[tokio::test]
async fn a_name_is_taken_once_and_a_key_makes_once() {
    let (world, admin) = World::peopled().await;
    let body = json!({ "name": "hall", "category": world.root().await, "privacy": "open" });
    let first = keyed(&admin, "one", &body).await;
    assert_eq!(first.status, 201, "{first:?}");
    assert_eq!(first.header("location"), format!("/api/v1/rooms/{}", first.body["id"].as_str().unwrap()));
    assert_eq!(first.header("etag"), format!("\"{}\"", first.body["version"].as_str().unwrap()));
    let again = keyed(&admin, "one", &body).await;
    assert_eq!((again.status, &again.body["id"]), (201, &first.body["id"]), "the same key makes nothing new");
    let mut other = body.clone();
    other["name"] = json!("other");
    assert_eq!(keyed(&admin, "one", &other).await.problem(), "idempotency-key-reused");
    assert_eq!(keyed(&admin, "two", &body).await.problem(), "name-taken");
    assert_eq!(keyed(&admin, &"x".repeat(300), &body).await.problem(), "malformed");
}

async fn keyed(client: &crate::client::Client, key: &str, body: &serde_json::Value) -> crate::client::Reply {
    let request = client.request(Method::POST, "/api/v1/rooms").header("idempotency-key", key).header("content-type", "application/json");
    client.send(request.body(Body::from(body.to_string())).unwrap()).await
}

#[tokio::test]
async fn every_answer_carries_what_a_browser_must_not_do() {
    let world = World::new().await;
    for path in ["/setup", "/nothing", "/session"] {
        let reply = world.visitor().get(path).await;
        assert!(reply.header("content-security-policy").contains("frame-ancestors 'none'"), "{reply:?}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("referrer-policy"), "same-origin");
        assert_eq!(reply.header("strict-transport-security"), "", "not without TLS");
        assert_eq!(reply.header("x-request-id").len(), 36);
    }
    let mine = world.visitor().request(Method::GET, "/api/v1/setup").header("x-request-id", "mine").body(Body::empty()).unwrap();
    assert_ne!(world.visitor().send(mine).await.header("x-request-id"), "mine");
}

#[tokio::test]
async fn while_the_database_is_away_calls_say_when_to_try_again() {
    let (world, admin) = World::peopled().await;
    world.store.close().await;
    for reply in [admin.get("/session").await, admin.get("/me/rooms").await] {
        assert_eq!((reply.status, reply.problem()), (503, "unavailable"), "{reply:?}");
        assert!(!reply.header("retry-after").is_empty());
        assert_eq!(reply.body["retry_after"].to_string(), reply.header("retry-after"));
    }
    let ready = world.visitor().send(world.visitor().request(Method::GET, "/health/ready").body(Body::empty()).unwrap()).await;
    assert_eq!(ready.status, 503);
    let live = world.visitor().send(world.visitor().request(Method::GET, "/health/live").body(Body::empty()).unwrap()).await;
    assert_eq!(live.status, 200);
}
