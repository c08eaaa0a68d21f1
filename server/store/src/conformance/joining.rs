use stoa_domain::access::ListOwner;
use stoa_domain::category::CategoryList;
use stoa_domain::id::{RoomId, UserId};
use stoa_domain::principal::Principal;
use stoa_domain::room::RoomList;
use stoa_domain::wire::joining::JoinAnswer;

use super::world::{World, at, audit};
use crate::{JoinAnswered, JoinRequestRow, JoinRequests, StoreError};

fn request(room: RoomId, user: UserId, text: &str, second: i64) -> JoinRequestRow {
    JoinRequestRow { room, user, text: text.into(), at: at(second), access_version: second, answered: None }
}

fn no(second: i64) -> JoinAnswered {
    JoinAnswered { answer: JoinAnswer::No, by: None, at: at(second), note: "not\u{0}now".into() }
}

async fn answer(world: &World, room: RoomId, user: UserId, answered: &JoinAnswered) -> Result<(), StoreError> {
    let mut unit = world.begin().await;
    unit.answer_join_request(room, user, answered).await?;
    unit.commit(audit("test")).await.map(drop)
}

pub async fn requests_wait_until_answered(world: World) {
    let (mira, omar, a, b) = (world.user("mira").await, world.user("omar").await, world.room("a").await, world.room("b").await);
    let store = &world.store;
    assert!(!store.ask_to_join(&request(a, omar, "please", 5)).await.unwrap());
    assert!(!store.ask_to_join(&request(a, mira, "me too", 4)).await.unwrap());
    assert!(!store.ask_to_join(&request(b, mira, "", 6)).await.unwrap());
    assert!(store.ask_to_join(&request(a, omar, "pretty please", 9)).await.unwrap(), "it waits");
    let of = async |which| store.join_requests(which).await.unwrap();
    let texts: Vec<_> = of(JoinRequests::Of(a)).await.into_iter().map(|row| (row.user, row.text, row.at)).collect();
    assert_eq!(texts, [(mira, "me too".into(), at(4)), (omar, "pretty please".into(), at(5))], "the oldest first, by when it was first asked");
    assert_eq!(of(JoinRequests::By(mira)).await.len(), 2);
    assert_eq!(of(JoinRequests::Waiting).await.len(), 3);

    answer(&world, a, omar, &no(10)).await.unwrap();
    assert!(matches!(answer(&world, a, omar, &no(11)).await, Err(StoreError::Missing)), "once");
    assert!(matches!(answer(&world, b, omar, &no(11)).await, Err(StoreError::Missing)), "nobody asked");
    assert_eq!(of(JoinRequests::Of(a)).await.len(), 1);
    let mine = of(JoinRequests::By(omar)).await.pop().unwrap();
    assert_eq!(mine.answered, Some(JoinAnswered { note: "not\u{FFFD}now".into(), ..no(10) }));
    assert!(!store.ask_to_join(&request(a, omar, "now?", 20)).await.unwrap(), "an answered one begins anew");
    assert_eq!(of(JoinRequests::By(omar)).await, [request(a, omar, "now?", 20)]);
    assert!(store.withdraw_request(a, omar).await.unwrap());
    assert!(!store.withdraw_request(a, omar).await.unwrap());
}

pub async fn requests_of_old_go_new_ones_stay(world: World) {
    let (mira, omar, a) = (world.user("mira").await, world.user("omar").await, world.room("a").await);
    let store = &world.store;
    store.ask_to_join(&request(a, mira, "", 5)).await.unwrap();
    store.ask_to_join(&request(a, omar, "", 6)).await.unwrap();
    assert_eq!(store.forget_requests(&[], 9).await.unwrap(), 0);
    assert_eq!(store.forget_requests(&[(a, mira), (a, omar)], 5).await.unwrap(), 1, "the other was made after that version");
    assert_eq!(store.join_requests(JoinRequests::Of(a)).await.unwrap(), [request(a, omar, "", 6)]);
    answer(&world, a, omar, &no(10)).await.unwrap();
    assert_eq!(store.forget_requests(&[(a, omar)], 99).await.unwrap(), 0, "an answer stays for who asked");
    assert_eq!(store.requests_purge(at(9)).await.unwrap(), 0);
    assert_eq!(store.requests_purge(at(10)).await.unwrap(), 1);
}

pub async fn invitations_are_found_by_who_is_meant(world: World) {
    let (mira, room) = (world.user("mira").await, world.room("a").await);
    let (one, other) = (Principal::User(mira), Principal::Group(world.uuid().into()));
    let list = ListOwner::Room(room, RoomList::Members);
    let category = ListOwner::Category(world.root().await, CategoryList::Members);
    let change = async |list, invited: &[Principal], gone: &[Principal], by| {
        let mut unit = world.begin().await;
        unit.invite(list, invited, by).await.unwrap();
        unit.uninvite(list, gone).await.unwrap();
        unit.commit(audit("test")).await.unwrap();
    };
    let found = async |principals: &[Principal]| {
        let rows = world.store.invitations(principals).await.unwrap();
        rows.into_iter().map(|row| (row.list, row.by)).collect::<Vec<_>>()
    };
    change(list, &[one, other], &[], Some(mira)).await;
    change(category, &[Principal::Everyone], &[], None).await;
    assert_eq!(found(&[one]).await, [(list, Some(mira))]);
    assert_eq!(found(&[]).await, []);
    assert_eq!(found(&[one, Principal::Everyone]).await.len(), 2);
    assert_eq!(found(&[Principal::Group(mira.0.into())]).await, [], "another kind with the same id");
    change(list, &[one], &[other], None).await;
    assert_eq!(found(&[one, other]).await, [(list, None)], "again is still one, and what was taken back is gone");

    let answers = async || world.store.invitation_answers(mira).await.unwrap();
    assert_eq!(answers().await, []);
    for second in [5, 9, 7] {
        world.store.answer_invitation(mira, room, at(second)).await.unwrap();
    }
    assert_eq!(answers().await, [(room, at(9))]);
}
