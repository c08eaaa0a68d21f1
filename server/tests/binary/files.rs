//! Files, with a server that is killed, and with a disk that is full.

use std::process::Command;

use serde_json::json;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;

use crate::person::{Person, header, with_ana};
use crate::process::{Server, refusal, run};

fn staged(folder: &TempDir) -> Vec<u64> {
    std::fs::read_dir(folder.path().join("data/files/staging")).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).collect()
}

#[tokio::test]
async fn an_upload_outlives_the_server_that_is_killed() {
    let server = Server::start_in(with_ana(tempfile::tempdir().unwrap()), "");
    let ana = Person::sign_in(&server).await;
    let room = ana.room().await;
    let (status, text) = ana.call("POST", &format!("/rooms/{room}/uploads"), "upload-length: 900000\r\nupload-metadata: filename YS50eHQ=\r\n", "").await;
    assert_eq!(status, 201, "{text}");
    let upload = header(&text, "location: /api/v1").to_owned();
    // Its line stays open, with a part of what was announced.
    let mut line = server.connect().await;
    let head = format!(
        "PATCH /api/v1{upload} HTTP/1.1\r\nhost: localhost\r\n{}content-type: application/offset+octet-stream\r\nupload-offset: 0\r\ncontent-length: 900000\r\n\r\n",
        ana.headers
    );
    line.write_all(head.as_bytes()).await.unwrap();
    line.write_all(&vec![b'x'; 500_000]).await.unwrap();
    while staged(&server.folder).first().is_none_or(|length| *length < 300_000) {
        tokio::task::yield_now().await;
    }
    server.signal("-KILL");
    server.ended();
    let folder = server.into_folder();
    let server = Server::start_in(folder, "");
    let ana = Person::sign_in(&server).await;
    let (status, text) = ana.call("HEAD", &upload, "", "").await;
    let offset: usize = header(&text, "upload-offset: ").parse().unwrap();
    assert!(status == 200 && (300_000..=500_000).contains(&offset), "{text}");
    let (status, _) = ana.call("GET", &upload.replace("uploads", "files"), "", "").await;
    assert_eq!(status, 404, "no file that isn't finished");
    let part = format!("content-type: application/offset+octet-stream\r\nupload-offset: {offset}\r\n");
    let rest = "x".repeat(900_000 - offset);
    let (status, text) = ana.call("PATCH", &upload, &part, &rest).await;
    assert_eq!(status, 204, "{text}");
    let (status, text) = ana.call("GET", &upload.replace("uploads", "files"), "", "").await;
    assert!(status == 200 && text.split("\r\n\r\n").nth(1).unwrap().bytes().filter(|byte| *byte == b'x').count() == 900_000);
    assert!(staged(&server.folder).is_empty());
    // What the command says of it, with the server running.
    let fine = run(server.folder.path(), &["files", "verify"], None);
    assert!(fine.status.success() && String::from_utf8_lossy(&fine.stdout).contains("1 files with 900000 bytes: 0 missing"), "{fine:?}");
    let id = upload.rsplit('/').next().unwrap();
    let simple = id.replace('-', "");
    let place = server.folder.path().join("data/files").join(&simple[28..30]).join(&simple[30..32]).join(id);
    std::fs::write(&place, "other").unwrap();
    let changed = run(server.folder.path(), &["files", "verify", "--repair"], None);
    assert!(refusal(&changed).contains("the store has lost files"));
    assert!(String::from_utf8_lossy(&changed.stdout).contains(&format!("changed: {id} \"a.txt\"")), "{changed:?}");
    let (status, text) = ana.call("GET", &upload.replace("uploads", "files"), "", "").await;
    assert!(status == 410 && text.contains("file-lost"), "{text}");
}

/// In a namespace of its own, where a disk of two megabytes can be mounted.
#[tokio::test]
async fn a_full_disk_is_told_and_chat_goes_on() {
    let folder = with_ana(tempfile::tempdir().unwrap());
    let small = folder.path().join("small");
    std::fs::create_dir(&small).unwrap();
    let settings = format!("files.folder = \"{}\"\n", small.display());
    let before = format!("mount -t tmpfs -o size=2m tmpfs '{}' && exec \"$@\"", small.display());
    let mut within = Command::new("unshare");
    within.args(["--mount", "--map-root-user", "sh", "-c", &before, "sh"]);
    let server = Server::start_within(folder, &settings, Some(&within));
    let ana = Person::sign_in(&server).await;
    let room = ana.room().await;
    let content = "x".repeat(3_000_000);
    let (status, text) = ana.call("POST", &format!("/rooms/{room}/files?name=a"), "", &content).await;
    assert!(status == 507 && text.contains("/problems/store-full"), "{text}");
    let (status, text) = ana.call("POST", &format!("/rooms/{room}/files?name=a"), "", &"x".repeat(1_000_000)).await;
    assert_eq!(status, 201, "what didn't fit is gone again: {text}");
    let (status, _) = ana.call("POST", &format!("/rooms/{room}/files?name=a"), "", &"x".repeat(1_500_000)).await;
    assert_eq!(status, 507);
    ana.made(&format!("/rooms/{room}/messages"), json!({ "nonce": "01939c5e-7a00-7000-8000-000000000001", "body": "still here" })).await;
}
