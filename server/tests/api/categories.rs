//! The tree of categories: changed, moved and removed, and what stands against it.

use http::Method;
use serde_json::{Value, json};

use crate::client::{Client, Reply};
use crate::world::World;

async fn category(client: &Client, parent: &str, name: &str) -> String {
    let made = client.post("/categories", json!({ "name": name, "parent": parent })).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.body["id"].as_str().unwrap().to_owned()
}

async fn version(client: &Client, path: &str) -> String {
    let seen = client.get(path).await;
    assert_eq!(seen.status, 200, "{seen:?}");
    seen.header("etag").to_owned()
}

async fn with_tag(client: &Client, method: Method, path: &str, tag: &str, body: Option<Value>) -> Reply {
    let request = client.request(method, &format!("/api/v1{path}")).header("if-match", tag).header("content-type", "application/json");
    client.send(request.body(body.map(|body| body.to_string()).unwrap_or_default().into()).unwrap()).await
}

async fn moved(client: &Client, id: &str, to: &str) -> Reply {
    let tag = version(client, &format!("/categories/{id}")).await;
    with_tag(client, Method::POST, &format!("/categories/{id}/move"), &tag, Some(json!({ "parent": to }))).await
}

#[tokio::test]
async fn scope_and_settings_change_for_all_below() {
    let (world, admin) = World::peopled().await;
    let eve = world.signed_in("eve").await;
    let desks = category(&admin, &world.root().await, "Desks").await;
    let fx = category(&admin, &desks, "FX").await;
    let made = admin.post("/rooms", json!({ "name": "spot", "category": fx, "privacy": "open" })).await;
    let room = format!("/rooms/{}", made.body["id"].as_str().unwrap());
    assert_eq!(eve.get(&room).await.status, 200);
    let path = format!("/categories/{desks}");
    let tag = version(&admin, &path).await;
    let changed = admin.patch(&path, &tag, json!({ "scope": "list", "description": "who trades" })).await;
    assert_eq!((changed.status, &changed.body["scope"], &changed.body["name"]), (200, &json!("list"), &json!("Desks")), "{changed:?}");
    assert_eq!(eve.get(&room).await.status, 404, "nobody is on the list");
    assert_eq!(admin.patch(&path, &tag, json!({ "scope": "inherit" })).await.problem(), "changed-meanwhile");
    let denied = admin.get(&format!("{room}/access?user={}", world.id_of(&eve).await.as_str().unwrap())).await;
    assert_eq!(denied.body["refusal"], "out_of_scope");
    let out = denied.body["because"].as_array().unwrap().iter().find(|reason| reason["rule"] == "out_of_scope").unwrap();
    assert_eq!((&out["list"], &out["at"]["name"]), (&json!("allowed"), &json!("Desks")));
    let entry = json!({ "principal": { "kind": "user", "id": world.id_of(&eve).await } });
    assert_eq!(admin.post(&format!("{path}/lists/allowed"), entry).await.status, 200);
    assert_eq!(eve.get(&room).await.status, 200);

    for (body, field) in [(json!({ "name": "" }), "/name"), (json!({ "name": "a\u{202e}b" }), "/name")] {
        let refused = admin.patch(&path, changed.header("etag"), body).await;
        assert_eq!((refused.status, refused.body["errors"][0]["field"].as_str()), (422, Some(field)), "{refused:?}");
    }
    let root = format!("/categories/{}", world.root().await);
    let tag = version(&admin, &root).await;
    for body in [json!({ "scope": "inherit" }), json!({ "settings": {} })] {
        assert_eq!(admin.patch(&root, &tag, body).await.body["errors"][0]["code"], "nothing-to-inherit");
    }
}

#[tokio::test]
async fn categories_move_but_never_below_themselves() {
    let (world, admin) = World::peopled().await;
    let root = world.root().await;
    let (one, two) = (category(&admin, &root, "One").await, category(&admin, &root, "Two").await);
    let inner = category(&admin, &one, "Inner").await;
    for below in [&one, &inner] {
        let refused = moved(&admin, &one, below).await;
        assert_eq!((refused.status, &refused.body["errors"][0]["code"]), (422, &json!("below-itself")), "{refused:?}");
    }
    assert_eq!(moved(&admin, &root, &two).await.problem(), "conflict");
    let done = moved(&admin, &one, &two).await;
    assert_eq!((done.status, &done.body["parent"], &done.body["depth"]), (200, &json!(two), &json!(2)), "{done:?}");
    category(&admin, &root, "ONE").await;
    assert_eq!(moved(&admin, &one, &root).await.problem(), "name-taken");

    // Sixteen levels below the root, and what is moved counts with all below it.
    let mut deepest = inner.clone();
    for level in 4..=16 {
        deepest = category(&admin, &deepest, &format!("level {level}")).await;
    }
    let refused = admin.post("/categories", json!({ "name": "x", "parent": deepest })).await;
    assert_eq!(refused.body["errors"][0]["code"], "too-deep");
    let other = category(&admin, &root, "Other").await;
    assert_eq!(moved(&admin, &two, &other).await.body["errors"][0]["code"], "too-deep");
    assert_eq!(moved(&admin, &one, &other).await.status, 200);
}

