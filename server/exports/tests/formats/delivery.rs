//! Folders and stores: whole or not at all, and the same again.

use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use stoa_domain::archive::adapter::Adapter;
use stoa_domain::archive::{ArchivedFile, Content};
use stoa_exports::{Contents, ExportError, Staged};

use crate::sample::{Files, Ground, adapter, file, one_of_each, person, post, record, room};
use crate::validators;

fn formats() -> Vec<Value> {
    vec![
        json!({ "kind": "group_chat", "one_room_per_file": true, "files": true }),
        json!({ "kind": "group_chat", "dialect": "extended" }),
        json!({ "kind": "actiance", "files": true }),
        json!({ "kind": "eml", "attachments": true }),
        json!({ "kind": "json_lines" }),
        json!({ "kind": "csv" }),
    ]
}

#[tokio::test]
async fn another_try_gives_the_same_files_and_replaces_what_broke_off() {
    for format in formats() {
        let adapter = adapter(format.clone());
        let (one, other) = (Ground::new(), Ground::new());
        let files = one.export(&adapter, &one_of_each()).await;
        // A try that didn't come to its end, and the remains of another.
        for (name, content) in &files.0 {
            let path = other.site.exports.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &content[..content.len() / 2]).unwrap();
            fs::write(path.with_file_name(format!(".part-{}", path.file_name().unwrap().to_str().unwrap())), "x").unwrap();
        }
        assert!(other.export(&adapter, &one_of_each()).await == files, "{format}");
        assert!(other.export(&adapter, &one_of_each()).await == files, "{format} once more");
    }
}

#[tokio::test]
async fn a_delivery_is_taken_up_again_from_what_is_staged() {
    let ground = Ground::new();
    let adapter = adapter(json!({ "kind": "csv" }));
    let staging = ground.folder.path().join("staging");
    assert!(Staged::reopen(&staging, "example.com").unwrap().is_none());
    let summary = ground.run(&adapter, &one_of_each()).unwrap().summary().clone();
    let staged = Staged::reopen(&staging, "example.com").unwrap().unwrap();
    assert_eq!(*staged.summary(), summary);
    assert_eq!((summary.first, summary.last, summary.records, summary.files), (1, 27, 27, 1));
    let first = staged.deliver(&adapter.destination, &ground.site).await.unwrap();
    assert_eq!(staged.deliver(&adapter.destination, &ground.site).await.unwrap(), first, "what is staged stays");
    let mut manifest = Vec::new();
    staged.manifest().unwrap().read_to_end(&mut manifest).unwrap();
    assert_eq!(Files::read(&ground.site.exports).text(".manifest.json").as_bytes(), manifest);
    staged.discard().unwrap();
    assert!(Staged::reopen(&staging, "example.com").unwrap().is_none());
}

#[tokio::test]
async fn a_folder_that_is_not_there_or_not_to_be_written_is_told() {
    let ground = Ground::new();
    let mut adapter = adapter(json!({ "kind": "csv" }));
    let staged = ground.run(&adapter, &one_of_each()).unwrap();
    fs::write(ground.site.exports.join("taken"), "").unwrap();
    adapter.destination = serde_json::from_value(json!({ "kind": "folder", "path": "taken" })).unwrap();
    let failed = staged.deliver(&adapter.destination, &ground.site).await.unwrap_err();
    assert!(matches!(failed, ExportError::Refused(_) | ExportError::Away(_)), "{failed}");
    adapter.destination = serde_json::from_value(json!({ "kind": "folder", "path": "../secrets" })).unwrap();
    assert_eq!(staged.deliver(&adapter.destination, &ground.site).await.unwrap_err().code(), "settings");
    fs::remove_dir_all(&ground.site.exports).unwrap();
    adapter.destination = serde_json::from_value(json!({ "kind": "folder", "path": "a/b" })).unwrap();
    assert_eq!(staged.deliver(&adapter.destination, &ground.site).await.unwrap_err().code(), "away");
    fs::create_dir(&ground.site.exports).unwrap();
    staged.deliver(&adapter.destination, &ground.site).await.unwrap();
    assert_eq!(Files::read(&ground.site.exports.join("a/b")).names().len(), 2);
}

