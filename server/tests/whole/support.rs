//! The built binary as a process of its own, its API, and sockets to it.

use std::io::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use stoa_domain::wire::channel::{Incoming, Outcome};
use stoa_domain::wire::problem::Problem;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

pub const PASSWORD: &str = "correct horse battery";

/// How long anything may take before a test says that it didn't happen.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub fn stoa(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stoa"));
    // Only what the test says, whatever the developer's own environment holds.
    for (key, _) in std::env::vars().filter(|(key, _)| key.starts_with("STOA_")) {
        command.env_remove(key);
    }
    // Away from the checkout, where a developer's stoa.toml may stand.
    command.current_dir(std::env::temp_dir()).env("STOA_DATA", data);
    command
}

pub struct Server {
    pub folder: tempfile::TempDir,
    pub port: u16,
    database: Option<String>,
    services: Option<&'static str>,
    process: Option<Child>,
}

impl Server {
    /// A fresh server, on SQLite or on the database named, with `root` as administrator and
    /// limits that a test doesn't run into.
    pub async fn start(database: Option<String>) -> Self {
        Self::of(database, None).await
    }

    /// The same with these services only.
    pub async fn of(database: Option<String>, services: Option<&'static str>) -> Self {
        // The client of the tests wants one, though it speaks no TLS.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut server = Self { folder: tempfile::tempdir().unwrap(), port: free_port(), database, services, process: None };
        let mut create =
            server.command().args(["admin", "create", "root", "--display-name", "Root", "--password-stdin"]).stdin(Stdio::piped()).spawn().unwrap();
        writeln!(create.stdin.take().unwrap(), "{PASSWORD}").unwrap();
        assert!(create.wait().unwrap().success());
        let set = server.command().args(["pool", "set", "operations_per_second=100000", "operations_burst=100000"]).output().unwrap();
        assert!(set.status.success(), "{}", String::from_utf8_lossy(&set.stderr));
        server.run().await;
        server
    }

    pub fn command(&self) -> Command {
        let mut command = stoa(&self.folder.path().join("data"));
        if let Some(url) = &self.database {
            command.env("STOA_DATABASE_URL", url);
        }
        if let Some(services) = self.services {
            command.env("STOA_SERVICES", services);
        }
        command.stdout(Stdio::null());
        command
    }

    /// Starts it (again), and waits until it is ready.
    pub async fn run(&mut self) {
        let process = self.command().args(["serve", "--listen", &format!("127.0.0.1:{}", self.port)]).spawn().unwrap();
        self.process = Some(process);
        self.ready().await;
    }

