//! Files that come in parts, by the tus protocol.

use std::time::Duration;

use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use futures_util::StreamExt;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::client::{Client, Reply};
use crate::world::World;

const TUS: (&str, &str) = ("tus-resumable", "1.0.0");
const CONTENT: (&str, &str) = ("content-type", "application/offset+octet-stream");

async fn create(client: &Client, room: &str, length: &str, more: &[(&str, &str)], content: &'static [u8]) -> Reply {
    // "a.txt"
    let headers = [&[TUS, ("upload-length", length), ("upload-metadata", "filename YS50eHQ=")], more].concat();
    client.send_content("POST", &format!("/rooms/{room}/uploads"), &headers, content).await
}

fn at(reply: &Reply) -> String {
    assert_eq!((reply.status, reply.header("tus-resumable")), (201, "1.0.0"), "{reply:?}");
    reply.header("location").strip_prefix("/api/v1").unwrap().to_owned()
}

async fn patch(client: &Client, at: &str, offset: u64, more: &[(&str, &str)], content: impl Into<Body>) -> Reply {
    let offset = offset.to_string();
    client.send_content("PATCH", at, &[&[TUS, CONTENT, ("upload-offset", &offset)], more].concat(), content).await
}

async fn head(client: &Client, at: &str) -> (u16, String) {
    let reply = client.send_content("HEAD", at, &[TUS], Body::empty()).await;
    (reply.status, reply.header("upload-offset").to_owned())
}

async fn content(client: &Client, at: &str) -> Reply {
    client.get(&at.replace("/uploads/", "/files/")).await
}

#[tokio::test]
async fn an_upload_goes_on_where_it_was() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "desk", "open").await;
    let made = create(&admin, &room, "10", &[], b"").await;
    let up = at(&made);
    assert!(httpdate::parse_http_date(made.header("upload-expires")).is_ok());
    assert_eq!(head(&admin, &up).await, (200, "0".into()));
    let first = patch(&admin, &up, 0, &[], "0123").await;
    assert_eq!((first.status, first.header("upload-offset"), first.header("tus-resumable")), (204, "4", "1.0.0"));
    assert_eq!(content(&admin, &up).await.problem(), "file-not-found", "no file that isn't finished");
    assert_eq!(patch(&admin, &up, 0, &[], "0123").await.problem(), "offset-wrong");
    assert_eq!(patch(&admin, &up, 5, &[], "5").await.problem(), "offset-wrong");
    // A line that breaks: what came stays.
    let pieces = [Ok(Bytes::from("45")), Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))];
    assert_eq!(patch(&admin, &up, 4, &[], Body::from_stream(futures_util::stream::iter(pieces))).await.status, 400);
    assert_eq!(head(&admin, &up).await, (200, "6".into()));
    let last = patch(&admin, &up, 6, &[("content-length", "4")], "6789").await;
    assert_eq!((last.status, last.header("upload-offset")), (204, "10"), "{last:?}");
    assert_eq!(head(&admin, &up).await, (200, "10".into()), "finished, until it is posted");
    assert_eq!(content(&admin, &up).await.text, "0123456789");
    assert_eq!(patch(&admin, &up, 10, &[], "").await.status, 204, "who didn't hear that it is all there asks once more");
    assert_eq!(patch(&admin, &up, 6, &[], "6789").await.problem(), "offset-wrong");
    let id = up.rsplit('/').next().unwrap();
    let message = json!({ "nonce": id, "body": "", "attachments": [id] });
    assert_eq!(admin.post(&format!("/rooms/{room}/messages"), message).await.status, 201);
    assert_eq!(head(&admin, &up).await.0, 404);
}