/// In a process that sees a small disk where the exports are; here again with a word that says so.
#[test]
fn a_full_folder_is_told_and_no_manifest_lies_there() {
    let Ok(small) = std::env::var("STOA_TEST_SMALL") else {
        let folder = tempfile::tempdir().unwrap();
        let script = format!("mount -t tmpfs -o size=64k tmpfs '{}' && exec \"$@\"", folder.path().display());
        let mut command = Command::new("unshare");
        command.args(["--mount", "--map-root-user", "sh", "-c", &script, "sh"]).arg(std::env::current_exe().unwrap());
        command.args(["--exact", "delivery::a_full_folder_is_told_and_no_manifest_lies_there", "--nocapture"]).env("STOA_TEST_SMALL", folder.path());
        let output = command.output().unwrap();
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && told.contains("1 passed"), "{told}{}", String::from_utf8_lossy(&output.stderr));
        return;
    };
    let mut ground = Ground::new();
    ground.site.exports = small.into();
    let adapter = adapter(json!({ "kind": "json_lines" }));
    let records: Vec<_> =
        (1..200).map(|position| record(position, Some(room(1, "R")), Some(person(1, "anna")), Content::Post(post(&"x".repeat(1_000))))).collect();
    let staged = ground.run(&adapter, &records).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let failed = runtime.block_on(staged.deliver(&adapter.destination, &ground.site)).unwrap_err();
    assert_eq!((failed.code(), failed.public().as_str()), ("full", "There is no space left in the folder of exports."));
    assert_eq!(Files::read(&ground.site.exports).names(), [""; 0], "nothing of it, and no part");
    // The staging folder on that disk: the run itself says it.
    let mut run = stoa_exports::Run::begin(&adapter, info(), &ground.site.exports.join("staging"), &ground.site).unwrap();
    let failed = records.iter().try_for_each(|record| run.push(record)).and_then(|()| run.finish().map(drop)).unwrap_err();
    assert_eq!((failed.code(), failed.public().as_str()), ("full", "There is no space left in the staging folder."));
}

fn info() -> stoa_exports::RunInfo {
    stoa_exports::RunInfo { domain: "example.com".to_owned(), head: stoa_domain::archive::Head::START, from: 1 }
}

/// The store of files is away.
struct Away;

impl Contents for Away {
    fn open(&self, _: &ArchivedFile) -> io::Result<Option<Box<dyn Read + Send>>> {
        Err(io::Error::other("no route to 10.1.2.3"))
    }
}

#[test]
fn a_store_of_files_that_is_away_ends_the_run() {
    let records = [record(1, Some(room(1, "R")), None, Content::FileUploaded { file: file(1, "a", b"a") })];
    for format in [json!({ "kind": "group_chat", "files": true }), json!({ "kind": "eml", "attachments": true })] {
        let failed = Ground::with(Away).run(&adapter(format), &records).unwrap_err();
        assert_eq!((failed.code(), failed.public().as_str()), ("files", "The store of files doesn't answer."));
        assert!(failed.to_string().contains("10.1.2.3"), "the log says more");
    }
}

#[tokio::test]
async fn contents_come_out_of_the_store_of_files() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = std::sync::Arc::new(stoa_files::Blobs::folder(folder.path()).unwrap());
    let content: Vec<u8> = (0..300_000_u32).map(|n| (n % 251).to_le_bytes()[0]).collect();
    let (large, empty, gone) = (file(1, "large.bin", &content), file(2, "empty.bin", b""), file(3, "gone.bin", b"gone"));
    let mut kept = blobs.begin(large.id.0).await.unwrap();
    kept.write(&content).await.unwrap();
    blobs.keep(&mut kept).await.unwrap();
    let contents = stoa_exports::FromStore { blobs, runtime: tokio::runtime::Handle::current() };
    let uploaded = |(position, file)| record(position, Some(room(1, "R")), None, Content::FileUploaded { file });
    let records: Vec<_> = (1..).zip([large, empty, gone]).map(uploaded).collect();
    let (ground, staged) = tokio::task::spawn_blocking(move || {
        let ground = Ground::with(contents);
        let staged = ground.run(&adapter(json!({ "kind": "group_chat", "files": true })), &records).unwrap();
        (ground, staged)
    })
    .await
    .unwrap();
    staged.deliver(&adapter(json!({ "kind": "csv" })).destination, &ground.site).await.unwrap();
    let files = Files::read(&ground.site.exports);
    assert!(files.ending("1b59.bin")[0].1 == content);
    assert_eq!(files.ending("1b5a.bin")[0].1, b"");
    let manifest = validators::manifest(&files);
    assert_eq!((&manifest["missing"][0]["name"], &manifest["missing"][0]["why"]), (&json!("gone.bin"), &json!("gone")));
}

