use stoa_domain::id::{QueryId, RoomId, Seq, UserId};
use stoa_domain::message::Clearing;
use stoa_domain::wire::cleanup::{NewMessageQuery, QueryAction, QueryState};
use stoa_domain::wire::message::{HistoryQuery, RoomEvent};

use super::world::{World, at, audit, delete, edit, message, react};
use crate::{ClearedEvent, LegalHold, NewQuery, QueryStep, Refused, Stepped, StoreError};

pub(super) fn asked(action: QueryAction, text: Option<&str>) -> NewMessageQuery {
    let text = text.map(str::to_owned);
    NewMessageQuery { name: None, rooms: None, category: None, author: None, from: None, to: None, words: None, action, text, dry_run: false }
}

async fn begin(world: &World, query: &NewMessageQuery, rooms: &[RoomId]) -> QueryId {
    let new = NewQuery { id: world.uuid().into(), query: query.clone(), rooms: rooms.to_vec() };
    let mut unit = world.begin().await;
    unit.begin_query(&new).await.unwrap();
    unit.commit(audit("test")).await.unwrap();
    new.id
}

pub(super) async fn turn(world: &World, id: QueryId, from: QueryState, to: QueryState, undo_until: Option<i64>) -> Result<(), StoreError> {
    let mut unit = world.begin().await;
    unit.turn_query(id, &[from], to, undo_until.map(at)).await?;
    unit.commit(audit("test")).await.map(drop)
}

pub(super) fn event(world: &World, author: UserId, text: Option<&str>) -> ClearedEvent {
    ClearedEvent { id: world.uuid().into(), author, at: at(500), access_version: 1, text: text.map(str::to_owned) }
}

/// The next step, as it would be made; none at the end.
async fn next(world: &World, id: QueryId, by: UserId) -> Option<QueryStep> {
    let part = world.store.query_next(id).await.unwrap()?;
    let query = world.store.query(id).await.unwrap().unwrap().query;
    let looked = world.store.query_look(&part, &query).await.unwrap();
    let samples = looked.candidates.iter().map(|one| one.seq).collect();
    let event = (!query.dry_run).then(|| event(world, by, query.text.as_deref()));
    Some(QueryStep { part, until: looked.until, found: looked.candidates, samples, event })
}

pub(super) async fn run(world: &World, query: &NewMessageQuery, rooms: &[RoomId], by: UserId) -> QueryId {
    let id = begin(world, query, rooms).await;
    while let Some(step) = next(world, id, by).await {
        assert!(matches!(world.store.query_step(&step).await.unwrap(), Stepped::Done(_)));
    }
    turn(world, id, QueryState::Running, QueryState::Done, Some(1_000)).await.unwrap();
    id
}

async fn bodies(world: &World, room: RoomId) -> Vec<Option<String>> {
    let history = world.store.history(room, &HistoryQuery::default(), 100, UserId(world.uuid())).await.unwrap();
    history.messages.into_iter().map(|message| message.body).collect()
}

fn some(texts: &[&str]) -> Vec<Option<String>> {
    texts.iter().map(|text| Some((*text).to_owned())).collect()
}

pub(super) async fn drain(world: &World) {
    let ids: Vec<_> = world.store.queued(10_000).await.unwrap().iter().map(|row| row.id).collect();
    world.store.unqueue(&ids).await.unwrap();
}

