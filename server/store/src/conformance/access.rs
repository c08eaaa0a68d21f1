use stoa_domain::access::{Category, Domain, Entry, Group, ListOwner, Unit};
use stoa_domain::archive::{Content, Kind};
use stoa_domain::category::{CategoryList, CategorySettings, Scope};
use stoa_domain::id::UserId;
use stoa_domain::person::Role;
use stoa_domain::principal::Principal;
use stoa_domain::room::{RoomList, RoomState};
use stoa_domain::settings::{FileLimits, PoolSettings};

use super::world::{World, at, audit};
use crate::{Actor, Appending, Constraint, Object, Refused, StoreError};

fn entry(user: UserId) -> Entry {
    Entry { principal: Principal::User(user), until: None, added_by: Some(user), added_at: at(1) }
}

pub async fn a_fresh_pool_has_a_root(world: World) {
    let snapshot = world.snapshot().await;
    assert_eq!((snapshot.version, snapshot.users().count(), snapshot.rooms().count(), snapshot.categories().count()), (1, 0, 0, 1));
    let root = snapshot.root().unwrap();
    assert_eq!((root.scope, root.settings, root.parent), (Scope::List, CategorySettings::root(), None));
    let allowed = snapshot.list(ListOwner::Category(root.id, CategoryList::Allowed));
    assert!(allowed.len() == 1 && allowed.contains(Principal::Everyone));
    assert_eq!(world.store.pool_key().await.unwrap(), world.store.pool_key().await.unwrap());
    assert_ne!(world.store.pool_key().await.unwrap(), [0; 32]);
    world.store.ping().await.unwrap();
}

pub async fn changes_count_the_version_up(world: World) {
    let before = world.store.access_version().await.unwrap();
    let unit = world.begin().await;
    assert_eq!(unit.version(), before + 1);
    assert_eq!(world.store.access_version().await.unwrap(), before, "not before the commit");
    assert_eq!(unit.commit(audit("test")).await.unwrap(), before + 1);
    assert_eq!(world.store.access_version().await.unwrap(), before + 1);
}

pub async fn what_is_dropped_never_happened(world: World) {
    let mira = world.user("mira").await;
    let (room, other) = (world.room("a").await, world.new_room("b").await);
    let before = world.store.access_version().await.unwrap();
    let queued = world.store.queued(100).await.unwrap().len();
    let mut unit = world.begin().await;
    unit.put_room(&other).await.unwrap();
    unit.put_entries(ListOwner::Room(room, RoomList::Members), &[entry(mira)]).await.unwrap();
    unit.append(&world.item(room, mira, Appending::Notice { text: "never".into() })).await.unwrap();
    drop(unit);
    // The next change waits for the undoing of this one.
    drop(world.begin().await);
    let snapshot = world.snapshot().await;
    assert_eq!((snapshot.version, snapshot.rooms().count()), (before, 1));
    assert!(snapshot.list(ListOwner::Room(room, RoomList::Members)).is_empty());
    assert_eq!(world.store.heads(&[room]).await.unwrap()[0].seq, 0);
    assert_eq!(world.store.queued(100).await.unwrap().len(), queued);
    assert_eq!(world.act(other.id, mira, super::world::say("x")).await, Err(Refused::NoRoom));
    assert_eq!(world.post(room, mira, "works").await, 1);
}

