//! Asking to join, and being invited: who is told what, live and later.

#![allow(clippy::unwrap_used)]

mod world;

use std::time::Duration;

use serde_json::json;
use stoa_domain::access::ListOwner;
use stoa_domain::category::{CategorySettings, Setting, Switch};
use stoa_domain::id::RoomId;
use stoa_domain::principal::Principal;
use stoa_domain::room::{Privacy, RoomList};
use stoa_domain::wire::PageQuery;
use stoa_domain::wire::category::ChangeCategory;
use stoa_domain::wire::channel::{Incoming, Signal};
use stoa_domain::wire::directory::DirectoryQuery;
use stoa_domain::wire::group::NewGroup;
use stoa_domain::wire::joining::{AnswerJoinRequest, InvitationAnswer, JoinAnswer, NewJoinRequest};
use stoa_domain::wire::list::{ListQuery, NewEntry};
use stoa_services::Caller;
use world::World;

fn because(text: &str) -> NewJoinRequest {
    NewJoinRequest { text: text.into() }
}

fn answer(answer: JoinAnswer) -> AnswerJoinRequest {
    AnswerJoinRequest { answer, until: None, note: String::new() }
}

async fn waiting(world: &World, who: &Caller) -> u32 {
    let waiting = world.services.joining.waiting(who, &PageQuery::default()).await.unwrap();
    assert_eq!(waiting.items.len(), waiting.waiting as usize);
    waiting.waiting
}

async fn invited(world: &World, who: &Caller) -> Vec<RoomId> {
    world.services.me.invitations(who).await.unwrap().into_iter().map(|invitation| invitation.room).collect()
}

#[tokio::test]
async fn who_asks_is_let_in_and_follows() {
    let world = World::new().await;
    let (omar, mira) = (world.user("omar").await, world.user("mira").await);
    let room = world.room("vault", Privacy::Closed).await;
    world.put(room, RoomList::Managers, &mira).await;
    let (mut manager, mut asker) = (world.connect(&mira).await, world.connect(&omar).await);
    let joining = &world.services.joining;

    let asked = joining.ask(&omar, room, because(" please ")).await.unwrap();
    assert_eq!((asked.text.as_str(), asked.name.as_str(), asked.person.id), ("please", "vault", omar.user));
    assert!(matches!(manager.signal(|signal| matches!(signal, Signal::Asked { .. })).await, Signal::Asked { waiting: 1, room: of } if of == room));
    joining.ask(&omar, room, because("pretty please")).await.unwrap();
    let of_room = joining.of_room(&mira, room, &PageQuery::default()).await.unwrap().items;
    assert_eq!(of_room.iter().map(|request| request.text.as_str()).collect::<Vec<_>>(), ["pretty please"], "one waits, with the newer text");
    assert_eq!((waiting(&world, &mira).await, waiting(&world, &world.admin).await, waiting(&world, &omar).await), (1, 1, 0));
    assert_eq!(joining.of_room(&omar, room, &PageQuery::default()).await.unwrap_err().status, 403);
    let listed = world.services.directory.find(&omar, &DirectoryQuery::default()).await.unwrap().items;
    assert!(listed.iter().any(|found| found.room.id == room && found.asked));

    let until = world.clock.advanced(Duration::from_secs(3600));
    let yes = AnswerJoinRequest { until: Some(until), note: "welcome".into(), ..answer(JoinAnswer::Yes) };
    let answered = joining.answer(&mira, room, omar.user, yes).await.unwrap();
    assert_eq!((answered.answer, answered.note.as_str()), (Some(JoinAnswer::Yes), "welcome"));
    assert!(matches!(asker.signal(|signal| matches!(signal, Signal::Followed { .. })).await, Signal::Followed { room: of } if of == room));
    let Signal::Answered(told) = asker.signal(|signal| matches!(signal, Signal::Answered(_))).await else { unreachable!() };
    assert_eq!(*told, answered);
    assert!(matches!(manager.signal(|signal| matches!(signal, Signal::Asked { waiting: 0, .. })).await, Signal::Asked { .. }));
    assert!(asker.join(room, None).await.is_ok());
    assert_eq!(invited(&world, &omar).await, [], "who asked isn't invited besides");
    let members = world.services.lists.get(&mira, ListOwner::Room(room, RoomList::Members), &ListQuery::default()).await.unwrap().page.items;
    assert_eq!(members.iter().map(|entry| (entry.principal, entry.until)).collect::<Vec<_>>(), [(Principal::User(omar.user), Some(until))]);
    let record = world.store.audits(0, 1_000).await.unwrap().pop().unwrap();
    assert_eq!((record.action.as_str(), record.object), ("room.admit", format!("room:{room}/members")));
    assert_eq!(joining.answer(&mira, room, omar.user, answer(JoinAnswer::No)).await.unwrap_err().status, 404, "it was answered");

    // Who wasn't there finds the answer, until it is put aside.
    let mine = joining.mine(&omar, &PageQuery::default()).await.unwrap().items;
    assert_eq!(mine, [answered]);
    joining.withdraw(&omar, room).await.unwrap();
    assert!(joining.mine(&omar, &PageQuery::default()).await.unwrap().items.is_empty());
    assert_eq!(joining.withdraw(&omar, room).await.unwrap_err().status, 404);
}

