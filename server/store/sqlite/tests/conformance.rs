//! SQLite passes the suite that both databases pass, and what only a file can do wrong.

use std::sync::Mutex;

use stoa_domain::access::ListOwner;
use stoa_domain::person::Role;
use stoa_domain::time::Timestamp;
use stoa_store::{StoreError, conformance};

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_conforms() {
    let folders = Mutex::new(Vec::new());
    conformance::run(async || {
        let folder = tempfile::tempdir().unwrap();
        let store = stoa_sqlite::open(folder.path()).await.unwrap();
        folders.lock().unwrap().push(folder);
        store
    })
    .await;
}

#[tokio::test]
async fn what_was_written_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made/when/missing");
    let store = stoa_sqlite::open(&path).await.unwrap();
    let key = store.pool_key().await.unwrap();
    // A command may have it open beside the server.
    let beside = stoa_sqlite::open(&path).await.unwrap();
    assert_eq!(beside.pool_key().await.unwrap(), key);
    store.close().await;
    assert!(matches!(store.ping().await, Err(StoreError::Unavailable(_))));
    beside.close().await;
    assert_eq!(stoa_sqlite::open(&path).await.unwrap().pool_key().await.unwrap(), key);
}

#[tokio::test]
async fn two_that_start_at_once_make_one_schema() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = tokio::join!(stoa_sqlite::open(folder.path()), stoa_sqlite::open(folder.path()));
    assert_eq!(one.unwrap().pool_key().await.unwrap(), other.unwrap().pool_key().await.unwrap());
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    match stoa_sqlite::open(&file.join("data")).await {
        Err(StoreError::Unusable(text)) => assert!(text.contains("data") && !text.contains('\n'), "{text}"),
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("opened"),
    }
    std::fs::write(folder.path().join(stoa_sqlite::FILE), "this is no database, but long enough to look like one").unwrap();
    assert!(matches!(stoa_sqlite::open(folder.path()).await, Err(StoreError::Unusable(_))));
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    stoa_sqlite::open(folder.path()).await.unwrap().close().await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join(stoa_sqlite::FILE));
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let (newest,): (i64,) = sqlx::query_as("SELECT max(version) FROM _sqlx_migrations").fetch_one(&pool).await.unwrap();
    sqlx::query("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', 1, x'00', 0)")
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
    assert!(matches!(stoa_sqlite::open(folder.path()).await, Err(StoreError::Newer { found: 9999, known }) if known == newest));
}

/// As an earlier Stoa left it: roles in a table of their own.
#[tokio::test]
async fn an_older_schema_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = sqlx::migrate!("./migrations");
    first.migrations.to_mut().truncate(1);
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join(stoa_sqlite::FILE)).create_if_missing(true);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    first.run(&pool).await.unwrap();
    let ada = uuid::Uuid::from_u128(7);
    for statement in [
        "INSERT INTO users (id, name, name_key, display_name, search_key, created_at, version) VALUES ($1, 'ada', 'ada', 'Ada', 'ada', 5, 2)",
        "INSERT INTO user_states (user_id, from_version, enabled) VALUES ($1, 2, 1)",
        "INSERT INTO roles (principal_kind, principal_id, role, from_version) VALUES ('user', $1, 'administrator', 2)",
    ] {
        sqlx::query(statement).bind(ada).execute(&pool).await.unwrap();
    }
    sqlx::query("UPDATE pool SET access_version = 2").execute(&pool).await.unwrap();
    pool.close().await;
    let store = stoa_sqlite::open(folder.path()).await.unwrap();
    let snapshot = store.snapshot(Timestamp::default()).await.unwrap();
    assert!(snapshot.holds(ada.into(), Role::Administrator));
    assert_eq!(snapshot.list(ListOwner::Role(Role::Administrator)).iter().map(|entry| entry.added_at.micros()).collect::<Vec<_>>(), [5]);
    store.close().await;
}

/// What even a statement of somebody else's can't do without removing the triggers first.
#[tokio::test]
async fn the_audit_log_is_never_changed() {
    let folder = tempfile::tempdir().unwrap();
    let store = stoa_sqlite::open(folder.path()).await.unwrap();
    let look = || stoa_store::Look {
        actor: stoa_store::Actor { user: None, from: "test".into() },
        at: Timestamp::default(),
        version: 1,
        action: "audit.look",
        object: "audit".into(),
        asked: serde_json::Value::Null,
    };
    store.audit_looks(&[look(), look()]).await.unwrap();
    let lease = store.lease("test", uuid::Uuid::nil(), std::time::Duration::from_secs(600)).await.unwrap().unwrap();
    let unlinked = store.audit_unlinked(1).await.unwrap();
    store.audit_link(&lease, &[stoa_domain::audit::Link::after(unlinked.head, &unlinked.records[0])]).await.unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join(stoa_sqlite::FILE));
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let before = (store.audit_chain(0, 10).await.unwrap(), store.audit_standing(0, 10).await.unwrap());
    for statement in [
        "UPDATE audit SET after = '{}'",
        "UPDATE audit SET id = 7 WHERE id = 1",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE id = 2",
        "REPLACE INTO audit (id, at, by_where, action, object, before, after, access_version) VALUES (1, 0, '', '', '', '', '', 1)",
        "UPDATE audit_links SET hash = x'00'",
        "DELETE FROM audit_links",
        "REPLACE INTO audit_links (position, record_id, previous, hash) VALUES (1, 2, x'01', x'02')",
        "INSERT INTO audit_links (position, record_id, previous, hash) SELECT 2, 2, previous, x'02' FROM audit_links",
        "INSERT INTO audit_links (position, record_id, previous, hash) SELECT 2, record_id, hash, x'02' FROM audit_links",
    ] {
        assert!(sqlx::query(statement).execute(&pool).await.is_err(), "{statement}");
    }
    assert_eq!((store.audit_chain(0, 10).await.unwrap(), store.audit_standing(0, 10).await.unwrap()), before);
    pool.close().await;
    store.close().await;
}
