use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use stoa_domain::message::Importance;

use super::world::{World, at, audit, delete, edit, message, react, say};
use crate::{Append, Appending, Refused};

pub async fn a_nonce_again_gives_the_first_place(world: World) {
    let (mira, room) = (world.user("mira").await, world.room("a").await);
    let items = [
        world.item(room, mira, say("one")),
        world.item(room, mira, edit(1, "two", &[])),
        world.item(room, mira, react(1, "👍", true)),
        world.item(room, mira, react(1, "👍", false)),
        world.item(room, mira, delete(1)),
    ];
    let first: Vec<_> = world.all(&items).await.into_iter().map(Result::unwrap).collect();
    // A repetition comes with an id and a time of its own.
    let again: Vec<_> = items.iter().map(|item| Append { id: world.uuid().into(), at: at(500), ..item.clone() }).collect();
    for (first, again) in first.iter().zip(world.all(&again).await) {
        let again = again.unwrap();
        assert_eq!((again.seq, again.n, again.id, again.at, again.new), (first.seq, first.n, first.id, first.at, false));
    }
    assert_eq!(world.store.heads(&[room]).await.unwrap()[0].seq, 5);
}

pub async fn a_nonce_with_something_else_is_refused(world: World) {
    let (mira, room) = (world.user("mira").await, world.room("a").await);
    world.post(room, mira, "zero").await;
    let item = world.item(room, mira, say("one"));
    world.one(&item).await.unwrap();
    let mut high = say("one");
    if let Appending::Message { importance, .. } = &mut high {
        *importance = Importance::High;
    }
    for what in [say("two"), message("one", Some(1), &[]), high, edit(1, "one", &[]), delete(1), react(1, "👍", true)] {
        assert_eq!(world.one(&Append { what, ..item.clone() }).await, Err(Refused::NonceReused));
    }
    let reaction = world.item(room, mira, react(1, "👍", true));
    world.one(&reaction).await.unwrap();
    assert_eq!(world.one(&Append { what: react(1, "👎", true), ..reaction.clone() }).await, Err(Refused::NonceReused));
    assert_eq!(world.one(&Append { what: react(2, "👍", true), ..reaction }).await, Err(Refused::NonceReused));
    assert_eq!(world.store.heads(&[room]).await.unwrap()[0].seq, 3);
}

pub async fn a_nonce_twice_in_a_batch_counts_once(world: World) {
    let (mira, room) = (world.user("mira").await, world.room("a").await);
    let item = world.item(room, mira, say("one"));
    let other = Append { what: say("two"), ..item.clone() };
    let outcomes = world.all(&[item.clone(), item.clone(), other, item]).await;
    assert_eq!(
        outcomes.iter().map(|outcome| outcome.map(|placed| (placed.seq, placed.new))).collect::<Vec<_>>(),
        [Ok((1, true)), Ok((1, false)), Err(Refused::NonceReused), Ok((1, false))]
    );
}

pub async fn nonces_are_the_authors_own(world: World) {
    let (mira, omar, room, other) = (world.user("mira").await, world.user("omar").await, world.room("a").await, world.room("b").await);
    let item = world.item(room, mira, say("one"));
    assert!(world.one(&item).await.unwrap().new);
    assert!(world.one(&Append { author: omar, id: world.uuid().into(), ..item.clone() }).await.unwrap().new);
    assert!(world.one(&Append { room: other, id: world.uuid().into(), ..item.clone() }).await.unwrap().new);
    let unsigned = Append { nonce: None, ..item };
    assert_eq!(world.all(&[unsigned.clone(), unsigned]).await.iter().filter(|outcome| outcome.is_ok_and(|placed| placed.new)).count(), 2);
}

/// As when the client of a request goes away: its work ends wherever it stands.
pub async fn who_gives_up_midway_holds_nobody_up(world: World) {
    let (mira, room) = (world.user("mira").await, world.room("a").await);
    for polls in 1..40 {
        let item = [world.item(room, mira, say("given up"))];
        let mut calls: [std::pin::Pin<Box<dyn Future<Output = ()> + Send>>; 3] = [
            Box::pin(async { drop(world.store.append(&item, &[]).await) }),
            Box::pin(async { drop(world.store.lease("given up", world.uuid(), Duration::from_secs(5)).await) }),
            Box::pin(async { drop(world.begin().await.commit(audit("given.up")).await) }),
        ];
        for call in &mut calls {
            for _ in 0..polls {
                if poll_fn(|context| Poll::Ready(call.as_mut().poll(context).is_ready())).await {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        drop(calls);
        world.post(room, mira, "goes on").await;
        world.begin().await.commit(audit("goes.on")).await.unwrap();
        assert!(world.store.lease("goes on", world.uuid(), Duration::ZERO).await.unwrap().is_some());
    }
}
