//! Files that come whole: what is taken and refused, who reads them, and how they go out.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use stoa_domain::archive::Kind;

use crate::client::{Client, Reply};
use crate::socket::Socket;
use crate::world::World;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and so on";

fn nonce() -> String {
    stoa_services::Environment::system().id::<uuid::Uuid>().to_string()
}

fn id(reply: &Reply) -> String {
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.body["id"].as_str().unwrap().to_owned()
}

async fn post(client: &Client, room: &str, body: &str, files: &[&str]) -> Reply {
    client.post(&format!("/rooms/{room}/messages"), json!({ "nonce": nonce(), "body": body, "attachments": files })).await
}

async fn posted(client: &Client, room: &str, name: &str, content: &[u8]) -> String {
    let file = id(&client.upload(room, name, content).await);
    assert_eq!(post(client, room, "", &[&file]).await.status, 201);
    file
}

async fn get(client: &Client, file: &str, headers: &[(&str, &str)]) -> Reply {
    client.send_content("GET", &format!("/files/{file}"), headers, Body::empty()).await
}

/// What lies in the store's folder, and how much is staged.
fn kept(world: &World) -> (usize, usize) {
    fn count(folder: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
    }
    let folder = world.folder.path().join("files");
    let staged = count(&folder.join("staging"));
    (count(&folder) - staged, staged)
}

async fn set(admin: &Client, change: Value) {
    let version = admin.get("/pool/settings").await.header("etag").to_owned();
    let reply = admin.patch("/pool/settings", &version, change).await;
    assert_eq!(reply.status, 200, "{reply:?}");
}

#[tokio::test]
async fn a_file_is_posted_and_read() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "desk", "open").await;
    let (ben, eve) = (world.signed_in("ben").await, world.signed_in("eve").await);
    let mut socket = Socket::open(world.listen().await, &eve).await;
    socket.ask(json!({ "op": "join", "rooms": [{ "room": room }] })).await;
    let made = ben.upload(&room, "../Grüße.txt", b"hello").await;
    let file = id(&made);
    let sha256: String = Sha256::digest(b"hello").iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(made.header("location"), format!("/api/v1/files/{file}"));
    let shown = json!({ "id": file, "name": "Grüße.txt", "type": "text/plain", "size": 5, "sha256": sha256 });
    for (key, value) in shown.as_object().unwrap() {
        assert_eq!(&made.body[key], value, "{made:?}");
    }
    assert!(made.body["expires_at"].is_string() && made.body["seq"].is_null());
    assert_eq!((get(&ben, &file, &[]).await.text.as_str(), get(&eve, &file, &[]).await.problem()), ("hello", "file-not-found"));
    assert_eq!(ben.get(&format!("/rooms/{room}/files")).await.body["items"], json!([]), "a room has what its messages have");

    let again = json!({ "nonce": nonce(), "body": "", "attachments": [file] });
    for _ in 0..2 {
        assert_eq!(ben.post(&format!("/rooms/{room}/messages"), again.clone()).await.body["seq"], 1, "the same nonce again");
    }
    assert_eq!(post(&ben, &room, "", &[&file]).await.body["errors"][0]["field"], "/attachments", "a file is in one message");
    assert_eq!(socket.event("message").await["attachments"], json!([shown]));
    assert_eq!(eve.get(&format!("/rooms/{room}/messages")).await.body["messages"][0]["attachments"], json!([shown]));
    let caught_up = socket.ask(json!({ "op": "join", "rooms": [{ "room": room, "after_seq": 0 }] })).await;
    assert_eq!(caught_up["ok"]["rooms"][0]["events"][0]["attachments"], json!([shown]));
    let listed = eve.get(&format!("/rooms/{room}/files?q=GR%C3%9CSSE&type=text/")).await;
    assert_eq!(
        (&listed.body["items"][0]["id"], &listed.body["items"][0]["seq"], &listed.body["items"][0]["by"]["name"]),
        (&json!(file), &json!(1), &json!("ben"))
    );
    assert_eq!(eve.get(&format!("/rooms/{room}/files?type=image/")).await.body["items"], json!([]));
    let edit = socket.ask(json!({ "op": "react", "room": room, "seq": 1, "nonce": nonce(), "emoji": "👍", "on": true })).await;
    assert!(edit["ok"].is_object());
    assert_eq!(eve.post(&format!("/rooms/{room}/messages"), json!({ "nonce": nonce(), "body": "thanks", "reply_to": 1 })).await.status, 201);
    assert_eq!(eve.get(&format!("/rooms/{room}/messages")).await.body["messages"][1]["reply_to"]["excerpt"], "Grüße.txt");
}

