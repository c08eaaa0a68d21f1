//! The binary as a process in a folder of its own, and plain requests to it.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Mutex;

use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

/// A command in this folder, without anything of the tests' own environment that means something to it.
pub fn stoa(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stoa"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("STOA_")) {
        command.env_remove(name);
    }
    command
}

/// Runs a command to its end, giving it a line to read.
pub fn run(folder: &Path, arguments: &[&str], line: Option<&str>) -> Output {
    let mut child = stoa(folder, arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    if let Some(line) = line {
        writeln!(input, "{line}").unwrap();
    }
    drop(input);
    child.wait_with_output().unwrap()
}

/// The one line with which a command that can't do its work ends.
pub fn refusal(output: &Output) -> String {
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{told}");
    let lines: Vec<_> = told.lines().filter(|line| !line.contains(" WARN ")).collect();
    assert_eq!(lines.len(), 1, "{told}");
    lines[0].to_owned()
}

pub struct Server {
    pub folder: TempDir,
    pub port: u16,
    /// What it printed when it was there.
    pub said: String,
    child: Mutex<Child>,
}

/// A program of those that scripts/setup.sh gets from the registry of Python.
pub fn tool(name: &str) -> Command {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")));
    let program = cache.unwrap().join("stoa/tools/clients/bin").join(name);
    assert!(program.exists(), "no {}: run scripts/setup.sh test first", program.display());
    Command::new(program)
}

/// One that was free a moment ago.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Server {
    pub fn start(settings: &str) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), settings)
    }

    pub fn start_in(folder: TempDir, settings: &str) -> Self {
        Self::start_within(folder, settings, None)
    }

    /// Begun by another command, which it comes behind.
    pub fn start_within(folder: TempDir, settings: &str, within: Option<&Command>) -> Self {
        // Another test may take the port in between; then another one is tried.
        for _ in 0..5 {
            let port = free_port();
            std::fs::write(folder.path().join("stoa.toml"), format!("listen = \"127.0.0.1:{port}\"\n{settings}")).unwrap();
            let mut command = stoa(folder.path(), &["serve"]);
            if let Some(within) = within {
                let mut outer = Command::new(within.get_program());
                outer.args(within.get_args()).arg(command.get_program()).args(command.get_args()).current_dir(folder.path()).stdin(Stdio::null());
                for (name, _) in command.get_envs() {
                    outer.env_remove(name);
                }
                command = outer;
            }
            let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            let mut out = BufReader::new(child.stdout.take().unwrap());
            let mut said = String::new();
            out.read_line(&mut said).unwrap();
            if said.starts_with("Stoa is at ") {
                let mut rest = vec![0; 4096];
                // The link to begin with comes in the same write.
                if out.buffer().is_empty() {
                    rest.clear();
                } else {
                    let read = out.read(&mut rest).unwrap();
                    rest.truncate(read);
                }
                said.push_str(&String::from_utf8_lossy(&rest));
                // Kept open, so that its log never blocks it.
                let errors = child.stderr.take().unwrap();
                std::thread::spawn(move || BufReader::new(errors).lines().for_each(drop));
                return Self { folder, port, said, child: Mutex::new(child) };
            }
            let mut told = String::new();
            child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
            child.wait().unwrap();
            assert!(told.contains("another program listens there"), "{told}");
        }
        panic!("no port was free");
    }

    /// Its folder, for the next.
    pub fn into_folder(mut self) -> TempDir {
        std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap())
    }

    pub fn signal(&self, name: &str) {
        let id = self.child.lock().unwrap().id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    }

    /// Its exit code.
    pub fn ended(&self) -> Option<i32> {
        self.child.lock().unwrap().wait().unwrap().code()
    }

    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.port)).await.unwrap()
    }

    pub async fn get(&self, path: &str) -> (u16, String) {
        request(self.connect().await, "GET", path, "", "").await
    }

    pub async fn post(&self, path: &str, headers: &str, body: &str) -> (u16, String) {
        request(self.connect().await, "POST", path, headers, body).await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let mut child = self.child.lock().unwrap();
        drop(child.kill());
        drop(child.wait());
    }
}

/// One request on one connection; the status, and the head and body of the answer.
pub async fn request<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, method: &str, path: &str, headers: &str, body: impl AsRef<[u8]>) -> (u16, String) {
    let body = body.as_ref();
    let head = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n", body.len());
    stream.write_all(&[head.as_bytes(), body].concat()).await.unwrap();
    let mut answer = Vec::new();
    // A peer that closes without the last word of TLS has said everything all the same.
    drop(stream.read_to_end(&mut answer).await);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    (status, answer)
}
