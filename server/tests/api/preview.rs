//! What changes would do: that it is what they do, and that it shows nobody more than he sees.

use http::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use stoa_domain::access::Snapshot;

use crate::client::{Client, Reply};
use crate::world::World;

fn named(kind: &str, id: &str) -> Value {
    json!({ "principal": { "kind": kind, "id": id } })
}

fn call(method: &str, path: &str, body: Value) -> Value {
    if body.is_null() { json!({ "method": method, "path": path }) } else { json!({ "method": method, "path": path, "body": body }) }
}

async fn made(client: &Client, path: &str, body: Value) -> String {
    let made = client.post(path, body).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.body["id"].as_str().unwrap().to_owned()
}

/// Makes the call, against the present version where it asks for one.
async fn make(client: &Client, change: &Value) {
    let path = change["path"].as_str().unwrap();
    let seen = client.get(path.trim_end_matches("/move")).await;
    let method: Method = change["method"].as_str().unwrap().parse().unwrap();
    let mut request = client.request(method, &format!("/api/v1{path}"));
    if seen.headers.contains_key("etag") {
        request = request.header("if-match", seen.header("etag"));
    }
    let body = change.get("body").map(Value::to_string);
    if body.is_some() {
        request = request.header("content-type", "application/json");
    }
    let reply = client.send(request.body(body.unwrap_or_default().into()).unwrap()).await;
    assert!((200..300).contains(&reply.status), "{change}: {reply:?}");
}

/// User, room, what is gained and what is lost.
type Item = (String, String, Vec<String>, Vec<String>);
type Told = BTreeSet<Item>;

fn words(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect()
}

/// All pages of a preview.
async fn told(client: &Client, changes: &[Value]) -> (Told, Value) {
    let mut told = Told::new();
    let mut asked = json!({ "changes": changes, "limit": 2 });
    loop {
        let reply = client.post("/access/preview", asked.clone()).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        for item in reply.body["items"].as_array().unwrap() {
            let (user, room) = (item["user"]["id"].as_str().unwrap(), item["room"]["id"].as_str().unwrap());
            assert!(told.insert((user.to_owned(), room.to_owned(), words(&item["gained"]), words(&item["lost"]))), "told twice: {item}");
        }
        asked["cursor"] = reply.body["next"].clone();
        if asked["cursor"].is_null() {
            let counts = json!({ "gained": reply.body["gained"], "lost": reply.body["lost"], "rooms": reply.body["rooms"] });
            return (told, counts);
        }
    }
}

fn snapshot(world: &World) -> Arc<Snapshot> {
    world.stoa.shared.services.access().snapshot()
}

/// What really came of it, by deciding for everyone everywhere.
fn came(before: &Snapshot, after: &Snapshot) -> Told {
    let mut rooms: BTreeSet<_> = before.rooms().map(|room| room.id).collect();
    rooms.extend(after.rooms().map(|room| room.id));
    let pairs = rooms.iter().flat_map(|room| after.users().map(|user| (user.id, *room)));
    pairs
        .filter_map(|(user, room)| {
            let [had, has] = [before, after].map(|snapshot| snapshot.decide(user, room).rights.words());
            let only = |one: &[_], other: &[_]| one.iter().filter(|right| !other.contains(*right)).map(ToString::to_string).collect::<Vec<_>>();
            let (gained, lost) = (only(&has, &had), only(&had, &has));
            (!gained.is_empty() || !lost.is_empty()).then(|| (user.to_string(), room.to_string(), gained, lost))
        })
        .collect()
}

struct Company {
    world: World,
    admin: Client,
    ben: String,
    eve: String,
    zoe: String,
    staff: String,
    desks: String,
    open: String,
    closed: String,
    secret: String,
}

