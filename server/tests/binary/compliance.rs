//! `stoa compliance` beside a server that archives, and after somebody has had his hands in the archive.

use std::path::Path;

use serde_json::json;
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;

use crate::person::{Person, with_ana};
use crate::process::{Server, refusal, run};

fn ask(folder: &Path, arguments: &[&str]) -> std::process::Output {
    run(folder, &[&["compliance"], arguments].concat(), None)
}

fn whole(folder: &Path, arguments: &[&str]) -> String {
    let output = ask(folder, arguments);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

async fn execute(file: &Path, statement: &str) {
    let pool = SqlitePool::connect_with(SqliteConnectOptions::new().filename(file)).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned())).execute(&pool).await.unwrap();
    pool.close().await;
}

async fn batch_of_first(file: &Path) -> i64 {
    let pool = SqlitePool::connect_with(SqliteConnectOptions::new().filename(file)).await.unwrap();
    let sql = "SELECT b.number FROM batches b JOIN records r ON r.position >= b.first AND r.position < b.first + b.records WHERE r.seq = 1";
    let (number,) = sqlx::query_as(sql).fetch_one(&pool).await.unwrap();
    pool.close().await;
    number
}

/// What is done to the archive, and what is said of it. BATCH is the one with the first post.
const FAULTS: &[(&str, &str)] = &[
    ("DELETE FROM records WHERE seq = 2", "is missing"),
    ("DELETE FROM records WHERE position = (SELECT max(position) FROM records)", "is missing"),
    ("UPDATE records SET content = replace(content, 'first', 'other') WHERE seq = 1", "BATCH was changed"),
    ("UPDATE records SET at = at + 1 WHERE seq = 1", "BATCH was changed"),
    ("UPDATE records SET party_id = NULL WHERE seq = 1", "BATCH was changed"),
    ("UPDATE records SET number = number + 1000 WHERE seq = 1", "BATCH was changed"),
    ("UPDATE parties SET display_name = 'Somebody Else'", "was changed"),
    ("UPDATE places SET name = 'elsewhere'", "was changed"),
    ("UPDATE batches SET hash = zeroblob(32) WHERE number = (SELECT max(number) FROM batches)", "was changed"),
    ("UPDATE batches SET previous = randomblob(32) WHERE number = 2", "batch 2 doesn't follow the one before it"),
    ("DELETE FROM batches WHERE number = 1", "batch 1 is missing"),
    (
        "INSERT INTO records (position, number, kind, at, content) SELECT max(position) + 1, 0, 'notice', 0, '{\"kind\":\"notice\",\"text\":\"x\"}' FROM records",
        "was inserted",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_archive_is_proven_and_each_fault_is_named() {
    let server = Server::start_in(with_ana(tempfile::tempdir().unwrap()), "");
    let folder = server.folder.path();
    let ana = Person::sign_in(&server).await;
    let room = ana.room().await;
    let drained = || while !whole(folder, &["status"]).contains("Nothing waits.") {};
    drained();
    for n in ["first", "second", "third"] {
        ana.made(&format!("/rooms/{room}/messages"), json!({ "nonce": uuid::Uuid::from_u128(u128::from(n.as_bytes()[0])), "body": n })).await;
    }
    drained();
    // Beside the running server.
    let told = whole(folder, &["verify"]);
    assert!(told.starts_with("The archive is whole: ") && told.contains("It agrees with the history of 1 rooms: 3 events, 0 more"), "{told}");
    server.signal("-TERM");
    assert_eq!(server.ended(), Some(0));
    let told = whole(folder, &["verify"]);
    let head = told.trim().rsplit_once(' ').unwrap().1.to_owned();
    assert_eq!(whole(folder, &["verify", "--expect", &head]), told);

    let data = folder.join("data");
    let batch = batch_of_first(&data.join("archive.db")).await;
    let copy = || {
        let copy = tempfile::tempdir().unwrap();
        std::fs::create_dir(copy.path().join("data")).unwrap();
        for file in ["stoa.db", "stoa.db-wal", "archive.db", "archive.db-wal"] {
            if data.join(file).exists() {
                std::fs::copy(data.join(file), copy.path().join("data").join(file)).unwrap();
            }
        }
        copy
    };
    for (statement, expected) in FAULTS {
        let copy = copy();
        execute(&copy.path().join("data/archive.db"), statement).await;
        let told = refusal(&ask(copy.path(), &["verify", "--archive-only"]));
        let expected = expected.replace("BATCH", &format!("batch {batch}"));
        assert!(told.starts_with("stoa: the archive isn't as it was written: ") && told.contains(&expected), "{statement}: {told}");
    }

    // A cut-off end is as whole as an archive that never was longer; the history tells, and so does a head.
    let cut = copy();
    let last = "DELETE FROM records WHERE position >= (SELECT first FROM batches ORDER BY number DESC LIMIT 1);
        DELETE FROM batches WHERE number = (SELECT max(number) FROM batches)";
    execute(&cut.path().join("data/archive.db"), last).await;
    whole(cut.path(), &["verify", "--archive-only"]);
    assert!(refusal(&ask(cut.path(), &["verify", "--expect", &head])).contains("the archive was cut off"));
    let output = ask(cut.path(), &["verify"]);
    assert!(refusal(&output).contains("is neither in the archive nor in the queue"), "{output:?}");

    // What was done to the history is seen by the archive.
    for (statement, expected) in [
        ("UPDATE events SET body = 'never said' WHERE seq = 2", "says something else"),
        ("UPDATE events SET author_id = zeroblob(16) WHERE seq = 1", "has another author"),
        ("UPDATE events SET at = at - 1 WHERE seq = 3", "has another moment"),
        ("DELETE FROM events WHERE seq = 3", "is in the archive and not in the history"),
    ] {
        let copy = copy();
        execute(&copy.path().join("data/stoa.db"), statement).await;
        let told = refusal(&ask(copy.path(), &["verify"]));
        assert!(told.contains("archive and history differ") && told.contains(expected), "{statement}: {told}");
    }
    let wrong = ask(folder, &["verify", "--expect", "6"]);
    assert!(!wrong.status.success() && String::from_utf8_lossy(&wrong.stderr).contains("BATCH:HASH"));
}

#[test]
fn a_file_has_one_server() {
    let folder = tempfile::tempdir().unwrap();
    let told = refusal(&run(folder.path(), &["serve", "--services", "compliance"], None));
    assert!(told.contains("services") && told.contains("needs PostgreSQL"), "{told}");
}