#[tokio::test]
async fn a_no_is_told_and_changes_no_list() {
    let world = World::new().await;
    let omar = world.user("omar").await;
    let room = world.room("vault", Privacy::Closed).await;
    let mut asker = world.connect(&omar).await;
    let joining = &world.services.joining;
    joining.ask(&omar, room, because("")).await.unwrap();
    let no = AnswerJoinRequest { note: "full".into(), ..answer(JoinAnswer::No) };
    joining.answer(&world.admin, room, omar.user, no).await.unwrap();
    let Signal::Answered(told) = asker.signal(|signal| matches!(signal, Signal::Answered(_))).await else { unreachable!() };
    assert_eq!((told.answer, told.note.as_str()), (Some(JoinAnswer::No), "full"));
    assert_eq!(asker.join(room, None).await.unwrap_err().status, 403);
    let record = world.store.audits(0, 1_000).await.unwrap().pop().unwrap();
    assert_eq!(record.action, "room.turn_away");
    // He may ask again, and take it back.
    joining.ask(&omar, room, because("now?")).await.unwrap();
    assert_eq!(waiting(&world, &world.admin).await, 1);
    joining.withdraw(&omar, room).await.unwrap();
    assert_eq!(waiting(&world, &world.admin).await, 0);
}

#[tokio::test]
async fn only_closed_rooms_that_one_finds_can_be_asked_for() {
    let world = World::new().await;
    let omar = world.user("omar").await;
    let [open, closed, secret] = [("o", Privacy::Open), ("c", Privacy::Closed), ("s", Privacy::Secret)];
    let (open, closed, secret) = (world.room(open.0, open.1).await, world.room(closed.0, closed.1).await, world.room(secret.0, secret.1).await);
    let joining = &world.services.joining;
    let status = async |room, text: &str| joining.ask(&omar, room, because(text)).await.err().map(|problem| problem.status);
    assert_eq!(status(open, "").await, Some(409));
    assert_eq!(status(secret, "").await, Some(404));
    assert_eq!(status(closed, &"x".repeat(501)).await, Some(422));
    assert_eq!(status(closed, "a\u{202E}b").await, Some(422));
    assert_eq!(status(closed, &"x".repeat(500)).await, None);
    let past = AnswerJoinRequest { until: Some(world.clock.advanced(Duration::ZERO)), ..answer(JoinAnswer::Yes) };
    assert_eq!(joining.answer(&world.admin, closed, omar.user, past).await.unwrap_err().status, 422);
    let never = AnswerJoinRequest { until: Some(world.clock.advanced(Duration::from_secs(9))), ..answer(JoinAnswer::No) };
    assert_eq!(joining.answer(&world.admin, closed, omar.user, never).await.unwrap_err().status, 422);
    assert_eq!(joining.answer(&omar, closed, omar.user, answer(JoinAnswer::Yes)).await.unwrap_err().status, 403);
}

#[tokio::test]
async fn a_request_goes_with_the_right_to_ask() {
    let world = World::new().await;
    let (omar, mira) = (world.user("omar").await, world.user("mira").await);
    let room = world.room("vault", Privacy::Closed).await;
    for who in [&omar, &mira] {
        world.services.joining.ask(who, room, because("")).await.unwrap();
    }
    let mut manager = world.connect(&world.admin).await;
    world.put(room, RoomList::Excluded, &omar).await;
    assert_eq!(waiting(&world, &world.admin).await, 1);
    manager.signal(|signal| matches!(signal, Signal::Asked { waiting: 1, .. })).await;
    // Let in again he would have to ask anew.
    world.take(room, RoomList::Excluded, &omar).await;
    assert_eq!(waiting(&world, &world.admin).await, 1);
    // Who became a member otherwise doesn't wait.
    world.put(room, RoomList::Members, &mira).await;
    assert_eq!(waiting(&world, &world.admin).await, 0);
}

