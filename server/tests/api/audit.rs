//! The audit log in the API: who sees it, how it is searched, exported and verified.

use serde_json::{Value, json};

use crate::client::Client;
use crate::world::World;

/// With `eve`, who is an auditor.
async fn audited() -> (World, Client, Client) {
    let (world, admin) = World::peopled().await;
    let eve = world.signed_in("eve").await;
    let auditor = json!({ "principal": { "kind": "user", "id": world.id_of(&eve).await } });
    assert_eq!(admin.post("/roles/auditor", auditor).await.status, 200);
    (world, admin, eve)
}

fn actions(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["action"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn it_is_for_administrators_and_auditors() {
    let (world, admin, eve) = audited().await;
    let ben = world.signed_in("ben").await;
    let ben_id = json!({ "principal": { "kind": "user", "id": world.id_of(&ben).await } });
    assert_eq!(admin.post("/roles/user_administrator", ben_id).await.status, 200);
    let any = admin.get("/audit").await.body["items"][0]["id"].clone();
    for who in [&admin, &eve] {
        for path in ["/audit", "/audit/export", &format!("/audit/{any}")] {
            assert_eq!(who.get(path).await.status, 200, "{path}");
        }
        assert_eq!(who.post("/audit/verify", json!({})).await.status, 200);
    }
    for who in [&ben, &world.signed_in("zoe").await] {
        assert_eq!(who.get("/audit").await.problem(), "forbidden");
        assert_eq!(who.get("/audit/export").await.problem(), "forbidden");
        assert_eq!(who.post("/audit/verify", json!({})).await.problem(), "forbidden");
        assert_eq!(who.post("/audit/verify", json!({ "nonsense": 1 })).await.problem(), "forbidden", "before what is wrong with it");
        assert_eq!(who.get(&format!("/audit/{any}")).await.seen(), who.get("/audit/9999999").await.seen());
        assert_eq!(who.get(&format!("/audit/{any}")).await.status, 404);
    }
}

#[tokio::test]
async fn records_say_who_what_and_on_what() {
    let (world, admin, eve) = audited().await;
    let room = world.room(&admin, "Größe", "closed").await;
    let eve_id = world.id_of(&eve).await;
    let member = json!({ "principal": { "kind": "user", "id": eve_id } });
    assert_eq!(admin.post(&format!("/rooms/{room}/lists/members"), member).await.status, 200);
    let version = admin.get(&format!("/rooms/{room}")).await.header("etag").to_owned();
    assert_eq!(admin.patch(&format!("/rooms/{room}"), &version, json!({ "topic": "say \"a\\b\" Straße" })).await.status, 200);

    let of_room = eve.get(&format!("/audit?object=room:{room}")).await;
    assert_eq!(actions(&of_room.body), ["room.change", "list.add", "room.create"]);
    let changed = &of_room.body["items"][0];
    assert_eq!((&changed["by"]["name"], &changed["from"], &changed["object_name"]), (&json!("ana"), &json!("127.0.0.1"), &json!("Größe")));
    assert_eq!((&changed["before"]["topic"], &changed["after"]["topic"]), (&json!(""), &json!("say \"a\\b\" Straße")));
    assert_eq!(of_room.body["items"][1]["object"], format!("room:{room}/members"));
    assert_eq!(eve.get(&format!("/audit/{}", changed["id"])).await.body["object"], changed["object"]);

    let ana = world.id_of(&admin).await;
    let ana = ana.as_str().unwrap();
    for (filter, expected) in [
        (format!("by={ana}&action=room."), vec!["room.change", "room.create"]),
        (format!("object=room:{room}&action=list"), vec!["list.add"]),
        (format!("object=room:{room}&q=STRASSE"), vec!["room.change"]),
        (format!("object=room:{room}&q=%22a%5Cb%22+say"), vec!["room.change"]),
        (format!("object=room:{room}&q=gr%C3%B6sse+closed"), vec!["room.change", "room.create"]),
        (format!("object=room:{room}&q=nothing"), vec![]),
        (format!("object=room:{room}&place=127.0.0.1&action=room.create"), vec!["room.create"]),
        (format!("object=room:{room}&place=192.0.2.1"), vec![]),
        (format!("object=room:{room}&from=2001-01-01T00:00:00Z&to=2002-01-01T00:00:00Z"), vec![]),
        (format!("object=room:{room}&from=2001-01-01T00:00:00Z&action=room.create"), vec!["room.create"]),
        ("object=%25".to_owned(), vec![]),
    ] {
        let found = eve.get(&format!("/audit?{filter}")).await;
        assert_eq!((found.status, actions(&found.body)), (200, expected), "{filter}");
    }
    for wrong in ["by=me", "from=yesterday", "limit=many", "cursor=x", "cursor=YXVkaXQK"] {
        assert_eq!(eve.get(&format!("/audit?{wrong}")).await.status, 400, "{wrong}");
    }
    for unknown in ["9999999", "x", "-1", "99999999999999999999"] {
        assert_eq!(eve.get(&format!("/audit/{unknown}")).await.problem(), "not-found", "{unknown}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_newest_first() {
    let (world, admin, eve) = audited().await;
    for n in 0..7 {
        world.room(&admin, &format!("room {n}"), "open").await;
    }
    for words in ["", "&q=room"] {
        let (mut names, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = eve.get(&format!("/audit?action=room.create&limit=3{words}{cursor}")).await;
            assert_eq!(page.status, 200, "{page:?}");
            let items = page.body["items"].as_array().unwrap();
            assert!(items.len() <= 3);
            names.extend(items.iter().map(|item| item["after"]["name"].as_str().unwrap().to_owned()));
            match page.body["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(names, (0..7).rev().map(|n| format!("room {n}")).collect::<Vec<_>>(), "{words}");
    }
}

#[tokio::test]
async fn it_is_exported_as_it_is_shown() {
    let (world, admin, eve) = audited().await;
    world.room(&admin, "=1+1, \"x\"", "open").await;
    let shown = eve.get("/audit?action=room.create").await;
    let lines = eve.get("/audit/export?action=room.create&format=jsonl").await;
    assert_eq!((lines.status, lines.header("content-type")), (200, "application/jsonl"));
    let read: Vec<Value> = lines.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let plain = |item: &Value| [item["id"].clone(), item["object"].clone(), item["after"].clone()];
    assert_eq!(read.iter().map(plain).collect::<Vec<_>>(), shown.body["items"].as_array().unwrap().iter().map(plain).collect::<Vec<_>>());
    let table = eve.get("/audit/export?action=room.create").await;
    assert_eq!(table.header("content-type"), "text/csv; charset=utf-8");
    assert!(table.header("content-disposition").starts_with("attachment"));
    let mut rows = table.text.split("\r\n");
    assert_eq!(rows.next(), Some("id,at,by,by_name,from,action,object,object_name,before,after,version,position,hash"));
    assert!(rows.next().unwrap().contains(",\"'=1+1, \"\"x\"\"\","), "{}", table.text);
    assert_eq!(rows.collect::<Vec<_>>(), [""]);
    assert_eq!(eve.get("/audit/export?format=xls").await.status, 400);
}

#[tokio::test]
async fn it_is_verified_in_slices() {
    let (world, admin, eve) = audited().await;
    world.room(&admin, "hall", "open").await;
    let mut asked = json!({});
    let whole = loop {
        let answer = eve.post("/audit/verify", asked).await;
        assert_eq!((answer.status, &answer.body["finding"]), (200, &Value::Null), "{answer:?}");
        match answer.body["next"].as_str() {
            Some(next) => asked = json!({ "cursor": next }),
            None => break answer.body,
        }
    };
    assert!(whole["records"].as_i64().unwrap() >= whole["head"]["position"].as_i64().unwrap());
    let expect = async |position: i64, hash: &str| eve.post("/audit/verify", json!({ "expect": { "position": position, "hash": hash } })).await;
    let zeros = "0".repeat(64);
    assert_eq!(expect(0, &zeros).await.body["finding"], Value::Null);
    let cut = expect(1_000_000, &zeros).await.body;
    assert_eq!((&cut["finding"]["fault"], &cut["finding"]["position"]), (&json!("cut_off"), &json!(1_000_000)));
    assert!(cut["finding"]["text"].as_str().unwrap().contains("cut off") && cut["next"].is_null());
    assert_eq!(expect(0, &"1".repeat(64)).await.body["finding"]["fault"], "rewritten");
    assert_eq!(expect(1, "abc").await.body["errors"][0]["field"], "/expect/hash");
    assert_eq!(expect(-1, &zeros).await.body["errors"][0]["field"], "/expect/position");
    for made_up in ["x", "dmVyaWZ5IDAg", ""] {
        assert_eq!(eve.post("/audit/verify", json!({ "cursor": made_up })).await.problem(), "bad-cursor", "{made_up:?}");
    }
}
