use stoa_domain::access::{Entry, ListOwner};
use stoa_domain::name::name_key;
use stoa_domain::person::Role;
use stoa_domain::principal::Principal;
use stoa_domain::wire::PageQuery;
use stoa_domain::wire::people::{ImportProgress, ImportState, Imported, RefusedLine};

use super::world::{World, at, audit};
use crate::{AccountFilter, Constraint, Idempotency, ImportRow, SessionRow, StoreError};

pub async fn accounts_come_and_go(world: World) {
    let mut account = world.new_account("Mira");
    account.email = Some("mira@example.org".into());
    account.password_hash = Some("$argon2id$x".into());
    let mut unit = world.begin().await;
    unit.insert_account(&account).await.unwrap();
    world.grant(&mut unit, account.id, Role::Administrator).await;
    world.grant(&mut unit, account.id, Role::Administrator).await;
    assert_eq!(unit.administrators().await.unwrap(), 1);
    let version = unit.commit(audit("user.create")).await.unwrap();
    let row = world.store.account_by_key(&name_key("MIRA")).await.unwrap().unwrap();
    assert_eq!(world.store.account(account.id).await.unwrap().as_ref(), Some(&row));
    assert_eq!((row.name.as_str(), row.email.as_deref(), row.password_hash.as_deref()), ("Mira", Some("mira@example.org"), Some("$argon2id$x")));
    assert_eq!((row.enabled, &row.roles[..], row.version, row.created_at, row.last_sign_in), (true, &[Role::Administrator][..], version, at(0), None));
    assert!(world.store.account_by_key("nobody").await.unwrap().is_none());
    assert!(world.store.account_by_key("no\0body").await.unwrap().is_none());

    // By its key, whose case is none; and only where there is one.
    let key = name_key("Mira@Example.org");
    let keys = [key.clone(), String::from("no@body.example"), String::from("no\0body"), key.clone()];
    assert_eq!(world.store.accounts_by_email(&keys).await.unwrap(), [(key.clone(), account.id)]);
    let omar = world.user("omar").await;
    assert_eq!(world.store.emails(&[account.id, omar]).await.unwrap(), [(account.id, String::from("mira@example.org"))]);
    let mut unit = world.begin().await;
    unit.set_profile(omar, None, Some("MIRA@example.org")).await.unwrap();
    unit.commit(audit("user.update")).await.unwrap();
    assert_eq!(world.store.accounts_by_email(std::slice::from_ref(&key)).await.unwrap().len(), 2, "several may have one");
    let mut unit = world.begin().await;
    unit.set_profile(omar, None, Some("")).await.unwrap();
    let many = vec![crate::NewAccount { email: Some("Many@Example.org".into()), ..world.new_account("many") }];
    unit.create(&crate::Creation { accounts: many, ..crate::Creation::default() }).await.unwrap();
    unit.commit(audit("user.update")).await.unwrap();
    assert_eq!(world.store.accounts_by_email(&[key, name_key("many@example.org")]).await.unwrap().len(), 2);
    assert!(world.store.accounts_by_email(&[]).await.unwrap().is_empty() && world.store.emails(&[omar]).await.unwrap().is_empty());
    assert!(world.store.size().await.unwrap() > 10_000);

    world.store.note_sign_in(account.id, at(9)).await.unwrap();
    let mut unit = world.begin().await;
    unit.expect_account(account.id, version).await.unwrap();
    assert!(matches!(unit.expect_account(account.id, version - 1).await, Err(StoreError::Stale)));
    unit.set_profile(account.id, Some("Mira K"), None).await.unwrap();
    unit.set_password(account.id, "$argon2id$y").await.unwrap();
    let unknown = world.uuid().into();
    assert!(matches!(unit.set_profile(unknown, Some("x"), None).await, Err(StoreError::Missing)));
    assert!(matches!(unit.set_enabled(unknown, false).await, Err(StoreError::Missing)));
    let version = unit.commit(audit("user.update")).await.unwrap();
    let row = world.store.account(account.id).await.unwrap().unwrap();
    assert_eq!((row.display_name.as_str(), row.email.as_deref(), row.password_hash.as_deref()), ("Mira K", Some("mira@example.org"), Some("$argon2id$y")));
    assert_eq!((row.version, row.last_sign_in), (version, Some(at(9))));
}

