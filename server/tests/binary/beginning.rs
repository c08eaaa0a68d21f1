//! Starting, and everything that stands in the way of it: one line that says what to do.

use serde_json::json;

use crate::process::{Server, free_port, refusal, run};

const JSON: &str = "content-type: application/json\r\n";

#[tokio::test]
async fn it_starts_with_nothing_and_says_how_to_begin() {
    let server = Server::start("");
    assert!(server.said.contains(&format!("Stoa is at http://127.0.0.1:{}\n", server.port)), "{}", server.said);
    let token = server.said.split("/setup#token=").nth(1).expect("no link").trim().to_owned();
    assert_eq!(server.get("/health/live").await.0, 200);
    assert_eq!(server.get("/health/ready").await.0, 200);
    let body = json!({ "token": token, "name": "ana", "display_name": "Ana", "password": "correct horse battery" }).to_string();
    assert_eq!(server.post("/api/v1/setup", JSON, &body).await.0, 201);
}

#[tokio::test]
async fn metrics_are_for_this_machine_or_on_their_own_address() {
    let server = Server::start("");
    server.get("/health/ready").await;
    let (status, text) = server.get("/metrics").await;
    assert_eq!(status, 200);
    assert!(text.contains("stoa_http_request_seconds"), "{text}");
    let forwarded = server.post("/metrics", "", "").await.0;
    assert_eq!(forwarded, 405);
    let port = free_port();
    let other = Server::start(&format!("[metrics]\nlisten = \"127.0.0.1:{port}\"\n"));
    assert_eq!(other.get("/metrics").await.0, 404);
    let stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    assert_eq!(crate::process::request(stream, "GET", "/metrics", "", "").await.0, 200);
}

#[tokio::test]
async fn an_administrator_is_made_beside_the_running_server() {
    let server = Server::start("");
    let folder = server.folder.path();
    let made = run(folder, &["admin", "create", "ana", "--display-name", "Ana", "--password-stdin"], Some("correct horse battery"));
    assert!(made.status.success(), "{made:?}");
    let sign_in = |password: &str| json!({ "name": "ana", "password": password }).to_string();
    let (status, text) = server.post("/api/v1/session", JSON, &sign_in("correct horse battery")).await;
    assert_eq!(status, 200, "{text}");
    let cookie = text.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap().split(';').next().unwrap().to_owned();
    let reset = run(folder, &["admin", "reset-password", "ana", "--password-stdin"], Some("another good password"));
    assert!(reset.status.success(), "{reset:?}");
    let (status, _) = crate::process::request(server.connect().await, "GET", "/api/v1/session", &format!("cookie: {cookie}\r\n"), "").await;
    assert_eq!(status, 401, "a new password ends the sessions");
    assert_eq!(server.post("/api/v1/session", JSON, &sign_in("another good password")).await.0, 200);

    let again = run(folder, &["admin", "create", "ANA", "--password-stdin"], Some("correct horse battery"));
    assert!(refusal(&again).contains("an account of this name exists"), "{again:?}");
    let short = run(folder, &["admin", "create", "bob", "--password-stdin"], Some("x"));
    assert!(refusal(&short).starts_with("stoa: password:"), "{short:?}");
    let nobody = run(folder, &["admin", "reset-password", "bob", "--password-stdin"], Some("correct horse battery"));
    assert!(refusal(&nobody).contains("no such person"), "{nobody:?}");
    let nothing = run(folder, &["admin", "create", "bob", "--password-stdin"], None);
    assert!(refusal(&nothing).contains("no password came on standard input"), "{nothing:?}");
}