async fn company() -> Company {
    let (world, admin) = World::peopled().await;
    let mut people = Vec::new();
    for name in ["ben", "eve", "zoe"] {
        people.push(world.id_of(&world.signed_in(name).await).await.as_str().unwrap().to_owned());
    }
    let [ben, eve, zoe] = people.try_into().unwrap();
    let staff = made(&admin, "/groups", json!({ "name": "Staff" })).await;
    make(&admin, &call("POST", &format!("/groups/{staff}/members"), named("user", &eve))).await;
    let desks = made(&admin, "/categories", json!({ "name": "Desks", "parent": world.root().await })).await;
    let room = async |name: &str, privacy: &str| made(&admin, "/rooms", json!({ "name": name, "category": desks, "privacy": privacy })).await;
    let (open, closed, secret) = (room("open", "open").await, room("closed", "closed").await, room("secret", "secret").await);
    make(&admin, &call("POST", &format!("/rooms/{closed}/lists/members"), named("group", &staff))).await;
    make(&admin, &call("POST", &format!("/rooms/{secret}/lists/members"), named("user", &zoe))).await;
    Company { world, admin, ben, eve, zoe, staff, desks, open, closed, secret }
}

#[tokio::test]
async fn what_is_told_is_what_comes() {
    let Company { world, admin, ben, eve, zoe, staff, desks, open, closed, secret } = company().await;
    let root = world.root().await;
    let narrow = made(&admin, "/categories", json!({ "name": "Narrow", "parent": root, "scope": "list" })).await;
    let entries = |ids: &[&String]| json!({ "items": ids.iter().map(|id| named("user", id)).collect::<Vec<_>>() });
    let lives: Vec<Vec<Value>> = vec![
        vec![
            call("POST", &format!("/groups/{staff}/members"), named("user", &ben)),
            call("DELETE", &format!("/groups/{staff}/members/user:{eve}"), Value::Null),
        ],
        vec![call("PUT", &format!("/rooms/{secret}/lists/members"), entries(&[&ben, &eve]))],
        vec![call("PATCH", &format!("/rooms/{secret}/lists/members"), json!({ "add": [named("user", &zoe)], "remove": [{ "kind": "user", "id": ben }] }))],
        vec![call("POST", &format!("/categories/{desks}/lists/denied"), named("group", &staff))],
        vec![call("DELETE", &format!("/categories/{desks}/lists/denied/group%3A{staff}"), Value::Null)],
        vec![
            call("POST", &format!("/categories/{narrow}/lists/allowed"), named("user", &ben)),
            call("POST", &format!("/rooms/{open}/move"), json!({ "category": narrow })),
        ],
        vec![call("PATCH", &format!("/rooms/{closed}"), json!({ "privacy": "open", "type": "auditorium" }))],
        vec![call("POST", &format!("/rooms/{secret}/disable"), Value::Null)],
        vec![call("POST", &format!("/rooms/{secret}/enable"), Value::Null), call("PATCH", &format!("/users/{ben}"), json!({ "enabled": false }))],
        vec![
            call("POST", &format!("/categories/{narrow}/move"), json!({ "parent": desks })),
            call("PATCH", &format!("/categories/{desks}"), json!({ "scope": "list" })),
        ],
        vec![call("POST", "/roles/administrator", named("user", &zoe))],
        vec![
            call("POST", &format!("/rooms/{open}/disable"), Value::Null),
            call("DELETE", &format!("/rooms/{open}"), Value::Null),
            call("DELETE", &format!("/categories/{narrow}"), Value::Null),
        ],
        vec![call("DELETE", &format!("/groups/{staff}"), Value::Null)],
    ];
    for changes in lives {
        let before = snapshot(&world);
        let (told, counts) = told(&admin, &changes).await;
        assert_eq!(snapshot(&world).version, before.version, "nothing is written");
        for change in &changes {
            make(&admin, change).await;
        }
        let came = came(&before, &snapshot(&world));
        assert_eq!(told, came, "{changes:?}");
        let distinct = |some: &dyn Fn(&Item) -> Option<String>| came.iter().filter_map(some).collect::<BTreeSet<_>>().len();
        let expected = json!({
            "gained": distinct(&|item| (!item.2.is_empty()).then(|| item.0.clone())),
            "lost": distinct(&|item| (!item.3.is_empty()).then(|| item.0.clone())),
            "rooms": distinct(&|item| Some(item.1.clone())),
        });
        assert_eq!(counts, expected, "{changes:?}");
    }
}

