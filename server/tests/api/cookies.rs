//! What the session's cookie is, and how long it holds.

use std::time::Duration;

use http::header;
use stoa_server::config::{Config, PublicUrl};

use crate::world::{PASSWORD, World};

#[tokio::test]
async fn the_cookie_is_no_business_of_scripts_and_other_sites() {
    let (world, _) = World::peopled().await;
    let reply = world.visitor().sign_in("ben", PASSWORD).await;
    let cookie = reply.header("set-cookie").to_owned();
    assert!(cookie.starts_with("stoa="), "{cookie}");
    for part in ["; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age="] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure") && !cookie.contains("Domain"), "{cookie}");
}

#[tokio::test]
async fn over_tls_it_is_bound_to_the_host() {
    let public_url = Some(PublicUrl::try_from("https://stoa.test".to_owned()).unwrap());
    let world = World::with(Config { public_url, ..Config::default() }).await;
    let mut ana = world.administrator().await;
    assert!(ana.cookie.as_ref().unwrap().starts_with("__Host-stoa="));
    let reply = ana.sign_in("ana", PASSWORD).await;
    assert!(reply.header("set-cookie").contains("; Secure"), "{reply:?}");
    assert!(reply.header("strict-transport-security").starts_with("max-age="));
    let gone = ana.delete("/session").await;
    let removal = gone.header("set-cookie");
    assert!(removal.starts_with("__Host-stoa=;") && removal.contains("Max-Age=0") && removal.contains("; Secure"), "{removal}");
}

#[tokio::test]
async fn a_visitor_gets_no_session() {
    let world = World::new().await;
    let reply = world.visitor().get("/session").await;
    assert_eq!((reply.status, reply.header("set-cookie")), (401, ""));
    let failed = world.visitor().sign_in("nobody", "x").await;
    assert_eq!((failed.problem(), failed.header("set-cookie")), ("bad-credentials", ""));
}

#[tokio::test]
async fn a_session_that_was_planted_is_worth_nothing_after_the_sign_in() {
    let (world, _) = World::peopled().await;
    let before = world.signed_in("ben").await;
    let mut eve = before.clone();
    eve.sign_in("eve", PASSWORD).await;
    assert_ne!(before.cookie, eve.cookie);
    assert_eq!(before.get("/session").await.status, 401, "the old id is nobody any more");
    assert_eq!(eve.get("/session").await.body["user"]["name"], "eve");
}

#[tokio::test]
async fn the_database_holds_no_usable_cookie() {
    let (world, _) = World::peopled().await;
    let ben = world.signed_in("ben").await;
    let cookie = ben.cookie.clone().unwrap();
    let id = cookie.split_once('=').unwrap().1;
    let mut forged = ben.clone();
    forged.cookie = Some(format!("stoa={}", &id[..id.len() - 2]));
    assert_eq!(forged.get("/session").await.status, 401);
    forged.cookie = Some("stoa=AAAAAAAAAAAAAAAAAAAAAA".to_owned());
    let unknown = forged.get("/session").await;
    assert_eq!(unknown.status, 401);
    assert!(unknown.headers.get(header::SET_COOKIE).is_some_and(|set| set.to_str().unwrap().contains("Max-Age=0")), "{unknown:?}");
}

#[tokio::test]
async fn a_session_ends_unused_and_in_any_case() {
    let (world, _) = World::peopled().await;
    let day = Duration::from_secs(24 * 3600);
    let idle = world.signed_in("ben").await;
    let mut used = world.signed_in("eve").await;
    for days in 1..=5 {
        world.pass(day * 6).await;
        let reply = used.get("/session").await;
        let expected = if days == 5 { 401 } else { 200 };
        assert_eq!(reply.status, expected, "after {days} times six days");
        used.keep(&reply);
    }
    assert_eq!(idle.get("/session").await.status, 401);
}
