//! Files in a store that speaks S3.

use serde_json::{Value, json};

use crate::moto::{Moto, settings};
use crate::person::{Person, header, with_ana};
use crate::process::{Server, refusal, run};

const BUCKET: &str = "company";

fn body(text: &str) -> &str {
    text.split_once("\r\n\r\n").unwrap().1
}

/// The id of what was uploaded.
fn uploaded((status, text): (u16, String)) -> String {
    assert_eq!(status, 201, "{text}");
    serde_json::from_str::<Value>(body(&text)).unwrap()["id"].as_str().unwrap().to_owned()
}

fn name_of(file: &str) -> String {
    let simple = file.replace('-', "");
    format!("chat/files/{}/{}/{file}", &simple[28..30], &simple[30..32])
}

fn picture() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(1_000, 500).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[tokio::test]
async fn files_live_in_the_bucket() {
    let moto = Moto::with(BUCKET).await;
    let server = Server::start_in(with_ana(tempfile::tempdir().unwrap()), &settings(moto.port, BUCKET));
    let ana = Person::sign_in(&server).await;
    let room = ana.room().await;
    let upload = async |name: &str, content: Vec<u8>| uploaded(ana.call("POST", &format!("/rooms/{room}/files?name={name}"), "", content).await);
    // The second in more than one part; what differs shows where the parts meet.
    let large: Vec<u8> = (0..12_000_000_u32).map(|at| u8::try_from(at / 65_536 % 26).unwrap() + b'a').collect();
    let (small, parts, image) = (upload("small", b"hello".to_vec()).await, upload("large", large.clone()).await, upload("image", picture()).await);
    let empty = upload("empty", Vec::new()).await;
    let mut names = [&small, &parts, &image, &empty].map(|file| name_of(file)).to_vec();
    names.sort();
    assert_eq!(moto.names(BUCKET).await, names);
    assert!(std::fs::read_dir(server.folder.path().join("data/files/staging")).unwrap().next().is_none(), "nothing stays here");

    let (status, text) = ana.call("GET", &format!("/files/{parts}"), "range: bytes=5242870-5242889\r\n", "").await;
    assert_eq!((status, header(&text, "content-range:")), (206, "bytes 5242870-5242889/12000000"));
    assert_eq!(body(&text).as_bytes(), &large[5_242_870..5_242_890]);
    let (status, text) = ana.call("GET", &format!("/files/{parts}"), "", "").await;
    assert!(status == 200 && body(&text).contains(std::str::from_utf8(&large[5_000_000..11_999_999]).unwrap()), "the whole");
    let (status, text) = ana.call("GET", &format!("/files/{empty}"), "", "").await;
    assert_eq!((status, header(&text, "content-length:"), body(&text)), (200, "0", ""));
    let (status, text) = ana.call("GET", &format!("/files/{image}/preview"), "", "").await;
    assert_eq!((status, header(&text, "content-type:")), (200, "image/jpeg"), "{text}");

    let verify = |more: &[&str]| run(server.folder.path(), &[&["files", "verify"], more].concat(), None);
    let fine = verify(&[]);
    assert!(fine.status.success() && String::from_utf8_lossy(&fine.stdout).starts_with("4 files with 120"), "{fine:?}");
    assert_eq!(ana.call("DELETE", &format!("/uploads/{small}"), "", "").await.0, 204);
    assert!(!moto.names(BUCKET).await.contains(&name_of(&small)));

    // Changed, missing, orphaned; and beside it what isn't ours.
    let at = |file: &str| format!("/{BUCKET}/{}", name_of(file));
    let mut other = large.clone();
    other[6_000_000] = b'!';
    let orphan = "01939c5e-7a00-7000-8000-00000000abcd";
    for (path, content) in [(at(&parts), other), (at(orphan), b"x".to_vec()), (format!("/{BUCKET}/chat/other"), b"theirs".to_vec())] {
        assert_eq!(moto.call("PUT", &path, content).await.0, 200);
    }
    assert_eq!(moto.call("DELETE", &at(&image), "").await.0, 204);
    let told = String::from_utf8(verify(&["--quick"]).stdout).unwrap();
    assert!(!told.contains("changed: ") && told.contains(&format!("missing: {image}")), "sizes only: {told}");
    let repaired = verify(&["--repair"]);
    assert!(refusal(&repaired).contains("the store has lost files"));
    let told = String::from_utf8(repaired.stdout).unwrap();
    for found in [format!("changed: {parts} \"large\""), format!("missing: {image} \"image\""), format!("orphaned: {orphan}, 1 bytes")] {
        assert!(told.contains(&found), "{found}: {told}");
    }
    assert!(!moto.names(BUCKET).await.contains(&name_of(orphan)) && moto.names(BUCKET).await.contains(&"chat/other".to_owned()));
    let (status, text) = ana.call("GET", &format!("/files/{parts}"), "", "").await;
    assert!(status == 410 && text.contains("file-lost"), "{text}");
    for (file, content) in [(&parts, large), (&image, picture())] {
        assert_eq!(moto.call("PUT", &at(file), content).await.0, 200);
    }
    let back = verify(&["--repair"]);
    assert!(back.status.success() && String::from_utf8_lossy(&back.stdout).contains(&format!("back: {parts}")), "{back:?}");
    assert_eq!(ana.call("GET", &format!("/files/{parts}"), "range: bytes=0-0\r\n", "").await.0, 206);

    // A bucket that isn't there has lost nothing.
    let elsewhere = std::fs::read_to_string(server.folder.path().join("stoa.toml")).unwrap().replace(BUCKET, "nothing");
    std::fs::write(server.folder.path().join("elsewhere.toml"), elsewhere).unwrap();
    let gone = verify(&["--repair", "--config", "elsewhere.toml"]);
    assert!(refusal(&gone).contains("the store doesn't answer") && gone.stdout.is_empty(), "{gone:?}");
    assert_eq!(ana.call("GET", &format!("/files/{parts}"), "range: bytes=0-0\r\n", "").await.0, 206);
    let shown = run(server.folder.path(), &["config", "show"], None);
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("s3.bucket = \"company\"") && shown.contains("s3.secret_key = \"***\"") && !shown.contains("s3cret"), "{shown}");
}

/// The servers of a pool may have been set to different buckets, or one of them is gone.
#[tokio::test]
async fn a_bucket_that_is_missing_takes_nothing() {
    let moto = Moto::with(BUCKET).await;
    let server = Server::start_in(with_ana(tempfile::tempdir().unwrap()), &settings(moto.port, "nothing"));
    let ana = Person::sign_in(&server).await;
    let room = ana.room().await;
    for size in [5, 6_000_000] {
        let (status, text) = ana.call("POST", &format!("/rooms/{room}/files?name=a"), "", vec![b'x'; size]).await;
        assert!(status == 503 && text.contains("/problems/store-away") && !header(&text, "retry-after:").is_empty(), "{text}");
    }
    ana.made(&format!("/rooms/{room}/messages"), json!({ "nonce": "01939c5e-7a00-7000-8000-000000000001", "body": "still here" })).await;
}
