//! A PostgreSQL that is too new, or takes calls and doesn't answer.

use std::time::{Duration, Instant};

use sqlx::{Connection as _, PgConnection};
use stoa_postgres::testing::PostgresServer;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::process::{Server, free_port, refusal, run};

fn settings(url: &str) -> String {
    format!("listen = \"127.0.0.1:{}\"\n[database]\nurl = \"{url}\"\n", free_port())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_database_is_left_alone() {
    let postgres = PostgresServer::start();
    let url = postgres.database().await;
    stoa_postgres::connect(&url, 2).await.unwrap().close().await;
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'newer', true, '', 0)";
    sqlx::query(newer).execute(&mut connection).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("stoa.toml"), settings(&url)).unwrap();
    let told = refusal(&tokio::task::spawn_blocking(move || run(folder.path(), &["serve"], None)).await.unwrap());
    assert!(told.contains("9999") && told.contains("start a newer Stoa"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_never_answers_is_told_at_the_start() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://stoa:s3cret@{}/stoa", silent.local_addr().unwrap());
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("stoa.toml"), settings(&url)).unwrap();
    let told = refusal(&tokio::task::spawn_blocking(move || run(folder.path(), &["serve"], None)).await.unwrap());
    assert!(told.contains("doesn't answer") && told.contains("database.url") && !told.contains("s3cret"), "{told}");
}

/// Passes everything on to a server until it is held; connections stay open all the while.
async fn relay(to: String, held: watch::Receiver<bool>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let (to, mut held) = (to.clone(), held.clone());
            tokio::spawn(async move {
                let Ok(mut server) = TcpStream::connect(&to).await else { return };
                let mut passing = std::pin::pin!(copy_bidirectional(&mut client, &mut server));
                while held.wait_for(|held| !held).await.is_ok() {
                    tokio::select! {
                        _ = &mut passing => return,
                        _ = held.wait_for(|held| *held) => {}
                    }
                }
            });
        }
    });
    port
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_hangs_is_borne_until_it_answers_again() {
    let postgres = PostgresServer::start();
    let url = postgres.database().await;
    let (host, database) = url.strip_prefix("postgres://stoa@").unwrap().split_once('/').unwrap();
    let (hold, held) = watch::channel(false);
    let port = relay(host.to_owned(), held).await;
    let url = format!("postgres://stoa@127.0.0.1:{port}/{database}");
    let server = tokio::task::spawn_blocking(move || Server::start(&format!("[database]\nurl = \"{url}\"\n"))).await.unwrap();
    assert_eq!(server.get("/health/ready").await.0, 200);
    hold.send(true).unwrap();
    let asked = Instant::now();
    assert_eq!(server.get("/health/ready").await.0, 503);
    assert!(asked.elapsed() < Duration::from_secs(25), "nobody waits for ever");
    assert_eq!(server.get("/health/live").await.0, 200);
    let body = r#"{"name":"ana","password":"correct horse battery"}"#;
    let (status, text) = server.post("/api/v1/session", "content-type: application/json\r\n", body).await;
    assert_eq!(status, 503, "{text}");
    assert!(text.contains("retry-after: "), "{text}");
    hold.send(false).unwrap();
    let healed = Instant::now();
    while server.get("/health/ready").await.0 != 200 {
        assert!(healed.elapsed() < Duration::from_secs(30), "it never came back");
    }
}
