//! Pages' forms without scripts: what they do, and where they lead.

use axum::body::Body;
use http::{Method, header};
use serde_json::json;

use crate::client::{Client, Reply};
use crate::world::{PASSWORD, World};

fn leads(reply: &Reply) -> &str {
    assert_eq!(reply.status, 303, "{reply:?}");
    reply.header(header::LOCATION.as_str())
}

const NONCE: &str = "01939c5e-7a00-7000-8000-000000000001";

#[tokio::test]
async fn signing_in_leads_on_and_failing_leads_back() {
    let (world, _) = World::peopled().await;
    let mut ben = world.visitor();
    let reply = ben.form("/sign-in", &[("name", "ben"), ("password", PASSWORD), ("next", "/chat/r/x")]).await;
    assert_eq!(leads(&reply), "/chat/r/x");
    ben.keep(&reply);
    assert_eq!(ben.get("/session").await.body["user"]["name"], "ben");
    let reply = world.visitor().form("/sign-in", &[("name", "ben"), ("password", PASSWORD), ("next", "//evil.test")]).await;
    assert_eq!(leads(&reply), "/chat");
    let reply = world.visitor().form("/sign-in", &[("name", "ben"), ("password", "wrong"), ("next", "/people")]).await;
    assert_eq!(leads(&reply), "/sign-in?problem=bad-credentials&name=ben&next=%2Fpeople");
    assert_eq!(leads(&ben.form("/sign-out", &[]).await), "/sign-in");
    assert_eq!(ben.get("/session").await.status, 401);
    assert_eq!(leads(&ben.form("/sign-out", &[]).await), "/sign-in", "twice is no harm");
}

#[tokio::test]
async fn the_first_administrator_comes_by_form_too() {
    let world = World::new().await;
    let token = world.stoa.shared.services.auth.setup_link_token().unwrap().to_owned();
    let mut ana = world.visitor();
    let short = ana.form("/setup", &[("token", &token), ("name", "ana"), ("display_name", "Ana"), ("password", "x")]).await;
    assert!(leads(&short).starts_with("/setup?problem=invalid&field=password&code="), "{short:?}");
    assert!(!leads(&short).contains(&token));
    let reply = ana.form("/setup", &[("token", &token), ("name", "ana"), ("display_name", "Ana"), ("password", PASSWORD)]).await;
    assert_eq!(leads(&reply), "/chat");
    ana.keep(&reply);
    assert_eq!(ana.get("/session").await.status, 200);
}

#[tokio::test]
async fn a_room_is_made_posted_to_marked_and_left() {
    let (world, admin) = World::peopled().await;
    let root = world.root().await;
    let made = admin.form("/rooms/new", &[("name", "hall"), ("category", &root), ("privacy", "open"), ("topic", "")]).await;
    let page = leads(&made).to_owned();
    let room = page.strip_prefix("/chat/r/").unwrap().to_owned();
    assert_eq!(leads(&admin.form(&page, &[("nonce", NONCE), ("body", "hello")]).await), page);
    let ben = world.signed_in("ben").await;
    assert_eq!(leads(&ben.form("/directory/join", &[("room", &room)]).await), page);
    assert_eq!(ben.get(&format!("/rooms/{room}/messages")).await.body["messages"][0]["body"], "hello");
    assert_eq!(leads(&ben.form(&format!("{page}/favourite"), &[("on", "true")]).await), page);
    assert_eq!(ben.get("/me/rooms").await.body["items"][0]["favourite"], true);
    assert_eq!(leads(&ben.form(&format!("{page}/leave"), &[]).await), "/chat");
    assert_eq!(ben.get("/me/rooms").await.body["items"].as_array().unwrap().len(), 0);

    let again = admin.form("/rooms/new", &[("name", "Hall"), ("category", &root), ("privacy", "open")]).await;
    assert!(leads(&again).starts_with("/rooms/new?problem=name-taken&field=name&code=taken&name=Hall&"), "{again:?}");
    assert_eq!(leads(&admin.form(&page, &[("nonce", "none"), ("body", "x")]).await), format!("{page}?problem=invalid&field=nonce&code=invalid"));
    assert_eq!(leads(&ben.form("/directory/join", &[("room", NONCE)]).await), "/directory?problem=room-not-found");
    assert_eq!(leads(&world.visitor().form(&page, &[("nonce", NONCE), ("body", "x")]).await), format!("/sign-in?next=%2Fchat%2Fr%2F{room}"));
}