#[tokio::test]
async fn it_goes_out_as_the_browser_needs_it() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "desk", "open").await;
    let file = posted(&admin, &room, "a b.txt", b"0123456789").await;
    let eve = world.signed_in("eve").await;
    let whole = get(&eve, &file, &[("accept-encoding", "gzip, br")]).await;
    let tag = whole.header("etag").to_owned();
    let changed = whole.header("last-modified").to_owned();
    for (name, value) in [
        ("content-type", "text/plain; charset=utf-8"),
        ("content-length", "10"),
        ("content-disposition", "inline; filename=\"a b.txt\""),
        ("content-security-policy", "sandbox; default-src 'none'"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "private, no-cache"),
        ("accept-ranges", "bytes"),
        ("content-encoding", ""),
    ] {
        assert_eq!(whole.header(name), value, "{name}");
    }
    assert_eq!((whole.status, whole.text.as_str()), (200, "0123456789"));
    let head = eve.send_content("HEAD", &format!("/files/{file}"), &[], Body::empty()).await;
    assert_eq!((head.status, head.header("content-length"), head.text.as_str()), (200, "10", ""));
    assert!(eve.get(&format!("/files/{file}?download=true")).await.header("content-disposition").starts_with("attachment;"));
    let old = "Wed, 21 Oct 2015 07:28:00 GMT";
    type Asked<'a> = &'a [(&'a str, &'a str)];
    let parts: [(Asked<'_>, u16, &str, &str); 9] = [
        (&[("range", "bytes=2-4")], 206, "234", "bytes 2-4/10"),
        (&[("range", "bytes=-3")], 206, "789", "bytes 7-9/10"),
        (&[("range", "bytes=0-1,4-5")], 200, "0123456789", ""),
        (&[("range", "bytes=2-4"), ("if-range", &tag)], 206, "234", "bytes 2-4/10"),
        (&[("range", "bytes=2-4"), ("if-range", &changed)], 206, "234", "bytes 2-4/10"),
        (&[("range", "bytes=2-4"), ("if-range", "\"other\"")], 200, "0123456789", ""),
        (&[("range", "bytes=2-4"), ("if-range", old)], 200, "0123456789", ""),
        (&[("if-none-match", &tag)], 304, "", ""),
        (&[("if-modified-since", &changed)], 304, "", ""),
    ];
    for (headers, status, text, range) in parts {
        let reply = get(&eve, &file, headers).await;
        assert_eq!((reply.status, reply.text.as_str(), reply.header("content-range")), (status, text, range), "{headers:?}");
    }
    let beyond = get(&eve, &file, &[("range", "bytes=10-")]).await;
    assert_eq!((beyond.status, beyond.problem(), beyond.header("content-range")), (416, "range-wrong", "bytes */10"));
    let downloads = world.store.queued(10_000).await.unwrap();
    let records: Vec<_> = downloads.iter().filter(|row| row.kind().as_str() == "file_uploaded").collect();
    assert_eq!(serde_json::to_value(&records[0].content).unwrap()["name"], "a b.txt");
}

