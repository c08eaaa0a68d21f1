use std::collections::{HashMap, HashSet};

use stoa_domain::access::{ListOwner, Snapshot};
use stoa_domain::category::MAX_DEPTH;
use stoa_domain::id::UserId;
use stoa_domain::person::Role;
use stoa_domain::principal::Principal;
use stoa_domain::time::Timestamp;

use super::*;

/// As the large one, two hundred times smaller.
const SMALL: Scale = Scale { domains: 3, units: 40, people: 750, groups: 200, categories: 60, rooms: 150, entries: 10_000, messages: 100 };

async fn built() -> (tempfile::TempDir, Arc<dyn Store>, Made) {
    let folder = tempfile::tempdir().unwrap();
    let store = stoa_sqlite::open(folder.path()).await.unwrap();
    let root = store.snapshot(BEGAN).await.unwrap().root().unwrap().id;
    let made = build(&store, SMALL, root, "not a hash").await.unwrap();
    (folder, store, made)
}

fn all_lists(snapshot: &Snapshot) -> Vec<(ListOwner, Principal)> {
    snapshot.all().entries.into_iter().map(|(owner, principal, _)| (owner, principal)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_large_company_is_sound() {
    let (_folder, store, made) = built().await;
    assert_eq!((made.people, made.rooms, made.entries, made.messages), (SMALL.people, SMALL.rooms, SMALL.entries, SMALL.messages));
    let snapshot = store.snapshot(BEGAN).await.unwrap();
    let counts = (snapshot.users().count(), snapshot.groups().count(), snapshot.units().count(), snapshot.domains().count());
    assert_eq!(counts, (SMALL.people, SMALL.groups, SMALL.units, SMALL.domains));
    assert_eq!((snapshot.categories().count(), snapshot.rooms().count()), (SMALL.categories + 1, SMALL.rooms));
    let lists = all_lists(&snapshot);
    // The root's own entry was there before.
    assert_eq!(lists.len(), SMALL.entries + 1);
    for (owner, principal) in &lists {
        assert!(snapshot.exists(*principal), "{owner:?} names {principal}");
        if matches!(owner, ListOwner::Group(_) | ListOwner::Role(_)) {
            assert!(matches!(principal, Principal::User(_) | Principal::Group(_)), "{owner:?} can't hold {principal}");
        }
    }
    for category in snapshot.categories() {
        let path: Vec<_> = snapshot.path_up(category.id).collect();
        assert!(path.len() <= MAX_DEPTH && path.last().unwrap().parent.is_none(), "{}", category.name);
    }
    assert!(snapshot.rooms().all(|room| snapshot.category(room.category).is_some()));
    let names: HashSet<_> = snapshot.users().map(|user| user.name.as_str()).collect();
    assert_eq!(names.len(), SMALL.people);
    assert!(snapshot.users().all(|user| stoa_domain::name::check_account_name(&user.name).as_deref() == Ok(user.name.as_str())));
    let mira = store.account_by_key("mira.kovac").await.unwrap().unwrap();
    assert_eq!(mira.roles, [Role::Administrator]);
    assert!(snapshot.groups().any(|group| nested(&snapshot, group.id) >= 3), "groups stand in groups");
    // Every kind of right is somebody's.
    let rights: Vec<_> = snapshot.rooms().flat_map(|room| snapshot.users().take(100).map(move |user| (user.id, room.id))).collect();
    let decide = |of: fn(&stoa_domain::access::Rights) -> bool| rights.iter().filter(|(user, room)| of(&snapshot.decide(*user, *room).rights)).count();
    for (found, what) in
        [(decide(|may| may.enter), "enter"), (decide(|may| may.ask), "ask"), (decide(|may| !may.find), "hidden"), (decide(|may| may.manage), "manage")]
    {
        assert!(found > 0, "{what}");
    }
    // It is recorded, and can be looked at as it was.
    let audits = store.audits(0, 1_000).await.unwrap();
    assert!(audits.iter().all(|audit| audit.action == "demo.create"));
    assert_eq!(audits.iter().map(|audit| audit.after["entries"].as_u64().unwrap()).sum::<u64>(), SMALL.entries as u64);
    assert!(audits.windows(2).all(|pair| pair[0].version + 1 == pair[1].version));
    assert!(!store.follows(mira.id).await.unwrap().is_empty());
    store.close().await;
}

/// How many groups stand above it.
fn nested(snapshot: &Snapshot, group: stoa_domain::id::GroupId) -> usize {
    let above: HashMap<Principal, stoa_domain::id::GroupId> = all_lists(snapshot)
        .into_iter()
        .filter_map(|(owner, principal)| if let ListOwner::Group(above) = owner { Some((principal, above)) } else { None })
        .collect();
    let mut seen = HashSet::new();
    let mut at = Principal::Group(group);
    while let Some(next) = above.get(&at)
        && seen.insert(*next)
    {
        at = Principal::Group(*next);
    }
    seen.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_the_same_at_every_run() {
    let ((_one, first, _), (_other, second, _)) = tokio::join!(built(), built());
    let at = Timestamp::default();
    let (one, other) = (first.snapshot(at).await.unwrap(), second.snapshot(at).await.unwrap());
    // The root is made with the schema, at the time of day.
    let without_root = |snapshot: &Snapshot| {
        let root = snapshot.root().unwrap().id;
        let mut all = snapshot.all();
        all.entries.retain(|(owner, ..)| !matches!(owner, ListOwner::Category(category, _) if *category == root));
        all
    };
    assert_eq!(without_root(&one), without_root(&other));
    let room = one.rooms().find(|room| room.privacy == stoa_domain::room::Privacy::Open).unwrap().id;
    let reader = UserId(uuid::Uuid::nil());
    assert_eq!(first.latest(room, 100, reader).await.unwrap(), second.latest(room, 100, reader).await.unwrap());
    let rest = |scale: Scale, seed| plan(scale, seed, one.root().unwrap().id, "x").creation.accounts[9].id;
    assert_ne!(rest(SMALL, 1), rest(SMALL, 2), "another seed makes another one");
}