pub async fn rooms_keep_their_versions(world: World) {
    let room = world.room("before").await;
    let first = world.snapshot().await;
    let mut changed = first.room(room).unwrap().clone();
    assert_eq!(changed.version, first.version);
    changed.name = "after".into();
    changed.state = RoomState::Disabled;
    changed.limits = FileLimits { upload_limit: 1, room_quota: FileLimits::MOST };
    let mut unit = world.begin().await;
    assert!(matches!(unit.expect(Object::Room(room), first.version - 1).await, Err(StoreError::Stale)));
    unit.expect(Object::Room(room), first.version).await.unwrap();
    unit.put_room(&changed).await.unwrap();
    changed.topic = "again in the same change".into();
    let version = unit.version();
    unit.expect(Object::Room(room), version).await.unwrap();
    unit.put_room(&changed).await.unwrap();
    let unknown = Object::Room(world.uuid().into());
    assert!(matches!(unit.expect(unknown, 1).await, Err(StoreError::Missing)));
    assert!(matches!(unit.remove(unknown).await, Err(StoreError::Missing)));
    let second = world.commit(&first, unit).await;
    changed.version = version;
    assert_eq!(second.room(room), Some(&changed));
    assert_eq!(world.snapshot_at(first.version).await.room(room), first.room(room), "what was is kept");
    assert_eq!(world.snapshot_at(1).await.rooms().count(), 0);
    let mut unit = world.begin().await;
    unit.remove(Object::Room(room)).await.unwrap();
    let third = world.commit(&second, unit).await;
    assert_eq!(third.room(room), None);
    assert_eq!(world.snapshot_at(version).await.room(room), Some(&changed));
}

pub async fn names_are_unique_by_key(world: World) {
    world.user("Straße").await;
    let room = world.room("Fx Desk").await;
    let root = world.root().await;
    let category = |name: &str| Category {
        id: world.uuid().into(),
        parent: Some(root),
        name: name.into(),
        description: String::new(),
        scope: Scope::Inherit,
        inherit_members: true,
        settings: CategorySettings::default(),
        limits: FileLimits::default(),
        version: 0,
    };
    let mut unit = world.begin().await;
    let mut desks = category("Desks");
    desks.version = unit.version();
    desks.limits = FileLimits { upload_limit: FileLimits::MOST, room_quota: 7 };
    unit.put_category(&desks).await.unwrap();
    unit.commit(audit("category.create")).await.unwrap();
    assert_eq!(world.snapshot().await.category(desks.id), Some(&desks));

    let taken = async |constraint, result: Result<(), StoreError>| match result {
        Err(StoreError::Taken(found)) => assert_eq!(found, constraint),
        other => panic!("{other:?}"),
    };
    let account = world.new_account("STRASSE");
    taken(Constraint::AccountName, world.begin().await.insert_account(&account).await).await;
    let mut twin = world.new_room("FX  DESK").await;
    taken(Constraint::RoomName, world.begin().await.put_room(&twin).await).await;
    taken(Constraint::CategoryName, world.begin().await.put_category(&category("desks")).await).await;
    // Another category has names of its own, and a name that was given up is free.
    twin.category = desks.id;
    let mut unit = world.begin().await;
    unit.put_room(&twin).await.unwrap();
    let mut renamed = world.snapshot().await.room(room).unwrap().clone();
    renamed.name = "Bonds".into();
    unit.put_room(&renamed).await.unwrap();
    unit.put_room(&world.new_room("fx desk").await).await.unwrap();
    unit.commit(audit("test")).await.unwrap();
    let orphan = Category { parent: Some(world.uuid().into()), ..category("orphan") };
    let mut unit = world.begin().await;
    let refused = match unit.put_category(&orphan).await {
        Err(error) => error,
        // A database may check what a row refers to only at the end.
        Ok(()) => unit.commit(audit("test")).await.unwrap_err(),
    };
    assert!(matches!(refused, StoreError::Missing), "{refused:?}");
}

