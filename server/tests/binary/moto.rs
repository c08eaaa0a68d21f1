//! A public store that speaks S3, in a process of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use tokio::net::TcpStream;

use crate::process::{request, tool};

/// It believes anybody, but wants to be told.
const OWNER: &str = "authorization: AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0\r\n";

pub struct Moto {
    pub port: u16,
    child: Child,
}

impl Moto {
    /// With a bucket of this name.
    pub async fn with(bucket: &str) -> Self {
        let mut child = tool("moto_server").args(["-H", "127.0.0.1", "-p", "0"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut told = BufReader::new(child.stderr.take().unwrap());
        let mut port = None;
        while port.is_none() {
            let mut line = String::new();
            assert!(told.read_line(&mut line).unwrap() > 0, "the store has ended");
            port = line.split("http://127.0.0.1:").nth(1).and_then(|port| port.trim().parse().ok());
        }
        // Kept open, so that its log never blocks it.
        std::thread::spawn(move || told.lines().for_each(drop));
        let moto = Self { port: port.unwrap(), child };
        assert_eq!(moto.call("PUT", &format!("/{bucket}"), "").await.0, 200);
        moto
    }

    pub async fn call(&self, method: &str, path: &str, body: impl AsRef<[u8]>) -> (u16, String) {
        request(TcpStream::connect(("127.0.0.1", self.port)).await.unwrap(), method, path, OWNER, body).await
    }

    /// All names in a bucket.
    pub async fn names(&self, bucket: &str) -> Vec<String> {
        let (status, text) = self.call("GET", &format!("/{bucket}?list-type=2"), "").await;
        assert_eq!(status, 200, "{text}");
        text.split("<Key>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Settings of a server whose files are there.
pub fn settings(port: u16, bucket: &str) -> String {
    format!(
        "[s3]\nendpoint = \"http://127.0.0.1:{port}\"\nbucket = \"{bucket}\"\nprefix = \"chat/files\"\naccess_key = \"k\"\nsecret_key = \"s3cret\"\ntimeout = 1\n"
    )
}
