//! Message clean-up over the API: its shapes, and who may do what.

use http::{Method, header};
use serde_json::{Value, json};

use crate::client::Client;
use crate::world::World;

const NONCE: &str = "01939c5e-7a00-7000-8000-000000000001";

/// Begins a query, and waits for its end.
async fn query(admin: &Client, body: Value) -> Value {
    let made = admin.post("/messages/query", body).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(made.header("location"), format!("/api/v1/messages/query/{}", made.body["id"].as_str().unwrap()));
    ended(admin, made.body).await
}

async fn ended(admin: &Client, mut query: Value) -> Value {
    while query["state"] == "running" || query["state"] == "undoing" {
        tokio::task::yield_now().await;
        query = admin.get(&format!("/messages/query/{}", query["id"].as_str().unwrap())).await.body;
    }
    query
}

async fn bodies(client: &Client, room: &str) -> Vec<Value> {
    let history = client.get(&format!("/rooms/{room}/messages")).await;
    history.body["messages"].as_array().unwrap().iter().map(|message| message["body"].clone()).collect()
}

#[tokio::test]
async fn messages_are_found_removed_and_brought_back() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "hall", "open").await;
    let eve = world.signed_in("eve").await;
    assert_eq!(eve.post(&format!("/rooms/{room}/messages"), json!({ "nonce": NONCE, "body": "the secret" })).await.status, 201);
    let found = query(&admin, json!({ "words": "Secret", "action": "find" })).await;
    assert_eq!((&found["messages"], &found["query"]["dry_run"], &found["state"]), (&json!(1), &json!(true), &json!("done")));
    assert_eq!(found["found"]["messages"][0]["message"]["body"], "the secret");
    assert_eq!(found["found"]["rooms"][0]["name"], "hall");
    assert_eq!(found["found"]["authors"][0]["person"]["id"], world.id_of(&eve).await);
    let dry = query(&admin, json!({ "words": "Secret", "action": "remove" })).await;
    assert_eq!(dry["query"]["dry_run"], true, "only what says so changes something");
    let removed = query(&admin, json!({ "words": "Secret", "action": "remove", "dry_run": false, "name": "leak" })).await;
    assert_eq!((&removed["messages"], &removed["query"]["name"]), (&json!(1), &json!("leak")));
    assert_eq!(bodies(&eve, &room).await, [Value::Null]);
    let path = format!("/messages/undo/{}", removed["id"].as_str().unwrap());
    let undone = admin.call(Method::POST, &path, None).await;
    assert_eq!(undone.status, 200, "{undone:?}");
    assert_eq!(ended(&admin, undone.body).await["state"], "undone");
    assert_eq!(bodies(&eve, &room).await, ["the secret"]);
    let all = admin.get("/messages/query").await.body["items"].as_array().unwrap().len();
    assert_eq!(all, 3);
}