pub async fn the_last_administrator_stays(world: World) {
    let (mira, omar) = (world.user("mira").await, world.user("omar").await);
    let mut unit = world.begin().await;
    world.grant(&mut unit, mira, Role::Administrator).await;
    unit.commit(audit("role.grant")).await.unwrap();
    let enable = async |user, enabled| {
        let mut unit = world.begin().await;
        unit.set_enabled(user, enabled).await?;
        unit.commit(audit("user.enable")).await
    };
    assert!(matches!(enable(mira, false).await, Err(StoreError::LastAdministrator)));
    let disabled = enable(omar, false).await.unwrap();
    assert!(!world.snapshot().await.user(omar).unwrap().enabled);
    assert!(world.snapshot_at(disabled - 1).await.user(omar).unwrap().enabled);
    let mut unit = world.begin().await;
    world.grant(&mut unit, omar, Role::Administrator).await;
    assert_eq!(unit.administrators().await.unwrap(), 1, "a disabled one doesn't count");
    unit.commit(audit("role.grant")).await.unwrap();
    assert!(matches!(enable(mira, false).await, Err(StoreError::LastAdministrator)));
    enable(omar, true).await.unwrap();
    // Of two that are disabled at once, one stays.
    let (one, other) = tokio::join!(enable(mira, false), enable(omar, false));
    assert_ne!(one.is_ok(), other.is_ok());
    assert_eq!(world.begin().await.administrators().await.unwrap(), 1);

    // Neither does the role go, nor get an end, nor is it enough that a group holds it.
    let last = if world.snapshot().await.user(mira).unwrap().enabled { mira } else { omar };
    let (owner, me) = (ListOwner::Role(Role::Administrator), Principal::User(last));
    let entry = Entry { principal: me, until: Some(at(99)), added_by: None, added_at: at(0) };
    let mut unit = world.begin().await;
    unit.put_entries(owner, &[entry]).await.unwrap();
    assert!(matches!(unit.commit(audit("role.until")).await, Err(StoreError::LastAdministrator)));
    let mut unit = world.begin().await;
    let group = Principal::Group(world.uuid().into());
    unit.put_entries(owner, &[Entry { principal: group, until: None, ..entry }]).await.unwrap();
    unit.remove_entries(owner, &[me]).await.unwrap();
    assert!(matches!(unit.commit(audit("role.revoke")).await, Err(StoreError::LastAdministrator)));
    assert!(world.snapshot().await.holds(last, Role::Administrator));
}

pub async fn accounts_are_paged(world: World) {
    for name in ["zoe", "Änne", "bob", "Émile", "carl", "50%_off"] {
        let mut unit = world.begin().await;
        let mut account = world.new_account(&name.replace('%', ""));
        account.display_name = name.into();
        unit.insert_account(&account).await.unwrap();
        if name == "carl" {
            unit.set_enabled(account.id, false).await.unwrap();
        }
        unit.commit(audit("user.create")).await.unwrap();
    }
    let list = async |q: Option<&str>, enabled, limit| {
        let filter = AccountFilter { q: q.map(Into::into), enabled };
        let (mut names, mut cursor) = (Vec::new(), None);
        loop {
            let page = world.store.accounts(&filter, &PageQuery { cursor, limit }).await.unwrap();
            names.extend(page.items.into_iter().map(|row| row.display_name));
            cursor = page.next;
            if cursor.is_none() {
                return names;
            }
        }
    };
    let all = ["50%_off", "bob", "carl", "zoe", "Änne", "Émile"];
    for limit in [None, Some(1), Some(2), Some(6), Some(1_000)] {
        assert_eq!(list(None, None, limit).await, all);
    }
    assert_eq!(list(Some("É"), None, Some(1)).await, ["Émile"]);
    assert_eq!(list(Some("ÄNN"), None, None).await, ["Änne"]);
    assert_eq!(list(Some("%_"), None, None).await, ["50%_off"]);
    assert_eq!(list(Some("%"), None, None).await, ["50%_off"]);
    assert!(list(Some("x\0"), None, None).await.is_empty());
    assert_eq!(list(None, Some(false), None).await, ["carl"]);
    assert_eq!(list(None, Some(true), None).await.len(), 5);
}

pub async fn cursors_are_checked(world: World) {
    for made_up in ["", "x", "a", "a1", "azz", "b6162", "a00", "aff", "6162", "a616", "ä", "aé1"] {
        let page = PageQuery { cursor: Some(made_up.into()), limit: None };
        let result = world.store.accounts(&AccountFilter::default(), &page).await;
        assert!(matches!(result, Err(StoreError::BadCursor)), "{made_up:?}: {result:?}");
    }
}