/// A form with fields and files, in the order in which they stand in it.
async fn multipart(client: &Client, page: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Reply {
    let mut body = Vec::new();
    for (name, text) in fields {
        body.extend(format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n").bytes());
    }
    for (name, content) in files {
        let head = format!("--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: image/png\r\n\r\n");
        body.extend([head.as_bytes(), content, b"\r\n"].concat());
    }
    body.extend(b"--XX--\r\n");
    // Cut into pieces, as it comes over a line.
    let pieces: Vec<_> = body.chunks(37).map(|piece| Ok::<_, std::io::Error>(bytes::Bytes::copy_from_slice(piece))).collect();
    let request = client.request(Method::POST, page).header(header::CONTENT_TYPE, "multipart/form-data; boundary=XX");
    client.send(request.body(Body::from_stream(futures_util::stream::iter(pieces))).unwrap()).await
}

#[tokio::test]
async fn files_are_posted_with_a_message() {
    let (world, admin) = World::peopled().await;
    let room = world.room(&admin, "hall", "open").await;
    let ben = world.signed_in("ben").await;
    let (page, form) = (format!("/chat/r/{room}"), format!("/chat/r/{room}/files"));
    let messages = async || ben.get(&format!("/rooms/{room}/messages")).await.body["messages"].as_array().unwrap().clone();
    let said = [("nonce", NONCE), ("body", "look")];
    let two: [(&str, &[u8]); 3] = [("a \u{e4}&b.txt", b"hello"), ("", b""), ("two.txt", b"--X\r\n")];
    assert_eq!(leads(&multipart(&ben, &form, &said, &two).await), page);
    assert_eq!(leads(&multipart(&ben, &form, &said, &two).await), page, "sent twice, said once");
    let [message] = &messages().await[..] else { panic!("one message") };
    let names: Vec<_> =
        message["attachments"].as_array().unwrap().iter().map(|file| (file["name"].as_str().unwrap(), file["type"].as_str().unwrap())).collect();
    assert_eq!((message["body"].as_str(), names), (Some("look"), vec![("a \u{e4}&b.txt", "text/plain"), ("two.txt", "text/plain")]), "by its content");
    let read = ben.get(&format!("/files/{}", message["attachments"][1]["id"].as_str().unwrap())).await;
    assert_eq!(read.text, "--X\r\n");

    // Refused: nothing is said, and nothing stays.
    let other = [("nonce", "01939c5e-7a00-7000-8000-000000000002"), ("body", "")];
    let version = admin.get("/pool/settings").await.header("etag").to_owned();
    assert_eq!(admin.patch("/pool/settings", &version, json!({ "upload_limit": 10 })).await.status, 200);
    let space = world.store.file_space(None).await.unwrap();
    let (fits, large) = (("b.txt", &b"fits"[..]), ("c.txt", &b"more than ten"[..]));
    assert_eq!(leads(&multipart(&ben, &form, &other, &[fits, large]).await), format!("{page}?problem=file-too-large"));
    assert_eq!(leads(&multipart(&ben, &form, &other, &[("", b"")]).await), format!("{page}?problem=invalid&field=file&code=required"));
    assert_eq!(leads(&multipart(&ben, &form, &[("nonce", "none")], &[fits]).await), format!("{page}?problem=invalid&field=nonce&code=invalid"));
    let many = vec![("d.txt", &b"d"[..]); 21];
    assert_eq!(leads(&multipart(&ben, &form, &other, &many).await), format!("{page}?problem=invalid&field=attachments&code=too-many"));
    assert_eq!(leads(&ben.form(&form, &other).await), format!("{page}?problem=unsupported-media-type"));
    let cut = ben.request(Method::POST, &form).header(header::CONTENT_TYPE, "multipart/form-data; boundary=XX");
    let begun = "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nabc";
    assert_eq!(leads(&ben.send(cut.body(Body::from(begun)).unwrap()).await), format!("{page}?problem=malformed"));
    assert_eq!((messages().await.len(), world.store.file_space(None).await.unwrap()), (1, space));

    assert_eq!(leads(&multipart(&world.visitor(), &form, &other, &[fits]).await), format!("/sign-in?next=%2Fchat%2Fr%2F{room}"));
    let vault = world.room(&admin, "vault", "secret").await;
    assert!(leads(&multipart(&ben, &format!("/chat/r/{vault}/files"), &other, &[fits]).await).ends_with("?problem=room-not-found"));
    assert_eq!(leads(&multipart(&ben, "/chat/r/x/files", &other, &[fits]).await), "/chat?problem=room-not-found");
}

#[tokio::test]
async fn no_text_on_a_page_goes_on_as_html() {
    let (world, admin) = World::peopled().await;
    let evil = |place: &str| format!("</textarea></script></title>\"'><img src=x id={place}>");
    let category = json!({ "name": evil("category"), "description": evil("category-description"), "parent": world.root().await });
    let made = async |path: &str, new| {
        let reply = admin.post(path, new).await;
        assert_eq!(reply.status, 201, "{reply:?}");
        reply.body["id"].as_str().unwrap().to_owned()
    };
    let category = made("/categories", category).await;
    let room = json!({ "name": evil("room"), "description": evil("room-description"), "topic": evil("topic"), "category": category, "privacy": "open", "type": "normal" });
    let room = made("/rooms", room).await;
    let group = made("/groups", json!({ "name": evil("group"), "description": evil("group-description") })).await;
    let said = admin.post(&format!("/rooms/{room}/messages"), json!({ "nonce": NONCE, "body": evil("body") })).await;
    assert_eq!(said.status, 201, "{said:?}");
    let asked = form_urlencoded::byte_serialize(evil("asked").as_bytes()).collect::<String>();
    for path in [
        format!("/admin/categories/{category}"),
        format!("/admin/rooms/{room}"),
        format!("/admin/groups/{group}"),
        "/admin/rooms".to_owned(),
        "/admin/audit".to_owned(),
        format!("/admin/people?q={asked}"),
        format!("/chat/r/{room}"),
        format!("/directory?q={asked}"),
        format!("/rooms/new?name={asked}&topic={asked}&description={asked}&problem=invalid&field=name"),
    ] {
        let page = admin.send(admin.request(Method::GET, &path).body(Body::empty()).unwrap()).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.text.contains("&lt;img src=x"), "{path}: it is shown");
        let found = page.text.find("<img src=x").map(|at| &page.text[at.saturating_sub(100)..at + 60]);
        assert_eq!(found, None, "{path}");
    }
}