#[tokio::test]
async fn a_room_that_moves_away_from_its_members_names_them() {
    let Company { world, admin, eve, closed, .. } = company().await;
    let narrow = made(&admin, "/categories", json!({ "name": "Narrow", "parent": world.root().await, "scope": "list" })).await;
    let changes = [call("POST", &format!("/rooms/{closed}/move"), json!({ "category": narrow }))];
    let reply = admin.post("/access/preview", json!({ "changes": changes })).await;
    assert_eq!((&reply.body["gained"], &reply.body["rooms"]), (&json!(0), &json!(1)), "{reply:?}");
    let item = reply.body["items"].as_array().unwrap().iter().find(|item| item["user"]["id"] == json!(eve)).unwrap();
    assert_eq!((&item["room"]["name"], words(&item["lost"])), (&json!("closed"), ["find", "see_members", "enter", "post"].map(String::from).to_vec()));
    let out = item["because"].as_array().unwrap().iter().find(|reason| reason["rule"] == "out_of_scope").unwrap();
    assert_eq!((&out["at"]["name"], &out["list"]), (&json!("Narrow"), &json!("allowed")));
    let member = item["because"].as_array().unwrap().iter().find(|reason| reason["rule"] == "member").unwrap();
    assert_eq!(member["via"][1]["name"], "Staff", "he stays listed, without effect");
}

#[tokio::test]
async fn who_manages_one_room_is_told_of_that_room() {
    let Company { world, admin, ben, eve, staff, closed, secret, .. } = company().await;
    make(&admin, &call("POST", &format!("/rooms/{closed}/lists/managers"), named("user", &ben))).await;
    let client = world.signed_in("ben").await;
    let asked = async |change: Value| client.post("/access/preview", json!({ "changes": [change] })).await;
    let reply = asked(call("DELETE", &format!("/rooms/{closed}/lists/members/group:{staff}"), Value::Null)).await;
    assert_eq!((reply.status, &reply.body["lost"], &reply.body["rooms"]), (200, &json!(1), &json!(1)), "{reply:?}");
    assert_eq!(reply.body["items"][0]["user"]["id"], json!(eve));

    // What the call is answered, the preview is, with its place.
    let unknown = "01939c5e-7a00-7000-8000-0000000000ff";
    let refused = |reply: &Reply| (reply.status, reply.problem().to_owned(), reply.body["errors"][0]["field"].clone());
    for path in ["/lists/members", "/disable", "/move", ""] {
        let method = if path.is_empty() { "PATCH" } else { "POST" };
        let hidden = asked(call(method, &format!("/rooms/{secret}{path}"), json!({ "category": "none" }))).await;
        assert_eq!(hidden.seen(), asked(call(method, &format!("/rooms/{unknown}{path}"), json!({ "category": "none" }))).await.seen(), "{path}");
        assert_eq!(refused(&hidden), (404, String::from("room-not-found"), json!("/changes/0")));
    }
    for (change, status) in [
        (call("POST", &format!("/groups/{staff}/members"), named("user", &ben)), 404),
        (call("DELETE", &format!("/groups/{staff}"), Value::Null), 404),
        (call("POST", "/roles/auditor", named("user", &ben)), 403),
        (call("PATCH", &format!("/users/{eve}"), json!({ "enabled": "no" })), 403),
        (call("DELETE", &format!("/rooms/{closed}"), Value::Null), 403),
        (call("POST", &format!("/categories/{}/lists/denied", world.root().await), named("user", &eve)), 403),
    ] {
        let reply = asked(change.clone()).await;
        assert_eq!((reply.status, &reply.body["errors"][0]["field"]), (status, &json!("/changes/0")), "{change}: {reply:?}");
    }
    let eve = world.signed_in("eve").await;
    let reply = eve.post("/access/preview", json!({ "changes": [call("POST", &format!("/rooms/{closed}/disable"), Value::Null)] })).await;
    assert_eq!(refused(&reply), (403, String::from("forbidden"), json!("/changes/0")));
}