    pub async fn ready(&self) {
        let client = reqwest::Client::new();
        let started = Instant::now();
        loop {
            if let Ok(answer) = client.get(self.url("/health/ready")).send().await
                && answer.status().is_success()
            {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "not ready in time");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// SIGKILL: nothing in it gets to say a last word.
    pub fn kill(&mut self) {
        let mut process = self.process.take().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    /// SIGTERM, and its exit code.
    pub fn terminate(&mut self) -> Option<i32> {
        let mut process = self.process.take().unwrap();
        let pid = process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        process.wait().unwrap().code()
    }

    pub async fn sign_in(&self, name: &str) -> Person {
        let mut headers = HeaderMap::new();
        headers.insert("Sec-Fetch-Site", HeaderValue::from_static("same-origin"));
        let http = reqwest::Client::builder().cookie_store(true).default_headers(headers).build().unwrap();
        let person = Person { http, base: self.url(""), port: self.port };
        person.call("POST", "/session", json!({ "name": name, "password": PASSWORD })).await.unwrap();
        person
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            drop(process.kill());
            drop(process.wait());
        }
    }
}

/// Somebody signed in.
#[derive(Clone)]
pub struct Person {
    http: reqwest::Client,
    base: String,
    port: u16,
}

impl Person {
    pub async fn call(&self, method: &str, path: &str, body: Value) -> Result<Value, Problem> {
        let mut request = self.http.request(method.parse().unwrap(), format!("{}/api/v1{path}", self.base));
        if !body.is_null() {
            request = request.json(&body);
        }
        let answer = request.send().await.map_err(|error| Problem::unavailable().detail(error.to_string()))?;
        let status = answer.status();
        let bytes = answer.bytes().await.map_err(|error| Problem::unavailable().detail(error.to_string()))?;
        if status.is_success() {
            return Ok(serde_json::from_slice(&bytes).unwrap_or(Value::Null));
        }
        Err(serde_json::from_slice(&bytes).unwrap_or_else(|_| panic!("{status} without a problem: {}", String::from_utf8_lossy(&bytes))))
    }

    pub async fn get(&self, path: &str) -> Value {
        self.call("GET", path, Value::Null).await.unwrap()
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        self.call("POST", path, body).await.unwrap()
    }

    pub async fn create_user(&self, name: &str) -> String {
        let made = self.post("/users", json!({ "name": name, "display_name": name, "password": PASSWORD })).await;
        made["id"].as_str().unwrap().to_owned()
    }

    pub async fn create_room(&self, name: &str, privacy: &str) -> String {
        let root = self.get("/categories").await["items"][0]["id"].clone();
        let made = self.post("/rooms", json!({ "name": name, "category": root, "privacy": privacy })).await;
        made["id"].as_str().unwrap().to_owned()
    }

    pub async fn ticket(&self) -> Result<String, Problem> {
        let lookup = self.call("POST", "/lookup", Value::Null).await?;
        Ok(lookup["channel"]["ticket"].as_str().unwrap().to_owned())
    }

    pub async fn connect(&self) -> Result<Socket, Problem> {
        let ticket = self.ticket().await?;
        let stream = TcpStream::connect(("127.0.0.1", self.port)).await.map_err(|error| Problem::unavailable().detail(error.to_string()))?;
        let mut request = format!("ws://127.0.0.1:{}/api/v1/channel", self.port).into_client_request().unwrap();
        request.headers_mut().insert("Sec-WebSocket-Protocol", format!("stoa.1, ticket.{ticket}").parse().unwrap());
        let (stream, answer) = tokio_tungstenite::client_async(request, stream).await.map_err(|error| Problem::unavailable().detail(error.to_string()))?;
        assert_eq!(answer.headers()["Sec-WebSocket-Protocol"], "stoa.1");
        Ok(Socket { stream, next: 0, seen: Vec::new() })
    }

    /// The whole of a room's history, oldest first, as messages.
    pub async fn history(&self, room: &str) -> Vec<Value> {
        let mut messages = Vec::new();
        let mut after = 0;
        loop {
            let page = self.get(&format!("/rooms/{room}/messages?after_seq={after}&limit=500")).await;
            let got = page["messages"].as_array().unwrap().clone();
            after = page["to_seq"].as_i64().unwrap();
            if got.is_empty() {
                return messages;
            }
            messages.extend(got);
        }
    }
}

pub struct Socket {
    pub stream: WebSocketStream<TcpStream>,
    next: u64,
    pub seen: Vec<Incoming>,
}

impl Socket {
    pub async fn send(&mut self, op: &str, fields: Value) -> Option<u64> {
        self.next += 1;
        let mut request = json!({ "id": self.next, "op": op });
        request.as_object_mut().unwrap().extend(fields.as_object().cloned().unwrap_or_default());
        self.stream.send(Message::text(request.to_string())).await.ok()?;
        Some(self.next)
    }

    /// Reads one frame; false when the socket has ended.
    pub async fn pump(&mut self) -> bool {
        match tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("something comes in time") {
            Some(Ok(Message::Text(text))) => {
                self.seen.extend(Incoming::decode(&text).unwrap());
                true
            }
            Some(Ok(Message::Close(_)) | Err(_)) | None => false,
            Some(Ok(_)) => true,
        }
    }

    /// The answer to a request; None when the socket ended before.
    pub async fn answer(&mut self, id: u64) -> Option<Result<Value, Problem>> {
        loop {
            if let Some(at) = self.seen.iter().position(|frame| matches!(frame, Incoming::Answer { re, .. } if *re == id)) {
                let Incoming::Answer { outcome, .. } = self.seen.remove(at) else { unreachable!() };
                return Some(match outcome {
                    Outcome::Ok(value) => Ok(value),
                    Outcome::Error(problem) => Err(problem),
                });
            }
            if !self.pump().await {
                return None;
            }
        }
    }

    pub async fn ask(&mut self, op: &str, fields: Value) -> Option<Result<Value, Problem>> {
        let id = self.send(op, fields).await?;
        self.answer(id).await
    }
}

pub fn nonce() -> String {
    uuid::Uuid::from_bytes(rand::random()).to_string()
}

impl Server {
    /// The database itself, once the server has ended.
    pub async fn store(&self) -> std::sync::Arc<dyn stoa_store::Store> {
        match &self.database {
            Some(url) => stoa_postgres::connect(url, 2).await.unwrap(),
            None => stoa_sqlite::open(&self.folder.path().join("data")).await.unwrap(),
        }
    }

    /// The same of the archive.
    pub async fn archive(&self) -> std::sync::Arc<dyn stoa_store::Archive> {
        match &self.database {
            Some(url) => stoa_postgres::connect_archive(url, 2).await.unwrap(),
            None => stoa_sqlite::open_archive(&self.folder.path().join("data")).await.unwrap(),
        }
    }
}