pub async fn sessions_live_and_end(world: World) {
    let (mira, omar) = (world.user("mira").await, world.user("omar").await);
    let row = |key: u8, user, until| SessionRow { key: [key; 32], user, data: format!("{{\"k\":{key}}}"), expires_at: at(until) };
    let store = &world.store;
    let first = row(1, None, 10);
    assert!(store.session_create(&first).await.unwrap());
    assert!(!store.session_create(&row(1, Some(mira), 99)).await.unwrap());
    assert_eq!(store.session_load([1; 32], at(9)).await.unwrap(), Some(first));
    assert_eq!(store.session_load([1; 32], at(10)).await.unwrap(), None);
    let signed_in = row(1, Some(mira), 20);
    store.session_save(&signed_in).await.unwrap();
    assert_eq!(store.session_load([1; 32], at(15)).await.unwrap(), Some(signed_in));
    for other in [row(2, Some(mira), 20), row(3, Some(mira), 20), row(4, Some(omar), 20), row(5, None, 5)] {
        store.session_create(&other).await.unwrap();
    }
    let mut alive = store.sessions_alive(&[[1; 32], [4; 32], [5; 32], [9; 32]], at(15)).await.unwrap();
    alive.sort_unstable();
    assert_eq!(alive, [[1; 32], [4; 32]]);
    store.sessions_delete_of(mira, Some([2; 32])).await.unwrap();
    assert_eq!(store.sessions_alive(&[[1; 32], [2; 32], [3; 32], [4; 32]], at(15)).await.unwrap().len(), 2);
    store.session_save(&row(1, Some(mira), 99)).await.unwrap();
    assert_eq!(store.session_load([1; 32], at(15)).await.unwrap(), None, "what was ended doesn't come back");
    assert_eq!(store.sessions_purge(at(15)).await.unwrap(), 1);
    store.session_delete([2; 32]).await.unwrap();
    assert_eq!(store.session_load([2; 32], at(15)).await.unwrap(), None);
    let mut unit = world.begin().await;
    unit.set_enabled(omar, false).await.unwrap();
    unit.commit(audit("user.disable")).await.unwrap();
    assert!(store.sessions_alive(&[[4; 32]], at(15)).await.unwrap().is_empty(), "disabling ends the sessions");
    store.session_create(&row(6, Some(mira), 20)).await.unwrap();
    let mut unit = world.begin().await;
    unit.set_password(mira, "x").await.unwrap();
    unit.commit(audit("user.password")).await.unwrap();
    assert!(store.sessions_alive(&[[6; 32]], at(15)).await.unwrap().is_empty(), "so does a new password");
    store.session_create(&row(7, Some(mira), 20)).await.unwrap();
    let mut unit = world.begin().await;
    unit.end_sessions(mira).await.unwrap();
    let last = unit.commit(audit("user.sign_out")).await.unwrap();
    assert!(store.sessions_alive(&[[7; 32]], at(15)).await.unwrap().is_empty(), "and being signed out");
    assert_eq!((store.version_at(at(1_000)).await.unwrap(), store.version_at(at(-1_000_000)).await.unwrap()), (Some(last), None));
    assert_eq!(store.queue_state().await.unwrap().length, store.queued(1_000).await.unwrap().len() as u64);
    store.sessions_delete_of(mira, None).await.unwrap();
}

pub async fn keys_of_idempotency(world: World) {
    let (mira, object) = (world.user("mira").await, world.uuid());
    let idempotency = Idempotency { caller: mira, route: "POST /rooms", key: "k1".into(), request_hash: [3; 32], object };
    assert_eq!(world.store.idempotent(mira, "POST /rooms", "k1").await.unwrap(), None);
    let mut unit = world.begin().await;
    unit.remember(&idempotency).await.unwrap();
    unit.commit(audit("test")).await.unwrap();
    assert_eq!(world.store.idempotent(mira, "POST /rooms", "k1").await.unwrap(), Some(([3; 32], object)));
    assert_eq!(world.store.idempotent(mira, "POST /users", "k1").await.unwrap(), None);
    let again = world.begin().await.remember(&idempotency).await;
    assert!(matches!(again, Err(StoreError::Taken(Constraint::IdempotencyKey))), "{again:?}");
    assert_eq!(world.store.idempotency_purge(at(-1)).await.unwrap(), 0, "it is newer");
    assert_eq!(world.store.idempotency_purge(at(1_000)).await.unwrap(), 1);
    assert_eq!(world.store.idempotent(mira, "POST /rooms", "k1").await.unwrap(), None);
}

pub async fn an_import_says_how_far_it_is(world: World) {
    let mira = world.user("mira").await;
    let id = stoa_domain::id::ImportId(world.uuid());
    assert_eq!(world.store.import(id).await.unwrap(), None);
    let progress = |state, done| Some(ImportProgress { id, state, done, of: 3, problem: None });
    let refusal = RefusedLine { line: 2, column: "name".into(), code: "twice".into(), message: "The name stands in line 1, too.".into() };
    let imported = Imported { created: 3, refused: 1, refusals: vec![refusal], progress: progress(ImportState::Running, 1), ..Imported::default() };
    let first = ImportRow { id, by: mira, at: at(5), imported };
    let mut unit = world.begin().await;
    unit.put_import(&first).await.unwrap();
    drop(unit);
    drop(world.begin().await);
    assert_eq!(world.store.import(id).await.unwrap(), None, "only with its change");
    let mut unit = world.begin().await;
    unit.put_import(&first).await.unwrap();
    unit.commit(audit("user.import")).await.unwrap();
    assert_eq!(world.store.import(id).await.unwrap(), Some(first.clone()));
    let imported = Imported { applied: true, progress: progress(ImportState::Done, 3), ..first.imported };
    let last = ImportRow { id, by: mira, at: at(6), imported };
    world.store.put_import(&last).await.unwrap();
    assert_eq!(world.store.import(id).await.unwrap(), Some(last));
}