#[tokio::test]
async fn parts_are_checked() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "desk", "open").await;
    let up = at(&create(&admin, &room, "6", &[], b"").await);
    let sum = |content: &[u8]| format!("sha256 {}", BASE64.encode(Sha256::digest(content)));
    let wrong = patch(&admin, &up, 0, &[("upload-checksum", &sum(b"xyz"))], "abc").await;
    assert_eq!((wrong.status, wrong.problem()), (460, "checksum-wrong"));
    assert_eq!(head(&admin, &up).await.1, "0", "what isn't right isn't kept");
    assert_eq!(patch(&admin, &up, 0, &[("upload-checksum", &sum(b"abc"))], "abc").await.status, 204);
    assert_eq!(patch(&admin, &up, 3, &[("upload-checksum", "md5 AAAA")], "def").await.status, 400);
    assert_eq!(patch(&admin, &up, 3, &[], "defg").await.problem(), "file-too-large");
    assert_eq!(head(&admin, &up).await.1, "3");
    // Of "def".
    assert_eq!(patch(&admin, &up, 3, &[("upload-checksum", "sha1 WJwigoeql0Cna1YPH8vNI2yrEKo=")], "def").await.status, 460);
    let sha1 = format!("sha1 {}", BASE64.encode(sha1::Sha1::digest(b"def")));
    assert_eq!(patch(&admin, &up, 3, &[("upload-checksum", &sha1)], "def").await.status, 204);
    assert_eq!(content(&admin, &up).await.text, "abcdef");
}

#[tokio::test]
async fn creation_takes_what_comes_with_it_and_nothing_is_whole_at_once() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "desk", "open").await;
    let made = create(&admin, &room, "3", &[CONTENT, ("content-length", "3")], b"abc").await;
    assert_eq!((made.header("upload-offset"), content(&admin, &at(&made)).await.text.as_str()), ("3", "abc"));
    let made = create(&admin, &room, "0", &[], b"").await;
    assert_eq!((made.header("upload-offset"), content(&admin, &at(&made)).await.status), ("0", 200));
    let refused = [
        (create(&admin, &room, "99999999999", &[], b"").await, "file-too-large"),
        (create(&admin, &room, "99999999999999999999999", &[], b"").await, "malformed"),
        (create(&admin, &room, "-1", &[], b"").await, "malformed"),
        (admin.send_content("POST", &format!("/rooms/{room}/uploads"), &[TUS], "").await, "malformed"),
        (admin.send_content("POST", &format!("/rooms/{room}/uploads"), &[("tus-resumable", "0.2.2"), ("upload-length", "1")], "").await, "tus-version"),
    ];
    for (reply, problem) in refused {
        assert_eq!((reply.problem(), reply.header("tus-resumable")), (problem, "1.0.0"));
    }
    let options = admin.send_content("OPTIONS", &format!("/rooms/{room}/uploads"), &[], "").await;
    assert_eq!((options.status, options.header("tus-version"), options.header("tus-max-size")), (204, "1.0.0", "20971520"));
    let up = at(&create(&admin, &room, "9", &[], b"").await);
    assert_eq!(admin.send_content("PATCH", &up, &[TUS, ("upload-offset", "0")], "x").await.status, 415);
    assert_eq!(admin.send_content("PATCH", &up, &[TUS, CONTENT], "x").await.status, 400);
    assert_eq!(admin.send_content("PATCH", &up, &[CONTENT, ("upload-offset", "0")], "x").await.status, 412);
}

#[tokio::test]
async fn who_comes_back_takes_over_from_his_own_broken_line() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "desk", "open").await;
    let up = at(&create(&admin, &room, "6", &[], b"").await);
    // Its line is open, and nothing more comes.
    let stuck = Body::from_stream(futures_util::stream::iter([Ok::<_, std::io::Error>(Bytes::from("abc"))]).chain(futures_util::stream::pending()));
    let (one, path) = (admin.clone(), up.clone());
    let first = tokio::spawn(async move { patch(&one, &path, 0, &[], stuck).await });
    // The second finds the first in its way, which lays down what came, wherever that is by then.
    let at = loop {
        let reply = patch(&admin, &up, 3, &[], "def").await;
        match (reply.status, reply.body["detail"].as_str().unwrap_or_default()) {
            (204, _) => break 3,
            (409, "0 bytes are here.") if first.is_finished() => break 0,
            _ => tokio::task::yield_now().await,
        }
    };
    let broken = first.await.unwrap();
    assert_eq!(broken.status, 400, "{broken:?}");
    if at == 0 {
        assert_eq!(patch(&admin, &up, 0, &[], "abcdef").await.status, 204);
    }
    assert_eq!(content(&admin, &up).await.text, "abcdef");
}

