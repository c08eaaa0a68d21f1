//! Whom a list can name: found by words, recognised in what was pasted, and by whom.

use http::Method;
use serde_json::{Value, json};

use crate::client::{Client, Reply};
use crate::world::{PASSWORD, World};

async fn made(client: &Client, path: &str, body: Value) -> String {
    let made = client.post(path, body).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.body["id"].as_str().unwrap().to_owned()
}

fn names(reply: &Reply) -> Vec<&str> {
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.body["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

struct Company {
    world: World,
    admin: Client,
    mira: String,
    group: String,
    domain: String,
    room: String,
}

/// Mira manages a room and sees nothing else of the console; Pia is a partner's.
async fn company() -> Company {
    let world = World::new().await;
    let admin = world.administrator().await;
    let person = async |name: &str, display_name: &str, more: Value| {
        let mut body = json!({ "name": name, "display_name": display_name, "email": format!("{name}@acme.example"), "password": PASSWORD });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        made(&admin, "/users", body).await
    };
    let mira = person("mira.kovac", "Mira Kovač", json!({})).await;
    person("omar", "Omar Miranda", json!({})).await;
    person("zoe", "Zoë Admira", json!({})).await;
    let domain = made(&admin, "/domains", json!({ "name": "partner.example" })).await;
    person("pia", "Pia", json!({ "domain": domain })).await;
    let group = made(&admin, "/groups", json!({ "name": "Mirrors", "description": "who look" })).await;
    let top = made(&admin, "/units", json!({ "name": "Europe" })).await;
    made(&admin, "/units", json!({ "name": "Sales", "parent": top })).await;
    let room = world.room(&admin, "desk", "closed").await;
    let manager = json!({ "principal": { "kind": "user", "id": mira } });
    assert_eq!(admin.post(&format!("/rooms/{room}/lists/managers"), manager).await.status, 200);
    Company { world, admin, mira, group, domain, room }
}

#[tokio::test]
async fn words_that_begin_so_come_first() {
    let Company { world, admin, mira, .. } = company().await;
    assert_eq!(names(&admin.get("/principals?q=mir").await), ["Mira Kovač", "Mirrors", "Omar Miranda", "Zoë Admira"]);
    assert_eq!(names(&admin.get("/principals?q=KOVAC%CC%8C%20mi").await), ["Mira Kovač"]);
    assert_eq!(names(&admin.get("/principals?q=mir&kind=group").await), ["Mirrors"]);
    assert_eq!(names(&admin.get("/principals?q=mir&limit=1").await), ["Mira Kovač"]);
    assert_eq!(names(&admin.get("/principals?q=every").await), ["everyone"]);
    assert_eq!(names(&admin.get("/principals?q=MIRA.KOVAC@acme.example").await), ["Mira Kovač"], "by the whole address");
    let found = admin.get("/principals?q=mir").await;
    let details: Vec<_> = found.body["items"].as_array().unwrap().iter().map(|item| item["detail"].as_str().unwrap()).collect();
    assert_eq!(details[..2], ["mira.kovac · mira.kovac@acme.example", "who look"]);
    assert_eq!(found.body["items"][0]["principal"], json!({ "kind": "user", "id": mira }));
    assert_eq!(admin.get("/principals?q=sales").await.body["items"][0]["detail"], "Europe");

    // Who manages a room names everyone there is, and is told no addresses.
    let client = world_client(&world, "mira.kovac").await;
    let found = client.get("/principals?q=mir").await;
    assert_eq!(names(&found), ["Mira Kovač", "Mirrors", "Omar Miranda", "Zoë Admira"]);
    assert_eq!(found.body["items"][2]["detail"], "omar");
    assert_eq!(names(&client.get("/principals?q=pia").await), ["Pia"]);

    // Disabled accounts are for those who see accounts.
    let zoe = admin.get("/principals?q=zoe").await.body["items"][0]["principal"]["id"].as_str().unwrap().to_owned();
    let path = format!("/users/{zoe}");
    let tag = admin.get(&path).await.header("etag").to_owned();
    assert_eq!(admin.patch(&path, &tag, json!({ "enabled": false })).await.status, 200);
    assert!(names(&client.get("/principals?q=zoe").await).is_empty());
    assert!(names(&client.get("/principals?q=zoe@acme.example").await).is_empty());
    assert_eq!(admin.get("/principals?q=zoe").await.body["items"][0]["disabled"], json!(true));
}

async fn world_client(world: &World, name: &str) -> Client {
    world.signed_in(name).await
}

#[tokio::test]
async fn a_pasted_list_is_recognised() {
    let Company { world, admin, mira, group, domain, .. } = company().await;
    // Two share an address, and a group bears somebody's name.
    made(&admin, "/users", json!({ "name": "twin", "display_name": "Twin", "email": "Omar@acme.example" })).await;
    made(&admin, "/groups", json!({ "name": "Zoe" })).await;
    let lines = json!([
        "MIRA.KOVAC@acme.example",
        "Mira Kovač <mira.kovac@acme.example>",
        " mira.kovac ",
        "mirrors",
        "Partner.example",
        format!("group:{group}"),
        "everyone",
        "",
        "nobody",
        "omar@acme.example",
        "zoe",
        "user:none",
        format!("user:{group}")
    ]);
    let reply = admin.post("/principals/resolve", json!({ "lines": lines })).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let user = json!({ "kind": "user", "id": mira });
    let expected = [
        &user,
        &user,
        &user,
        &json!({ "kind": "group", "id": group }),
        &json!({ "kind": "domain", "id": domain }),
        &json!({ "kind": "group", "id": group }),
        &json!({ "kind": "everyone" }),
    ];
    let known: Vec<_> = reply.body["known"].as_array().unwrap().iter().map(|known| &known["principal"]).collect();
    assert_eq!(known, expected);
    assert_eq!(reply.body["known"][2], json!({ "line": " mira.kovac ", "principal": user, "name": "Mira Kovač" }));
    let unknown: Vec<_> =
        reply.body["unknown"].as_array().unwrap().iter().map(|one| (one["line"].as_str().unwrap(), one["reason"].as_str().unwrap())).collect();
    let nobody = format!("user:{group}");
    assert_eq!(
        unknown,
        [("nobody", "unknown"), ("omar@acme.example", "ambiguous"), ("zoe", "ambiguous"), ("user:none", "unknown"), (nobody.as_str(), "unknown")]
    );

    let many = vec!["x"; 10_001];
    assert_eq!(admin.post("/principals/resolve", json!({ "lines": many })).await.body["errors"][0]["code"], "too-many");
    let client = world_client(&world, "mira.kovac").await;
    assert_eq!(client.post("/principals/resolve", json!({ "lines": ["mirrors"] })).await.body["known"][0]["name"], "Mirrors");
    let zoe = world_client(&world, "zoe").await;
    assert_eq!(zoe.get("/principals?q=mira").await.status, 403, "who manages nothing");
    assert_eq!(zoe.call(Method::POST, "/principals/resolve", None).await.status, 403);
}

#[tokio::test]
async fn a_partner_names_only_whom_he_meets() {
    let Company { world, admin, mira, domain, room, .. } = company().await;
    let pia = admin.get("/principals?q=pia").await.body["items"][0]["principal"].clone();
    let entry = |principal: &Value| json!({ "principal": principal });
    let partners = made(&admin, "/categories", json!({ "name": "Partners", "parent": world.root().await, "scope": "list" })).await;
    for who in [json!({ "kind": "domain", "id": domain }), json!({ "kind": "user", "id": mira })] {
        assert_eq!(admin.post(&format!("/categories/{partners}/lists/allowed"), entry(&who)).await.status, 200);
    }
    let shared = made(&admin, "/rooms", json!({ "name": "deal", "category": partners, "privacy": "closed" })).await;
    assert_eq!(admin.post(&format!("/rooms/{shared}/lists/managers"), entry(&pia)).await.status, 200);
    let client = world_client(&world, "pia").await;
    assert_eq!(names(&client.get("/principals").await), ["partner.example", "Pia"], "her own domain, and herself");
    assert!(names(&client.get("/principals?q=mir").await).is_empty());
    let lines = json!({ "lines": ["mira.kovac", "mira.kovac@acme.example", "mirrors", "everyone", "sales", "pia"] });
    let reply = client.post("/principals/resolve", lines.clone()).await;
    assert_eq!((reply.body["known"].as_array().unwrap().len(), reply.body["unknown"].as_array().unwrap().len()), (1, 5), "{reply:?}");

    // She may ask why of herself; of others there is nobody, as of those that there are not.
    let why = async |id: &str| client.get(&format!("/rooms/{shared}/access?user={id}")).await;
    assert_eq!(why(pia["id"].as_str().unwrap()).await.status, 200);
    assert_eq!(why(&mira).await.seen(), why(&room).await.seen(), "an id that is nobody's");
    let all = client.get(&format!("/rooms/{shared}/access")).await;
    assert_eq!(all.body["items"].as_array().unwrap().len(), 1, "{all:?}");

    assert_eq!(admin.post(&format!("/rooms/{shared}/lists/members"), entry(&json!({ "kind": "user", "id": mira }))).await.status, 200);
    assert_eq!(names(&client.get("/principals?q=mir").await), ["Mira Kovač"]);
    assert_eq!(why(&mira).await.status, 200);
}
