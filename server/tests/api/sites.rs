//! What other sites' pages make a browser send is refused.

use axum::body::Body;
use http::{Method, header};

use crate::client::HOST;
use crate::world::World;

#[tokio::test]
async fn only_our_own_pages_change_something() {
    let (world, _) = World::peopled().await;
    let ben = world.signed_in("ben").await;
    let status = async |cookie: bool, headers: &[(&str, &str)]| {
        let mut request = http::Request::builder().method(Method::POST).uri("/api/v1/lookup").header(header::HOST, HOST);
        if cookie {
            request = request.header(header::COOKIE, ben.cookie.clone().unwrap());
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        ben.send(request.body(Body::empty()).unwrap()).await.status
    };
    assert_eq!(status(true, &[("sec-fetch-site", "same-origin")]).await, 200);
    assert_eq!(status(true, &[("sec-fetch-site", "none")]).await, 200);
    assert_eq!(status(true, &[("origin", "http://stoa.test")]).await, 200);
    assert_eq!(status(true, &[]).await, 403, "with a cookie one of the two is needed");
    assert_eq!(status(true, &[("sec-fetch-site", "cross-site")]).await, 403);
    assert_eq!(status(true, &[("sec-fetch-site", "same-site")]).await, 403);
    assert_eq!(status(true, &[("origin", "http://evil.test")]).await, 403);
    assert_eq!(status(true, &[("origin", "null")]).await, 403);
    assert_eq!(status(true, &[("sec-fetch-site", "cross-site"), ("origin", "http://stoa.test")]).await, 403);
    assert_eq!(status(false, &[]).await, 401, "without a cookie it is a program, or nobody");
    assert_eq!(status(false, &[("sec-fetch-site", "cross-site")]).await, 403);
}

#[tokio::test]
async fn reading_asks_for_neither() {
    let (world, _) = World::peopled().await;
    let ben = world.signed_in("ben").await;
    let request = http::Request::get("/api/v1/session").header(header::COOKIE, ben.cookie.clone().unwrap());
    assert_eq!(ben.send(request.body(Body::empty()).unwrap()).await.status, 200);
}

#[tokio::test]
async fn forms_are_checked_like_calls() {
    let (world, _) = World::peopled().await;
    let ben = world.signed_in("ben").await;
    let request = http::Request::post("/sign-out").header(header::HOST, HOST).header(header::COOKIE, ben.cookie.clone().unwrap());
    let reply = ben.send(request.header(header::ORIGIN, "https://evil.test").body(Body::empty()).unwrap()).await;
    assert_eq!(reply.status, 403);
    assert_eq!(ben.get("/session").await.status, 200);
}