/// The same content on several lines at once: it is there once, whole, and whoever came too late is told.
#[tokio::test(flavor = "multi_thread")]
async fn one_upload_on_several_lines_at_once_is_one_file() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "desk", "open").await;
    let whole: String = (0..60_000).map(|number| format!("{number} ")).collect();
    let up = at(&create(&admin, &room, &whole.len().to_string(), &[], b"").await);
    let lines = (0..6).map(|_| {
        let (client, at, whole) = (admin.clone(), up.clone(), whole.clone());
        tokio::spawn(async move { patch(&client, &at, 0, &[], whole).await.status })
    });
    for line in futures_util::future::join_all(lines).await {
        // Taken; already there; or another came, and took over.
        let status = line.unwrap();
        assert!(matches!(status, 204 | 400 | 409 | 423), "{status}");
    }
    // Where none got to the end, each has given up for another: the client goes on.
    let (_, offset) = head(&admin, &up).await;
    if offset != whole.len().to_string() {
        let rest = whole[offset.parse().unwrap()..].to_owned();
        assert_eq!(patch(&admin, &up, offset.parse().unwrap(), &[], rest).await.status, 204);
    }
    assert!(content(&admin, &up).await.text == whole);
    assert_eq!(world.store.file_space(None).await.unwrap(), whole.len() as u64);
    // Two people with one content have a file each.
    let (one, two) = tokio::join!(admin.upload(&room, "a", b"same"), admin.upload(&room, "a", b"same"));
    assert!((one.status, two.status) == (201, 201) && one.body["id"] != two.body["id"] && one.body["sha256"] == two.body["sha256"]);
}

#[tokio::test]
async fn uploads_are_given_up_and_run_out() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "desk", "open").await;
    let (one, two) = (at(&create(&admin, &room, "6", &[], b"").await), at(&create(&admin, &room, "6", &[], b"").await));
    assert_eq!(patch(&admin, &one, 0, &[], "abc").await.status, 204);
    assert_eq!(admin.send_content("DELETE", &one, &[TUS], "").await.status, 204);
    assert_eq!((head(&admin, &one).await.0, patch(&admin, &one, 3, &[], "def").await.problem()), (404, "file-not-found"));
    assert_eq!(world.store.file_space(None).await.unwrap(), 6);
    world.pass(Duration::from_secs(25 * 3600)).await;
    world.stoa.shared.services.files.sweep().await.unwrap();
    assert_eq!((head(&admin, &two).await.0, world.store.file_space(None).await.unwrap()), (404, 0));
    assert_eq!(std::fs::read_dir(world.folder.path().join("files/staging")).unwrap().count(), 0);
}

#[tokio::test]
async fn who_may_not_post_any_more_may_not_go_on() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "desk", "closed").await;
    let eve = world.signed_in("eve").await;
    let member = json!({ "principal": { "kind": "user", "id": world.id_of(&eve).await } });
    assert_eq!(admin.post(&format!("/rooms/{room}/lists/members"), member.clone()).await.status, 200);
    let up = at(&create(&eve, &room, "6", &[], b"").await);
    assert_eq!(admin.post(&format!("/rooms/{room}/lists/excluded"), member).await.status, 200);
    assert_eq!(patch(&eve, &up, 0, &[], "abcdef").await.status, 404);
    assert_eq!(content(&eve, &up).await.status, 404);
}
