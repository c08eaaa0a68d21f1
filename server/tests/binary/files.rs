//! Files, with a server that is killed, and with a disk that is full.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;

use crate::person::{Person, header, with_ana};
use crate::process::{Server, refusal, run};

fn staged(folder: &TempDir) -> Vec<u64> {
    std::fs::read_dir(folder.path().join("data/files/staging")).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).collect()
}

/// Where a content lies in the store.
fn blob(files: &Path, id: &str) -> PathBuf {
    let simple = id.replace('-', "");
    files.join(&simple[28..30]).join(&simple[30..32]).join(id)
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
    std::fs::write(blob(&server.folder.path().join("data/files"), id), "other").unwrap();
    let changed = run(server.folder.path(), &["files", "verify", "--repair"], None);
    assert!(refusal(&changed).contains("the store has lost files"));
    assert!(String::from_utf8_lossy(&changed.stdout).contains(&format!("changed: {id} \"a.txt\"")), "{changed:?}");
    let (status, text) = ana.call("GET", &upload.replace("uploads", "files"), "", "").await;
    assert!(status == 410 && text.contains("file-lost"), "{text}");
}

/// What a kill can leave in a folder, each step of it: a part; all of it, not yet in the store; in the store, but not in the
/// database; in the database, and still staged. Killed servers leave the first; the others are made as they would have left them.
#[tokio::test]
async fn whatever_a_kill_leaves_becomes_a_file_or_goes() {
    let server = Server::start_in(with_ana(tempfile::tempdir().unwrap()), "");
    let ana = Person::sign_in(&server).await;
    let room = ana.room().await;
    let mut uploads = Vec::new();
    for _ in 0..4 {
        let (status, text) = ana.call("POST", &format!("/rooms/{room}/uploads"), "upload-length: 6\r\nupload-metadata: filename YQ==\r\n", "").await;
        assert_eq!(status, 201, "{text}");
        uploads.push(header(&text, "location: /api/v1").to_owned());
    }
    let part = "content-type: application/offset+octet-stream\r\nupload-offset: 0\r\n";
    assert_eq!(ana.call("PATCH", &uploads[0], part, "abc").await.0, 204);
    assert_eq!(ana.call("PATCH", &uploads[3], part, "abcdef").await.0, 204);
    server.signal("-KILL");
    server.ended();
    let folder = server.into_folder();
    let files = folder.path().join("data/files");
    let id = |upload: &str| upload.rsplit('/').next().unwrap().to_owned();
    let staged_at = |upload: &str| files.join("staging").join(id(upload));
    for upload in &uploads[1..3] {
        std::fs::write(staged_at(upload), "abcdef").unwrap();
    }
    std::fs::create_dir_all(blob(&files, &id(&uploads[2])).parent().unwrap()).unwrap();
    std::fs::hard_link(staged_at(&uploads[2]), blob(&files, &id(&uploads[2]))).unwrap();
    std::fs::hard_link(blob(&files, &id(&uploads[3])), staged_at(&uploads[3])).unwrap();
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(7_200);
    std::fs::File::open(staged_at(&uploads[3])).unwrap().set_modified(long_ago).unwrap();

    let server = Server::start_in(folder, "");
    let ana = Person::sign_in(&server).await;
    let files = server.folder.path().join("data/files");
    let content = async |upload: &str| ana.call("GET", &upload.replace("uploads", "files"), "", "").await;
    for upload in &uploads[..3] {
        assert_eq!(content(upload).await.0, 404, "no file before it is finished");
    }
    let verify = || run(server.folder.path(), &["files", "verify"], None);
    assert!(verify().status.success(), "what is on its way is no orphan");
    let (status, text) = ana.call("HEAD", &uploads[0], "", "").await;
    assert_eq!((status, header(&text, "upload-offset:")), (200, "3"));
    assert_eq!(ana.call("PATCH", &uploads[0], &part.replace("offset: 0", "offset: 3"), "def").await.0, 204);
    for upload in &uploads[1..3] {
        let (status, text) = ana.call("HEAD", upload, "", "").await;
        assert_eq!((status, header(&text, "upload-offset:")), (200, "6"));
    }
    for upload in &uploads {
        let (status, text) = content(upload).await;
        assert!(status == 200 && text.ends_with("\r\n\r\nabcdef"), "{text}");
    }
    // The sweep begins with the server.
    while staged(&server.folder).iter().any(|length| *length > 0) {
        tokio::task::yield_now().await;
    }
    assert!(content(&uploads[3]).await.0 == 200 && blob(&files, &id(&uploads[3])).exists());
    let fine = verify();
    assert!(fine.status.success() && String::from_utf8_lossy(&fine.stdout).starts_with("4 files with 24 bytes: 0 missing, 0 changed; 0 "), "{fine:?}");
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
    // In parts: what fitted stays, and it goes on once there is place again.
    let taken = serde_json::from_str::<serde_json::Value>(text.split_once("\r\n\r\n").unwrap().1).unwrap()["id"].as_str().unwrap().to_owned();
    let (status, text) = ana.call("POST", &format!("/rooms/{room}/uploads"), "upload-length: 1500000\r\nupload-metadata: filename YQ==\r\n", "").await;
    assert_eq!(status, 201, "{text}");
    let upload = header(&text, "location: /api/v1").to_owned();
    let digits: String = (0_u32..).flat_map(|number| format!("{number} ").into_bytes()).take(1_500_000).map(char::from).collect();
    let part = |offset: usize| format!("content-type: application/offset+octet-stream\r\nupload-offset: {offset}\r\n");
    let (status, text) = ana.call("PATCH", &upload, &part(0), &digits).await;
    assert!(status == 507 && text.contains("/problems/store-full"), "{text}");
    assert_eq!(ana.call("DELETE", &format!("/uploads/{taken}"), "", "").await.0, 204);
    let (status, text) = ana.call("HEAD", &upload, "", "").await;
    let offset: usize = header(&text, "upload-offset: ").parse().unwrap();
    assert!(status == 200 && offset < 1_500_000, "{text}");
    let (status, text) = ana.call("PATCH", &upload, &part(offset), &digits[offset..]).await;
    assert_eq!(status, 204, "{text}");
    let (status, text) = ana.call("GET", &upload.replace("uploads", "files"), "", "").await;
    assert!(status == 200 && text.ends_with(&digits));
    ana.made(&format!("/rooms/{room}/messages"), json!({ "nonce": "01939c5e-7a00-7000-8000-000000000001", "body": "still here" })).await;
}
