//! Who may what: every kind of person × every documented endpoint × every kind of room, one call each.
//! What is expected is worked out here, from the sentences of the domain's description, without a line of
//! the code that decides. An endpoint that isn't in the table fails the test: add it there, with its rule.
//!
//! The calls are such that a caller who may make them changes nothing: without a body or a version they are
//! refused for that, and only after access was looked at.

mod cast;
mod rules;
mod table;

use std::collections::BTreeSet;

use axum::body::Body;
use http::{Method, header};
use serde_json::json;

use crate::client::{Client, Reply};
use crate::documents::endpoints;
use crate::world::{PASSWORD, World};
use cast::{Cast, Person, Stage};
use rules::{Place, Who};
use table::{Endpoint, Sort, table};

/// How a call is answered, as far as rights go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    NotSignedIn,
    /// As if it didn't exist.
    Hidden,
    Forbidden,
    /// Carried out, or refused for another reason than rights.
    Allowed,
}

fn answer(reply: &Reply, endpoint: &Endpoint) -> Answer {
    match reply.status {
        // Nothing comes with an answer to HEAD.
        401 if endpoint.method == "HEAD" || reply.problem() == "not-signed-in" => Answer::NotSignedIn,
        404 if endpoint.method == "HEAD" => Answer::Hidden,
        403 => Answer::Forbidden,
        // What is there, but has nothing under the last part of the path, says so with another problem.
        404 if reply.problem() != "not-found" || endpoint.sort == Sort::Record => Answer::Hidden,
        _ => Answer::Allowed,
    }
}

async fn call(client: &Client, endpoint: &Endpoint, path: &str, body: Option<String>) -> Reply {
    let mut request = client.request(endpoint.method.parse().unwrap(), &format!("/api/v1{path}"));
    if body.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    client.send(request.body(Body::from(body.unwrap_or_default())).unwrap()).await
}

#[tokio::test]
async fn every_endpoint_has_its_rule() {
    let world = World::new().await;
    let documented = endpoints(&world).await;
    let known: BTreeSet<(Method, String)> = table().iter().map(|endpoint| (endpoint.method.parse().unwrap(), endpoint.path.to_owned())).collect();
    let missing: Vec<_> = documented.difference(&known).collect();
    assert!(missing.is_empty(), "no rule in rights/table.rs says who may call {missing:?}");
    let gone: Vec<_> = known.difference(&documented).collect();
    assert!(gone.is_empty(), "rights/table.rs has rules for what there isn't: {gone:?}");
    assert_eq!(known.len(), table().len(), "an endpoint stands there twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_may_what_the_domain_says() {
    let cast = Cast::new().await;
    let (mut wrong, mut cells) = (Vec::new(), 0);
    for person in &cast.people {
        // What ends the session comes last.
        let (last, others): (Vec<_>, Vec<_>) = table().into_iter().partition(|endpoint| endpoint.method == "DELETE" && endpoint.path == "/session");
        for endpoint in others.iter().chain(&last) {
            for stage in stages(&cast, endpoint) {
                cells += 1;
                check(&cast, person, endpoint, stage, &mut wrong).await;
            }
        }
    }
    assert!(cells > 3_500, "only {cells}");
    assert!(wrong.is_empty(), "{} of {cells} are otherwise:\n{}", wrong.len(), wrong.join("\n"));
}

/// The rooms or categories that a call is made for.
fn stages<'a>(cast: &'a Cast, endpoint: &Endpoint) -> &'a [Stage] {
    match endpoint.sort {
        Sort::Room => &cast.rooms,
        Sort::Category => &cast.categories,
        _ => cast.rooms.get(..1).unwrap_or_default(),
    }
}