#[tokio::test]
async fn what_a_browser_would_run_is_a_download() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "desk", "open").await;
    let cases: [(&str, &[u8], &str, bool); 8] = [
        ("a.png", PNG, "image/png", true),
        ("a.pdf", b"%PDF-1.7 x", "application/pdf", true),
        ("a.png", &[&b"\x7fELF\x02\x01\x01"[..], &[0; 60]].concat(), "application/x-executable", false),
        ("a.txt", b"<html><script>alert(1)</script>", "text/html", false),
        ("a.svg", b"<svg xmlns='x' onload='alert(1)'/>", "image/svg+xml", false),
        ("a.xml", b"<?xml version='1.0'?><a/>", "application/xml", false),
        ("polyglot.gif", b"GIF89a/*<html><script>alert(1)</script>*/=1", "image/gif", true),
        ("nothing", b"", "text/plain", true),
    ];
    for (name, content, kind, inline) in cases {
        let made = admin.upload(&room, name, content).await;
        let reply = get(&admin, &id(&made), &[]).await;
        assert_eq!((&made.body["type"], reply.header("content-disposition").starts_with("inline")), (&json!(kind), inline), "{name} {made:?}");
        if !inline {
            assert_eq!(reply.header("content-type"), "application/octet-stream", "{name}");
        }
        assert!(reply.header("content-security-policy").contains("default-src 'none'") && reply.header("x-content-type-options") == "nosniff");
        assert_eq!((reply.status, reply.header("content-length").to_owned()), (200, content.len().to_string()));
    }
}

#[tokio::test]
async fn what_cant_be_a_file_is_refused_and_leaves_nothing() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "desk", "open").await;
    set(&admin, json!({ "upload_limit": 20_000, "file_types": "image/*, text/plain" })).await;
    let at = format!("/rooms/{room}/files");
    let most = vec![b'x'; 20_000];
    let over = vec![b'x'; 20_001];
    let stream = |pieces: Vec<&[u8]>, cut: bool| {
        let pieces: Vec<Result<Bytes, std::io::Error>> = pieces.into_iter().map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        let end = cut.then(|| Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset)));
        Body::from_stream(futures_util::stream::iter(pieces.into_iter().chain(end)))
    };
    let named = format!("{at}?name=a");
    let send = async |path: &str, headers: &[(&str, &str)], body: Body| admin.send_content("POST", path, headers, body).await;
    assert_eq!(send(&named, &[("content-length", "20001")], Body::empty()).await.problem(), "file-too-large", "before anything comes");
    assert_eq!(send(&named, &[], over.into()).await.problem(), "file-too-large", "while it flows");
    assert_eq!(send(&named, &[("content-length", "4")], Body::from("abc")).await.status, 400, "less than was announced");
    assert_eq!(send(&named, &[("content-length", "2")], Body::from("abc")).await.status, 413, "more than was announced");
    assert_eq!(send(&named, &[], stream(vec![b"abc"], true)).await.status, 400, "a line that broke");
    assert_eq!(send(&at, &[], Body::from("abc")).await.body["errors"][0]["field"], "/name");
    let wrong = format!("sha-256=:{}:", "A".repeat(43) + "=");
    assert_eq!(send(&named, &[("repr-digest", &wrong)], Body::from("abc")).await.body["errors"][0]["code"], "checksum");
    assert_eq!(send(&named, &[("content-digest", "sha-256=:x:")], Body::from("abc")).await.status, 400);
    assert_eq!(send(&named, &[("content-type", "image/png")], Body::from("%PDF-1.7")).await.problem(), "file-type");
    let long: Vec<u8> = [&b"\x7fELF"[..], &most[..12_000]].concat();
    assert_eq!(send(&named, &[], long.into()).await.problem(), "file-type", "known from its beginning");
    assert_eq!((kept(&world), world.store.file_space(None).await.unwrap()), ((0, 0), 0), "nothing is left");
    assert_eq!(id(&send(&named, &[], most.into()).await).len(), 36);
    let sum = "sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:";
    id(&send(&named, &[("repr-digest", sum)], Body::from("abc")).await);
    set(&admin, json!({ "room_quota": 20_010 })).await;
    assert_eq!(admin.upload(&room, "a", b"12345678").await.problem(), "quota-exceeded");
    id(&admin.upload(&room, "a", b"1234567").await);
    assert_eq!(kept(&world), (3, 0));
}

