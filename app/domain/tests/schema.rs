//! The JSON Schema of the live protocol's frames, made from the types themselves. The test fails
//! when the document is not what the types say; `UPDATE=1 cargo test -p stoa-domain --features
//! server --test schema` writes it anew.

#![cfg(feature = "server")]

use serde_json::{Map, Value, json};
use stoa_domain::wire::channel::{Done, Empty, Joined, Pong, ReadMark, Request, Signal};
use stoa_domain::wire::message::{History, Posted, RoomEvent};
use stoa_domain::wire::problem::Problem;
use utoipa::{OpenApi, PartialSchema, ToSchema};

#[derive(OpenApi)]
#[openapi(components(schemas(Request, RoomEvent, Signal, Joined, Posted, Done, History, ReadMark, Pong, Empty, Problem)))]
struct Frames;

#[test]
fn the_schema_is_what_the_types_say() {
    let api = serde_json::to_value(Frames::openapi()).unwrap();
    let text = serde_json::to_string(&api["components"]["schemas"]).unwrap().replace("#/components/schemas/", "#/$defs/");
    let defs: Map<String, Value> = serde_json::from_str(&text).unwrap();
    let reference = |name: std::borrow::Cow<'static, str>| json!({ "$ref": format!("#/$defs/{name}") });
    let answers = [Joined::name(), Posted::name(), Done::name(), History::name(), ReadMark::name(), Pong::name(), Empty::name()].map(reference);
    let document = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Frames of stoa.1",
        "description": "What a client sends, and what the server sends without being asked. An answer is {\"re\", \"ok\"} or {\"re\", \"error\"}; what stands under ok depends on the request.",
        "oneOf": [
            { "title": "client → server", "allOf": [reference(Request::name())] },
            { "title": "server → client: an event with a seq", "allOf": [reference(RoomEvent::name())] },
            { "title": "server → client: a signal", "allOf": [reference(Signal::name())] },
            {
                "title": "server → client: an answer",
                "type": "object",
                "required": ["re"],
                "properties": {
                    "re": { "type": "integer", "minimum": 0 },
                    "ok": { "anyOf": answers },
                    "error": reference(Problem::name()),
                },
            },
        ],
        "$defs": defs,
    });
    let made = serde_json::to_string_pretty(&document).unwrap() + "\n";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/protocol.schema.json");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &made).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), made, "docs/protocol.schema.json is not up to date: see the head of this test");
}

#[test]
fn words_are_described_as_they_are_sent() {
    use stoa_domain::category::{CategoryList, Scope, Switch};
    use stoa_domain::message::{Importance, Level, MessageKind};
    use stoa_domain::room::{Privacy, RoomList, RoomState, RoomType};
    macro_rules! check {
        ($($name:ident),+) => {$(assert_eq!(
            serde_json::to_value($name::schema()).unwrap()["enum"],
            serde_json::to_value($name::ALL).unwrap(),
            stringify!($name)
        );)+};
    }
    check!(CategoryList, Scope, Switch, Importance, Level, MessageKind, Privacy, RoomList, RoomState, RoomType);
}
