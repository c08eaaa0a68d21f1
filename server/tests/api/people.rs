//! What a person reaches, now and then; signing somebody out everywhere.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use crate::client::{Client, Reply};
use crate::world::World;

fn entry(kind: &str, id: &str) -> Value {
    json!({ "principal": { "kind": kind, "id": id } })
}

async fn add(admin: &Client, path: &str, body: Value) {
    let reply = admin.post(path, body).await;
    assert_eq!(reply.status, 200, "{path}: {reply:?}");
}

async fn id_of(world: &World, client: &Client) -> String {
    world.id_of(client).await.as_str().unwrap().to_owned()
}

fn names(reply: &Reply) -> Vec<&str> {
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.body["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn all_that_a_person_reaches_is_told_with_reasons() {
    let (world, admin) = World::peopled().await;
    let (ben, eve, zoe) = (world.signed_in("ben").await, world.signed_in("eve").await, world.signed_in("zoe").await);
    let (ben_id, eve_id) = (id_of(&world, &ben).await, id_of(&world, &eve).await);
    let (open, closed, secret) =
        (world.room(&admin, "a open", "open").await, world.room(&admin, "b closed", "closed").await, world.room(&admin, "c secret", "secret").await);
    world.room(&admin, "d hidden", "secret").await;
    let group = admin.post("/groups", json!({ "name": "Staff" })).await.body["id"].as_str().unwrap().to_owned();
    add(&admin, &format!("/groups/{group}/members"), entry("user", &eve_id)).await;
    add(&admin, &format!("/rooms/{secret}/lists/managers"), entry("group", &group)).await;
    add(&admin, "/roles/auditor", entry("group", &group)).await;

    let path = format!("/users/{eve_id}/access");
    let seen = admin.get(&path).await;
    assert_eq!(names(&seen), ["a open", "b closed", "c secret"], "the hidden one he only sees in the console");
    let rooms = seen.body["items"].as_array().unwrap();
    let may: Vec<_> = rooms.iter().map(|room| ["find", "enter", "post", "manage"].map(|right| room["may"][right].as_bool().unwrap())).collect();
    assert_eq!(may, [[true, true, true, false], [true, false, false, false], [true, true, true, true]]);
    let manager = rooms[2]["because"].as_array().unwrap().iter().find(|reason| reason["rule"] == "manager").unwrap();
    assert_eq!(manager["via"][1]["name"], "Staff");
    let staff = json!({ "kind": "group", "id": group, "name": "Staff" });
    assert_eq!((&seen.body["roles"], &seen.body["groups"]), (&json!([{ "role": "auditor", "through": [staff] }]), &json!([staff])));
    let first = admin.get(&format!("{path}?limit=2")).await;
    let next = admin.get(&format!("{path}?limit=2&cursor={}", first.body["next"].as_str().unwrap())).await;
    assert_eq!((names(&first), names(&next)), (vec!["a open", "b closed"], vec!["c secret"]));

    // Whoever manages a room is told of that room, and nothing of roles and groups.
    assert_eq!(ben.get(&path).await.status, 403);
    add(&admin, &format!("/rooms/{closed}/lists/managers"), entry("user", &ben_id)).await;
    let seen = ben.get(&path).await;
    assert_eq!((names(&seen), &seen.body["roles"], &seen.body["groups"]), (vec!["b closed"], &json!([]), &json!([])));
    // A user administrator sees roles and groups, and no rooms.
    add(&admin, "/roles/user_administrator", entry("user", &id_of(&world, &zoe).await)).await;
    let seen = zoe.get(&path).await;
    assert_eq!((names(&seen).len(), seen.body["groups"].as_array().unwrap().len()), (0, 1));
    assert_eq!(admin.get(&format!("/users/{open}/access")).await.problem(), "user-not-found");
}

#[tokio::test]
async fn who_could_enter_at_a_past_moment_is_known() {
    let (world, admin) = World::peopled().await;
    let eve = world.signed_in("eve").await;
    let eve_id = id_of(&world, &eve).await;
    let now = async || {
        // Behind what was done so far, and before what comes.
        world.pass(Duration::from_secs(1)).await;
        let moment = world.clock_now().to_string();
        world.pass(Duration::from_secs(1)).await;
        moment
    };
    let before = now().await;
    let room = world.room(&admin, "desk", "closed").await;
    let empty = now().await;
    let until = world.clock_now().plus(Duration::from_secs(60)).to_string();
    let mut member = entry("user", &eve_id);
    member["until"] = json!(until);
    add(&admin, &format!("/rooms/{room}/lists/members"), member).await;
    let inside = now().await;
    world.pass(Duration::from_secs(120)).await;
    let ended = now().await;
    assert_eq!(admin.call(Method::DELETE, &format!("/rooms/{room}/lists/members/user:{eve_id}"), None).await.status, 204);
    let removed = now().await;

    let path = format!("/rooms/{room}/access");
    let people = async |moment: &str| {
        let all = admin.get(&format!("{path}?at={moment}")).await;
        assert_eq!(all.status, 200, "{all:?}");
        all.body["items"].as_array().unwrap().iter().map(|item| item["user"]["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for (moment, expected) in
        [(&before, &[][..]), (&empty, &["ana"]), (&inside, &["ana", "eve"]), (&ended, &["ana"]), (&removed, &["ana"]), (&inside, &["ana", "eve"])]
    {
        assert_eq!(people(moment).await, expected, "{moment}");
    }
    let why = admin.get(&format!("{path}?user={eve_id}&at={inside}")).await;
    assert_eq!((&why.body["may"]["enter"], &why.body["because"][0]["rule"]), (&json!(true), &json!("allowed")), "{why:?}");
    assert_eq!(admin.get(&format!("{path}?user={eve_id}")).await.body["may"]["enter"], json!(false));
    assert_eq!(people("2000-01-01T00:00:00Z").await, Vec::<String>::new());
    assert_eq!(admin.get(&format!("{path}?at=2999-01-01T00:00:00Z")).await.body["errors"][0]["code"], "to-come");
    assert_eq!(admin.get(&format!("{path}?at=yesterday")).await.status, 400);
    assert_eq!(eve.get(&format!("{path}?at={inside}")).await.status, 403, "who may ask is decided by what holds now");
}

#[tokio::test]
async fn somebody_is_signed_out_everywhere() {
    let (world, admin) = World::peopled().await;
    let (eve, ben) = (world.signed_in("eve").await, world.signed_in("ben").await);
    let again = world.signed_in("eve").await;
    let path = format!("/users/{}/sign-out", id_of(&world, &eve).await);
    assert_eq!(ben.call(Method::POST, &path, None).await.status, 403);
    let address = world.listen().await;
    let mut socket = crate::socket::Socket::open(address, &eve).await;
    assert_eq!(admin.call(Method::POST, &path, None).await.status, 204);
    assert_eq!((eve.get("/session").await.status, again.get("/session").await.status), (401, 401));
    assert_eq!(socket.event("bye").await["reason"], "session_ended");
    assert_eq!(world.signed_in("eve").await.get("/session").await.status, 200, "she may come again");
    add(&admin, "/roles/user_administrator", entry("user", &id_of(&world, &ben).await)).await;
    assert_eq!(ben.call(Method::POST, &format!("/users/{}/sign-out", id_of(&world, &admin).await), None).await.status, 403, "an administrator's");
    let audit = world.store.audits(0, 1_000).await.unwrap();
    assert!(audit.iter().any(|record| record.action == "user.sign_out"));
}
