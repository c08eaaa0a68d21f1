use stoa_domain::message::Level;

use super::world::{World, at, delete, edit, message};
use crate::{ChangeFollow, StoreError};

pub async fn following_begins_read(world: World) {
    let (mira, omar) = (world.user("mira").await, world.user("omar").await);
    let (a, b) = (world.room("a").await, world.room("b").await);
    for _ in 0..3 {
        world.post(a, mira, "x").await;
    }
    let before = world.store.follow(omar, a).await.unwrap();
    assert_eq!((before.following, before.read_seq, before.unread, before.last_seq), (false, 0, 0, 3));
    let mut changed = world.store.set_following(omar, &[a, b], true).await.unwrap();
    changed.sort();
    assert_eq!(changed, {
        let mut both = [a, b];
        both.sort();
        both
    });
    assert!(world.store.set_following(omar, &[a, b], true).await.unwrap().is_empty());
    world.post(a, mira, "y").await;
    let follow = world.store.follow(omar, a).await.unwrap();
    assert_eq!((follow.following, follow.read_seq, follow.unread, follow.last_n, follow.level), (true, 3, 1, 4, Level::All));
    assert_eq!(world.store.follows(omar).await.unwrap().len(), 2);
    assert_eq!(world.store.set_following(omar, &[a], false).await.unwrap(), [a]);
    assert_eq!(world.store.follows(omar).await.unwrap().iter().map(|row| row.room).collect::<Vec<_>>(), [b]);
    assert_eq!(world.store.set_following(omar, &[a], true).await.unwrap(), [a]);
    assert_eq!(world.store.follow(omar, a).await.unwrap().unread, 1, "the mark stayed while it wasn't followed");
    assert!(world.store.set_following(omar, &[world.uuid().into()], true).await.unwrap().is_empty());
}

pub async fn read_marks_advance(world: World) {
    let (mira, omar, room) = (world.user("mira").await, world.user("omar").await, world.room("a").await);
    world.store.set_following(omar, &[room], true).await.unwrap();
    for i in 0..5 {
        let seq = world.post(room, mira, "x").await;
        if i == 1 {
            world.act(room, mira, edit(seq, "y", &[])).await.unwrap();
        }
    }
    // 1, 2, 3 (an edit), 4, 5, 6
    let read = async |seq, back| {
        let mark = world.store.set_read(omar, room, seq, back).await.unwrap();
        (mark.seq, mark.unread, mark.moved)
    };
    assert_eq!(read(3, false).await, (3, 3, true));
    assert_eq!(read(2, false).await, (3, 3, false));
    assert_eq!(read(3, true).await, (3, 3, false));
    assert_eq!(read(1, true).await, (1, 4, true));
    assert_eq!(read(0, true).await, (0, 5, true));
    assert_eq!(read(999, false).await, (6, 0, true));
    world.act(room, mira, delete(6)).await.unwrap();
    world.post(room, mira, "z").await;
    world.act(room, mira, delete(8)).await.unwrap();
    assert_eq!(world.store.follow(omar, room).await.unwrap().unread, 1, "a deleted unread message still counts");
    assert!(matches!(world.store.set_read(omar, world.uuid().into(), 1, false).await, Err(StoreError::Missing)));
    assert_eq!(world.store.set_read(mira, room, 2, false).await.unwrap().seq, 2, "without following, too");
}

pub async fn ones_own_post_advances_the_mark(world: World) {
    let (mira, omar, room) = (world.user("mira").await, world.user("omar").await, world.room("a").await);
    world.store.set_following(omar, &[room], true).await.unwrap();
    world.post(room, mira, "x").await;
    world.act(room, omar, super::world::react(1, "👍", true)).await.unwrap();
    assert_eq!(world.store.follow(omar, room).await.unwrap().unread, 1, "a reaction is no post");
    world.post(room, omar, "y").await;
    let follow = world.store.follow(omar, room).await.unwrap();
    assert_eq!((follow.read_seq, follow.unread), (3, 0));
    assert_eq!(world.store.follow(mira, room).await.unwrap().read_seq, 0, "who never came has no mark");
}

pub async fn mentions_are_counted_behind_the_mark(world: World) {
    let (mira, omar, room) = (world.user("mira").await, world.user("omar").await, world.room("a").await);
    world.store.set_following(omar, &[room], true).await.unwrap();
    for _ in 0..3 {
        world.act(room, mira, message("@omar", None, &[omar, mira])).await.unwrap();
    }
    let follows = world.store.follows(omar).await.unwrap();
    assert_eq!((follows[0].mentions, follows[0].unread), (3, 3));
    assert_eq!(world.store.set_read(omar, room, 2, false).await.unwrap().mentions, 1);
    world.act(room, mira, delete(3)).await.unwrap();
    assert_eq!(world.store.follow(omar, room).await.unwrap().mentions, 0);
}

pub async fn what_one_sets_stays(world: World) {
    let (mira, room) = (world.user("mira").await, world.room("a").await);
    world.post(room, mira, "x").await;
    let set = async |favourite, level, draft: Option<&str>| {
        let change = ChangeFollow { favourite, level, draft: draft.map(Into::into) };
        world.store.change_follow(mira, room, &change).await.unwrap();
        let row = world.store.follow(mira, room).await.unwrap();
        (row.favourite, row.level, row.draft)
    };
    assert_eq!(set(Some(true), None, None).await, (true, Level::All, None));
    assert_eq!(set(None, Some(Level::None), Some("begun\0")).await, (true, Level::None, Some("begun\u{FFFD}".into())));
    assert_eq!(set(Some(false), None, None).await.2.as_deref(), Some("begun\u{FFFD}"));
    assert_eq!(set(None, Some(Level::Mentions), Some("")).await, (false, Level::Mentions, None));
    let row = world.store.follow(mira, room).await.unwrap();
    assert_eq!((row.following, row.unread), (false, 0));
    let unknown = world.store.change_follow(mira, world.uuid().into(), &ChangeFollow::default()).await;
    assert!(matches!(unknown, Err(StoreError::Missing)));
}

pub async fn last_posts(world: World) {
    let (mira, a, b) = (world.user("mira").await, world.room("a").await, world.room("b").await);
    world.post(a, mira, "x").await;
    let mut later = world.item(a, mira, edit(1, "y", &[]));
    later.at = at(900);
    world.one(&later).await.unwrap();
    assert_eq!(world.store.last_posted(&[a, b]).await.unwrap(), [(a, at(100))]);
    assert_eq!(world.store.said().await.unwrap(), [(a, 1, Some(at(100)))], "of rooms where nothing was said, nothing");
}