async fn check(cast: &Cast, person: &Person, endpoint: &Endpoint, stage: &Stage, wrong: &mut Vec<String>) {
    let expected = match (endpoint.rule)(&person.who, &stage.place) {
        _ if !person.who.signed_in && !endpoint.open => Answer::NotSignedIn,
        answer => answer,
    };
    // What removes a file isn't to spoil it for the others.
    let path = if endpoint.method == "DELETE" { endpoint.path.replace("{file}", "{spare}") } else { endpoint.path.to_owned() };
    let reply = call(&person.client, endpoint, &cast.path(&path, stage), endpoint.body.as_ref().map(|body| cast.path(body, stage))).await;
    let found = answer(&reply, endpoint);
    if found != expected && !(endpoint.open && found != Answer::Forbidden) {
        let (status, text) = (reply.status, &reply.text[..reply.text.len().min(120)]);
        let Endpoint { method, path, .. } = endpoint;
        wrong.push(format!("{} {method} {path} at {}: {expected:?} expected, {status} {text}", person.name, stage.name));
    }
    if endpoint.path.ends_with("able") {
        cast.as_it_was(stage).await;
    }
}

/// The rules themselves, where the description gives examples.
#[test]
fn the_rules_read_as_they_are_written() {
    let place = |privacy| Place { privacy, ..Place::default() };
    let stranger = Who { signed_in: true, internal: true, ..Who::default() };
    assert!(rules::finds(&stranger, &place("closed")) && !rules::enters(&stranger, &place("closed")));
    assert!(!rules::finds(&stranger, &place("secret")) && rules::enters(&stranger, &place("open")));
    let manager = Who { room_manager: true, ..stranger };
    assert!(rules::manages(&manager, &place("secret")) && rules::posts(&manager, &place("secret")));
    assert!(!rules::posts(&manager, &Place { auditorium: true, ..place("open") }));
    assert!(!rules::manages(&manager, &Place { shut_out: true, ..place("open") }));
    assert!(rules::manages(&manager, &Place { disabled: true, ..place("open") }));
    let administrator = Who { administrator: true, ..stranger };
    assert!(rules::manages(&administrator, &Place { shut_out: true, ..place("open") }));
    assert!(!rules::enters(&administrator, &place("secret")), "managing never lets anyone read");
}

#[tokio::test(flavor = "multi_thread")]
async fn partners_find_whom_a_room_brings_them_together_with() {
    let (world, admin) = World::peopled().await;
    let domain = admin.post("/domains", json!({ "name": "partner.example" })).await.body["id"].clone();
    for name in ["pat", "pia"] {
        let new = json!({ "name": name, "display_name": name, "password": PASSWORD, "domain": domain });
        assert_eq!(admin.post("/users", new).await.status, 201);
    }
    let (pat, eve) = (world.signed_in("pat").await, world.signed_in("eve").await);
    let eve_path = format!("/users/{}", world.id_of(&eve).await.as_str().unwrap());
    let names = async |path: &str| {
        let found = pat.get(path).await;
        assert_eq!(found.status, 200, "{found:?}");
        found.body["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("/users").await, ["pat"]);
    assert_eq!(pat.get(&eve_path).await.problem(), "user-not-found");
    // Their common room, below a category that lets the partner in by name.
    let body = json!({ "name": "joint", "parent": world.root().await, "scope": "list" });
    let joint = admin.post("/categories", body).await.body["id"].as_str().unwrap().to_owned();
    let (domain, everyone) = (json!({ "principal": { "kind": "domain", "id": domain } }), json!({ "principal": { "kind": "everyone" } }));
    for entry in [domain, everyone] {
        assert_eq!(admin.post(&format!("/categories/{joint}/lists/allowed"), entry).await.status, 200);
    }
    let room = admin.post("/rooms", json!({ "name": "desk", "category": joint, "privacy": "closed" })).await.body["id"].as_str().unwrap().to_owned();
    for who in [&pat, &eve] {
        let entry = json!({ "principal": { "kind": "user", "id": world.id_of(who).await } });
        assert_eq!(admin.post(&format!("/rooms/{room}/lists/members"), entry).await.status, 200);
    }
    assert_eq!(names("/users").await, ["ana", "eve", "pat"]);
    assert_eq!(names("/users?q=EV").await, ["eve"]);
    assert_eq!(pat.get(&eve_path).await.body["name"], "eve");
    assert!(eve.get("/users?q=ben").await.body["items"][0]["name"] == "ben", "colleagues find each other");
}