struct Moto(Child, u16);

impl Drop for Moto {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn moto() -> Moto {
    let port = crate::smtp::free_port();
    let mut command = validators::python();
    command.args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
    let child = Moto(command.spawn().unwrap(), port);
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        std::thread::yield_now();
    }
    child
}

const BUCKET: &str = r#"
import boto3, hashlib, json, sys
client = boto3.client("s3", endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
if sys.argv[2] == "create":
    client.create_bucket(Bucket="archive")
    print("{}")
else:
    found = client.list_objects_v2(Bucket="archive").get("Contents", [])
    print(json.dumps({o["Key"]: hashlib.sha256(client.get_object(Bucket="archive", Key=o["Key"])["Body"].read()).hexdigest() for o in found}))
"#;

#[tokio::test]
async fn a_store_has_all_files_and_a_missing_bucket_is_refused() {
    let moto = moto();
    let endpoint = format!("http://127.0.0.1:{}", moto.1);
    let ground = Ground::new();
    fs::write(ground.folder.path().join("secrets/vault"), "access\nsecret\n").unwrap();
    fs::set_permissions(ground.folder.path().join("secrets/vault"), fs::Permissions::from_mode(0o600)).unwrap();
    let to = |credentials: &str| json!({ "kind": "s3", "bucket": "archive", "endpoint": endpoint, "region": "us-east-1", "prefix": "chat/bank", "credentials": credentials, "path_style": true });
    let with = |format: Value, destination: Value| -> Adapter {
        serde_json::from_value(json!({ "name": "bank", "format": format, "destination": destination })).unwrap()
    };
    let adapter = with(json!({ "kind": "group_chat", "one_room_per_file": true, "files": true }), to("vault"));
    // One that goes in parts, too.
    let mut records = one_of_each();
    let long = "long ".repeat(12_000);
    records.extend((28..160).map(|position| record(position, Some(room(1, "FX")), Some(person(1, "anna")), Content::Post(post(&long)))));
    let staged = ground.run(&adapter, &records).unwrap();
    let failed = staged.deliver(&adapter.destination, &ground.site).await.unwrap_err();
    assert_eq!((failed.code(), failed.public().as_str()), ("refused", "The destination refuses: there is no such bucket"));
    validators::scripted(BUCKET, &[&endpoint, "create"], b"");
    for _ in 0..2 {
        let delivered = staged.deliver(&adapter.destination, &ground.site).await.unwrap();
        let kept = validators::scripted(BUCKET, &[&endpoint, "list"], b"");
        let mut manifest = String::new();
        staged.manifest().unwrap().read_to_string(&mut manifest).unwrap();
        let manifest: Value = serde_json::from_str(&manifest).unwrap();
        let named = manifest["files"].as_array().unwrap();
        assert_eq!((kept.as_object().unwrap().len(), delivered.files), (named.len() + 1, named.len() as u64 + 1));
        for file in named {
            assert_eq!(kept[&format!("chat/bank/{}", file["name"].as_str().unwrap())], file["sha256"]);
        }
        assert_eq!(kept[&format!("chat/bank/{}.manifest.json", staged.summary().name)], staged.summary().manifest_sha256);
    }
    for name in ["nobody", "empty"] {
        fs::write(ground.folder.path().join("secrets/empty"), "access\n").unwrap();
        let failed = staged.deliver(&with(json!({ "kind": "csv" }), to(name)).destination, &ground.site).await.unwrap_err();
        assert_eq!(failed.code(), "settings", "{failed}");
    }
    let port = moto.1;
    drop(moto);
    let failed = staged.deliver(&adapter.destination, &ground.site).await.unwrap_err();
    assert_eq!((failed.code(), failed.public().as_str()), ("away", "The destination doesn't answer."), "port {port}");
}