#[tokio::test]
async fn only_administrators_clean_up_and_auditors_look() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "hall", "open").await;
    let (eve, ben) = (world.signed_in("eve").await, world.signed_in("ben").await);
    let member = |id: Value| json!({ "principal": { "kind": "user", "id": id } });
    assert_eq!(admin.post(&format!("/rooms/{room}/lists/managers"), member(world.id_of(&eve).await)).await.status, 200);
    assert_eq!(admin.post("/roles/auditor", member(world.id_of(&ben).await)).await.status, 200);
    let made = query(&admin, json!({ "action": "find" })).await;
    let one = format!("/messages/query/{}", made["id"].as_str().unwrap());
    let undo = format!("/messages/undo/{}", made["id"].as_str().unwrap());
    let find = json!({ "action": "find" });
    let clear = json!({ "before": "2030-01-01T00:00:00Z", "dry_run": false });
    assert_eq!(world.visitor().get("/messages/query").await.status, 401);
    // Who manages a room deletes single messages; clearing is for administrators.
    for (client, list, get, begin, undone) in [(&eve, 403, 404, 403, 404), (&ben, 200, 200, 403, 403)] {
        assert_eq!(client.get("/messages/query").await.status, list);
        assert_eq!(client.get(&one).await.status, get);
        assert_eq!(client.post("/messages/query", find.clone()).await.status, begin);
        assert_eq!(client.post("/messages/query", json!("x")).await.status, begin, "what is wrong with it is told only to who may");
        assert_eq!(client.call(Method::POST, &undo, None).await.status, undone);
        assert_eq!(client.post(&format!("/rooms/{room}/clear"), clear.clone()).await.status, 403);
    }
    assert_eq!(admin.call(Method::POST, &undo, None).await.status, 409);
    assert_eq!(admin.post("/messages/query", json!({ "action": "remove", "dry_run": false })).await.body["errors"][0]["field"], "/rooms");
    assert_eq!(admin.post("/messages/query", json!({ "action": "vanish" })).await.body["errors"][0]["field"], "/action");
    // The same key is the same query.
    let begin = async |body: &Value| {
        let request =
            admin.request(Method::POST, &format!("/api/v1/rooms/{room}/clear")).header("idempotency-key", "k").header(header::CONTENT_TYPE, "application/json");
        admin.send(request.body(axum::body::Body::from(body.to_string())).unwrap()).await
    };
    let (first, again) = (begin(&clear).await, begin(&clear).await);
    assert_eq!((first.status, &first.body["id"]), (201, &again.body["id"]));
    assert_eq!(begin(&json!({ "before": "2029-01-01T00:00:00Z" })).await.problem(), "idempotency-key-reused");
}

#[tokio::test]
async fn requests_and_invitations_over_the_api() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "vault", "closed").await;
    let (eve, ben) = (world.signed_in("eve").await, world.signed_in("ben").await);
    let requests = format!("/rooms/{room}/join-requests");
    let asked = eve.post(&requests, json!({ "text": "please" })).await;
    assert_eq!((asked.status, &asked.body["text"], &asked.body["answer"]), (200, &json!("please"), &Value::Null));
    assert_eq!(eve.get("/directory").await.body["items"][0]["asked"], true);
    assert_eq!(ben.get(&requests).await.status, 403);
    assert_eq!(ben.post(&requests, json!({ "txt": "x" })).await.body["errors"][0]["field"], "/txt");
    assert_eq!(ben.delete(&requests).await.status, 404);
    assert_eq!(admin.get("/join-requests").await.body["waiting"], 1);
    let of_eve = format!("{requests}/{}", world.id_of(&eve).await.as_str().unwrap());
    assert_eq!(ben.post(&of_eve, json!({ "answer": "maybe" })).await.status, 403);
    assert_eq!(admin.post(&of_eve, json!({ "answer": "maybe" })).await.status, 422);
    assert_eq!(admin.post(&format!("{requests}/nobody"), json!({ "answer": "yes" })).await.status, 404);
    let answered = admin.post(&of_eve, json!({ "answer": "yes", "note": "welcome" })).await;
    assert_eq!((answered.status, &answered.body["answer"]), (200, &json!("yes")));
    assert_eq!(eve.get("/me/join-requests").await.body["items"][0]["note"], "welcome");
    assert_eq!(eve.get("/me/rooms").await.body["items"][0]["id"], json!(room));
    assert_eq!(eve.post(&requests, json!({})).await.status, 409);

    let member = json!({ "principal": { "kind": "user", "id": world.id_of(&ben).await } });
    assert_eq!(admin.post(&format!("/rooms/{room}/lists/members"), member).await.status, 200);
    let invited = ben.get("/me/invitations").await;
    assert_eq!((&invited.body["items"][0]["room"], &invited.body["items"][0]["description"]["name"]), (&json!(room), &json!("vault")));
    let answer = format!("/me/invitations/{room}");
    assert_eq!(ben.post(&answer, json!({ "answer": "perhaps" })).await.status, 422);
    assert_eq!(ben.post(&answer, json!({ "answer": "decline" })).await.status, 204);
    assert_eq!(ben.post(&answer, json!({ "answer": "accept" })).await.status, 404);
    assert_eq!(ben.get("/me/invitations").await.body["items"], json!([]));
}
