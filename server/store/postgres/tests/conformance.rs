//! PostgreSQL passes the suite that both databases pass, and what only a server can do wrong.

use std::time::Duration;

use sqlx::Connection as _;
use stoa_domain::access::ListOwner;
use stoa_domain::person::Role;
use stoa_domain::time::Timestamp;
use stoa_postgres::testing::PostgresServer;
use stoa_store::{StoreError, conformance};

const CONNECTIONS: u32 = 5;

#[tokio::test(flavor = "multi_thread")]
async fn postgres_conforms() {
    let server = PostgresServer::start();
    conformance::run(async || stoa_postgres::connect(&server.database().await, CONNECTIONS).await.unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_told_and_passes() {
    let mut server = PostgresServer::start();
    let url = server.database().await;
    let store = stoa_postgres::connect(&url, CONNECTIONS).await.unwrap();
    let key = store.pool_key().await.unwrap();
    server.crash();
    for _ in 0..2 {
        let error = store.append(&[], &[record()]).await.unwrap_err();
        assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    }
    let error = stoa_postgres::connect(&url, CONNECTIONS).await.err();
    assert!(matches!(error, Some(StoreError::Unavailable(_))), "{error:?}");
    server.resume();
    assert_eq!(store.pool_key().await.unwrap(), key);
    store.append(&[], &[record()]).await.unwrap();
    // A restart between two calls isn't noticed at all once the connections rested.
    server.stop();
    server.resume();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert_eq!(store.queued(10).await.unwrap().len(), 1);
    store.close().await;
}

fn record() -> stoa_store::Record {
    let at = stoa_domain::time::Timestamp::from_millis(0);
    stoa_store::Record { kind: stoa_domain::archive::Kind::Join, room: None, user: None, at, version: 1, payload: serde_json::Value::Null }
}

#[tokio::test(flavor = "multi_thread")]
async fn starts_are_clear() {
    let server = PostgresServer::start();
    let url = server.database().await;
    // Several servers of a pool start at once: one makes the schema.
    let stores = tokio::join!(stoa_postgres::connect(&url, CONNECTIONS), stoa_postgres::connect(&url, CONNECTIONS), stoa_postgres::connect(&url, CONNECTIONS));
    let keys = [stores.0.unwrap(), stores.1.unwrap(), stores.2.unwrap()];
    assert_eq!(keys[0].pool_key().await.unwrap(), keys[2].pool_key().await.unwrap());

    let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
    let (newest,): (i64,) = sqlx::query_as("SELECT max(version) FROM _sqlx_migrations").fetch_one(&mut connection).await.unwrap();
    sqlx::query("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', true, '', 0)")
        .execute(&mut connection)
        .await
        .unwrap();
    let error = stoa_postgres::connect(&url, CONNECTIONS).await.err();
    assert!(matches!(error, Some(StoreError::Newer { found: 9999, known }) if known == newest), "{error:?}");

    let error = stoa_postgres::connect(&url.replace("/test0", "/nowhere"), CONNECTIONS).await.err();
    assert!(matches!(&error, Some(StoreError::Unusable(text)) if text.contains("nowhere")), "{error:?}");
    for wrong in ["http://localhost/x", "", "postgres://[/x", "postgres://localhost:port/x"] {
        let error = stoa_postgres::connect(wrong, CONNECTIONS).await.err();
        assert!(matches!(error, Some(StoreError::Unusable(_))), "{wrong}: {error:?}");
    }
}

/// As an earlier Stoa left it: roles in a table of their own.
#[tokio::test(flavor = "multi_thread")]
async fn an_older_schema_is_brought_up_to_date() {
    let server = PostgresServer::start();
    let url = server.database().await;
    let mut first = sqlx::migrate!("./migrations");
    first.migrations.to_mut().truncate(1);
    let pool = sqlx::PgPool::connect(&url).await.unwrap();
    first.run(&pool).await.unwrap();
    let ada = uuid::Uuid::from_u128(7);
    for statement in [
        "INSERT INTO users (id, name, name_key, display_name, search_key, created_at, version) VALUES ($1, 'ada', 'ada', 'Ada', 'ada', 5, 2)",
        "INSERT INTO user_states (user_id, from_version, enabled) VALUES ($1, 2, TRUE)",
        "INSERT INTO roles (principal_kind, principal_id, role, from_version) VALUES ('user', $1, 'administrator', 2)",
    ] {
        sqlx::query(statement).bind(ada).execute(&pool).await.unwrap();
    }
    sqlx::query("UPDATE pool SET access_version = 2").execute(&pool).await.unwrap();
    pool.close().await;
    let store = stoa_postgres::connect(&url, CONNECTIONS).await.unwrap();
    let snapshot = store.snapshot(Timestamp::default()).await.unwrap();
    assert!(snapshot.holds(ada.into(), Role::Administrator));
    assert_eq!(snapshot.list(ListOwner::Role(Role::Administrator)).iter().map(|entry| entry.added_at.micros()).collect::<Vec<_>>(), [5]);
    store.close().await;
}

/// What even a statement of somebody else's can't do without removing the triggers first; and a record that
/// becomes visible after a later one isn't passed over.
#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_is_never_changed_and_links_what_comes_late() {
    const INSERT: &str = "INSERT INTO audit (at, by_where, action, object, before, after, access_version) VALUES (0, $1, 'x', 'x', 'null', 'null', 1)";
    let server = PostgresServer::start();
    let url = server.database().await;
    let store = stoa_postgres::connect(&url, CONNECTIONS).await.unwrap();
    let pool = sqlx::PgPool::connect(&url).await.unwrap();
    let mut late = Some(pool.begin().await.unwrap());
    sqlx::query(INSERT).bind("late").execute(&mut **late.as_mut().unwrap()).await.unwrap();
    sqlx::query(INSERT).bind("early").execute(&pool).await.unwrap();
    let lease = store.lease("test", uuid::Uuid::nil(), Duration::from_secs(600)).await.unwrap().unwrap();
    for expected in ["early", "late"] {
        let unlinked = store.audit_unlinked(10).await.unwrap();
        assert_eq!(unlinked.records.iter().map(|record| record.from.as_str()).collect::<Vec<_>>(), [expected]);
        store.audit_link(&lease, &[stoa_domain::audit::Link::after(unlinked.head, &unlinked.records[0])]).await.unwrap();
        if let Some(late) = late.take() {
            late.commit().await.unwrap();
        }
    }
    let before = (store.audit_chain(0, 10).await.unwrap(), store.audit_standing(0, 10).await.unwrap());
    assert!(before.0[0].0.record > before.0[1].0.record);
    for statement in [
        "UPDATE audit SET after = '{}'",
        "DELETE FROM audit WHERE id = 2",
        "TRUNCATE audit",
        "UPDATE audit_links SET hash = ''",
        "DELETE FROM audit_links",
        "TRUNCATE audit_links",
        "INSERT INTO audit_links (position, record_id, previous, hash) SELECT 3, 9, previous, 'x' FROM audit_links WHERE position = 2",
        "INSERT INTO audit_links (position, record_id, previous, hash) SELECT 3, record_id, hash, 'x' FROM audit_links WHERE position = 2",
        "INSERT INTO audit_links (position, record_id, previous, hash) SELECT 2, 9, hash, 'x' FROM audit_links WHERE position = 2",
    ] {
        assert!(sqlx::query(statement).execute(&pool).await.is_err(), "{statement}");
    }
    assert_eq!((store.audit_chain(0, 10).await.unwrap(), store.audit_standing(0, 10).await.unwrap()), before);
    pool.close().await;
    store.close().await;
}
