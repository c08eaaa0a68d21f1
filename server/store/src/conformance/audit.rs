use std::time::Duration;

use stoa_domain::audit::{Head, Link, Record, Walk};
use stoa_domain::id::UserId;
use uuid::Uuid;

use super::world::{World, at};
use crate::{Actor, Audit, AuditFilter, Lease, Look, Standing, StoreError};

const LASTING: Duration = Duration::from_secs(600);

async fn change(world: &World, by: Option<UserId>, from: &str, second: i64, action: &'static str, object: &str) {
    let unit = world.store.begin(Actor { user: by, from: from.into() }, at(second)).await.unwrap();
    let after = serde_json::json!({ "name": "Größe", "n": second });
    unit.commit(Audit { action, object: object.into(), before: serde_json::Value::Null, after }).await.unwrap();
}

fn look(action: &'static str, object: &str) -> Look {
    let actor = Actor { user: None, from: "192.0.2.9".into() };
    Look { actor, at: at(50), version: 1, action, object: object.into(), asked: serde_json::json!({ "q": "a\0b" }) }
}

async fn lease(world: &World, holder: u128, lasting: Duration) -> Option<Lease> {
    world.store.lease("test", Uuid::from_u128(holder), lasting).await.unwrap()
}

/// The links of everything that waits.
async fn waiting(world: &World) -> Vec<Link> {
    let mut unlinked = world.store.audit_unlinked(1_000).await.unwrap();
    let link = |record: &Record| {
        let link = Link::after(unlinked.head, record);
        unlinked.head = Head::from(&link);
        link
    };
    unlinked.records.iter().map(link).collect()
}

fn is_stale(result: Result<(), StoreError>) -> bool {
    matches!(result, Err(StoreError::Stale))
}

