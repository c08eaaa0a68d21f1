//! Whom the entries of lists come to, and whom a category lets in: in numbers, and for one person.

use serde_json::{Value, json};

use crate::client::{Client, Reply};
use crate::world::{PASSWORD, World};

async fn made(client: &Client, path: &str, body: Value) -> String {
    let made = client.post(path, body).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.body["id"].as_str().unwrap().to_owned()
}

async fn put(client: &Client, list: &str, principal: Value) {
    let put = client.post(list, json!({ "principal": principal })).await;
    assert_eq!(put.status, 200, "{put:?}");
}

fn items(reply: &Reply) -> &Vec<Value> {
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.body["items"].as_array().unwrap()
}

fn names(reply: &Reply) -> Vec<&str> {
    items(reply).iter().map(|item| item["person"]["name"].as_str().or(item["name"].as_str()).unwrap_or("?")).collect()
}

/// Ben, eve and zoe; the desks let in only the traders, who are ben and eve; ben manages them.
struct Desks {
    world: World,
    admin: Client,
    people: [String; 3],
    traders: String,
    desks: String,
    room: String,
}

async fn desks() -> Desks {
    let (world, admin) = World::peopled().await;
    let mut people = Vec::new();
    for name in ["ben", "eve", "zoe"] {
        people.push(world.id_of(&world.signed_in(name).await).await.as_str().unwrap().to_owned());
    }
    let people: [String; 3] = people.try_into().unwrap();
    let traders = made(&admin, "/groups", json!({ "name": "Traders" })).await;
    for person in &people[..2] {
        put(&admin, &format!("/groups/{traders}/members"), json!({ "kind": "user", "id": person })).await;
    }
    let desks = made(&admin, "/categories", json!({ "name": "Desks", "parent": world.root().await, "scope": "list" })).await;
    put(&admin, &format!("/categories/{desks}/lists/allowed"), json!({ "kind": "group", "id": traders })).await;
    put(&admin, &format!("/categories/{desks}/lists/managers"), json!({ "kind": "user", "id": people[0] })).await;
    let room = made(&admin, "/rooms", json!({ "name": "spot", "category": desks, "privacy": "closed" })).await;
    Desks { world, admin, people, traders, desks, room }
}

#[tokio::test]
async fn a_list_tells_for_how_many_an_entry_counts_and_why_for_nobody() {
    let Desks { admin, people, traders, room, .. } = desks().await;
    let list = format!("/rooms/{room}/lists/members");
    let empty = made(&admin, "/groups", json!({ "name": "Nobody" })).await;
    let gone = made(&admin, "/groups", json!({ "name": "Past" })).await;
    for (kind, id) in [("group", &traders), ("group", &empty), ("group", &gone), ("user", &people[1]), ("user", &people[2])] {
        put(&admin, &list, json!({ "kind": kind, "id": id })).await;
    }
    put(&admin, &format!("/rooms/{room}/lists/excluded"), json!({ "kind": "user", "id": people[1] })).await;
    let tag = admin.get(&format!("/groups/{gone}")).await.header("etag").to_owned();
    let request = admin.request(http::Method::DELETE, &format!("/api/v1/groups/{gone}")).header("if-match", tag);
    assert_eq!(admin.send(request.body(String::new().into()).unwrap()).await.status, 204);

    let all = admin.get(&list).await;
    let told: Vec<_> = items(&all).iter().map(|item| (item["people"].clone(), item["idle"].clone())).collect();
    let of = |name: &str| names(&all).iter().position(|known| *known == name).map(|at| told[at].clone()).unwrap();
    assert_eq!(all.body["total"], 5);
    assert_eq!(of("Traders"), (json!(1), Value::Null), "eve is excluded");
    assert_eq!(of("Nobody"), (json!(0), json!("empty")));
    assert_eq!(of("?"), (json!(0), json!("gone")));
    assert_eq!(of("eve"), (json!(0), json!("excluded")));
    assert_eq!(of("zoe"), (json!(0), json!("out_of_scope")));

    let idle = admin.get(&format!("{list}?idle=true")).await;
    assert_eq!((idle.body["total"].clone(), items(&idle).len()), (json!(4), 4));
    assert_eq!(names(&admin.get(&format!("{list}?idle=false")).await), ["Traders"]);
    let path = format!("/users/{}", people[2]);
    let tag = admin.get(&path).await.header("etag").to_owned();
    assert_eq!(admin.patch(&path, &tag, json!({ "enabled": false })).await.status, 200);
    assert_eq!(items(&admin.get(&format!("{list}?q=zoe")).await)[0]["idle"], "disabled");
}

