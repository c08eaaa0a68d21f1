//! The compliance service in processes of its own: one works, the other takes over when it is killed.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use stoa_postgres::testing::PostgresServer;
use stoa_services::compliance::{compare, verify};

use super::support::{PATIENCE, Server, free_port, nonce, stoa};

/// A server that only archives, in a data folder of its own.
struct Worker {
    process: Child,
    _folder: tempfile::TempDir,
}

impl Worker {
    fn start(url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listen = format!("127.0.0.1:{}", free_port());
        let mut command = stoa(&folder.path().join("data"));
        command.env("STOA_DATABASE_URL", url).args(["serve", "--services", "compliance", "--listen", &listen]).stdout(Stdio::null());
        Self { process: command.spawn().unwrap(), _folder: folder }
    }

    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.kill();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_takes_over_and_nothing_is_lost_or_doubled() {
    let postgres = PostgresServer::start();
    let url = postgres.url();
    let mut chat = Server::of(Some(url.clone()), Some("lookup,channel,web,administration")).await;
    let root = chat.sign_in("root").await;
    let room = root.create_room("lobby", "open").await;
    let mut socket = root.connect().await.unwrap();
    socket.ask("join", json!({ "rooms": [{ "room": room }] })).await.unwrap().unwrap();
    let store = stoa_postgres::connect(&url, 2).await.unwrap();
    let mut workers = vec![Worker::start(&url), Worker::start(&url)];

    let mut posted = 0_u64;
    for round in 0..4 {
        // Posts come until somebody works, and a little longer: one is killed sooner or later in a turn.
        let (began, mut waiting) = (Instant::now(), 0);
        let mut until = None;
        while until.is_none_or(|until| Instant::now() < until) {
            assert!(began.elapsed() < PATIENCE, "nobody took over");
            socket.ask("post", json!({ "room": room, "nonce": nonce(), "body": format!("{posted}") })).await.unwrap().unwrap();
            posted += 1;
            let length = store.queue_state().await.unwrap().length;
            if length < waiting {
                until.get_or_insert(Instant::now() + Duration::from_millis(90 + 170 * round));
            }
            waiting = length;
        }
        println!("worked after {} ms", began.elapsed().as_millis());
        workers.remove(0).kill();
        workers.push(Worker::start(&url));
    }
    // Whichever holds the lease is among the killed; the other needs no help.
    workers.remove(0).kill();
    let began = Instant::now();
    while store.queue_state().await.unwrap().length > 0 {
        assert!(began.elapsed() < PATIENCE, "nobody took over");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    println!("taken over and caught up after {} ms", began.elapsed().as_millis());
    assert_eq!(chat.terminate(), Some(0));
    // What it said at its end comes, too.
    while store.queue_state().await.unwrap().length > 0 {
        assert!(began.elapsed() < PATIENCE, "nobody works");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    drop(workers);
    let archive = chat.archive().await;
    let walk = verify(&archive, None, |_| {}).await.unwrap().unwrap();
    let compared = compare(store.as_ref(), &archive).await.unwrap();
    assert!(compared.differences.is_empty(), "{:?}", compared.differences);
    assert_eq!((compared.events, compared.waiting), (posted, 0));
    assert!(walk.head.batch > 4);
    archive.close().await;
    store.close().await;
}
