//! A real PostgreSQL for tests: its own process on a free loopback port, its data in a temporary
//! folder. It ends with the value, and also with the process that started it, however that ends:
//! a shell keeps its process id and stops it once its own input closes.

#![allow(clippy::missing_panics_doc, reason = "a test that can't have its server fails, saying why")]

use std::io::{BufRead, BufReader, Read, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tempfile::TempDir;

/// PostgreSQL's own settings for tests: durable as in life, but small.
const SETTINGS: [&str; 5] = ["listen_addresses=127.0.0.1", "fsync=on", "shared_buffers=128MB", "max_connections=100", "log_min_messages=log"];

/// Stops the server by its process id with the signal that comes in; with none, at once.
const KEEPER: &str = r#""$@" & pid=$!; read signal; kill -"${signal:-QUIT}" $pid; wait $pid"#;

pub struct PostgresServer {
    folder: TempDir,
    binaries: PathBuf,
    port: u16,
    keeper: Option<Child>,
    databases: AtomicU32,
}

impl PostgresServer {
    /// A fresh, empty server that takes connections.
    #[must_use]
    pub fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("stoa-postgres-").tempdir().expect("a temporary folder");
        let binaries = binaries();
        if let Some((uid, gid)) = other_user() {
            chown(folder.path(), Some(uid), Some(gid)).expect("the folder goes to the user postgres");
        }
        let made = as_postgres(&binaries.join("initdb"), folder.path())
            .args(["--auth=trust", "--username=stoa", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
            .arg(folder.path().join("data"))
            .output()
            .expect("initdb runs");
        assert!(made.status.success(), "initdb failed: {}", String::from_utf8_lossy(&made.stderr));
        let port = free_port();
        let mut server = Self { folder, binaries, port, keeper: None, databases: AtomicU32::new(0) };
        server.resume();
        server
    }

    /// Of the database that every server has.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    fn url_of(&self, database: &str) -> String {
        format!("postgres://stoa@127.0.0.1:{}/{database}", self.port)
    }

    /// A new, empty database's URL.
    pub async fn database(&self) -> String {
        let name = format!("test{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let mut connection = PgConnection::connect(&self.url()).await.expect("the server answers");
        sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await.expect("a database");
        connection.close().await.expect("closed");
        self.url_of(&name)
    }

    /// Ends it in order (`fast`: connections are cut, what was committed is written).
    pub fn stop(&mut self) {
        self.end("INT");
    }

    /// Ends it as a crash would.
    pub fn crash(&mut self) {
        self.end("QUIT");
    }

    fn end(&mut self, signal: &str) {
        if let Some(mut keeper) = self.keeper.take() {
            if let Some(mut input) = keeper.stdin.take() {
                let _ = writeln!(input, "{signal}");
            }
            let _ = keeper.wait();
        }
    }

    /// Starts it again, on the same port and data; returns once it takes connections.
    pub fn resume(&mut self) {
        if self.keeper.is_some() {
            return;
        }
        let mut command = as_postgres(Path::new("/bin/sh"), self.folder.path());
        command.args(["-c", KEEPER, "keeper"]).arg(self.binaries.join("postgres")).arg("-D").arg(self.folder.path().join("data"));
        command.arg("-p").arg(self.port.to_string()).arg("-k").arg(self.folder.path());
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        let mut keeper = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the server starts");
        let mut log = BufReader::new(keeper.stderr.take().expect("its log was asked for"));
        self.keeper = Some(keeper);
        let mut said = String::new();
        while !said.contains("ready to accept connections") {
            let read = log.read_line(&mut said).expect("its log can be read");
            // A FATAL line needn't be its end: who connects while it recovers is refused with one.
            assert!(read > 0, "PostgreSQL didn't start:\n{said}");
        }
        // Read on, so that it never waits for a reader of its log.
        std::thread::spawn(move || log.read_to_end(&mut Vec::new()));
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        self.crash();
    }
}

/// PostgreSQL refuses to run as root; then it runs as the user that its package made.
fn other_user() -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt as _;
    let root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    root.then(|| {
        let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        users
            .lines()
            .map(|line| line.split(':').collect::<Vec<_>>())
            .find(|fields| fields[0] == "postgres")
            .and_then(|fields| Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?)))
            .expect("running as root, PostgreSQL needs the user postgres: install the package postgresql")
    })
}

fn as_postgres(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    // Nothing of the caller's settings (`PGDATA`, `LC_ALL`) is to reach it.
    command.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C").current_dir(folder);
    if let Some((uid, gid)) = other_user() {
        command.uid(uid).gid(gid);
    }
    command
}

/// Of the newest version that is installed.
fn binaries() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| folder.join("postgres").exists())
        .max();
    newest.map(|(_, folder)| folder).expect("these tests need PostgreSQL: install the package postgresql")
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}
