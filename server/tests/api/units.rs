//! Units and partners: made, changed and removed, and the people who stand in them.

use http::Method;
use serde_json::{Value, json};

use crate::client::{Client, Reply};
use crate::world::World;

async fn made(client: &Client, path: &str, body: Value) -> String {
    let made = client.post(path, body).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert!(made.header("location").ends_with(made.body["id"].as_str().unwrap()));
    made.body["id"].as_str().unwrap().to_owned()
}

/// A change against the present version.
async fn changed(client: &Client, path: &str, body: Value) -> Reply {
    let tag = client.get(path).await.header("etag").to_owned();
    client.patch(path, &tag, body).await
}

async fn removed(client: &Client, path: &str) -> Reply {
    let tag = client.get(path).await.header("etag").to_owned();
    let request = client.request(Method::DELETE, &format!("/api/v1{path}")).header("if-match", tag);
    client.send(request.body(axum::body::Body::empty()).unwrap()).await
}

fn error(reply: &Reply) -> (u16, &str, &str) {
    let error = &reply.body["errors"][0];
    (reply.status, error["field"].as_str().unwrap_or_default(), error["code"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn units_nest_and_hold_people() {
    let (world, admin) = World::peopled().await;
    let eve = world.signed_in("eve").await;
    let account = format!("/users/{}", world.id_of(&eve).await.as_str().unwrap());
    let europe = made(&admin, "/units", json!({ "name": "Europe" })).await;
    let sales = made(&admin, "/units", json!({ "name": "Sales", "parent": europe })).await;
    assert_eq!(admin.post("/units", json!({ "name": "SALES", "parent": europe })).await.problem(), "name-taken");
    made(&admin, "/units", json!({ "name": "Sales" })).await;
    assert_eq!(error(&admin.post("/units", json!({ "name": "x", "parent": account.rsplit('/').next() })).await), (422, "/parent", "unknown"));
    assert_eq!(error(&admin.post("/units", json!({ "name": " " })).await), (422, "/name", "required"));

    // Who stands below is let in by what is above.
    let room = world.room(&admin, "desk", "secret").await;
    let entry = json!({ "principal": { "kind": "unit", "id": europe } });
    assert_eq!(admin.post(&format!("/rooms/{room}/lists/members"), entry).await.status, 200);
    let inside = changed(&admin, &account, json!({ "unit": sales })).await;
    assert_eq!((inside.status, &inside.body["account"]["unit"]), (200, &json!({ "kind": "unit", "id": sales, "name": "Sales" })), "{inside:?}");
    assert_eq!(eve.get(&format!("/rooms/{room}")).await.status, 200);
    let seen = admin.get(&format!("/units/{sales}")).await;
    assert_eq!((&seen.body["path"], &seen.body["people"], &seen.body["parent"]), (&json!(["Europe"]), &json!(1), &json!(europe)));
    let found = admin.get("/units?q=EUR").await;
    assert_eq!((found.body["items"].as_array().unwrap().len(), &found.body["items"][0]["people"]), (1, &json!(1)));

    for below in [&europe, &sales] {
        assert_eq!(error(&changed(&admin, &format!("/units/{europe}"), json!({ "parent": below })).await), (422, "/parent", "below-itself"));
    }
    let mut deepest = sales.clone();
    for level in 3..=16 {
        deepest = made(&admin, "/units", json!({ "name": format!("level {level}"), "parent": deepest })).await;
    }
    assert_eq!(error(&admin.post("/units", json!({ "name": "x", "parent": deepest })).await), (422, "/parent", "too-deep"));
    let other = made(&admin, "/units", json!({ "name": "Asia" })).await;
    assert_eq!(error(&changed(&admin, &format!("/units/{europe}"), json!({ "parent": other })).await), (422, "/parent", "too-deep"));
    assert_eq!(changed(&admin, &format!("/units/{sales}"), json!({ "parent": other })).await.body["path"], json!(["Asia"]));
    assert_eq!(eve.get(&format!("/rooms/{room}")).await.status, 404, "moved away with all in it");
    assert_eq!(changed(&admin, &format!("/units/{sales}"), json!({ "parent": null })).await.problem(), "name-taken");

    for held in [&other, &deepest] {
        let tag = "\"1\"";
        assert_eq!(admin.patch(&format!("/units/{held}"), tag, json!({ "name": "x" })).await.status, 412);
    }
    assert_eq!(removed(&admin, &format!("/units/{other}")).await.problem(), "conflict", "another unit stands in it");
    assert_eq!(changed(&admin, &account, json!({ "unit": deepest })).await.status, 200);
    assert_eq!(removed(&admin, &format!("/units/{deepest}")).await.problem(), "conflict", "somebody stands in it");
    let out = changed(&admin, &account, json!({ "unit": null })).await;
    assert_eq!((out.status, &out.body["account"]["unit"]), (200, &Value::Null));
    assert_eq!(removed(&admin, &format!("/units/{deepest}")).await.status, 204);
    assert_eq!(admin.get(&format!("/units/{deepest}")).await.problem(), "unit-not-found");
    assert_eq!(error(&changed(&admin, &account, json!({ "unit": deepest })).await), (422, "/unit", "unknown"));
}

#[tokio::test]
async fn partners_are_known_by_their_domain() {
    let (world, admin) = World::peopled().await;
    let domain = made(&admin, "/domains", json!({ "name": "XN--MNCHEN-3YA.Example" })).await;
    let path = format!("/domains/{domain}");
    let seen = admin.get(&path).await;
    assert_eq!((&seen.body["name"], &seen.body["ascii"]), (&json!("münchen.example"), &json!("xn--mnchen-3ya.example")));
    assert_eq!(admin.post("/domains", json!({ "name": "MÜNCHEN.example" })).await.problem(), "name-taken");
    for wrong in ["", "example", "10.0.0.1", "a b.example", "https://a.example"] {
        assert_eq!(error(&admin.post("/domains", json!({ "name": wrong })).await), (422, "/name", "not-a-domain"), "{wrong}");
    }
    assert_eq!(admin.get("/domains?q=mnchen").await.body["items"][0]["id"], json!(domain));

    // Its people are let in by name only.
    let pia = admin.post("/users", json!({ "name": "pia", "display_name": "Pia", "password": crate::world::PASSWORD, "domain": domain })).await;
    assert_eq!((pia.status, &pia.body["account"]["domain"]["name"]), (201, &json!("münchen.example")), "{pia:?}");
    let unknown = json!({ "name": "x", "display_name": "X", "domain": pia.body["id"] });
    assert_eq!(error(&admin.post("/users", unknown).await), (422, "/domain", "unknown"));
    let category = made(&admin, "/categories", json!({ "name": "Partners", "parent": world.root().await, "scope": "list" })).await;
    let made = admin.post("/rooms", json!({ "name": "deal", "category": category, "privacy": "open" })).await;
    let room = format!("/rooms/{}", made.body["id"].as_str().unwrap());
    let client = world.signed_in("pia").await;
    assert_eq!(client.get(&room).await.status, 404);
    let entry = json!({ "principal": { "kind": "domain", "id": domain } });
    assert_eq!(admin.post(&format!("/categories/{category}/lists/allowed"), entry).await.status, 200);
    assert_eq!(client.get(&room).await.status, 200);

    assert_eq!(removed(&admin, &path).await.problem(), "conflict", "somebody comes from it");
    let renamed = changed(&admin, &path, json!({ "name": "partner.example" })).await;
    assert_eq!((renamed.status, &renamed.body["people"]), (200, &json!(1)));
    assert_eq!(client.get(&room).await.status, 200);
    let other = admin.post("/domains", json!({ "name": "other.example" })).await;
    assert_eq!(removed(&admin, &format!("/domains/{}", other.body["id"].as_str().unwrap())).await.status, 204);
}

#[tokio::test]
async fn only_administrators_of_people_change_them() {
    let (world, admin) = World::peopled().await;
    let (ben, eve) = (world.signed_in("ben").await, world.signed_in("eve").await);
    for (role, client) in [("user_administrator", &ben), ("auditor", &eve)] {
        let entry = json!({ "principal": { "kind": "user", "id": world.id_of(client).await } });
        assert_eq!(admin.post(&format!("/roles/{role}"), entry).await.status, 200);
    }
    for (path, name) in [("/units", "Sales"), ("/domains", "partner.example")] {
        let id = made(&ben, path, json!({ "name": name })).await;
        let one = format!("{path}/{id}");
        assert_eq!((eve.get(path).await.status, eve.get(&one).await.status), (200, 200));
        assert_eq!(eve.post(path, json!({ "name": "x.example" })).await.status, 403);
        let tag = eve.get(&one).await.header("etag").to_owned();
        assert_eq!(eve.patch(&one, &tag, json!({ "name": "x.example" })).await.status, 403);
        assert_eq!(removed(&eve, &one).await.status, 403);
        assert_eq!(ben.call(Method::DELETE, &one, None).await.status, 428);
        let again = async || {
            let request = ben.request(Method::POST, &format!("/api/v1{path}")).header("idempotency-key", "one").header("content-type", "application/json");
            ben.send(request.body(json!({ "name": "again.example" }).to_string().into()).unwrap()).await
        };
        let (first, second) = (again().await, again().await);
        assert_eq!((first.status, &first.body["id"]), (201, &second.body["id"]), "{second:?}");
        assert_eq!(removed(&ben, &one).await.status, 204);
    }
    let zoe = format!("/users/{}", world.id_of(&world.signed_in("zoe").await).await.as_str().unwrap());
    let unit = made(&ben, "/units", json!({ "name": "Desk" })).await;
    assert_eq!(changed(&ben, &zoe, json!({ "unit": unit })).await.status, 200);
    assert_eq!(changed(&eve, &zoe, json!({ "unit": null })).await.status, 403);
    assert_eq!(world.signed_in("zoe").await.get(&zoe).await.body["account"], Value::Null, "the others aren't told");
}