/// What the archive gets to know: who got which part of what, and nothing of what nobody got.
#[tokio::test]
async fn each_download_is_recorded_and_nothing_else() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "desk", "closed").await;
    let file = posted(&admin, &room, "a.txt", b"hello").await;
    let tag = get(&admin, &file, &[]).await.header("etag").to_owned();
    assert_eq!(get(&admin, &file, &[("range", "bytes=1-2")]).await.text, "el");
    let eve = world.signed_in("eve").await;
    assert_eq!(get(&eve, &file, &[]).await.status, 404);
    assert_eq!(get(&admin, &file, &[("if-none-match", &tag)]).await.status, 304);
    assert_eq!(get(&admin, &file, &[("range", "bytes=9-")]).await.status, 416);
    assert_eq!(admin.send_content("HEAD", &format!("/files/{file}"), &[], Body::empty()).await.status, 200);
    // Records of reads come with the writer's next batch; a message is one.
    assert_eq!(post(&admin, &room, "after", &[]).await.status, 201);
    let mut queued = world.store.queued(1_000).await.unwrap();
    while queued.iter().filter(|row| row.kind().as_str() == "download").count() < 2 {
        tokio::task::yield_now().await;
        queued = world.store.queued(1_000).await.unwrap();
    }
    let ana = world.id_of(&admin).await.as_str().unwrap().to_owned();
    let (downloads, uploads): (Vec<_>, Vec<_>) =
        queued.iter().filter(|row| matches!(row.kind().as_str(), "download" | "file_uploaded")).partition(|row| row.kind().as_str() == "download");
    for row in downloads.iter().chain(&uploads) {
        assert_eq!((row.room.map(|room| room.to_string()), row.user.map(|user| user.to_string())), (Some(room.clone()), Some(ana.clone())));
    }
    let told: Vec<_> = downloads.iter().map(|row| serde_json::to_value(&row.content).unwrap()).collect();
    let part = |from: u64, to: u64| json!({ "kind": "download", "file": file, "name": "a.txt", "from": from, "to": to, "size": 5 });
    assert_eq!(told, [part(0, 5), part(1, 3)]);
    assert_eq!(uploads.len(), 1);
    let sha256: String = Sha256::digest(b"hello").iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(serde_json::to_value(&uploads[0].content).unwrap()["sha256"], sha256);
}

#[tokio::test]
async fn looking_at_an_image_is_recorded_once_in_a_while() {
    let (world, admin) = World::peopled().await;
    let ben = world.signed_in("ben").await;
    let room = world.room(&admin, "desk", "open").await;
    let mut png = std::io::Cursor::new(Vec::new());
    image::GrayImage::new(2_000, 20).write_to(&mut png, image::ImageFormat::Png).unwrap();
    let file = posted(&admin, &room, "plan.png", &png.into_inner()).await;
    let look = async |client: &Client, edge: u32, tag: &str| loop {
        let reply = client.send_content("GET", &format!("/files/{file}/preview?edge={edge}"), &[("if-none-match", tag)], Body::empty()).await;
        // A busy machine may have no time for it.
        if reply.status != 503 {
            break reply;
        }
    };
    let tag = look(&ben, 1_920, "none").await.header("etag").to_owned();
    assert_eq!((look(&admin, 320, "none").await.status, look(&admin, 1_920, &tag).await.status), (200, 304), "shown among messages; seen before");
    for edge in [960, 1_920, 1_920, 320] {
        assert_eq!(look(&admin, edge, "none").await.status, 200);
    }
    world.pass(Duration::from_secs(601)).await;
    assert_eq!(look(&admin, 1_920, "none").await.status, 200);
    let looks = async || -> Vec<_> { world.store.queued(1_000).await.unwrap().into_iter().filter(|row| row.kind() == Kind::PreviewViewed).collect() };
    assert_eq!(post(&admin, &room, "after", &[]).await.status, 201);
    while looks().await.len() < 3 {
        tokio::task::yield_now().await;
    }
    let (ana, ben) = (world.id_of(&admin).await, world.id_of(&ben).await);
    let told: Vec<_> = looks().await.into_iter().map(|row| (json!(row.user), serde_json::to_value(&row.content).unwrap()["edge"].clone())).collect();
    let of = |who: &Value, edge: u32| (who.clone(), json!(edge));
    assert_eq!(told, [of(&ben, 1_920), of(&ana, 960), of(&ana, 1_920)]);
}

