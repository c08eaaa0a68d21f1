//! `kill -9` during a storm of posts: afterwards every acknowledged post is there once, in its
//! place, and archived; what was not acknowledged can be sent again and is there once, too.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

use serde_json::{Value, json};
use stoa_postgres::testing::PostgresServer;
use stoa_services::compliance::{compare, verify};

use super::support::{Person, Server, nonce};

const CLIENTS: usize = 50;
const ROOMS: usize = 5;
/// Acknowledged posts after which the server is killed.
const ENOUGH: usize = 400;

struct Sent {
    room: String,
    nonce: String,
    body: String,
    author: usize,
    /// Where it was acknowledged.
    seq: Option<i64>,
}

/// One client that posts one thing after the other until its socket ends.
async fn posts(person: Person, author: usize, room: String, acknowledged: tokio::sync::mpsc::UnboundedSender<()>) -> Vec<Sent> {
    let mut socket = person.connect().await.unwrap();
    socket.ask("join", json!({ "rooms": [{ "room": room }] })).await.unwrap().unwrap();
    let mut sent = Vec::new();
    loop {
        let (nonce, body) = (nonce(), format!("{author}: {}", sent.len()));
        let answer = socket.ask("post", json!({ "room": room, "nonce": nonce, "body": body })).await;
        let seq = answer.as_ref().and_then(|answer| answer.as_ref().ok()).map(|done| done["seq"].as_i64().unwrap());
        sent.push(Sent { room: room.clone(), nonce, body, author, seq });
        match seq {
            Some(_) => drop(acknowledged.send(())),
            None => return sent,
        }
    }
}

async fn storm(database: Option<String>) {
    let mut server = Server::start(database).await;
    let root = server.sign_in("root").await;
    let mut rooms = Vec::new();
    for n in 0..ROOMS {
        rooms.push(root.create_room(&format!("storm {n}"), "open").await);
    }
    let mut people = Vec::new();
    for n in 0..5 {
        root.create_user(&format!("user{n}")).await;
        people.push(server.sign_in(&format!("user{n}")).await);
    }
    // A reader that comes back after the crash with what it had. It is there before the first post.
    let mut reader = root.connect().await.unwrap();
    reader.ask("join", json!({ "rooms": [{ "room": rooms[0] }] })).await.unwrap().unwrap();
    let (sender, mut acknowledged) = tokio::sync::mpsc::unbounded_channel();
    let clients: Vec<_> = (0..CLIENTS).map(|n| tokio::spawn(posts(people[n % 5].clone(), n, rooms[n % ROOMS].clone(), sender.clone()))).collect();
    drop(sender);
    for _ in 0..ENOUGH {
        acknowledged.recv().await.expect("the storm goes on until the server dies");
    }
    server.kill();
    let mut sent = Vec::new();
    for client in clients {
        sent.extend(client.await.unwrap());
    }
    while reader.pump().await {}
    let read: Vec<i64> =
        reader.seen.iter().filter_map(|frame| if let stoa_domain::wire::channel::Incoming::Event(event) = frame { Some(event.seq()) } else { None }).collect();
    assert_eq!(read, (1..=read.len() as i64).collect::<Vec<_>>(), "live events come in order, without gaps");

    server.run().await;
    check(&root, &rooms, &sent).await;

    // What wasn't acknowledged is sent again, and something that was, too.
    let mut sockets = HashMap::new();
    let mut again: Vec<Sent> = Vec::new();
    for (at, one) in sent.into_iter().enumerate() {
        if one.seq.is_some() && at % 10 != 0 {
            again.push(one);
            continue;
        }
        let person = &people[one.author % 5];
        let socket = match sockets.entry(one.author) {
            Entry::Occupied(socket) => socket.into_mut(),
            Entry::Vacant(none) => none.insert(person.connect().await.unwrap()),
        };
        let answer = socket.ask("post", json!({ "room": one.room, "nonce": one.nonce, "body": one.body })).await.unwrap().unwrap();
        let seq = answer["seq"].as_i64();
        assert!(one.seq.is_none() || one.seq == seq, "the same nonce is the same post");
        again.push(Sent { seq, ..one });
    }
    check(&root, &rooms, &again).await;
    let total: usize = {
        let mut total = 0;
        for room in &rooms {
            total += root.history(room).await.len();
        }
        total
    };
    assert_eq!(total, again.len(), "each once");

    // The reader comes back: what it has and what it gets now is the whole.
    let mut reader = root.connect().await.unwrap();
    let open = reader.ask("join", json!({ "rooms": [{ "room": rooms[0], "after_seq": read.len() }] })).await.unwrap().unwrap();
    let first = &open["rooms"][0];
    if let Some(events) = first["events"].as_array() {
        let seqs: Vec<_> = events.iter().map(|event| event["seq"].as_i64().unwrap()).collect();
        assert_eq!(seqs, (read.len() as i64 + 1..=first["last_seq"].as_i64().unwrap()).collect::<Vec<_>>());
    } else {
        assert_eq!(first["truncated"], true);
    }
    assert_eq!(server.terminate(), Some(0));
    archived(&server, again.len()).await;
}