#[tokio::test]
async fn a_long_list_is_searched_and_paged() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "hall", "closed").await;
    let list = format!("/rooms/{room}/lists/members");
    for n in 0..7 {
        let body = json!({ "name": format!("p{n}"), "display_name": format!("Person Müller {n}"), "password": PASSWORD });
        let id = made(&admin, "/users", body).await;
        put(&admin, &list, json!({ "kind": "user", "id": id })).await;
    }
    put(&admin, &list, json!({ "kind": "everyone" })).await;
    let first = admin.get(&format!("{list}?q=MU%CC%88LLER&limit=4")).await;
    assert_eq!((first.body["total"].clone(), names(&first)), (json!(7), vec!["p0", "p1", "p2", "p3"]));
    let next = first.body["next"].as_str().unwrap();
    let rest = admin.get(&format!("{list}?q=M%C3%BCller&limit=4&cursor={next}")).await;
    assert_eq!((names(&rest), rest.body["next"].clone()), (vec!["p4", "p5", "p6"], Value::Null));
    assert_eq!(names(&admin.get(&format!("{list}?q=p6")).await), ["p6"], "by the sign-in name");
    assert_eq!(admin.get(&format!("{list}?cursor={next}")).await.status, 400, "of another search");
    assert_eq!(admin.get(&format!("{list}?q=00000")).await.body["total"], 0, "no part of an id");
}

#[tokio::test]
async fn a_category_says_whom_it_lets_in_and_by_what() {
    let Desks { world, admin, people, traders, desks, room, .. } = desks().await;
    let path = format!("/categories/{desks}/access");
    let all = admin.get(&path).await;
    let who: Vec<_> = items(&all).iter().map(|item| item["user"]["name"].as_str().unwrap()).collect();
    assert_eq!((all.body["people"].clone(), who), (json!(2), vec!["ben", "eve"]));
    let levels = all.body["levels"].as_array().unwrap();
    assert_eq!(levels.len(), 2);
    let root = &levels[0]["entries"][0];
    assert_eq!((&root["principal"]["kind"], &root["people"], &root["passing"]), (&json!("everyone"), &json!(4), &json!(2)));
    let own = &levels[1]["entries"][0];
    assert_eq!((&own["list"], &own["principal"]["id"], &own["people"], &own["passing"]), (&json!("allowed"), &json!(traders), &json!(2), &json!(2)));

    put(&admin, &format!("/categories/{desks}/lists/denied"), json!({ "kind": "user", "id": people[1] })).await;
    assert_eq!(admin.get(&path).await.body["people"], 1);
    let eve = admin.get(&format!("{path}?user={}", people[1])).await;
    let rules: Vec<_> = eve.body["because"].as_array().unwrap().iter().map(|reason| reason["rule"].as_str().unwrap()).collect();
    assert_eq!((eve.body["passes"].clone(), rules), (json!(false), vec!["denied", "allowed", "allowed"]));
    assert_eq!(eve.body["rooms"], json!({ "entered": 0, "of": 1 }));
    put(&admin, &format!("/rooms/{room}/lists/members"), json!({ "kind": "user", "id": people[0] })).await;
    let ben = admin.get(&format!("{path}?user={}", people[0])).await;
    assert_eq!((&ben.body["passes"], &ben.body["manage"], &ben.body["rooms"]["entered"]), (&json!(true), &json!(true), &json!(1)));

    // Who manages only this category isn't shown the lists above it.
    let ben = world.signed_in("ben").await;
    let seen = ben.get(&path).await;
    assert_eq!((seen.status, &seen.body["people"]), (200, &json!(1)), "{seen:?}");
    assert!(seen.body["levels"][0].get("entries").is_none());
    assert_eq!(seen.body["levels"][1]["entries"].as_array().unwrap().len(), 2);
    assert_eq!(ben.get(&format!("{path}?user=01939c5e-7a00-7000-8000-0000000000ff")).await.status, 404);
    let log = admin.get(&format!("/audit?action=access.look&object=category:{desks}")).await;
    assert!(items(&log).iter().all(|record| record["by"]["name"] != "ben"), "it is his own");
}