pub async fn what_is_removed_is_hidden_everywhere_until_it_is_undone(world: World) {
    let (mira, omar, room) = (world.user("mira").await, world.user("omar").await, world.room("a").await);
    world.store.set_following(omar, &[room], true).await.unwrap();
    for (body, mentions) in [("one @omar", &[omar][..]), ("two", &[]), ("three", &[])] {
        world.act(room, mira, message(body, None, mentions)).await.unwrap();
    }
    world.act(room, mira, delete(2)).await.unwrap();
    world.act(room, omar, message("yes", Some(1), &[])).await.unwrap();
    world.act(room, omar, react(1, "👍", true)).await.unwrap();
    world.store.set_read(omar, room, 0, true).await.unwrap();
    assert_eq!(world.store.follow(omar, room).await.unwrap().mentions, 1);
    let before = world.store.history(room, &HistoryQuery::default(), 10, omar).await.unwrap();
    let id = run(&world, &NewMessageQuery { author: Some(mira), ..asked(QueryAction::Remove, None) }, &[room], mira).await;
    let history = world.store.history(room, &HistoryQuery::default(), 10, omar).await.unwrap();
    let [one, two, three, four] = &history.messages[..] else { panic!("{history:?}") };
    assert_eq!((one.body.as_deref(), one.deleted.as_ref().map(|deleted| deleted.at), one.reactions.len()), (None, Some(at(500)), 0));
    assert_eq!((two.deleted.as_ref().map(|deleted| deleted.at), three.body.as_deref()), (Some(at(100)), None), "what was deleted stays as it was");
    assert_eq!((four.body.as_deref(), four.reply_to.as_ref().unwrap().excerpt.as_deref()), (Some("yes"), None));
    assert_eq!(world.store.follow(omar, room).await.unwrap().mentions, 0);
    assert_eq!(world.act(room, mira, edit(1, "again", &[])).await, Err(Refused::NoMessage));
    let events = world.store.events_after(room, 6, 10).await.unwrap();
    assert!(
        matches!(&events[..], [RoomEvent::Cleared { head, how: Clearing::Removed, of, text: None }] if head.seq == 7 && head.n == 4 && of[..] == [[1, 1], [3, 3]]),
        "{events:?}"
    );
    assert!(matches!(&world.store.events_after(room, 0, 1).await.unwrap()[..], [RoomEvent::Message { message, .. }] if message.body.is_none()));
    let row = world.store.query(id).await.unwrap().unwrap();
    assert_eq!((row.messages, row.rooms, row.authors, row.looked_at, row.of_events, row.samples), (2, 1, 1, 6, 6, vec![(room, 1), (room, 3)]));
    assert_eq!((row.state, row.undo_until), (QueryState::Done, Some(at(1_000))));
    assert_eq!(world.store.query_rooms(id, 9).await.unwrap()[0].messages, 2);
    assert_eq!(world.store.query_authors(id, 9).await.unwrap(), [(mira, 2)]);

    turn(&world, id, QueryState::Done, QueryState::Undoing, None).await.unwrap();
    assert_eq!(world.store.queries_at_work().await.unwrap().len(), 1);
    assert!(world.store.query_undo(id, &event(&world, mira, None)).await.unwrap());
    assert!(!world.store.query_undo(id, &event(&world, mira, None)).await.unwrap());
    turn(&world, id, QueryState::Undoing, QueryState::Undone, None).await.unwrap();
    assert_eq!(world.store.history(room, &HistoryQuery::default(), 10, omar).await.unwrap().messages, before.messages);
    assert_eq!(world.store.follow(omar, room).await.unwrap().mentions, 1);
    let events = world.store.events_after(room, 7, 10).await.unwrap();
    assert!(matches!(&events[..], [RoomEvent::Cleared { how: Clearing::Restored, of, .. }] if of[..] == [[1, 1], [3, 3]]), "{events:?}");
    assert_eq!(world.post(room, mira, "goes on").await, 9, "the stream has no gap");
}

pub async fn another_text_stands_in_the_place_of_what_is_replaced(world: World) {
    let (mira, omar, room) = (world.user("mira").await, world.user("omar").await, world.room("a").await);
    world.act(room, mira, message("bad @omar", None, &[omar])).await.unwrap();
    world.act(room, mira, edit(1, "worse @omar", &[omar])).await.unwrap();
    world.act(room, omar, message("yes", Some(1), &[])).await.unwrap();
    let id = run(&world, &NewMessageQuery { author: Some(mira), ..asked(QueryAction::Replace, Some("nothing")) }, &[room], omar).await;
    let one = world.store.message(room, 1, mira).await.unwrap().unwrap();
    assert_eq!((one.body.as_deref(), one.mentions.len(), one.deleted), (Some("nothing"), 0, None));
    assert_eq!(one.replaced.map(|replaced| (replaced.by.id, replaced.at)), Some((omar, at(500))));
    assert_eq!(world.store.message(room, 3, mira).await.unwrap().unwrap().reply_to.unwrap().excerpt.as_deref(), Some("nothing"));
    assert_eq!(world.store.quote(room, 1).await.unwrap().unwrap().excerpt.as_deref(), Some("nothing"));
    assert!(matches!(&world.store.events_after(room, 1, 1).await.unwrap()[..], [RoomEvent::Edited { body: Some(body), .. }] if body == "nothing"));
    assert_eq!(world.act(room, mira, edit(1, "mine", &[])).await, Err(Refused::Replaced));
    // What is replaced can be removed, not replaced again; undoing in whatever order shows what was.
    let again = run(&world, &asked(QueryAction::Replace, Some("other")), &[room], omar).await;
    assert_eq!(world.store.query(again).await.unwrap().unwrap().messages, 1, "only the answer");
    let removed = run(&world, &NewMessageQuery { author: Some(mira), ..asked(QueryAction::Remove, None) }, &[room], omar).await;
    assert_eq!(bodies(&world, room).await, [None, Some("other".into())]);
    for id in [id, again, removed] {
        turn(&world, id, QueryState::Done, QueryState::Undoing, None).await.unwrap();
        while world.store.query_undo(id, &event(&world, omar, None)).await.unwrap() {}
    }
    assert_eq!(bodies(&world, room).await, some(&["worse @omar", "yes"]));
    assert_eq!(world.store.message(room, 1, mira).await.unwrap().unwrap().mentions, [omar]);
}