#[tokio::test]
async fn forms_are_taken_too() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "desk", "open").await;
    let at = format!("/rooms/{room}/files");
    let kind = ("content-type", "multipart/form-data; boundary=XX");
    let form = "--XX\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhi\r\n--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"ä.txt\"\r\n\
                Content-Type: image/png\r\n\r\nline\r\n--X\r\n--XX--\r\n";
    let made = admin.send_content("POST", &at, &[kind], form).await;
    assert_eq!((get(&admin, &id(&made), &[]).await.text.as_str(), &made.body["name"]), ("line\r\n--X", &json!("ä.txt")));
    let cut = form.split("--X\r\n--XX").next().unwrap().to_owned();
    assert_eq!(admin.send_content("POST", &at, &[kind], cut).await.status, 400, "it doesn't end");
    assert_eq!(admin.send_content("POST", &at, &[kind], "--XX--").await.body["errors"][0]["field"], "/file");
    assert_eq!(admin.send_content("POST", &at, &[("content-type", "multipart/mixed; boundary=XX")], form).await.status, 415);
    let named = admin.send_content("POST", &at, &[("content-disposition", "attachment; filename*=UTF-8''%E2%82%AC.txt")], "x").await;
    assert_eq!(named.body["name"], "€.txt");
    assert_eq!(kept(&world), (2, 0));
}

#[tokio::test]
async fn a_link_is_worth_nothing_without_the_room() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "desk", "closed").await;
    let eve = world.signed_in("eve").await;
    let member = json!({ "principal": { "kind": "user", "id": world.id_of(&eve).await } });
    let file = posted(&admin, &room, "a.txt", b"hello").await;
    let unknown = get(&eve, "01939c5e-7a00-7000-8000-0000000000ff", &[]).await;
    assert_eq!(get(&eve, &file, &[]).await.seen(), unknown.seen());
    assert_eq!(admin.post(&format!("/rooms/{room}/lists/members"), member.clone()).await.status, 200);
    assert_eq!(get(&eve, &file, &[]).await.text, "hello");
    assert_eq!(admin.post(&format!("/rooms/{room}/lists/excluded"), member).await.status, 200);
    assert_eq!(get(&eve, &file, &[]).await.seen(), unknown.seen(), "also with what is cached");
    assert_eq!(get(&world.visitor(), &file, &[]).await.status, 401);
    let mut socket = Socket::open(world.listen().await, &admin).await;
    assert!(socket.ask(json!({ "op": "delete", "room": room, "seq": 1, "nonce": nonce() })).await["ok"].is_object());
    assert_eq!(get(&admin, &file, &[]).await.problem(), "file-not-found", "it goes with its message");
    assert_eq!(admin.get(&format!("/rooms/{room}/files")).await.body["items"], json!([]));
}

