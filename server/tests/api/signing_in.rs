//! Signing in and out, throttling, the first administrator.

use std::time::Duration;

use http::Method;
use serde_json::json;

use crate::world::{PASSWORD, World};

#[tokio::test]
async fn the_set_up_link_works_once() {
    let world = World::new().await;
    assert_eq!(world.visitor().get("/setup").await.body, json!({ "needed": true }));
    let token = world.stoa.shared.services.auth.setup_link_token().unwrap().to_owned();
    let body = |token: &str, name: &str| json!({ "token": token, "name": name, "display_name": "First", "password": PASSWORD });
    assert_eq!(world.visitor().post("/setup", body("guess", "ana")).await.problem(), "forbidden");
    assert_eq!(world.visitor().post("/setup", body(&token, "")).await.problem(), "invalid");
    let mut ana = world.visitor();
    let reply = ana.post("/setup", body(&token, "ana")).await;
    assert_eq!((reply.status, &reply.body["roles"]), (201, &json!(["administrator"])), "{reply:?}");
    ana.keep(&reply);
    assert_eq!(ana.get("/session").await.body["user"]["name"], "ana", "and is signed in");
    assert_eq!(world.visitor().get("/setup").await.body, json!({ "needed": false }));
    assert_eq!(world.visitor().post("/setup", body(&token, "bob")).await.problem(), "forbidden");
}

#[tokio::test]
async fn wrong_passwords_are_counted_and_unknown_names_answer_alike() {
    let (world, _) = World::peopled().await;
    let mut visitor = world.visitor();
    let wrong = visitor.sign_in("ben", "wrong").await;
    let unknown = visitor.sign_in("nobody", "wrong").await;
    assert_eq!(wrong.seen(), unknown.seen());
    assert_eq!(wrong.problem(), "bad-credentials");
    let mut throttled = None;
    for _ in 0..10 {
        let reply = visitor.sign_in("ben", "wrong").await;
        if reply.status == 429 {
            throttled = Some(reply);
            break;
        }
    }
    let throttled = throttled.expect("not throttled");
    assert_eq!(throttled.problem(), "too-many-requests");
    let wait: u64 = throttled.header("retry-after").parse().unwrap();
    assert_eq!(visitor.sign_in("ben", PASSWORD).await.status, 429, "even with the right one");
    assert_eq!(visitor.sign_in("eve", PASSWORD).await.status, 200, "others of the office get in");
    world.pass(Duration::from_secs(wait + 1)).await;
    assert_eq!(visitor.sign_in("ben", PASSWORD).await.status, 200);
}

#[tokio::test]
async fn signing_out_here_leaves_the_others_and_everywhere_leaves_none() {
    let (world, _) = World::peopled().await;
    let (one, two, three) = (world.signed_in("ben").await, world.signed_in("ben").await, world.signed_in("ben").await);
    assert_eq!(one.delete("/session").await.status, 204);
    assert_eq!((one.get("/session").await.status, two.get("/session").await.status), (401, 200));
    assert_eq!(two.call(Method::DELETE, "/session?all=true", None).await.status, 204);
    assert_eq!((two.get("/session").await.status, three.get("/session").await.status), (401, 401));
}

#[tokio::test]
async fn who_is_disabled_is_out_at_once() {
    let (world, admin) = World::peopled().await;
    let ben = world.signed_in("ben").await;
    let path = format!("/users/{}", world.id_of(&ben).await.as_str().unwrap());
    let version = admin.get(&path).await.header("etag").to_owned();
    assert_eq!(admin.patch(&path, &version, json!({ "enabled": false })).await.status, 200);
    assert_eq!(ben.get("/session").await.status, 401);
    assert_eq!(world.visitor().sign_in("ben", PASSWORD).await.problem(), "bad-credentials");
    let mine = format!("/users/{}", world.id_of(&admin).await.as_str().unwrap());
    let version = admin.get(&mine).await.header("etag").to_owned();
    assert_eq!(admin.patch(&mine, &version, json!({ "enabled": false })).await.problem(), "last-administrator");
}