pub async fn a_query_looks_only_where_it_is_told(world: World) {
    let (mira, omar, a, b) = (world.user("mira").await, world.user("omar").await, world.room("a").await, world.room("b").await);
    for (second, author) in [(100, mira), (200, omar), (300, mira), (400, mira)] {
        let mut item = world.item(a, author, message(&format!("at {second}"), None, &[]));
        item.at = at(second);
        world.one(&item).await.unwrap();
    }
    world.post(b, mira, "elsewhere").await;
    let look = async |query: &NewMessageQuery| {
        let id = begin(&world, query, &[a]).await;
        let mut seqs: Vec<Seq> = Vec::new();
        while let Some(step) = next(&world, id, mira).await {
            seqs.extend(step.found.iter().map(|one| one.seq));
            assert!(step.found.iter().all(|one| one.body.is_some() == query.words.is_some()), "texts only where they are needed");
            world.store.query_step(&step).await.unwrap();
        }
        let row = world.store.query(id).await.unwrap().unwrap();
        assert_eq!((row.messages, row.looked_at), (i64::try_from(seqs.len()).unwrap(), row.of_events));
        seqs
    };
    let find = NewMessageQuery { dry_run: true, ..asked(QueryAction::Find, None) };
    assert_eq!(look(&find).await, [1, 2, 3, 4]);
    assert_eq!(look(&NewMessageQuery { author: Some(omar), ..find.clone() }).await, [2]);
    assert_eq!(look(&NewMessageQuery { from: Some(at(200)), ..find.clone() }).await, [2, 3, 4]);
    assert_eq!(look(&NewMessageQuery { to: Some(at(300)), ..find.clone() }).await, [1, 2], "not with that moment itself");
    assert_eq!(look(&NewMessageQuery { from: Some(at(200)), to: Some(at(400)), author: Some(mira), ..find.clone() }).await, [3]);
    assert_eq!(look(&NewMessageQuery { to: Some(at(-200_000)), ..find.clone() }).await, [] as [Seq; 0]);
    assert_eq!(look(&NewMessageQuery { from: Some(at(999_999)), ..find.clone() }).await, [] as [Seq; 0]);
    assert_eq!(look(&NewMessageQuery { words: Some("at".into()), ..find.clone() }).await, [1, 2, 3, 4]);
    assert_eq!(bodies(&world, a).await.len(), 4, "nothing was hidden");
    let ids: Vec<_> = world.store.queries(None, 3).await.unwrap().into_iter().map(|row| row.id).collect();
    assert!(ids.is_sorted_by(|one, other| one > other) && ids.len() == 3, "the newest first");
    assert_eq!(world.store.queries(Some(ids[1]), 1).await.unwrap()[0].id, ids[2]);
}

