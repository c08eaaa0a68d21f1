//! A Stoa of one test: its own database, its own clock, a few people and rooms.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use stoa_domain::time::Timestamp;
use stoa_server::Stoa;
use stoa_server::config::{Config, Service};
use stoa_services::{Clock, Environment};
use stoa_store::Store;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::client::Client;

pub const PASSWORD: &str = "correct horse battery staple";

/// Runs as the system's, and can be put forward.
struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Environment::system().now().plus(Duration::from_micros(self.0.load(Ordering::Relaxed).unsigned_abs()))
    }
}

pub struct World {
    pub stoa: Stoa,
    pub store: Arc<dyn Store>,
    clock: Arc<TestClock>,
    stop: CancellationToken,
    pub folder: TempDir,
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl World {
    pub async fn new() -> Self {
        Self::with(Config::default()).await
    }

    pub async fn with(config: Config) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // What is queued is looked at; nothing moves it away.
        let services = config.services.iter().copied().filter(|service| *service != Service::Compliance).collect();
        let config = Config { data: folder.path().to_owned(), services, ..config };
        let store = stoa_sqlite::open(folder.path()).await.unwrap();
        let clock = Arc::new(TestClock(AtomicI64::new(0)));
        let environment = Environment::with_clock(Arc::clone(&clock) as _);
        let stoa = Stoa::start(config, Arc::clone(&store), environment, None, env!("CARGO_BIN_EXE_stoa").into()).await.unwrap();
        let stop = CancellationToken::new();
        tokio::spawn(Arc::clone(&stoa.shared.pulses).keep(stop.clone()));
        Self { stoa, store, clock, stop, folder }
    }

    /// With `ana`, the administrator, and `ben`, `eve` and `zoe`, who are nothing special.
    pub async fn peopled() -> (Self, Client) {
        let world = Self::new().await;
        let admin = world.administrator().await;
        for name in ["ben", "eve", "zoe"] {
            world.person(&admin, name).await;
        }
        (world, admin)
    }

    pub async fn administrator(&self) -> Client {
        self.stoa.shared.services.auth.create_administrator("ana", "Ana", PASSWORD).await.unwrap();
        self.signed_in("ana").await
    }

    pub async fn person(&self, admin: &Client, name: &str) -> String {
        let body = json!({ "name": name, "display_name": name.to_uppercase(), "password": PASSWORD });
        let made = admin.post("/users", body).await;
        assert_eq!(made.status, 201, "{made:?}");
        made.body["id"].as_str().unwrap().to_owned()
    }

    pub fn visitor(&self) -> Client {
        Client::new(self.stoa.router.clone())
    }

    pub async fn signed_in(&self, name: &str) -> Client {
        let mut client = self.visitor();
        let reply = client.sign_in(name, PASSWORD).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        client
    }

    /// Puts the clock forward.
    pub async fn pass(&self, time: Duration) {
        self.clock.0.fetch_add(i64::try_from(time.as_micros()).unwrap(), Ordering::Relaxed);
        self.stoa.shared.services.access().refresh().await.unwrap();
    }

    pub fn clock_now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Serves on a port of its own.
    pub async fn listen(&self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(stoa_server::http::serve(listener, None, self.stoa.router.clone(), self.stop.clone()));
        address
    }

    pub async fn root(&self) -> String {
        self.store.snapshot(Timestamp::default()).await.unwrap().root().unwrap().id.to_string()
    }

    /// A room of this privacy, made by `admin`; its id.
    pub async fn room(&self, admin: &Client, name: &str, privacy: &str) -> String {
        let body = json!({ "name": name, "category": self.root().await, "privacy": privacy });
        let made = admin.post("/rooms", body).await;
        assert_eq!(made.status, 201, "{made:?}");
        made.body["id"].as_str().unwrap().to_owned()
    }

    pub async fn id_of(&self, client: &Client) -> Value {
        client.get("/session").await.body["user"]["id"].clone()
    }
}
