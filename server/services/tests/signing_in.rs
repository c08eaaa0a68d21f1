//! Sign-in, its throttling, and the first administrator.

#![allow(clippy::unwrap_used)]

mod world;

use std::time::Duration;

use stoa_domain::wire::people::ChangeUser;
use stoa_domain::wire::session::{Setup, SignIn};
use stoa_services::{Environment, Options, Services};
use world::{PASSWORD, World};

fn sign_in(name: &str, password: &str) -> SignIn {
    SignIn { name: name.into(), password: password.into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_administrator_is_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = stoa_sqlite::open(folder.path()).await.unwrap();
    let services = Services::start(store, Environment::system(), Options::default()).await.unwrap();
    assert!(services.auth.setup_state().unwrap().needed);
    let token = services.auth.setup_link_token().unwrap().to_owned();
    let setup = |token: &str, name: &str| Setup { token: token.into(), name: name.into(), display_name: "Mira".into(), password: PASSWORD.into() };
    assert_eq!(services.auth.setup(setup("wrong", "mira"), "::1").await.unwrap_err().status, 403);
    assert_eq!(services.auth.setup(Setup { password: "short".into(), ..setup(&token, "mira") }, "::1").await.unwrap_err().errors[0].field, "/password");
    let (one, other) = tokio::join!(services.auth.setup(setup(&token, "mira"), "::1"), services.auth.setup(setup(&token, "omar"), "::1"));
    assert!(one.is_ok() ^ other.is_ok(), "two at once make one");
    assert!(services.auth.setup_link_token().is_none());
    assert_eq!(services.auth.setup(setup(&token, "late"), "::1").await.unwrap_err().status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_passwords_tell_nothing_and_slow_down() {
    let world = World::new().await;
    let auth = &world.services.auth;
    assert!(auth.sign_in(sign_in("ROOT", PASSWORD), "::1").await.is_ok(), "the name's key counts");
    let unknown = auth.sign_in(sign_in("nobody", PASSWORD), "::1").await.unwrap_err();
    let wrong = auth.sign_in(sign_in("root", "wrong"), "::1").await.unwrap_err();
    assert_eq!(unknown, wrong);
    for _ in 0..4 {
        auth.sign_in(sign_in("root", "wrong"), "::1").await.unwrap_err();
    }
    let throttled = auth.sign_in(sign_in("root", PASSWORD), "::2").await.unwrap_err();
    assert_eq!((throttled.status, throttled.retry_after), (429, Some(2)));
    world.clock.advance(Duration::from_secs(3));
    assert!(auth.sign_in(sign_in("root", PASSWORD), "::2").await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_ends_sessions_and_the_last_administrator_stays() {
    let world = World::new().await;
    let aiko = world.user("aiko").await;
    assert!(world.services.auth.sign_in(sign_in("aiko", PASSWORD), "::1").await.is_err(), "without a password nobody signs in");
    world.services.auth.reset_password("Aiko", "a new password").await.unwrap();
    assert!(world.services.auth.sign_in(sign_in("aiko", "a new password"), "::1").await.is_ok());
    assert!(world.store.session_load(aiko.session, stoa_services::Clock::now(world.clock.as_ref())).await.unwrap().is_none());

    let version = world.services.users.get(&world.admin, world.admin.user).await.unwrap().account.unwrap().version;
    let disable = ChangeUser { enabled: Some(false), ..ChangeUser::default() };
    let refused = world.services.users.change(&world.admin, world.admin.user, disable.clone(), Some(&version)).await.unwrap_err();
    assert_eq!(refused.slug(), "last-administrator");
    assert_eq!(world.services.users.change(&world.admin, aiko.user, disable.clone(), None).await.unwrap_err().status, 428);
    assert_eq!(world.services.users.change(&world.admin, aiko.user, disable.clone(), Some("0")).await.unwrap_err().status, 412);
    assert_eq!(world.services.users.change(&aiko, world.admin.user, disable, Some(&version)).await.unwrap_err().status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_was_reset_while_it_was_checked_signs_nobody_in() {
    let world = World::new().await;
    let auth = &world.services.auth;
    let signed_in = auth.sign_in(sign_in("root", PASSWORD), "::1").await.unwrap();
    auth.still_holds(&signed_in).await.unwrap();
    auth.reset_password("root", "a new password").await.unwrap();
    assert_eq!(auth.still_holds(&signed_in).await.unwrap_err(), auth.sign_in(sign_in("root", PASSWORD), "::1").await.unwrap_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_at_once_are_no_more_guesses() {
    let world = World::new().await;
    let mut guesses = tokio::task::JoinSet::new();
    for n in 0..20 {
        let services = std::sync::Arc::clone(&world.services);
        guesses.spawn(async move { services.auth.sign_in(sign_in("root", &format!("guess {n}")), "::1").await.unwrap_err().status });
    }
    let answers = guesses.join_all().await;
    assert_eq!(answers.iter().filter(|status| **status == 401).count(), 5, "{answers:?}");
    assert_eq!(answers.iter().filter(|status| **status == 429).count(), 15, "{answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_nobody_can_have_answers_like_an_unknown_one() {
    let world = World::new().await;
    let unknown = world.services.auth.sign_in(sign_in("nobody", PASSWORD), "::1").await.unwrap_err();
    for long in ["x".repeat(65), "x".repeat(500_000)] {
        assert_eq!(world.services.auth.sign_in(sign_in(&long, PASSWORD), "::1").await.unwrap_err(), unknown);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_of_a_request_says_nothing_of_its_password() {
    let world = World::new().await;
    let new = |password: &str| stoa_domain::wire::people::NewUser {
        name: "mira".into(),
        display_name: "Mira".into(),
        email: None,
        password: Some(password.into()),
        unit: None,
        domain: None,
    };
    let made = world.services.users.create(&world.admin, new(PASSWORD), Some("key")).await.unwrap();
    let again = world.services.users.create(&world.admin, new("another good password"), Some("key")).await.unwrap();
    assert_eq!(made.person, again.person);
}