/// Every acknowledged post is there once, at its place, with its body; seqs have no gaps.
async fn check(root: &Person, rooms: &[String], sent: &[Sent]) {
    let mut there: HashMap<(String, i64), String> = HashMap::new();
    for room in rooms {
        let messages = root.history(room).await;
        let seqs: Vec<i64> = messages.iter().map(|message| message["seq"].as_i64().unwrap()).collect();
        assert_eq!(seqs, (1..=seqs.len() as i64).collect::<Vec<_>>(), "no gaps");
        let bodies: HashSet<&Value> = messages.iter().map(|message| &message["body"]).collect();
        assert_eq!(bodies.len(), messages.len(), "nothing twice");
        for message in &messages {
            there.insert((room.clone(), message["seq"].as_i64().unwrap()), message["body"].as_str().unwrap().to_owned());
        }
    }
    for one in sent {
        if let Some(seq) = one.seq {
            assert_eq!(there.get(&(one.room.clone(), seq)), Some(&one.body), "an acknowledged post is in its place");
        }
    }
}

/// Each message is in the compliance archive or waits for it, once, and the archive is whole.
async fn archived(server: &Server, messages: usize) {
    let (store, archive) = (server.store().await, server.archive().await);
    let walk = verify(&archive, None, |_| {}).await.unwrap().unwrap();
    let compared = compare(store.as_ref(), &archive).await.unwrap();
    assert!(compared.differences.is_empty(), "{:?}", compared.differences);
    assert_eq!(compared.events + compared.waiting, messages as u64);
    assert!(walk.head.position > 0, "the worker has worked");
    store.close().await;
    archive.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_survives_kill_9_on_sqlite() {
    storm(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_survives_kill_9_on_postgres() {
    let postgres = PostgresServer::start();
    storm(Some(postgres.url())).await;
}

/// While the database is away posts are refused with a retry, not acknowledged, and work again
/// when it is back; nobody is let in on rights that can't be confirmed.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_goes_away_comes_back() {
    let mut postgres = PostgresServer::start();
    let server = Server::start(Some(postgres.url())).await;
    let root = server.sign_in("root").await;
    let room = root.create_room("lobby", "open").await;
    let mut socket = root.connect().await.unwrap();
    socket.ask("join", json!({ "rooms": [{ "room": room }] })).await.unwrap().unwrap();
    socket.ask("post", json!({ "room": room, "nonce": nonce(), "body": "before" })).await.unwrap().unwrap();

    postgres.crash();
    let lost = nonce();
    let refused = socket.ask("post", json!({ "room": room, "nonce": lost, "body": "during" })).await.unwrap().unwrap_err();
    assert_eq!(refused.status, 503);
    assert!(refused.retry_after.is_some(), "it says when to try again");
    let refused = root.call("GET", &format!("/rooms/{room}/messages"), Value::Null).await.unwrap_err();
    assert_eq!(refused.status, 503);
    assert_eq!(reqwest::get(server.url("/health/ready")).await.unwrap().status(), 503);
    assert_eq!(reqwest::get(server.url("/health/live")).await.unwrap().status(), 200, "the server itself is up");

    postgres.resume();
    server.ready().await;
    let mut again = root.connect().await;
    // The first moments after its return may still be unconfirmed.
    for _ in 0..100 {
        if again.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        again = root.connect().await;
    }
    let mut socket = again.unwrap();
    socket.ask("post", json!({ "room": room, "nonce": lost, "body": "during" })).await.unwrap().unwrap();
    let bodies: Vec<_> = root.history(&room).await.iter().map(|message| message["body"].as_str().unwrap().to_owned()).collect();
    assert_eq!(bodies, ["before", "during"]);
}