pub async fn records_are_found_by_each_filter(world: World) {
    let mira = world.user("mira").await;
    change(&world, Some(mira), "192.0.2.7", 1, "room.create", "room:1").await;
    change(&world, Some(mira), "192.0.2.8", 2, "list.add", "room:1/members").await;
    change(&world, None, "command line", 3, "room.change", "room:12").await;
    change(&world, None, "command line", 4, "role.grant", "role:auditor").await;
    let all = world.store.audit_page(&AuditFilter::default(), None, 100).await.unwrap();
    assert!(all.windows(2).all(|pair| pair[0].record.id > pair[1].record.id), "newest first");
    let found = async |filter: AuditFilter| {
        let page = world.store.audit_page(&filter, None, 100).await.unwrap();
        page.into_iter().map(|audited| audited.record.action).collect::<Vec<_>>()
    };
    let any = AuditFilter::default;
    assert_eq!(found(AuditFilter { by: Some(mira), ..any() }).await, ["list.add", "room.create"]);
    assert_eq!(found(AuditFilter { place: Some("192.0.2.8".into()), ..any() }).await, ["list.add"]);
    assert_eq!(found(AuditFilter { action: Some("room.".into()), ..any() }).await, ["room.change", "room.create"]);
    assert_eq!(found(AuditFilter { object: Some("room:1".into()), ..any() }).await, ["room.change", "list.add", "room.create"]);
    assert_eq!(found(AuditFilter { object: Some("room:1/".into()), ..any() }).await, ["list.add"]);
    assert_eq!(found(AuditFilter { from: Some(at(2)), to: Some(at(4)), ..any() }).await, ["room.change", "list.add"]);
    assert_eq!(found(AuditFilter { by: Some(mira), object: Some("room:12".into()), ..any() }).await, Vec::<String>::new());
    for odd in ["%", "_", "'", "\0", "room:1\u{10FFFF}"] {
        assert!(found(AuditFilter { object: Some(odd.into()), place: Some(odd.into()), ..any() }).await.is_empty(), "{odd:?}");
    }
    let second = world.store.audit_page(&any(), Some(all[1].record.id), 2).await.unwrap();
    assert_eq!(second, all[2..4]);
    let one = world.store.audit_record(all[0].record.id).await.unwrap().unwrap();
    assert_eq!(one, all[0]);
    assert_eq!(one.record.after, r#"{"n":4,"name":"Größe"}"#);
    assert_eq!(world.store.audit_record(i64::MAX).await.unwrap(), None);
}

pub async fn looks_are_records_that_change_nothing(world: World) {
    let version = world.store.access_version().await.unwrap();
    let queued = world.store.queued(100).await.unwrap().len();
    world.store.audit_looks(&[look("list.look", "room:1/members"), look("audit.look", "audit")]).await.unwrap();
    world.store.audit_looks(&[]).await.unwrap();
    let records = world.store.audit_page(&AuditFilter::default(), None, 100).await.unwrap();
    let told: Vec<_> = records.iter().map(|audited| (audited.record.action.as_str(), audited.record.object.as_str())).collect();
    assert_eq!(told, [("audit.look", "audit"), ("list.look", "room:1/members")]);
    assert_eq!((records[0].record.before.as_str(), records[0].record.after.as_str()), ("null", r#"{"q":"a\u0000b"}"#));
    assert_eq!(world.store.access_version().await.unwrap(), version);
    assert_eq!(world.store.queued(100).await.unwrap().len(), queued);
    assert_eq!(waiting(&world).await.len(), 2, "they are linked like all others");
}

pub async fn links_follow_each_other(world: World) {
    for second in 0..3 {
        change(&world, None, "test", second, "room.change", "room:1").await;
    }
    let first = waiting(&world).await;
    assert_eq!(first.iter().map(|link| link.position).collect::<Vec<_>>(), [1, 2, 3]);
    let held = lease(&world, 1, LASTING).await.unwrap();
    world.store.audit_link(&held, &first[..2]).await.unwrap();
    let standing = world.store.audit_standing(0, 100).await.unwrap();
    let stands = |n: usize, position, waits| assert_eq!(standing[n], Standing { id: first[n].record, position, waits });
    stands(0, Some(1), false);
    stands(1, Some(2), false);
    stands(2, None, true);

    // The same once more, with a gap, after another head, of a record that doesn't wait: nothing of it is done.
    let last = first[2];
    for wrong in [
        vec![first[0]],
        vec![Link { position: 4, ..last }],
        vec![Link { previous: first[0].hash, ..last }],
        vec![Link { record: first[0].record, ..last }],
        vec![last, Link { position: 4, record: 9_999, previous: last.hash, hash: stoa_domain::audit::Hash([7; 32]) }],
        Vec::new(),
    ] {
        assert!(is_stale(world.store.audit_link(&held, &wrong).await), "{wrong:?}");
    }
    assert_eq!(waiting(&world).await, [last]);
    world.store.audit_link(&held, &[last]).await.unwrap();
    assert_eq!(waiting(&world).await, []);

    let chain = world.store.audit_chain(0, 100).await.unwrap();
    assert_eq!(chain.iter().map(|(link, _)| *link).collect::<Vec<_>>(), first);
    let mut walk = Walk::default();
    walk.over(&chain).unwrap();
    assert_eq!(walk.head, Head::from(&last));
    assert_eq!(world.store.audit_chain(1, 1).await.unwrap(), chain[1..2]);
    assert_eq!(world.store.audit_position(first[1].hash).await.unwrap(), Some(2));
    assert_eq!(world.store.audit_position(stoa_domain::audit::Hash::NOTHING).await.unwrap(), None);
    let newest = world.store.audit_record(last.record).await.unwrap().unwrap();
    assert_eq!(newest.link, Some(last));
}

pub async fn leases_have_one_holder(world: World) {
    let first = lease(&world, 1, LASTING).await.unwrap();
    assert_eq!(lease(&world, 2, LASTING).await, None);
    assert_eq!(lease(&world, 1, Duration::ZERO).await, Some(first), "who holds it renews it, under the same fence");
    // It has run out.
    change(&world, None, "test", 0, "room.change", "room:1").await;
    let links = waiting(&world).await;
    assert!(is_stale(world.store.audit_link(&first, &links).await));
    let second = lease(&world, 2, LASTING).await.unwrap();
    assert!(second.fence > first.fence);
    assert!(is_stale(world.store.audit_link(&first, &links).await), "who lost it without knowing writes nothing");
    assert!(is_stale(world.store.audit_link(&Lease { holder: second.holder, ..first }, &links).await));
    // What isn't held can't be given back.
    world.store.release(&first).await.unwrap();
    assert_eq!(lease(&world, 1, LASTING).await, None);
    world.store.audit_link(&second, &links).await.unwrap();
    world.store.release(&second).await.unwrap();
    let third = lease(&world, 1, LASTING).await.unwrap();
    assert!(third.fence > second.fence);
    assert!(world.store.lease("another", Uuid::from_u128(2), LASTING).await.unwrap().is_some());
    // Many at once: one gets it.
    world.store.release(&third).await.unwrap();
    let tries = (10..20).map(|holder| {
        let world = world.clone();
        tokio::spawn(async move { lease(&world, holder, LASTING).await.is_some() })
    });
    let mut got = 0;
    for one in tries.collect::<Vec<_>>() {
        got += u32::from(one.await.unwrap());
    }
    assert_eq!(got, 1);
}