pub async fn lists_keep_their_versions(world: World) {
    let (mira, omar, room) = (world.user("mira").await, world.user("omar").await, world.room("a").await);
    let list = ListOwner::Room(room, RoomList::Members);
    assert_eq!(world.store.list_version(list).await.unwrap(), 0);
    let mut unit = world.begin().await;
    unit.expect_list(list, 0).await.unwrap();
    unit.put_entries(list, &[entry(mira), entry(omar), entry(mira)]).await.unwrap();
    unit.put_entries(list, &[entry(omar)]).await.unwrap();
    let first = unit.commit(audit("list.put")).await.unwrap();
    assert_eq!(world.store.list_version(list).await.unwrap(), first);

    let ending = Entry { until: Some(at(50)), added_by: None, ..entry(mira) };
    let mut unit = world.begin().await;
    assert!(matches!(unit.expect_list(list, 0).await, Err(StoreError::Stale)));
    unit.put_entries(list, &[ending]).await.unwrap();
    unit.put_entries(ListOwner::Room(room, RoomList::Excluded), &[Entry { principal: Principal::Everyone, ..entry(omar) }]).await.unwrap();
    let second = unit.commit(audit("list.put")).await.unwrap();

    let mut unit = world.begin().await;
    let removed = unit.remove_entries(list, &[Principal::User(omar), Principal::Everyone]).await.unwrap();
    assert_eq!(removed, 1);
    let third = unit.commit(audit("list.remove")).await.unwrap();
    assert_eq!(world.store.list_version(list).await.unwrap(), third, "a removal changes it, too");

    let at_version = async |version| {
        let snapshot = world.snapshot_at(version).await;
        let members = snapshot.list(list);
        (members.get(Principal::User(mira)), members.get(Principal::User(omar)))
    };
    assert_eq!(at_version(first - 1).await, (None, None));
    assert_eq!(at_version(first).await, (Some(entry(mira)), Some(entry(omar))));
    assert_eq!(at_version(second).await, (Some(ending), Some(entry(omar))));
    assert_eq!(at_version(third).await, (Some(ending), None));
    let snapshot = world.snapshot().await;
    assert_eq!(snapshot.version, third);
    assert!(snapshot.list(ListOwner::Room(room, RoomList::Excluded)).contains(Principal::Everyone));
}

pub async fn changes_follow_each_other(world: World) {
    let before = world.store.access_version().await.unwrap();
    let changes: Vec<_> = (0..10)
        .map(|i| {
            let world = world.clone();
            tokio::spawn(async move { world.user(&format!("user{i}")).await })
        })
        .collect();
    for change in changes {
        change.await.unwrap();
    }
    let snapshot = world.snapshot().await;
    assert_eq!((snapshot.version, snapshot.users().count()), (before + 10, 10));
    let versions: std::collections::BTreeSet<_> = world.store.audits(0, 100).await.unwrap().iter().map(|row| row.version).collect();
    assert_eq!(versions.into_iter().collect::<Vec<_>>(), (before + 1..=before + 10).collect::<Vec<_>>());
}

pub async fn settings_have_defaults(world: World) {
    assert_eq!(world.store.settings().await.unwrap(), PoolSettings::default());
    for name in ["Acme", "Acme Ltd"] {
        let settings = PoolSettings { name: name.into(), edit_window: 60, ..PoolSettings::default() };
        let mut unit = world.begin().await;
        unit.set_settings(&PoolSettings::default()).await.unwrap();
        unit.set_settings(&settings).await.unwrap();
        unit.commit(audit("settings")).await.unwrap();
        assert_eq!(world.store.settings().await.unwrap(), settings);
    }
}

pub async fn records_of_changes(world: World) {
    let (mira, room) = (world.user("mira").await, world.room("a").await);
    let audits = world.store.audits(0, 100).await.unwrap();
    let last = audits.last().unwrap().id;
    let actor = Actor { user: Some(mira), from: "192.0.2.7".into() };
    let mut unit = world.store.begin(actor.clone(), at(33)).await.unwrap();
    unit.append(&world.item(room, mira, Appending::Notice { text: "now".into() })).await.unwrap();
    world.grant(&mut unit, mira, Role::Auditor).await;
    let version = unit.commit(audit("role.grant")).await.unwrap();
    let rows = world.store.audits(last, 100).await.unwrap();
    assert_eq!(rows.len(), 1);
    let expected = audit("role.grant");
    assert_eq!((&rows[0].actor, rows[0].at, rows[0].version), (&actor, at(33), version));
    assert_eq!((rows[0].action.as_str(), rows[0].object.as_str()), ("role.grant", "test:1"));
    assert_eq!((&rows[0].before, &rows[0].after), (&expected.before, &expected.after));
    let queued = world.store.queued(100).await.unwrap();
    assert_eq!(queued.iter().filter(|row| row.kind() == Kind::Configuration).count(), audits.len() + 1);
    let row = queued.last().unwrap();
    assert_eq!((row.version, row.user), (Some(version), Some(mira)));
    assert!(matches!(&row.content, Content::Configuration { action, .. } if action == "role.grant"));
    assert!(world.snapshot().await.holds(mira, Role::Auditor));
    assert!(!world.snapshot_at(version - 1).await.holds(mira, Role::Auditor));
    assert_eq!(world.store.heads(&[room]).await.unwrap()[0].seq, 1);
}

