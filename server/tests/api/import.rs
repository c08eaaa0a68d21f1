//! Many people at once, out of a file.

use http::{Method, header};
use serde_json::{Value, json};

use crate::client::{Client, Reply};
use crate::world::World;

async fn import(client: &Client, query: &str, kind: &str, file: impl Into<Vec<u8>>) -> Reply {
    let request = client.request(Method::POST, &format!("/api/v1/users/import?{query}")).header(header::CONTENT_TYPE, kind);
    client.send(request.body(axum::body::Body::from(file.into())).unwrap()).await
}

async fn keyed(client: &Client, key: &str, query: &str, file: &str) -> Reply {
    let request = client.request(Method::POST, &format!("/api/v1/users/import?{query}")).header(header::CONTENT_TYPE, "text/csv");
    client.send(request.header("idempotency-key", key).body(axum::body::Body::from(file.to_owned())).unwrap()).await
}

/// What came of it, waited for.
async fn ended(client: &Client, mut reply: Reply) -> Reply {
    while reply.body["progress"]["state"] == "running" {
        reply = client.get(&format!("/users/import/{}", reply.body["progress"]["id"].as_str().unwrap())).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }
    reply
}

async fn made(client: &Client, path: &str, body: Value) -> String {
    let made = client.post(path, body).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.body["id"].as_str().unwrap().to_owned()
}

fn counts(reply: &Reply) -> [u64; 4] {
    assert_eq!(reply.status, 200, "{reply:?}");
    ["created", "changed", "unchanged", "refused"].map(|name| reply.body[name].as_u64().unwrap())
}

fn refusals(reply: &Reply) -> Vec<(u64, &str, &str)> {
    let all = reply.body["refusals"].as_array().unwrap();
    all.iter().map(|one| (one["line"].as_u64().unwrap(), one["column"].as_str().unwrap(), one["code"].as_str().unwrap())).collect()
}

/// `Europe/Sales`, another `Sales`, the groups `Traders` and `Staff`.
async fn company() -> (World, Client) {
    let (world, admin) = World::peopled().await;
    let europe = made(&admin, "/units", json!({ "name": "Europe" })).await;
    made(&admin, "/units", json!({ "name": "Sales", "parent": europe })).await;
    let asia = made(&admin, "/units", json!({ "name": "Asia" })).await;
    made(&admin, "/units", json!({ "name": "Sales", "parent": asia })).await;
    made(&admin, "/groups", json!({ "name": "Traders" })).await;
    made(&admin, "/groups", json!({ "name": "Staff" })).await;
    (world, admin)
}

const FILE: &str = "name;display_name;email;unit;groups
mira.kovac;Mira Kovač;mira@acme.example;Europe/Sales;traders | Staff
omar;Omar;;asia;
ben;BEN;;;
eve;Eve Adams;;Europe;Staff
";

#[tokio::test]
async fn a_file_tells_first_and_is_taken_then() {
    let (world, admin) = company().await;
    let before = world.store.access_version().await.unwrap();
    let dry = import(&admin, "dry_run=true", "text/csv", FILE).await;
    assert_eq!((counts(&dry), &dry.body["applied"]), ([2, 1, 1, 0], &json!(false)));
    assert_eq!(world.store.access_version().await.unwrap(), before, "nothing is written");
    let done = import(&admin, "", "text/csv; charset=utf-8", FILE).await;
    assert_eq!((counts(&done), &done.body["applied"]), ([2, 1, 1, 0], &json!(true)));
    assert_eq!(world.store.access_version().await.unwrap(), before + 1, "one change");
    assert_eq!(counts(&import(&admin, "", "text/csv", FILE).await), [0, 0, 4, 0], "again, all is as it is");

    let mira = admin.get("/users?q=mira").await.body["items"][0].clone();
    assert_eq!(
        (&mira["display_name"], &mira["account"]["email"], &mira["account"]["unit"]["name"]),
        (&json!("Mira Kovač"), &json!("mira@acme.example"), &json!("Sales"))
    );
    let groups = admin.get("/groups").await;
    let people: Vec<_> =
        groups.body["items"].as_array().unwrap().iter().map(|group| (group["name"].as_str().unwrap(), group["people"].as_u64().unwrap())).collect();
    assert_eq!(people, [("Staff", 2), ("Traders", 1)]);
    assert_eq!(admin.get("/users?q=eve").await.body["items"][0]["display_name"], "Eve Adams");
    let audit = world.store.audits(0, 1_000).await.unwrap();
    let record = audit.iter().find(|record| record.action == "user.import").unwrap();
    assert_eq!((record.after.as_array().unwrap().len(), &record.after[0]["created"]["name"]), (3, &json!("mira.kovac")));
}