#[tokio::test]
async fn where_files_are_off_none_are_posted() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "desk", "open").await;
    let (waiting, before) = (id(&admin.upload(&room, "a.txt", b"a").await), posted(&admin, &room, "b.txt", b"b").await);
    let version = admin.get(&format!("/rooms/{room}")).await.header("etag").to_owned();
    assert_eq!(admin.get(&format!("/rooms/{room}")).await.body["files"], "inherit");
    assert_eq!(admin.patch(&format!("/rooms/{room}"), &version, json!({ "files": "off" })).await.status, 200);
    assert_eq!(admin.upload(&room, "c.txt", b"c").await.problem(), "forbidden");
    assert_eq!(post(&admin, &room, "", &[&waiting]).await.problem(), "forbidden");
    assert_eq!(get(&admin, &before, &[]).await.text, "b", "files posted before stay");
    let hall = json!({ "name": "hall", "category": world.root().await, "privacy": "open", "type": "auditorium" });
    let hall = id(&admin.post("/rooms", hall).await);
    assert_eq!(world.signed_in("eve").await.upload(&hall, "a", b"a").await.problem(), "forbidden");
}

#[tokio::test]
async fn others_uploads_cant_be_posted() {
    let (world, admin) = World::peopled().await;
    let (room, other) = (world.room(&admin, "desk", "open").await, world.room(&admin, "other", "open").await);
    let eve = world.signed_in("eve").await;
    let (file, mine) = (id(&admin.upload(&room, "a", b"a").await), id(&eve.upload(&room, "b", b"b").await));
    for (client, at, files) in
        [(&eve, &room, vec![&*file]), (&admin, &other, vec![&file]), (&eve, &room, vec![&mine, &file]), (&eve, &room, vec![&mine, &mine])]
    {
        let refused = post(client, at, "x", &files).await;
        assert_eq!((refused.status, &refused.body["errors"][0]["code"]), (422, &json!("unknown")), "{refused:?}");
    }
    let many: Vec<_> = (0..21).map(|_| nonce()).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    assert_eq!(post(&eve, &room, "x", &many).await.body["errors"][0]["code"], "too-many");
    assert_eq!(post(&eve, &room, "", &[]).await.body["errors"][0]["code"], "required");
    assert_eq!(post(&eve, &room, "", &[&mine]).await.status, 201);
}

#[tokio::test]
async fn what_nobody_posts_is_swept_after_a_day() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "desk", "open").await;
    let (waiting, kept_one) = (id(&admin.upload(&room, "a", b"a").await), posted(&admin, &room, "b", b"b").await);
    let stray = world.folder.path().join("files/staging").join(nonce());
    std::fs::write(&stray, "left behind").unwrap();
    world.pass(Duration::from_secs(23 * 3600)).await;
    world.stoa.shared.services.files.sweep().await.unwrap();
    assert_eq!(kept(&world), (2, 0), "what a server left behind is gone");
    world.pass(Duration::from_secs(3600)).await;
    let removed = world.stoa.shared.services.files.sweep().await.unwrap();
    assert_eq!((removed, kept(&world)), (0, (1, 0)));
    assert_eq!(get(&admin, &waiting, &[]).await.status, 404);
    assert_eq!(get(&admin, &kept_one, &[]).await.text, "b");
    let orphan = stoa_services::Environment::system().id::<uuid::Uuid>().to_string();
    let simple = orphan.replace('-', "");
    let place = world.folder.path().join("files").join(&simple[28..30]).join(&simple[30..32]);
    std::fs::create_dir_all(&place).unwrap();
    std::fs::write(place.join(&orphan), "nobody's").unwrap();
    assert_eq!(world.stoa.shared.services.files.sweep().await.unwrap(), 1);
    assert_eq!(kept(&world), (1, 0));
}