pub async fn each_step_is_made_once(world: World) {
    let (mira, room) = (world.user("mira").await, world.room("a").await);
    for body in ["one", "two", "three"] {
        world.post(room, mira, body).await;
    }
    let id = begin(&world, &asked(QueryAction::Remove, None), &[room]).await;
    let step = next(&world, id, mira).await.unwrap();
    // Changed between the look and the step: nothing is done, and it is looked at anew.
    world.act(room, mira, edit(1, "uno", &[])).await.unwrap();
    world.act(room, mira, delete(3)).await.unwrap();
    assert_eq!(world.store.query_step(&step).await.unwrap(), Stepped::Again);
    assert_eq!(bodies(&world, room).await, [Some("uno".into()), Some("two".into()), None]);
    let step = next(&world, id, mira).await.unwrap();
    assert_eq!(step.found.iter().map(|one| one.seq).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(world.store.query_step(&step).await.unwrap(), Stepped::Done(2));
    assert_eq!(world.store.query_step(&step).await.unwrap(), Stepped::Gone);
    assert_eq!(world.post(room, mira, "later").await, 7, "one event for all of them");
    assert_eq!(next(&world, id, mira).await, None, "what came later isn't looked at");
    assert_eq!(bodies(&world, room).await, [None, None, None, Some("later".into())]);
    // Undone while it runs it does nothing more.
    let id = begin(&world, &asked(QueryAction::Remove, None), &[room]).await;
    let step = next(&world, id, mira).await.unwrap();
    turn(&world, id, QueryState::Running, QueryState::Undoing, None).await.unwrap();
    assert_eq!(world.store.query_step(&step).await.unwrap(), Stepped::Gone);
    assert!(matches!(turn(&world, id, QueryState::Running, QueryState::Done, None).await, Err(StoreError::Stale)));
    assert!(matches!(turn(&world, world.uuid().into(), QueryState::Running, QueryState::Done, None).await, Err(StoreError::Missing)));
}

pub async fn texts_are_erased_after_the_window_when_archived_and_not_held(world: World) {
    let (mira, omar, room) = (world.user("mira").await, world.user("omar").await, world.room("a").await);
    world.post(room, mira, "one").await;
    world.act(room, mira, edit(1, "uno", &[])).await.unwrap();
    world.post(room, omar, "two").await;
    let removed = run(&world, &asked(QueryAction::Remove, None), &[room], mira).await;
    let erase = async |second| world.store.query_erase(at(second), at(second + 60)).await.unwrap().map(|erased| (erased.erased, erased.held));
    assert_eq!(erase(1_000).await, None, "the archive doesn't have it");
    drain(&world).await;
    assert_eq!(erase(999).await, None, "it can still be undone");
    let hold = LegalHold { id: world.uuid().into(), name: "case".into(), user: Some(omar), room: None, from: Some(at(50)), until: Some(at(101)) };
    let other = LegalHold { id: world.uuid().into(), user: Some(mira), until: Some(at(100)), ..hold.clone() };
    let elsewhere = LegalHold { id: world.uuid().into(), user: None, room: Some(world.uuid().into()), ..hold.clone() };
    for hold in [&hold, &other, &elsewhere] {
        let mut unit = world.begin().await;
        unit.put_hold(hold).await.unwrap();
        unit.commit(audit("test")).await.unwrap();
    }
    assert_eq!(erase(1_000).await, Some((1, 1)), "of mira nothing is held from that moment on");
    assert_eq!(erase(1_059).await, None);
    assert_eq!(erase(1_060).await, Some((0, 1)), "tried again");
    assert_eq!(world.store.query(removed).await.unwrap().unwrap().state, QueryState::Done);
    let mut unit = world.begin().await;
    assert!(unit.release_hold(hold.id).await.unwrap() && !unit.release_hold(hold.id).await.unwrap());
    unit.commit(audit("test")).await.unwrap();
    assert_eq!(erase(1_061).await, Some((1, 0)), "nothing holds it any more");
    assert_eq!(erase(1_061).await, None);
    assert_eq!(world.store.query(removed).await.unwrap().unwrap().state, QueryState::Erased);
}

pub async fn what_is_erased_is_gone_for_good(world: World) {
    let (mira, room) = (world.user("mira").await, world.room("a").await);
    world.post(room, mira, "one").await;
    world.act(room, mira, edit(1, "uno", &[])).await.unwrap();
    let query = run(&world, &asked(QueryAction::Replace, Some("gone")), &[room], mira).await;
    drain(&world).await;
    assert_eq!(world.store.query_erase(at(1_000), at(2_000)).await.unwrap().map(|erased| (erased.erased, erased.held)), Some((1, 0)));
    assert_eq!(world.store.query_erase(at(1_000), at(2_000)).await.unwrap(), None);
    let row = world.store.query(query).await.unwrap().unwrap();
    assert_eq!((row.state, row.erased), (QueryState::Erased, 1));
    assert_eq!(bodies(&world, room).await, some(&["gone"]), "what stands in its place is its text");
    assert_eq!(world.act(room, mira, edit(1, "mine", &[])).await, Err(Refused::Replaced));
    assert!(matches!(turn(&world, query, QueryState::Done, QueryState::Undoing, None).await, Err(StoreError::Stale)));
    // Once erased it can be replaced again, and that be undone.
    let again = run(&world, &asked(QueryAction::Replace, Some("still gone")), &[room], mira).await;
    assert_eq!(bodies(&world, room).await, some(&["still gone"]));
    turn(&world, again, QueryState::Done, QueryState::Undoing, None).await.unwrap();
    assert!(world.store.query_undo(again, &event(&world, mira, None)).await.unwrap());
    assert_eq!(bodies(&world, room).await, some(&["gone"]));
}