#[tokio::test]
async fn a_user_administrator_learns_nothing_of_rooms() {
    let Company { world, admin, ben, eve, staff, .. } = company().await;
    make(&admin, &call("POST", "/roles/user_administrator", named("user", &ben))).await;
    let client = world.signed_in("ben").await;
    let reply = client.post("/access/preview", json!({ "changes": [call("DELETE", &format!("/groups/{staff}/members/user:{eve}"), Value::Null)] })).await;
    assert_eq!((reply.status, &reply.body["lost"], &reply.body["items"]), (200, &json!(0), &json!([])), "{reply:?}");
}

#[tokio::test]
async fn what_is_wrong_is_told_with_the_place_of_the_call() {
    let Company { world, admin, ben, eve, desks, open, closed, .. } = company().await;
    let fine = call("POST", &format!("/rooms/{closed}/lists/members"), named("user", &ben));
    let me = world.id_of(&admin).await.as_str().unwrap().to_owned();
    let root = world.root().await;
    for (change, status, field, code) in [
        (call("PATCH", &format!("/rooms/{open}"), json!({ "nmae": 1 })), 422, "/changes/1/body/nmae", "unknown"),
        (call("PATCH", &format!("/rooms/{open}"), Value::Null), 422, "/changes/1/body", "required"),
        (call("PATCH", &format!("/rooms/{open}"), json!({ "name": "" })), 422, "/changes/1/body/name", "required"),
        (call("PATCH", &format!("/rooms/{open}"), json!({ "name": "CLOSED" })), 409, "/changes/1/body/name", "taken"),
        (
            call("PUT", &format!("/rooms/{open}/lists/members"), json!({ "items": [named("user", &eve), named("user", &open)] })),
            422,
            "/changes/1/body/items/1/principal",
            "unknown",
        ),
        (call("POST", &format!("/categories/{desks}/move"), json!({ "parent": desks })), 422, "/changes/1/body/parent", "below-itself"),
        (call("DELETE", &format!("/categories/{desks}"), Value::Null), 409, "/changes/1", "conflict"),
        (call("DELETE", &format!("/categories/{root}"), Value::Null), 409, "/changes/1", "conflict"),
        (call("DELETE", &format!("/rooms/{open}"), Value::Null), 409, "/changes/1", "conflict"),
        (call("DELETE", &format!("/rooms/{open}/lists/members/user:{eve}"), Value::Null), 404, "/changes/1", "not-found"),
        (call("DELETE", &format!("/roles/administrator/user:{me}"), Value::Null), 409, "/changes/1", "last-administrator"),
        (call("PATCH", &format!("/users/{me}"), json!({ "enabled": false })), 409, "/changes/1", "last-administrator"),
        (call("POST", "/rooms", json!({ "name": "x" })), 422, "/changes/1/path", "not-previewable"),
        (json!({ "method": "GET", "path": "/rooms" }), 422, "/changes/1/method", "invalid"),
    ] {
        let reply = admin.post("/access/preview", json!({ "changes": [fine, change] })).await;
        let error = &reply.body["errors"][0];
        assert_eq!((reply.status, error["field"].as_str(), error["code"].as_str()), (status, Some(field), Some(code)), "{change}: {reply:?}");
    }
    let many = vec![fine.clone(); 1_001];
    assert_eq!(admin.post("/access/preview", json!({ "changes": many })).await.body["errors"][0]["code"], "too-many");
    assert_eq!(admin.post("/access/preview", json!({ "changes": [fine.clone()], "cursor": "made-up" })).await.problem(), "bad-cursor");
    let first = admin.post("/access/preview", json!({ "changes": [call("POST", &format!("/rooms/{closed}/disable"), Value::Null)], "limit": 1 })).await;
    assert_eq!(admin.post("/access/preview", json!({ "changes": [fine], "cursor": first.body["next"] })).await.problem(), "bad-cursor", "of other calls");
    let nothing = admin.post("/access/preview", json!({ "changes": [] })).await;
    assert_eq!((nothing.status, &nothing.body["rooms"]), (200, &json!(0)));
}