#[tokio::test]
async fn what_the_store_lost_is_told() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "desk", "open").await;
    let (gone, shorter, other) =
        (posted(&admin, &room, "a", b"aaaa").await, posted(&admin, &room, "b", b"bbbb").await, posted(&admin, &room, "c", b"cccc").await);
    let blob = |file: &str| {
        let simple = file.replace('-', "");
        world.folder.path().join("files").join(&simple[28..30]).join(&simple[30..32]).join(file)
    };
    std::fs::remove_file(blob(&gone)).unwrap();
    std::fs::write(blob(&shorter), "bb").unwrap();
    std::fs::write(blob(&other), "CCCC").unwrap();
    for file in [&gone, &shorter] {
        assert_eq!(get(&admin, file, &[]).await.problem(), "file-lost");
    }
    let blobs = stoa_files::Blobs::folder(&world.folder.path().join("files")).unwrap();
    let compare = async |repair, quick| {
        let mut found = Vec::new();
        let how = stoa_services::files::verify::How { repair, quick };
        let compared = stoa_services::files::verify::verify(world.store.as_ref(), &blobs, how, |finding| found.push(finding.to_string())).await.unwrap();
        ((compared.files, compared.missing, compared.changed, compared.orphaned), found)
    };
    assert_eq!(compare(false, true).await.0, (3, 1, 1, 0));
    let (counts, found) = compare(true, false).await;
    assert_eq!(counts, (3, 1, 2, 0));
    assert!(found[0].starts_with(&format!("missing: {gone} \"a\" of room {room}")) && found[1].contains("2 bytes instead of 4"), "{found:?}");
    assert_eq!(get(&admin, &other, &[]).await.problem(), "file-lost", "nobody gets what isn't what was posted");
    assert_eq!(admin.get(&format!("/rooms/{room}/messages")).await.body["messages"][2]["attachments"][0]["lost"], true);
    std::fs::write(blob(&other), "cccc").unwrap();
    assert!(compare(true, false).await.1.iter().any(|found| found.starts_with("back: ")));
    assert_eq!(get(&admin, &other, &[]).await.text, "cccc");
}

/// A PNG of one colour.
fn picture(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(width, height, image::Rgb([20, 120, 220])).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[tokio::test]
async fn images_have_previews_for_those_who_may_read_them() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "desk", "closed").await;
    let file = posted(&admin, &room, "a.png", &picture(1_200, 600)).await;
    let seen =
        async |edge: u32, headers: &[(&str, &str)]| admin.send_content("GET", &format!("/files/{file}/preview?edge={edge}"), headers, Body::empty()).await;
    for (edge, most) in [(320, 320), (960, 960), (1_920, 960)] {
        let reply = seen(edge, &[]).await;
        assert_eq!((reply.status, reply.header("content-type")), (200, "image/jpeg"), "{edge}");
        for (name, value) in [
            ("content-security-policy", "sandbox; default-src 'none'"),
            ("x-content-type-options", "nosniff"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "private, no-cache"),
        ] {
            assert_eq!(reply.header(name), value, "{name}");
        }
        let extent = image::ImageReader::new(std::io::Cursor::new(&reply.bytes)).with_guessed_format().unwrap().into_dimensions().unwrap();
        assert_eq!(extent, (most, most / 2), "{edge}");
        assert_eq!(seen(edge, &[("if-none-match", reply.header("etag"))]).await.status, 304);
    }
    assert_eq!(seen(100, &[]).await.body["errors"][0]["field"], "/edge");
    let message = admin.get(&format!("/rooms/{room}/messages")).await.body["messages"][0].clone();
    assert_eq!((&message["attachments"][0]["width"], &message["attachments"][0]["height"]), (&json!(1_200), &json!(600)));
    let eve = world.signed_in("eve").await;
    assert_eq!(eve.get(&format!("/files/{file}/preview")).await.problem(), "file-not-found");

    // What says that it is an image, and isn't one to decode.
    let broken = posted(&admin, &room, "b.png", &picture(50, 50)[..60]).await;
    for _ in 0..2 {
        assert_eq!(admin.get(&format!("/files/{broken}/preview")).await.problem(), "not-found");
    }
    let text = posted(&admin, &room, "c.txt", b"words").await;
    assert_eq!(admin.get(&format!("/files/{text}/preview")).await.problem(), "not-found");
}
