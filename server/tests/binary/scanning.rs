//! Files scanned by a real clamd, with signatures of the test's own; clamd is killed, and knows more when it is back.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::person::{Person, with_ana};
use crate::process::{Server, refusal, run};

const EVIL: &str = "some stoa-test-malware in it";
const OTHER: &str = "what nobody knows of yet";

/// ClamAV's daemon, ended by its own process.
struct Clamd {
    folder: TempDir,
    child: Child,
}

impl Drop for Clamd {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn signature(folder: &Path, name: &str, text: &str) {
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    std::fs::write(folder.join(format!("signatures/{name}.ndb")), format!("Stoa.{name}:0:*:{hex}\n")).unwrap();
}

fn spawn(folder: &Path) -> Child {
    let child = Command::new("/usr/sbin/clamd").arg("--config-file").arg(folder.join("clamd.conf")).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut child = child.expect("clamd is installed: scripts/setup.sh test");
    let began = Instant::now();
    while ask(folder, b"zVERSION\0").is_none() {
        assert!(began.elapsed() < Duration::from_secs(60) && child.try_wait().unwrap().is_none(), "clamd doesn't answer");
        std::thread::sleep(Duration::from_millis(50));
    }
    child
}

fn ask(folder: &Path, command: &[u8]) -> Option<String> {
    let mut line = UnixStream::connect(folder.join("clamd.ctl")).ok()?;
    line.write_all(command).ok()?;
    let mut answer = String::new();
    line.read_to_string(&mut answer).ok()?;
    Some(answer).filter(|answer| !answer.is_empty())
}

impl Clamd {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        std::fs::create_dir(at.join("signatures")).unwrap();
        signature(at, "Test", "stoa-test-malware");
        let settings = format!(
            "LocalSocket {0}/clamd.ctl\nDatabaseDirectory {0}/signatures\nTemporaryDirectory {0}\nForeground yes\nStreamMaxLength 64K\nSelfCheck 0\n",
            at.display()
        );
        std::fs::write(at.join("clamd.conf"), settings).unwrap();
        let child = spawn(at);
        Self { folder, child }
    }

