//! A store that is away, slow or wrong, and a server that is killed while it speaks to it.

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;

use crate::faulty::{Day, Faulty};
use crate::moto::{Moto, settings};
use crate::person::{Person, header, with_ana};
use crate::process::{Server, run};

const BUCKET: &str = "company";

fn is_away((status, text): (u16, String)) {
    assert!(status == 503 && text.contains("/problems/store-away") && !header(&text, "retry-after:").is_empty(), "{text}");
}

fn staged(folder: &TempDir) -> usize {
    std::fs::read_dir(folder.path().join("data/files/staging")).unwrap().count()
}

/// That much, begun and not sent.
async fn begun(ana: &Person<'_>, room: &str, size: usize) -> String {
    let (status, text) = ana.call("POST", &format!("/rooms/{room}/uploads"), &format!("upload-length: {size}\r\nupload-metadata: filename YQ==\r\n"), "").await;
    assert_eq!(status, 201, "{text}");
    header(&text, "location: /api/v1").to_owned()
}

const PART: &str = "content-type: application/offset+octet-stream\r\nupload-offset: 0\r\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_on_a_bad_day_is_told_and_nothing_is_half_there() {
    let moto = Moto::with(BUCKET).await;
    let faulty = Faulty::before(moto.port).await;
    let server = Server::start_in(with_ana(tempfile::tempdir().unwrap()), &settings(faulty.port, BUCKET));
    let ana = Person::sign_in(&server).await;
    let room = ana.room().await;
    let (path, content) = (format!("/rooms/{room}/files?name=a"), "x".repeat(300_000));
    let (status, text) = ana.call("POST", &path, "", &content).await;
    assert_eq!(status, 201, "{text}");
    let file = serde_json::from_str::<Value>(text.split_once("\r\n\r\n").unwrap().1).unwrap()["id"].as_str().unwrap().to_owned();
    let kept = moto.names(BUCKET).await;
    let large = "x".repeat(6_000_000);
    for day in [Day::Failing, Day::Silent, Day::Forgetful, Day::Halving] {
        faulty.has(day);
        is_away(ana.call("POST", &path, "", &content).await);
        // In parts.
        is_away(ana.call("POST", &path, "", &large).await);
    }
    for day in [Day::Failing, Day::Silent] {
        faulty.has(day);
        is_away(ana.call("GET", &format!("/files/{file}"), "", "").await);
        let verify = run(server.folder.path(), &["files", "verify", "--repair"], None);
        assert!(!verify.status.success() && String::from_utf8_lossy(&verify.stderr).contains("the store doesn't answer"), "{verify:?}");
    }
    // Less came than was said: nobody takes that for the whole.
    faulty.has(Day::Cutting);
    let (status, text) = ana.call("GET", &format!("/files/{file}"), "", "").await;
    let came = text.split_once("\r\n\r\n").unwrap().1.len();
    assert!(status == 503 || (status, header(&text, "content-length:")) == (200, "300000") && came < 300_000, "{status}, {came} bytes");
    faulty.has(Day::Padding);
    let (status, text) = ana.call("GET", &format!("/files/{file}"), "", "").await;
    assert!(status == 410 && text.contains("file-lost"), "{text}");

    ana.made(&format!("/rooms/{room}/messages"), json!({ "nonce": "01939c5e-7a00-7000-8000-000000000001", "body": "still here" })).await;
    faulty.has(Day::Good);
    assert_eq!(ana.call("GET", &format!("/files/{file}"), "range: bytes=7-9\r\n", "").await.0, 206);
    assert_eq!(staged(&server.folder), 0);
    // What a store says it kept in halves is swept when the store is well again; the sweep begins with the server.
    server.signal("-TERM");
    server.ended();
    let server = Server::start_in(server.into_folder(), &settings(faulty.port, BUCKET));
    while moto.names(BUCKET).await != kept {
        tokio::task::yield_now().await;
    }
    let fine = run(server.folder.path(), &["files", "verify"], None);
    assert!(fine.status.success() && String::from_utf8_lossy(&fine.stdout).starts_with("1 files with 300000 bytes: 0 missing"), "{fine:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_whole_waits_for_a_store_that_is_away() {
    let moto = Moto::with(BUCKET).await;
    let faulty = Faulty::before(moto.port).await;
    let server = Server::start_in(with_ana(tempfile::tempdir().unwrap()), &settings(faulty.port, BUCKET));
    let ana = Person::sign_in(&server).await;
    let room = ana.room().await;
    let upload = begun(&ana, &room, 400_000).await;
    faulty.has(Day::Failing);
    is_away(ana.call("PATCH", &upload, PART, "y".repeat(400_000)).await);
    let (status, text) = ana.call("HEAD", &upload, "", "").await;
    assert!(status == 503 && !header(&text, "retry-after:").is_empty(), "{text}");
    assert_eq!(ana.call("GET", &upload.replace("uploads", "files"), "", "").await.0, 404);
    faulty.has(Day::Good);
    // Nothing is sent again.
    let (status, text) = ana.call("HEAD", &upload, "", "").await;
    assert_eq!((status, header(&text, "upload-offset:")), (200, "400000"), "{text}");
    let (status, text) = ana.call("GET", &upload.replace("uploads", "files"), "", "").await;
    assert!(status == 200 && text.ends_with(&"y".repeat(400_000)));
}

