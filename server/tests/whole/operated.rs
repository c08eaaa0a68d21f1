//! A server as its operator meets it: one-line failures, reload, drain, changes from beside it.

use std::net::TcpListener;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::json;
use sqlx::Connection as _;
use stoa_domain::wire::channel::{ByeReason, Incoming, Signal};

use super::support::{PASSWORD, Server, stoa};

/// Runs a start that has to fail, and its one line.
fn fails(mut command: std::process::Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<_> = said.lines().filter(|line| line.starts_with("stoa: ")).collect();
    assert_eq!(lines.len(), 1, "one line says what is wrong: {said}");
    lines[0].to_owned()
}

#[test]
fn what_is_wrong_is_said_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut command = stoa(&folder.path().join("data"));
    command.args(["serve", "--listen", &taken.local_addr().unwrap().to_string()]);
    let said = fails(command);
    assert!(said.contains(&taken.local_addr().unwrap().port().to_string()), "{said}");

    // A file where the folder should be: nobody can write there, not even root.
    std::fs::write(folder.path().join("file"), "").unwrap();
    let mut command = stoa(&folder.path().join("file").join("data"));
    command.args(["serve", "--listen", "127.0.0.1:0"]);
    assert!(fails(command).contains("file"));

    let config = folder.path().join("stoa.toml");
    std::fs::write(&config, "listen = \"127.0.0.1:0\"\ncolour = \"red\"\n").unwrap();
    let mut command = stoa(&folder.path().join("data"));
    command.args(["config", "check", "--config"]).arg(&config);
    let said = fails(command);
    assert!(said.contains("colour") && said.contains("stoa.toml") && said.contains('2'), "key, file and line: {said}");

    let mut command = stoa(&folder.path().join("data"));
    command.env("STOA_DATABASE_URL", "postgres://nobody@127.0.0.1:1/stoa").args(["serve", "--listen", "127.0.0.1:0"]);
    let said = fails(command);
    assert!(said.to_lowercase().contains("database") || said.to_lowercase().contains("postgres"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_beside_the_server_takes_effect_within_a_second() {
    let server = Server::start(None).await;
    let root = server.sign_in("root").await;
    let mut socket = root.connect().await.unwrap();
    let began = Instant::now();
    let mut reset = server.command().args(["admin", "reset-password", "root", "--password-stdin"]).stdin(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut reset.stdin.take().unwrap(), b"another password\n").unwrap();
    assert!(reset.wait().unwrap().success());
    let done = Instant::now();
    while socket.pump().await {}
    assert!(
        socket.seen.iter().any(|frame| matches!(frame, Incoming::Signal(signal) if matches!(**signal, Signal::Bye { reason: ByeReason::SessionEnded, .. })))
    );
    // A second is the promise; a machine that does other work meanwhile gets some more.
    assert!(done.elapsed() < Duration::from_secs(3), "{:?} after {:?}", done.elapsed(), began.elapsed());
    assert_eq!(root.call("GET", "/session", serde_json::Value::Null).await.unwrap_err().status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_says_goodbye_and_ends_well() {
    let mut server = Server::start(None).await;
    let root = server.sign_in("root").await;
    let room = root.create_room("lobby", "open").await;
    let mut socket = root.connect().await.unwrap();
    socket.ask("join", json!({ "rooms": [{ "room": room }] })).await.unwrap().unwrap();
    let waiting = tokio::spawn(async move {
        while socket.pump().await {}
        socket
    });
    assert_eq!(server.terminate(), Some(0));
    let socket = waiting.await.unwrap();
    assert!(socket.seen.iter().any(|frame| matches!(frame, Incoming::Signal(signal) if matches!(**signal, Signal::Bye { reason: ByeReason::Stopping, .. }))));
    let said = server.command().args(["config", "show"]).stdout(Stdio::piped()).output().unwrap();
    assert!(said.status.success());
    assert!(!String::from_utf8(said.stdout).unwrap().contains(PASSWORD));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_database_is_left_alone() {
    let mut server = Server::start(None).await;
    server.terminate();
    let file = server.folder.path().join("data").join("stoa.db");
    let mut database = sqlx::SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    sqlx::query("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (99999999999999, 'newer', 1, x'00', 0)")
        .execute(&mut database)
        .await
        .unwrap();
    database.close().await.unwrap();
    let mut command = server.command();
    command.args(["serve", "--listen", "127.0.0.1:0"]);
    assert!(fails(command).contains("newer"));
}