#[tokio::test]
async fn bad_lines_are_told_and_hold_up_all_unless_left_out() {
    let (_world, admin) = company().await;
    made(&admin, "/users", json!({ "name": "own", "display_name": "Own", "email": "own@acme.example" })).await;
    let file = "name,display_name,email,unit,groups
good,Good,good@acme.example,,
Good,Again,,,
b@d,Bad,,,
nameless,,,,
mail,Mail,no address,,
twin,Twin,GOOD@acme.example,,
thief,Thief,Own@acme.example,,
lost,Lost,,Nowhere,
both,Both,,Sales,
alone,Alone,,,Nobody
short,Short
own,Own,own@acme.example,Europe/Sales,Traders
";
    let expected = [
        (3, "name", "twice"),
        (4, "name", "forbidden-character"),
        (5, "display_name", "required"),
        (6, "email", "not-an-address"),
        (7, "email", "twice"),
        (8, "email", "taken"),
        (9, "unit", "unknown"),
        (10, "unit", "ambiguous"),
        (11, "groups", "unknown"),
        (12, "line", "cells"),
    ];
    let dry = import(&admin, "dry_run=true", "text/csv", file).await;
    assert_eq!((counts(&dry), refusals(&dry)), ([1, 1, 0, 10], expected.to_vec()));
    let refused = import(&admin, "", "text/csv", file).await;
    assert_eq!(
        (refused.status, refused.body["errors"][0]["field"].as_str(), refused.body["errors"].as_array().unwrap().len()),
        (422, Some("/lines/3/name"), 10)
    );
    assert!(admin.get("/users?q=good").await.body["items"].as_array().unwrap().is_empty(), "nothing half");
    let done = import(&admin, "skip_bad=true", "text/csv", file).await;
    assert_eq!((counts(&done), &done.body["applied"]), ([1, 1, 0, 10], &json!(true)));
    assert_eq!(admin.get("/users?q=good").await.body["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_no_such_file_is_refused() {
    let (world, admin) = company().await;
    for (file, code) in [(&b"name,display_name\nzo\xEB,Zo\xEB\n"[..], "encoding"), (b"name,mail\n", "unknown-column"), (b"display_name\n", "missing-column")] {
        let refused = import(&admin, "", "text/csv", file).await;
        assert_eq!((refused.status, refused.body["errors"][0]["code"].as_str()), (422, Some(code)), "{refused:?}");
    }
    assert_eq!(import(&admin, "", "application/json", FILE).await.status, 415);
    assert_eq!(import(&admin, "", "text/csv", vec![b'x'; 33 * 1024 * 1024]).await.status, 413);
    assert_eq!(import(&admin, "dry_run=perhaps", "text/csv", FILE).await.status, 400);
    let utf16: Vec<u8> = std::iter::once(0xFEFF).chain("name\tdisplay_name\nzoë\tZoë\n".encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(counts(&import(&admin, "", "text/csv", utf16).await), [1, 0, 0, 0]);
    let eve = world.signed_in("eve").await;
    assert_eq!(import(&eve, "", "application/json", "").await.status, 403);
}

#[tokio::test]
async fn a_user_administrator_stays_within_his_limits() {
    let (world, admin) = company().await;
    let ben = world.signed_in("ben").await;
    let entry = |kind: &str, id: &Value| json!({ "principal": { "kind": kind, "id": id } });
    assert_eq!(admin.post("/roles/user_administrator", entry("user", &world.id_of(&ben).await)).await.status, 200);
    let staff = admin.get("/groups?q=staff").await.body["items"][0]["id"].clone();
    assert_eq!(admin.post("/roles/auditor", entry("group", &staff)).await.status, 200);
    let file = "name,display_name,groups\nnew,New,Traders\nrisen,Risen,Staff\nana,Not Ana,\nana2,Ana,\n";
    let dry = import(&ben, "dry_run=true", "text/csv", file).await;
    assert_eq!((counts(&dry), refusals(&dry)), ([2, 0, 0, 2], vec![(3, "groups", "forbidden"), (4, "name", "forbidden")]));
    assert_eq!(counts(&import(&ben, "skip_bad=true", "text/csv", file).await), [2, 0, 0, 2]);
    assert_eq!(counts(&import(&admin, "", "text/csv", file).await), [1, 1, 2, 0], "an administrator may");
}

#[tokio::test]
async fn thousands_come_in_a_few_changes() {
    let (world, admin) = World::peopled().await;
    let mut file = String::from("name,display_name,email\n");
    for n in 0..2_500 {
        file.push_str(&format!("p{n},Person {n},p{n}@acme.example\n"));
    }
    let before = world.store.access_version().await.unwrap();
    let done = ended(&admin, keyed(&admin, "many", "", &file).await).await;
    assert_eq!((counts(&done), &done.body["applied"]), ([2_500, 0, 0, 0], &json!(true)));
    let progress = &done.body["progress"];
    assert_eq!((&progress["state"], &progress["done"], &progress["of"]), (&json!("done"), &json!(2_500), &json!(2_500)));
    assert_eq!(world.store.access_version().await.unwrap(), before + 3);
    // The same request again tells of the same import, and does nothing.
    assert_eq!(keyed(&admin, "many", "", &file).await.body, done.body);
    assert_eq!(keyed(&admin, "many", "dry_run=true", &file).await.body["progress"], Value::Null, "looking is no import");
    assert_eq!(keyed(&admin, "many", "skip_bad=true", &file).await.status, 409, "another request under the same key");
    assert_eq!(world.store.access_version().await.unwrap(), before + 3);
    let eve = world.signed_in("eve").await;
    assert_eq!(eve.get(&format!("/users/import/{}", progress["id"].as_str().unwrap())).await.status, 404);
    assert_eq!(counts(&import(&admin, "dry_run=true", "text/csv", file).await), [0, 0, 2_500, 0]);
    assert_eq!(admin.post("/principals/resolve", json!({ "lines": ["P2499@acme.example"] })).await.body["known"][0]["name"], "Person 2499");
}

/// A server that ends while it imports leaves an import that stands still.
#[tokio::test]
async fn what_stands_still_has_stopped_and_is_taken_up() {
    let (world, admin) = World::peopled().await;
    let file = "name,display_name\nfirst,First\nsecond,Second\n";
    let done = keyed(&admin, "cut", "", file).await;
    let id: stoa_domain::id::ImportId = done.body["progress"]["id"].as_str().unwrap().parse().unwrap();
    let mut row = world.store.import(id).await.unwrap().unwrap();
    let progress = row.imported.progress.as_mut().unwrap();
    (progress.state, progress.done, progress.of) = (stoa_domain::wire::people::ImportState::Running, 2, 3);
    row.imported.applied = false;
    row.at = row.at.minus(std::time::Duration::from_secs(61));
    world.store.put_import(&row).await.unwrap();
    let shown = admin.get(&format!("/users/import/{id}")).await;
    assert_eq!((&shown.body["progress"]["state"], &shown.body["applied"]), (&json!("stopped"), &json!(false)));
    assert!(shown.body["progress"]["problem"].as_str().unwrap().contains("again"));
    // Nothing is left to do: the same request says so under the same id.
    let again = keyed(&admin, "cut", "", file).await;
    assert_eq!(
        (&again.body["progress"]["id"], &again.body["progress"]["state"], &again.body["applied"]),
        (&json!(id.to_string()), &json!("done"), &json!(true))
    );
}