    fn settings(&self) -> String {
        format!("[files]\nscanner = \"unix:{}/clamd.ctl\"\n", self.folder.path().display())
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn again(&mut self) {
        self.child = spawn(self.folder.path());
    }

    /// Has it read its signatures anew, and waits until it knows this.
    fn learn(&self, name: &str, text: &str) {
        signature(self.folder.path(), name, text);
        assert!(ask(self.folder.path(), b"zRELOAD\0").is_some());
        let length = u32::try_from(text.len()).unwrap().to_be_bytes();
        let stream = [b"zINSTREAM\0", &length[..], text.as_bytes(), &[0; 4]].concat();
        let began = Instant::now();
        while !ask(self.folder.path(), &stream).is_some_and(|answer| answer.contains("FOUND")) {
            assert!(began.elapsed() < Duration::from_secs(60), "it doesn't learn");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

fn body(text: &str) -> Value {
    serde_json::from_str(text.split("\r\n\r\n").nth(1).unwrap()).unwrap()
}

/// A file in a message of the room.
async fn post(ana: &Person<'_>, room: &str, name: &str, content: &str) -> String {
    let (status, text) = ana.call("POST", &format!("/rooms/{room}/files?name={name}"), "content-type: application/octet-stream\r\n", content).await;
    assert_eq!(status, 201, "{text}");
    let id = body(&text)["id"].as_str().unwrap().to_owned();
    let nonce = format!("01939c5e-7a00-7000-8000-{}", &id[24..]);
    ana.made(&format!("/rooms/{room}/messages"), json!({ "nonce": nonce, "body": "", "attachments": [id] })).await;
    id
}

/// Waits until reading a file is answered with this.
async fn answers(ana: &Person<'_>, file: &str, wanted: &str) {
    let began = Instant::now();
    loop {
        let (_, text) = ana.call("GET", &format!("/files/{file}"), "", "").await;
        if text.contains(wanted) {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(90), "instead of {wanted}: {text}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn shown(ana: &Person<'_>, room: &str) -> Vec<Value> {
    let (_, text) = ana.call("GET", &format!("/rooms/{room}/messages"), "", "").await;
    body(&text)["messages"].as_array().unwrap().iter().map(|message| message["attachments"][0]["held"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn clamd_says_what_can_be_read() {
    let mut clamd = Clamd::start();
    let server = Server::start_in(with_ana(tempfile::tempdir().unwrap()), &clamd.settings());
    let ana = Person::sign_in(&server).await;
    let room = ana.room().await;
    // All are posted before one of them is looked at.
    clamd.kill();
    let (clean, evil) = (post(&ana, &room, "a.txt", "hello").await, post(&ana, &room, "b.txt", EVIL).await);
    let other = post(&ana, &room, "c.txt", OTHER).await;
    let large = post(&ana, &room, "d.txt", &"x".repeat(200_000)).await;
    answers(&ana, &evil, "file-held").await;
    clamd.again();
    answers(&ana, &clean, "hello").await;
    answers(&ana, &evil, "file-withheld").await;
    answers(&ana, &other, OTHER).await;
    // More than it takes in.
    answers(&ana, &large, "file-withheld").await;
    assert_eq!(shown(&ana, &room).await, [Value::Null, json!("infected"), Value::Null, json!("unscannable")]);
    let quarantine = body(&ana.call("GET", "/quarantine", "", "").await.1);
    let found: Vec<_> = quarantine["items"].as_array().unwrap().iter().map(|item| (item["name"].as_str(), item["signature"].as_str())).collect();
    assert_eq!(found, [(Some("d.txt"), Some("INSTREAM size limit exceeded")), (Some("b.txt"), Some("Stoa.Test.UNOFFICIAL"))]);
    assert!(quarantine["items"][1]["scanned_by"].as_str().unwrap().starts_with("ClamAV "));

    // It is away: files wait, also over a restart of the server.
    clamd.kill();
    let held = post(&ana, &room, "e.txt", EVIL).await;
    answers(&ana, &held, "file-held").await;
    server.signal("-KILL");
    server.ended();
    let server = Server::start_in(server.into_folder(), &clamd.settings());
    let ana = Person::sign_in(&server).await;
    answers(&ana, &held, "file-held").await;
    // Or they pass, and are found when it is back.
    let set = run(server.folder.path(), &["pool", "set", "unscanned_files=pass"], None);
    assert!(set.status.success(), "{set:?}");
    answers(&ana, &held, EVIL).await;
    clamd.again();
    answers(&ana, &held, "file-withheld").await;

    // It knows more, and is asked again.
    clamd.learn("Other", OTHER);
    let (status, _) = ana.call("GET", &format!("/files/{other}"), "", "").await;
    assert_eq!(status, 200, "nobody asked yet");
    let asked = run(server.folder.path(), &["files", "rescan", "--since", "2026-01-01"], None);
    assert!(String::from_utf8_lossy(&asked.stdout).contains("files will be scanned again"), "{asked:?}");
    answers(&ana, &other, "file-withheld").await;
    answers(&ana, &clean, "hello").await;

    // Deleted for good, it stays where it was, and nothing is missing.
    assert_eq!(ana.call("DELETE", &format!("/quarantine/{evil}"), "", "").await.0, 204);
    answers(&ana, &evil, "file-not-found").await;
    assert_eq!(shown(&ana, &room).await[1], json!("removed"));
    let fine = run(server.folder.path(), &["files", "verify"], None);
    assert!(fine.status.success() && String::from_utf8_lossy(&fine.stdout).contains("0 missing, 0 changed; 0 contents without a file"), "{fine:?}");
    let whole = run(server.folder.path(), &["audit", "verify"], None);
    assert!(whole.status.success(), "{whole:?}");
}

#[test]
fn without_a_scanner_there_is_nothing_to_scan_again() {
    let folder = tempfile::tempdir().unwrap();
    assert!(refusal(&run(folder.path(), &["files", "rescan", "--all"], None)).contains("files.scanner"));
    for wrong in [&["files", "rescan"][..], &["files", "rescan", "--all", "--since", "2026-01-01"], &["files", "rescan", "--since", "yesterday"]] {
        assert_eq!(run(folder.path(), wrong, None).status.code(), Some(2), "{wrong:?}");
    }
    std::fs::write(folder.path().join("stoa.toml"), "[files]\nscanner = \"clamav:3310\"\n").unwrap();
    assert!(refusal(&run(folder.path(), &["config", "check"], None)).contains("files.scanner: expected tcp://host:port or unix:/path"));
}
