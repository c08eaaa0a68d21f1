//! Somebody who is signed in at a server in a process.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::process::{Server, request, run};

const PASSWORD: &str = "correct horse battery";

pub struct Person<'a> {
    pub server: &'a Server,
    pub headers: String,
}

impl<'a> Person<'a> {
    pub async fn sign_in(server: &'a Server) -> Person<'a> {
        let body = json!({ "name": "ana", "password": PASSWORD }).to_string();
        let (_, text) = server.post("/api/v1/session", "content-type: application/json\r\n", &body).await;
        let cookie = text.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap().split(';').next().unwrap().to_owned();
        Person { server, headers: format!("cookie: {cookie}\r\nsec-fetch-site: same-origin\r\ntus-resumable: 1.0.0\r\n") }
    }

    pub async fn call(&self, method: &str, path: &str, headers: &str, body: impl AsRef<[u8]>) -> (u16, String) {
        let headers = format!("{}{headers}", self.headers);
        request(self.server.connect().await, method, &format!("/api/v1{path}"), &headers, body).await
    }

    pub async fn made(&self, path: &str, body: Value) -> Value {
        let (status, text) = self.call("POST", path, "content-type: application/json\r\n", &body.to_string()).await;
        assert_eq!(status, 201, "{text}");
        serde_json::from_str(text.split("\r\n\r\n").nth(1).unwrap()).unwrap()
    }

    pub async fn room(&self) -> String {
        let (_, text) = self.call("GET", "/categories", "", "").await;
        let all: Value = serde_json::from_str(text.split("\r\n\r\n").nth(1).unwrap()).unwrap();
        let room = json!({ "name": "desk", "category": all["items"][0]["id"], "privacy": "open" });
        self.made("/rooms", room).await["id"].as_str().unwrap().to_owned()
    }
}

pub fn header<'a>(answer: &'a str, name: &str) -> &'a str {
    answer.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim()
}

pub fn with_ana(folder: TempDir) -> TempDir {
    let made = run(folder.path(), &["admin", "create", "ana", "--password-stdin"], Some(PASSWORD));
    assert!(made.status.success(), "{made:?}");
    folder
}
