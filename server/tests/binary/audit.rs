//! `stoa audit verify` finds what was done to the log behind the product's back, on both databases.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection, SqlitePool};
use stoa_domain::time::Timestamp;
use stoa_postgres::testing::PostgresServer;
use stoa_services::{Environment, Options, Services};
use stoa_store::{Actor, Audit, Store};

use crate::process::{refusal, run};

/// Records of the log that the faults are planted in; each stands at the position of its id.
const RECORDS: i64 = 8;

/// Writes them as a server does, and has them linked as a server does.
async fn fill(store: std::sync::Arc<dyn Store>) {
    // What it warns of stands beside what failed.
    drop(tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_test_writer().try_init());
    for n in 1..=RECORDS {
        let actor = Actor { user: Some(uuid::Uuid::from_u128(7).into()), from: "192.0.2.7".into() };
        let unit = store.begin(actor, Timestamp::from_millis(1_700_000_000_000 + n)).await.unwrap();
        unit.commit(Audit { action: "room.change", object: format!("room:{n}"), before: Value::Null, after: json!({ "n": n }) }).await.unwrap();
    }
    let services = Services::start(std::sync::Arc::clone(&store), Environment::system(), Options::default()).await.unwrap();
    // Its end has patience for two seconds only, which is little on a busy machine.
    while !store.audit_unlinked(1).await.unwrap().records.is_empty() {
        tokio::task::yield_now().await;
    }
    services.stop(Duration::ZERO).await;
}

/// A copy of the filled log, to do something to.
enum Copy {
    Sqlite(tempfile::TempDir),
    Postgres(tempfile::TempDir, String),
}

impl Copy {
    fn folder(&self) -> &Path {
        match self {
            Self::Sqlite(folder) | Self::Postgres(folder, _) => folder.path(),
        }
    }