pub async fn principals_keep_their_versions(world: World) {
    let mira = world.user("mira").await;
    let first = world.snapshot().await;
    let group = Group { id: world.uuid().into(), name: "Traders".into(), description: "all desks".into(), version: first.version + 1 };
    let inner = Group { id: world.uuid().into(), name: "FX".into(), description: String::new(), version: first.version + 1 };
    let above = Unit { id: world.uuid().into(), name: "Acme".into(), parent: None, version: first.version + 1 };
    let below = Unit { id: world.uuid().into(), name: "Trading".into(), parent: Some(above.id), version: first.version + 1 };
    let partner = Domain { id: world.uuid().into(), name: "partner.example".into(), version: first.version + 1 };
    let mut federated = world.new_account("ana@partner.example");
    federated.domain = Some(partner.id);
    let mut unit = world.begin().await;
    for group in [&group, &inner] {
        unit.put_group(group).await.unwrap();
    }
    for it in [&above, &below] {
        unit.put_unit(it).await.unwrap();
    }
    unit.put_domain(&partner).await.unwrap();
    unit.insert_account(&federated).await.unwrap();
    unit.set_unit(mira, Some(below.id)).await.unwrap();
    unit.put_entries(ListOwner::Group(inner.id), &[entry(mira)]).await.unwrap();
    unit.put_entries(ListOwner::Group(group.id), &[Entry { principal: Principal::Group(inner.id), ..entry(mira) }]).await.unwrap();
    let second = world.commit(&first, unit).await;
    assert_eq!((second.group(group.id), second.unit(below.id), second.domain(partner.id)), (Some(&group), Some(&below), Some(&partner)));
    for principal in [Principal::Group(group.id), Principal::Unit(above.id), Principal::Domain(partner.id), Principal::Everyone] {
        assert_eq!(second.size(principal), 1, "{principal}");
    }

    let taken = async |constraint, result: Result<(), StoreError>| match result {
        Err(StoreError::Taken(found)) => assert_eq!(found, constraint),
        other => panic!("{other:?}"),
    };
    let id = world.uuid();
    taken(Constraint::GroupName, world.begin().await.put_group(&Group { id: id.into(), name: "TRADERS".into(), ..group.clone() }).await).await;
    taken(Constraint::UnitName, world.begin().await.put_unit(&Unit { id: id.into(), name: "acme".into(), ..above.clone() }).await).await;
    taken(Constraint::UnitName, world.begin().await.put_unit(&Unit { id: id.into(), ..below.clone() }).await).await;
    taken(Constraint::DomainName, world.begin().await.put_domain(&Domain { id: id.into(), name: "Partner.Example".into(), version: 0 }).await).await;

    let mut unit = world.begin().await;
    let version = unit.version();
    unit.expect(Object::Group(group.id), group.version).await.unwrap();
    unit.put_group(&Group { name: "Dealers".into(), ..group.clone() }).await.unwrap();
    unit.put_unit(&Unit { parent: None, ..below.clone() }).await.unwrap();
    unit.remove(Object::Group(inner.id)).await.unwrap();
    unit.remove(Object::Domain(partner.id)).await.unwrap();
    unit.remove_entries(ListOwner::Group(inner.id), &[Principal::User(mira)]).await.unwrap();
    unit.set_unit(mira, None).await.unwrap();
    let third = world.commit(&second, unit).await;
    assert_eq!(third.group(group.id), Some(&Group { name: "Dealers".into(), version, ..group.clone() }));
    assert_eq!((third.group(inner.id), third.size(Principal::Group(group.id)), third.size(Principal::Unit(above.id))), (None, 0, 0));
    assert_eq!(world.snapshot_at(second.version).await.all(), second.all(), "what was is kept");
}