#[tokio::test]
async fn pool_wide_settings_reach_the_running_server() {
    let server = Server::start("");
    let folder = server.folder.path();
    let made = run(folder, &["admin", "create", "ana", "--password-stdin"], Some("correct horse battery"));
    assert!(made.status.success(), "{made:?}");
    let (_, text) = server.post("/api/v1/session", JSON, r#"{"name":"ana","password":"correct horse battery"}"#).await;
    let cookie = text.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap().split(';').next().unwrap().to_owned();
    let headers = format!("cookie: {cookie}\r\nsec-fetch-site: same-origin\r\n");
    let set = run(folder, &["pool", "set", "message_limit=1234", "name=Acme"], None);
    assert!(set.status.success(), "{set:?}");
    let started = std::time::Instant::now();
    while !server.post("/api/v1/lookup", &headers, "").await.1.contains(r#""message":1234"#) {
        assert!(started.elapsed().as_secs() < 20, "the server doesn't have the new limit");
    }
    let got = run(folder, &["pool", "get", "message_limit"], None);
    assert_eq!(String::from_utf8_lossy(&got.stdout).trim(), "1234");
    let unknown = refusal(&run(folder, &["pool", "set", "name=X", "colour=red"], None));
    assert!(unknown.contains("no pool-wide setting colour"), "{unknown}");
    let kept = run(folder, &["pool", "get", "name"], None);
    assert_eq!(String::from_utf8_lossy(&kept.stdout).trim(), "Acme", "all or none");
}

#[test]
fn settings_that_are_wrong_are_told_with_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("stoa.toml"), "data = \"d\"\n\n[log]\nlvel = \"info\"\n").unwrap();
    for command in [vec!["serve"], vec!["config", "check"], vec!["config", "show"], vec!["pool", "get"]] {
        let told = refusal(&run(path, &command, None));
        assert!(told.starts_with("stoa: stoa.toml, line 4: log.lvel: there is no such setting (expected one of: "), "{told}");
    }
    let missing = refusal(&run(path, &["serve", "--config", "other.toml"], None));
    assert!(missing.starts_with("stoa: other.toml: can't be read"), "{missing}");
    let services = refusal(&run(path, &["serve", "--config", "/dev/null", "--services", "lookup,tea"], None));
    assert!(services.contains("command line: services") && services.contains("tea"), "{services}");
    std::fs::write(path.join("stoa.toml"), "[tls]\ncertificate = \"none.pem\"\nkey = \"none.pem\"\n").unwrap();
    let certificate = refusal(&run(path, &["config", "check"], None));
    assert!(certificate.starts_with("stoa: tls.certificate: none.pem: "), "{certificate}");
}

#[test]
fn settings_are_shown_with_where_they_came_from() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("stoa.toml"), "drain = 9\n[database]\nurl = \"postgres://stoa:s3cret@db/stoa\"\n").unwrap();
    let shown = run(folder.path(), &["config", "show", "--data", "elsewhere"], None);
    let text = String::from_utf8_lossy(&shown.stdout);
    for part in ["drain = 9 ", "# stoa.toml, line 1", "data = \"elsewhere\"", "# command line", "postgres://stoa:***@db/stoa", "# default"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("s3cret"));
}

#[tokio::test]
async fn what_stands_in_the_way_is_told() {
    let server = Server::start("");
    let folder = tempfile::tempdir().unwrap();
    let taken = run(folder.path(), &["serve", "--listen", &format!("127.0.0.1:{}", server.port)], None);
    let told = refusal(&taken);
    assert!(told.contains("another program listens there") && told.contains(&server.port.to_string()), "{told}");
    assert!(!folder.path().join("data").exists(), "and nothing was begun");
    std::fs::write(folder.path().join("file"), "").unwrap();
    let listen = format!("127.0.0.1:{}", free_port());
    let unwritable = refusal(&run(folder.path(), &["serve", "--listen", &listen, "--data", "file/data"], None));
    assert!(unwritable.contains("can't write the data folder file/data"), "{unwritable}");
    std::fs::write(folder.path().join("pg.toml"), "[database]\nurl = \"postgres://stoa:s3cret@127.0.0.1:1/stoa\"\n").unwrap();
    let away = refusal(&run(folder.path(), &["serve", "--config", "pg.toml", "--listen", &listen], None));
    assert!(away.contains("doesn't answer") && away.contains("database.url") && !away.contains("s3cret"), "{away}");
}

#[test]
fn the_sample_company_is_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let made = run(folder.path(), &["demo", "--data", "company"], None);
    assert!(made.status.success(), "{made:?}");
    assert!(String::from_utf8_lossy(&made.stdout).contains("mira.kovac"));
    let again = refusal(&run(folder.path(), &["demo", "--data", "company"], None));
    assert!(again.contains("already has people in it"), "{again}");
}
