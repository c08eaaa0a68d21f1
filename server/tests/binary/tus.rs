//! Uploads by a public client of the tus protocol, over lines that break and servers that are killed.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::person::{Person, with_ana};
use crate::process::{Server, run, tool};

/// A line to a server that may be another later; what clients send is counted.
struct Line {
    port: u16,
    to: Arc<AtomicU16>,
    sent: Arc<AtomicU64>,
    /// After so many bytes from clients nothing goes on, until it is told to break.
    most: Arc<AtomicU64>,
    breaks: watch::Sender<u64>,
}

impl Line {
    async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (breaks, broken) = watch::channel(0);
        let line = Self {
            port: listener.local_addr().unwrap().port(),
            to: Arc::new(AtomicU16::new(port)),
            sent: Arc::default(),
            most: Arc::new(AtomicU64::new(u64::MAX)),
            breaks,
        };
        let (to, sent, most) = (Arc::clone(&line.to), Arc::clone(&line.sent), Arc::clone(&line.most));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(("127.0.0.1", to.load(Ordering::SeqCst))).await else { continue };
                let (sent, most, mut broken) = (Arc::clone(&sent), Arc::clone(&most), broken.clone());
                broken.mark_unchanged();
                tokio::spawn(async move {
                    tokio::select! {
                        () = passed(client, server, &sent, &most) => {}
                        _ = broken.changed() => {}
                    }
                });
            }
        });
        line
    }

    /// Waits until clients have sent so much, of which nothing more goes on.
    async fn holds_after(&self, bytes: u64) {
        while self.sent.load(Ordering::SeqCst) < bytes {
            tokio::task::yield_now().await;
        }
    }

    /// From then on so much more goes on, on new lines.
    fn breaks(&self, more: u64) -> u64 {
        let most = self.sent.load(Ordering::SeqCst).saturating_add(more);
        self.most.store(most, Ordering::SeqCst);
        self.breaks.send_modify(|times| *times += 1);
        most
    }
}

async fn passed(client: TcpStream, server: TcpStream, sent: &AtomicU64, most: &AtomicU64) {
    let ((mut from, mut back), (mut answers, mut on)) = (client.into_split(), server.into_split());
    let up = async {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = from.read(&mut buffer).await.unwrap_or(0);
            if read == 0 || on.write_all(&buffer[..read]).await.is_err() {
                return;
            }
            if sent.fetch_add(read as u64, Ordering::SeqCst) + read as u64 > most.load(Ordering::SeqCst) {
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        () = up => {}
        _ = tokio::io::copy(&mut answers, &mut back) => {}
    }
}

struct Client<'a> {
    line: &'a Line,
    room: String,
    cookie: String,
    folder: TempDir,
}

impl<'a> Client<'a> {
    fn of(line: &'a Line, ana: &Person<'_>, room: &str, content: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("content"), content).unwrap();
        let cookie = ana.headers.lines().find_map(|line| line.strip_prefix("cookie: ")).unwrap().to_owned();
        Self { line, room: room.to_owned(), cookie, folder }
    }

    /// The id of the upload that the client ended with.
    async fn does(&self, what: &str) -> String {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/binary/tus_client.py");
        let url = format!("http://127.0.0.1:{}/api/v1/rooms/{}/uploads", self.line.port, self.room);
        let mut command = tool("python");
        command.arg(script).args([what, &url, &self.cookie]).arg(self.at("content")).arg(self.at("state"));
        command.stdin(Stdio::null()).env_remove("http_proxy").env_remove("HTTP_PROXY");
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().rsplit('/').next().unwrap().to_owned()
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Text of which no two parts are alike.
fn content(size: usize) -> Vec<u8> {
    (0_u64..).flat_map(|number| format!("{number} ").into_bytes()).take(size).collect()
}

async fn is_whole(ana: &Person<'_>, file: &str, content: &[u8]) {
    let (status, text) = ana.call("GET", &format!("/files/{file}"), "", "").await;
    assert_eq!(status, 200, "{text}");
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(body.as_bytes() == content, "{} of {} bytes", body.len(), content.len());
    assert!(head.contains("filename*=UTF-8''Gr%C3%BC%C3%9Fe.bin"), "{head}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_public_client_uploads_goes_on_and_gives_up() {
    let server = Server::start_in(with_ana(tempfile::tempdir().unwrap()), "");
    let ana = Person::sign_in(&server).await;
    let (room, line, text) = (ana.room().await, Line::to(server.port).await, content(2_500_000));
    let client = || Client::of(&line, &ana, &room, &text);
    is_whole(&ana, &client().does("whole").await, &text).await;

    let later = client();
    let half = later.does("half").await;
    assert_eq!(ana.call("GET", &format!("/files/{half}"), "", "").await.0, 404);
    assert_eq!(later.does("whole").await, half, "another run of the client goes on with what it remembers");
    is_whole(&ana, &half, &text).await;

    let doubting = client();
    let wrong = doubting.does("wrong").await;
    assert_eq!(doubting.does("whole").await, wrong, "the same with what it is");
    is_whole(&ana, &wrong, &text).await;

    let gone = client().does("terminate").await;
    assert_eq!(ana.call("GET", &format!("/files/{gone}"), "", "").await.0, 404);
    assert_eq!(std::fs::read_dir(server.folder.path().join("data/files/staging")).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_public_client_outlasts_its_line_and_the_server() {
    let server = Server::start_in(with_ana(tempfile::tempdir().unwrap()), "");
    let ana = Person::sign_in(&server).await;
    let (room, line, text) = (ana.room().await, Line::to(server.port).await, content(9_000_000));
    let client = Client::of(&line, &ana, &room, &text);
    let (line, most) = (&line, line.breaks(3_000_000));
    let outside = async move {
        line.holds_after(most).await;
        // Cut in the middle; then, further on, the server dies.
        line.holds_after(line.breaks(3_000_000)).await;
        server.signal("-KILL");
        server.ended();
        let server = Server::start_in(server.into_folder(), "");
        line.to.store(server.port, Ordering::SeqCst);
        line.breaks(u64::MAX);
        server
    };
    let (file, server) = tokio::join!(client.does("patient"), outside);
    let sent = line.sent.load(Ordering::SeqCst);
    assert!(sent < 15_000_000, "it went on where it was: {sent} bytes for {}", text.len());
    let ana = Person::sign_in(&server).await;
    is_whole(&ana, &file, &text).await;
    let fine = run(server.folder.path(), &["files", "verify"], None);
    assert!(fine.status.success() && String::from_utf8_lossy(&fine.stdout).starts_with("1 files with 9000000 bytes: 0 missing"), "{fine:?}");
}