    async fn execute(&self, statement: &str) {
        let statement = sqlx::AssertSqlSafe(statement.to_owned());
        match self {
            Self::Sqlite(folder) => {
                let pool = SqlitePool::connect_with(sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("data/stoa.db"))).await.unwrap();
                sqlx::raw_sql(statement).execute(&pool).await.unwrap();
                pool.close().await;
            }
            Self::Postgres(_, url) => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
            }
        }
    }

    /// What somebody has to do first who wants to change what is never changed.
    async fn unlock(&self) {
        self.execute(match self {
            Self::Sqlite(_) => {
                "DROP TRIGGER audit_waits; DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_removed; DROP TRIGGER audit_is_not_replaced;
                 DROP TRIGGER audit_links_are_not_changed; DROP TRIGGER audit_links_are_not_removed; DROP TRIGGER audit_links_are_not_replaced;"
            }
            Self::Postgres(..) => "ALTER TABLE audit DISABLE TRIGGER USER; ALTER TABLE audit_links DISABLE TRIGGER USER",
        })
        .await;
    }

    async fn verify(&self, arguments: &[&str]) -> Output {
        let folder = self.folder().to_owned();
        let arguments: Vec<String> = ["audit", "verify", "--data", "data"].iter().chain(arguments).map(ToString::to_string).collect();
        let run = move || run(&folder, &arguments.iter().map(String::as_str).collect::<Vec<_>>(), None);
        tokio::task::spawn_blocking(run).await.unwrap()
    }

    async fn whole(&self, arguments: &[&str]) -> String {
        let output = self.verify(arguments).await;
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

/// What is done, and what is said of it.
const FAULTS: &[(&str, &str)] = &[
    ("DELETE FROM audit WHERE id = 4", "record 4, at position 4 of the chain, is missing"),
    ("DELETE FROM audit WHERE id = 4; DELETE FROM audit_links WHERE position = 4", "what stood before position 5 of the chain is missing"),
    ("DELETE FROM audit WHERE id = 1; DELETE FROM audit_links WHERE position = 1", "what stood before position 2 of the chain is missing"),
    ("UPDATE audit SET after = '{\"n\":6}' WHERE id = 5", "record 5, at position 5 of the chain, was changed"),
    ("UPDATE audit SET after = '{\"n\": 5}' WHERE id = 5", "record 5, at position 5 of the chain, was changed"),
    ("UPDATE audit SET before = '' WHERE id = 5", "record 5, at position 5 of the chain, was changed"),
    ("UPDATE audit SET by_user = NULL WHERE id = 5", "record 5, at position 5 of the chain, was changed"),
    ("UPDATE audit SET by_where = '192.0.2.8' WHERE id = 5", "record 5, at position 5 of the chain, was changed"),
    ("UPDATE audit SET action = 'room.create' WHERE id = 5", "record 5, at position 5 of the chain, was changed"),
    ("UPDATE audit SET object = 'room:6' WHERE id = 5", "record 5, at position 5 of the chain, was changed"),
    ("UPDATE audit SET at = at + 1 WHERE id = 5", "record 5, at position 5 of the chain, was changed"),
    ("UPDATE audit SET access_version = 1 WHERE id = 5", "record 5, at position 5 of the chain, was changed"),
    ("UPDATE audit SET after = 'null'", "record 1, at position 1 of the chain, was changed"),
    ("UPDATE audit SET after = 'null' WHERE id = 8", "record 8, at position 8 of the chain, was changed"),
    (
        "INSERT INTO audit (at, by_where, action, object, before, after, access_version) VALUES (0, 'x', 'x', 'x', 'null', 'null', 1)",
        "record 9 stands in no link",
    ),
    ("DELETE FROM audit_links WHERE position > 6", "record 7 stands in no link"),
    (
        "UPDATE audit_links SET record_id = 99 WHERE position = 3; UPDATE audit_links SET record_id = 3 WHERE position = 6;
         UPDATE audit_links SET record_id = 6 WHERE position = 3",
        "record 6, at position 3 of the chain, doesn't belong there: records were reordered",
    ),
    (
        "UPDATE audit_links SET position = 99 WHERE position = 3; UPDATE audit_links SET position = 3 WHERE position = 6;
         UPDATE audit_links SET position = 6 WHERE position = 99",
        "record 6, at position 3 of the chain, doesn't belong there: records were reordered",
    ),
];

async fn each_fault_is_found(copy: impl AsyncFn() -> Copy) {
    let untouched = copy().await;
    let told = untouched.whole(&[]).await;
    assert!(told.starts_with("The audit log is whole: 8 records, 0 of them not linked yet.\nHead: 8:"), "{told}");
    let head = told.trim().rsplit_once(' ').unwrap().1.to_owned();
    assert_eq!(untouched.whole(&["--expect", &head]).await, told);
    untouched.execute("INSERT INTO audit (at, by_where, action, object, before, after, access_version) VALUES (0, 'x', 'x', 'x', 'null', 'null', 1)").await;
    let told = untouched.whole(&["--expect", &head]).await;
    assert!(told.starts_with("The audit log is whole: 9 records, 1 of them not linked yet."), "{told}");

    for (statement, expected) in FAULTS {
        let copy = copy().await;
        copy.unlock().await;
        copy.execute(statement).await;
        let told = refusal(&copy.verify(&[]).await);
        assert!(told.starts_with(&format!("stoa: the audit log was tampered with: {expected}")), "{statement}: {told}");
    }

    // A cut-off end is as whole as a log that never was longer.
    let cut = copy().await;
    cut.unlock().await;
    cut.execute("DELETE FROM audit WHERE id > 6; DELETE FROM audit_links WHERE position > 6").await;
    let told = cut.whole(&[]).await;
    assert!(told.starts_with("The audit log is whole: 6 records"), "{told}");
    assert!(refusal(&cut.verify(&["--expect", &head]).await).contains("cut off: it ends before position 8"));
    let other = format!("6:{}", head.split_once(':').unwrap().1);
    assert!(refusal(&cut.verify(&["--expect", &other]).await).contains("the chain up to position 6 isn't the one that was noted"));
    let wrong = cut.verify(&["--expect", "6"]).await;
    assert!(!wrong.status.success() && String::from_utf8_lossy(&wrong.stderr).contains("POSITION:HASH"));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_is_found_in_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let data: PathBuf = folder.path().join("data");
    fill(stoa_sqlite::open(&data).await.unwrap()).await;
    each_fault_is_found(async || {
        let copy = tempfile::tempdir().unwrap();
        std::fs::create_dir(copy.path().join("data")).unwrap();
        // What was written last may still stand beside the file.
        for file in ["stoa.db", "stoa.db-wal"] {
            if data.join(file).exists() {
                std::fs::copy(data.join(file), copy.path().join("data").join(file)).unwrap();
            }
        }
        Copy::Sqlite(copy)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_is_found_in_postgres() {
    let server = PostgresServer::start();
    let original = server.database().await;
    fill(stoa_postgres::connect(&original, 4).await.unwrap()).await;
    let template = original.rsplit_once('/').unwrap().1.to_owned();
    each_fault_is_found(async || {
        let url = server.database().await;
        let name = url.rsplit_once('/').unwrap().1;
        let mut connection = PgConnection::connect(&server.url()).await.unwrap();
        for statement in [format!("DROP DATABASE {name}"), format!("CREATE DATABASE {name} TEMPLATE {template}")] {
            sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
        }
        connection.close().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("stoa.toml"), format!("[database]\nurl = \"{url}\"\n")).unwrap();
        Copy::Postgres(folder, url)
    })
    .await;
}
