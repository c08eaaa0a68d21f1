//! What compliance is told of who was where: none of it is lost.

#![allow(clippy::unwrap_used)]

mod world;

use std::time::Duration;

use serde_json::json;
use stoa_domain::room::Privacy;
use world::World;

#[tokio::test(flavor = "multi_thread")]
async fn what_a_failed_commit_held_goes_with_the_next() {
    let world = World::new().await;
    let aiko = world.user("aiko").await;
    let room = world.room("lobby", Privacy::Open).await;
    let mut client = world.connect(&aiko).await;
    // The commit, its repetition, and both once more.
    world.faults.fail("append", 4);
    client.join(room, None).await.unwrap();
    world.passages(|passages| passages.contains(&("join".into(), aiko.user))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_falls_behind_has_left() {
    let world = World::new().await;
    let (slow, fast) = (world.user("slow").await, world.user("fast").await);
    let room = world.room("busy", Privacy::Open).await;
    let mut reader = world.connect(&slow).await;
    reader.join(room, None).await.unwrap();
    let mut writer = world.connect(&fast).await;
    let big = "x".repeat(3_900);
    for n in 0..300 {
        if n % 50 == 49 {
            world.clock.advance(Duration::from_secs(60));
        }
        writer.post(room, &big).await.unwrap();
    }
    let passages = world.passages(|passages| passages.contains(&("leave".into(), slow.user))).await;
    assert_eq!(passages.len(), 2);
    reader.join(room, Some(300)).await.unwrap();
    world.passages(|passages| passages.last() == Some(&("join".into(), slow.user))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_there_at_the_end_has_left() {
    let world = World::new().await;
    let mut clients = Vec::new();
    let room = world.room("lobby", Privacy::Open).await;
    for n in 0..20 {
        let user = world.user(&format!("u{n}")).await;
        let mut client = world.connect(&user).await;
        client.join(room, None).await.unwrap();
        client.ask::<serde_json::Value>("ping", json!({})).await.unwrap();
        clients.push(client);
    }
    world.services.stop(Duration::ZERO).await;
    drop(clients);
    let store = stoa_sqlite::open(world.folder.path()).await.unwrap();
    let queued = store.queued(10_000).await.unwrap();
    let count = |kind: &str| queued.iter().filter(|row| row.kind().as_str() == kind).count();
    assert_eq!((count("join"), count("leave")), (20, 20));
}