#[tokio::test]
async fn only_empty_categories_go() {
    let (world, admin) = World::peopled().await;
    let root = world.root().await;
    let (outer, target) = (category(&admin, &root, "Outer").await, category(&admin, &root, "Target").await);
    let inner = category(&admin, &outer, "Inner").await;
    let made = admin.post("/rooms", json!({ "name": "hall", "category": inner, "privacy": "open" })).await;
    let room = format!("/rooms/{}", made.body["id"].as_str().unwrap());
    let removed = async |id: &str| {
        let path = format!("/categories/{id}");
        let tag = version(&admin, &path).await;
        with_tag(&admin, Method::DELETE, &path, &tag, None).await
    };
    for full in [&root, &outer, &inner] {
        assert_eq!(removed(full).await.problem(), "conflict");
    }
    assert_eq!(admin.call(Method::DELETE, &format!("/categories/{inner}"), None).await.status, 428);
    let tag = version(&admin, &room).await;
    let unknown = with_tag(&admin, Method::POST, &format!("{room}/move"), &tag, Some(json!({ "category": made.body["id"] }))).await;
    assert_eq!(unknown.problem(), "category-not-found");
    let relocated = with_tag(&admin, Method::POST, &format!("{room}/move"), &tag, Some(json!({ "category": target }))).await;
    assert_eq!((relocated.status, &relocated.body["path"]), (200, &json!(["Target"])), "{relocated:?}");
    assert_eq!(removed(&inner).await.status, 204);
    assert_eq!(admin.get(&format!("/categories/{inner}")).await.problem(), "category-not-found");
    assert_eq!(removed(&outer).await.status, 204);
}

#[tokio::test]
async fn managers_of_a_category_work_in_their_subtree_only() {
    let (world, admin) = World::peopled().await;
    let root = world.root().await;
    let (own, other) = (category(&admin, &root, "Own").await, category(&admin, &root, "Other").await);
    let ben = world.signed_in("ben").await;
    let entry = json!({ "principal": { "kind": "user", "id": world.id_of(&ben).await } });
    assert_eq!(admin.post(&format!("/categories/{own}/lists/managers"), entry).await.status, 200);
    let inner = category(&ben, &own, "Inner").await;
    let path = format!("/categories/{inner}");
    let changed = ben.patch(&path, &version(&ben, &path).await, json!({ "name": "Within" })).await;
    assert_eq!((changed.status, &changed.body["may_manage"]), (200, &json!(true)));
    assert_eq!(moved(&ben, &inner, &other).await.problem(), "category-not-found", "what he can't see isn't there");
    assert_eq!(moved(&ben, &inner, &root).await.problem(), "forbidden");
    let seen: Vec<_> = ben.get("/categories").await.body["items"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    assert_eq!(seen, ["All rooms", "Own", "Within"]);
    let root_path = format!("/categories/{root}");
    assert_eq!(ben.patch(&root_path, &version(&ben, &root_path).await, json!({ "description": "x" })).await.status, 403);
    // Denied above, he manages nothing any more.
    let entry = json!({ "principal": { "kind": "user", "id": world.id_of(&ben).await } });
    assert_eq!(admin.post(&format!("/categories/{own}/lists/denied"), entry).await.status, 200);
    assert_eq!(ben.get(&path).await.status, 404);
}

#[tokio::test]
async fn the_tree_is_shown_as_far_as_it_is_opened_and_seen() {
    let (world, admin) = World::peopled().await;
    let root = world.root().await;
    let (own, other) = (category(&admin, &root, "Own").await, category(&admin, &root, "Other").await);
    let inner = category(&admin, &own, "Inner").await;
    category(&admin, &inner, "Deep").await;
    for (name, at, privacy) in [("hall", &inner, "open"), ("vault", &inner, "secret"), ("cellar", &other, "secret")] {
        assert_eq!(admin.post("/rooms", json!({ "name": name, "category": at, "privacy": privacy })).await.status, 201);
    }
    let lines = async |client: &Client, query: &str| -> Vec<(String, i64, bool, i64, i64)> {
        let part = client.get(&format!("/categories/tree{query}")).await;
        assert_eq!(part.status, 200, "{part:?}");
        let line = |line: &Value| {
            let number = |name: &str| line[name].as_i64().unwrap();
            (line["name"].as_str().unwrap().to_owned(), number("depth"), line["open"].as_bool().unwrap(), number("children"), number("rooms"))
        };
        part.body["items"].as_array().unwrap().iter().map(line).collect()
    };
    let line = |name: &str, depth, open, children, rooms| (name.to_owned(), depth, open, children, rooms);
    assert_eq!(lines(&admin, "").await, [line("All rooms", 0, true, 2, 3), line("Other", 1, false, 0, 1), line("Own", 1, false, 1, 2)]);
    let opened = [line("All rooms", 0, true, 2, 3), line("Other", 1, false, 0, 1), line("Own", 1, true, 1, 2), line("Inner", 2, false, 1, 2)];
    assert_eq!(lines(&admin, &format!("?open={own}")).await, opened);
    let found = [line("All rooms", 0, true, 2, 3), line("Own", 1, true, 1, 2), line("Inner", 2, true, 1, 2), line("Deep", 3, false, 0, 0)];
    assert_eq!(lines(&admin, "?q=DEE").await, found);
    assert_eq!(lines(&admin, "?q=nowhere").await, []);
    // Who only finds the hall sees the way to it, and nothing else counted.
    let eve = world.signed_in("eve").await;
    let seen = [line("All rooms", 0, true, 1, 1), line("Own", 1, true, 1, 1), line("Inner", 2, false, 0, 1)];
    assert_eq!(lines(&eve, &format!("?open={own}")).await, seen);
    assert_eq!(lines(&eve, &format!("?open={other}")).await, lines(&eve, "").await, "what one can't see opens nothing");
    assert_eq!(lines(&eve, "?q=other").await, []);
}