/// Killed before the store has the content, after it has it but before the database knows, and while it is removed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_leaves_a_file_an_upload_or_nothing() {
    for (day, size) in [(Day::Deaf, 300_000), (Day::Mute, 300_000), (Day::Deaf, 6_000_000), (Day::Mute, 6_000_000)] {
        let moto = Moto::with(BUCKET).await;
        let mut faulty = Faulty::before(moto.port).await;
        let server = Server::start_in(with_ana(tempfile::tempdir().unwrap()), &settings(faulty.port, BUCKET));
        let ana = Person::sign_in(&server).await;
        let room = ana.room().await;
        let upload = begun(&ana, &room, size).await;
        let file = upload.replace("uploads", "files");
        faulty.has(day);
        let mut line = server.connect().await;
        let head = format!("PATCH /api/v1{upload} HTTP/1.1\r\nhost: localhost\r\n{}{PART}content-length: {size}\r\n\r\n", ana.headers);
        line.write_all(&[head.as_bytes(), &vec![b'z'; size]].concat()).await.unwrap();
        faulty.changed(1).await;
        server.signal("-KILL");
        server.ended();
        faulty.has(Day::Good);
        let server = Server::start_in(server.into_folder(), &settings(faulty.port, BUCKET));
        let ana = Person::sign_in(&server).await;
        assert_eq!(ana.call("GET", &file, "", "").await.0, 404, "{day:?}: no file before it is finished");
        let compared = run(server.folder.path(), &["files", "verify"], None);
        assert!(compared.status.success(), "{day:?}: what is on its way is no orphan: {compared:?}");
        let (status, text) = ana.call("HEAD", &upload, "", "").await;
        assert_eq!((status, header(&text, "upload-offset:")), (200, size.to_string().as_str()), "{day:?}: {text}");
        let (status, text) = ana.call("GET", &file, "", "").await;
        assert!(status == 200 && text.ends_with(&"z".repeat(size)));
        assert_eq!(staged(&server.folder), 0);
        // Killed while it goes: the row says so, and what is left of it goes later.
        faulty.has(Day::Deaf);
        let before = faulty.changes();
        let mut line = server.connect().await;
        let head = format!("DELETE /api/v1{upload} HTTP/1.1\r\nhost: localhost\r\n{}\r\n", ana.headers);
        line.write_all(head.as_bytes()).await.unwrap();
        faulty.changed(before + 1).await;
        server.signal("-KILL");
        server.ended();
        faulty.has(Day::Good);
        assert_eq!(moto.names(BUCKET).await.len(), 1);
        let server = Server::start_in(server.into_folder(), &settings(faulty.port, BUCKET));
        let ana = Person::sign_in(&server).await;
        assert_eq!(ana.call("GET", &file, "", "").await.0, 404);
        while !moto.names(BUCKET).await.is_empty() {
            tokio::task::yield_now().await;
        }
        let compared = run(server.folder.path(), &["files", "verify"], None);
        assert!(compared.status.success() && String::from_utf8_lossy(&compared.stdout).starts_with("0 files"), "{compared:?}");
    }
}