#[tokio::test]
async fn whoever_becomes_a_member_is_invited_until_he_answers() {
    let world = World::new().await;
    let (omar, mira) = (world.user("omar").await, world.user("mira").await);
    let (one, two) = (world.room("one", Privacy::Secret).await, world.room("two", Privacy::Closed).await);
    let mut client = world.connect(&omar).await;
    world.put(one, RoomList::Members, &omar).await;
    let Signal::Invited(invitation) = client.signal(|signal| matches!(signal, Signal::Invited(_))).await else { unreachable!() };
    assert_eq!((invitation.room, invitation.description.name.as_str(), invitation.by.as_ref().map(|by| by.id)), (one, "one", Some(world.admin.user)));
    world.clock.advance(Duration::from_secs(1));
    world.put(two, RoomList::Presenters, &omar).await;
    assert_eq!(invited(&world, &omar).await, [two, one], "the newest first");
    assert_eq!(world.services.lookup.lookup(&omar, "ws://x").await.unwrap().invitations.len(), 2);
    assert_eq!((invited(&world, &mira).await, invited(&world, &world.admin).await), (vec![], vec![]), "the creator made himself the manager");

    let me = &world.services.me;
    assert_eq!(me.answer_invitation(&mira, two, InvitationAnswer::Accept).await.unwrap_err().status, 404);
    me.answer_invitation(&omar, two, InvitationAnswer::Decline).await.unwrap();
    client.signal(|signal| matches!(signal, Signal::Unfollowed { .. })).await;
    assert_eq!(invited(&world, &omar).await, [one]);
    assert!(client.join(two, None).await.is_ok(), "no list has changed");
    client.ask::<serde_json::Value>("leave", json!({ "room": two })).await.unwrap();
    assert_eq!(invited(&world, &omar).await, [one], "what one left doesn't invite again");
    me.answer_invitation(&omar, one, InvitationAnswer::Accept).await.unwrap();
    assert_eq!(me.rooms(&omar).await.unwrap().iter().map(|mine| mine.room.id).collect::<Vec<_>>(), [one]);
    assert_eq!(invited(&world, &omar).await, []);
    assert_eq!(me.answer_invitation(&omar, one, InvitationAnswer::Accept).await.unwrap_err().status, 404);

    // Taken out and put in again he is told anew.
    world.clock.advance(Duration::from_secs(1));
    world.take(two, RoomList::Presenters, &omar).await;
    world.put(two, RoomList::Members, &omar).await;
    assert_eq!(invited(&world, &omar).await, [two]);
}

#[tokio::test]
async fn an_invitation_goes_with_the_access() {
    let world = World::new().await;
    let omar = world.user("omar").await;
    let room = world.room("one", Privacy::Secret).await;
    let mut client = world.connect(&omar).await;
    world.put(room, RoomList::Members, &omar).await;
    client.signal(|signal| matches!(signal, Signal::Invited(_))).await;
    world.put(room, RoomList::Excluded, &omar).await;
    assert_eq!(invited(&world, &omar).await, []);
    client.signal(|signal| matches!(signal, Signal::Removed { room: of, .. } if *of == room)).await;
    assert_eq!(world.services.me.answer_invitation(&omar, room, InvitationAnswer::Accept).await.unwrap_err().slug(), "room-not-found");
}

#[tokio::test]
async fn who_came_by_an_invitation_is_told_once_that_he_is_out() {
    let world = World::new().await;
    let omar = world.user("omar").await;
    let room = world.room("one", Privacy::Closed).await;
    let mut client = world.connect(&omar).await;
    world.put(room, RoomList::Members, &omar).await;
    client.signal(|signal| matches!(signal, Signal::Invited(_))).await;
    client.join(room, None).await.unwrap();
    world.take(room, RoomList::Members, &omar).await;
    let removed = |signal: &Signal| matches!(signal, Signal::Removed { room: of, .. } if *of == room);
    client.signal(removed).await;
    assert_eq!(client.post(room, "still there?").await.unwrap_err().status, 403);
    assert!(!client.seen.iter().any(|frame| matches!(frame, Incoming::Signal(signal) if removed(signal))));
}

#[tokio::test]
async fn where_invitations_are_off_nobody_is_told() {
    let world = World::new().await;
    let omar = world.user("omar").await;
    let room = world.room("one", Privacy::Closed).await;
    let root = world.services.categories.get(&world.admin, world.root).unwrap();
    let off = CategorySettings { invitations: Setting { value: Switch::Off, locked: false }, ..root.settings };
    let set = async |settings| {
        let version = world.services.categories.get(&world.admin, world.root).unwrap().version;
        let change = ChangeCategory { settings: Some(settings), ..ChangeCategory::default() };
        world.services.categories.change(&world.admin, world.root, change, Some(&version)).await.unwrap();
    };
    set(off).await;
    world.put(room, RoomList::Members, &omar).await;
    assert_eq!(invited(&world, &omar).await, []);
    set(root.settings).await;
    assert_eq!(invited(&world, &omar).await, [], "what happened while they were off is past");
}

#[tokio::test]
async fn a_group_is_invited_as_one_and_so_is_who_joins_it() {
    let world = World::new().await;
    let (omar, mira) = (world.user("omar").await, world.user("mira").await);
    let group = world.services.groups.create(&world.admin, NewGroup { name: "g".into(), description: String::new() }, None).await.unwrap().id;
    let put = async |list, principal| world.services.lists.add(&world.admin, list, NewEntry { principal, until: None }).await.map(drop).unwrap();
    put(ListOwner::Group(group), Principal::User(omar.user)).await;
    let room = world.room("one", Privacy::Secret).await;
    let (mut one, mut other) = (world.connect(&omar).await, world.connect(&mira).await);
    put(ListOwner::Room(room, RoomList::Members), Principal::Group(group)).await;
    one.signal(|signal| matches!(signal, Signal::Invited(_))).await;
    assert_eq!((invited(&world, &omar).await, invited(&world, &mira).await), (vec![room], vec![]));
    put(ListOwner::Group(group), Principal::User(mira.user)).await;
    other.signal(|signal| matches!(signal, Signal::Invited(_))).await;
    assert_eq!(invited(&world, &mira).await, [room]);
}
