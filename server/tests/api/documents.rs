//! The OpenAPI document, and that every endpoint in it is one that the tests know.

use std::collections::BTreeSet;

use axum::body::Body;
use http::Method;
use serde_json::Value;

use crate::world::World;

/// Method and path of every endpoint, as the document has them.
pub async fn endpoints(world: &World) -> BTreeSet<(Method, String)> {
    let reply = world.visitor().send(world.visitor().request(Method::GET, "/api/v1/openapi.json").body(Body::empty()).unwrap()).await;
    assert_eq!(reply.status, 200);
    let mut all = BTreeSet::new();
    for (path, item) in reply.body["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            if let Ok(method) = method.to_uppercase().parse::<Method>() {
                all.insert((method, path.strip_prefix("/api/v1").unwrap().to_owned()));
            }
        }
    }
    all
}

#[tokio::test]
async fn the_document_is_complete_in_itself() {
    let world = World::new().await;
    let reply = world.visitor().send(world.visitor().request(Method::GET, "/api/v1/openapi.json").body(Body::empty()).unwrap()).await;
    assert_eq!(reply.body["openapi"], "3.1.0");
    let mut references = BTreeSet::new();
    collect(&reply.body, &mut references);
    assert!(references.contains("#/components/schemas/Problem"));
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(reply.body.pointer(pointer).is_some(), "{reference} is described nowhere");
    }
    for (path, item) in reply.body["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{method} {path} says nothing");
            assert!(operation["responses"].as_object().unwrap().len() > 1, "{method} {path} has no refusals");
            for name in path.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()) {
                let described = operation["parameters"].as_array().unwrap().iter().any(|parameter| parameter["name"] == name && parameter["in"] == "path");
                assert!(described, "{method} {path}: {name}");
            }
        }
    }
}

fn collect(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            if let Some(Value::String(reference)) = object.get("$ref") {
                into.insert(reference.clone());
            }
            object.values().for_each(|value| collect(value, into));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, into)),
        _ => {}
    }
}

#[tokio::test]
async fn who_is_not_signed_in_gets_nowhere() {
    const OPEN: &[(&str, &str)] = &[("GET", "/setup"), ("POST", "/setup"), ("POST", "/session"), ("GET", "/channel")];
    let world = World::new().await;
    let id = "01939c5e-7a00-7000-8000-000000000001";
    for (method, path) in endpoints(&world).await {
        if OPEN.contains(&(method.as_str(), path.as_str())) {
            continue;
        }
        let path =
            ["room", "category", "user", "group", "unit", "domain", "file", "upload"].iter().fold(path, |path, name| path.replace(&format!("{{{name}}}"), id));
        let path = path.replace("{list}", "members").replace("{principal}", "everyone");
        let reply = world.visitor().call(method.clone(), &path, None).await;
        assert_eq!(reply.status, 401, "{method} {path}");
        // Nothing comes with an answer to HEAD.
        assert!(method == Method::HEAD || reply.problem() == "not-signed-in", "{method} {path}");
    }
}

#[tokio::test]
async fn the_page_about_it_works_under_its_policy() {
    let world = World::new().await;
    let get = async |path: &str| world.visitor().send(world.visitor().request(Method::GET, path).body(Body::empty()).unwrap()).await;
    let page = get("/api/docs/").await;
    assert_eq!(page.status, 200);
    assert!(!page.text.contains("<script>"), "no script in the page itself");
    let policy = page.header("content-security-policy");
    assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe-eval"), "{policy}");
    assert!(get("/api/docs/swagger-initializer.js").await.text.contains("/api/v1/openapi.json"));
}
