use serde_json::{Value, json};

use super::*;

fn read(value: Value) -> Adapter {
    serde_json::from_value(value).unwrap()
}

/// The fields that are wrong.
fn wrong(value: Value) -> Vec<String> {
    let fields = |problem: crate::wire::problem::Problem| problem.errors.into_iter().map(|error| error.field.into_owned()).collect();
    read(value).check().map_or_else(fields, |()| Vec::new())
}

#[test]
fn defaults_are_those_of_the_original() {
    let adapter = read(json!({ "name": "bank", "format": { "kind": "group_chat" }, "destination": { "kind": "folder" } }));
    assert_eq!(adapter.check(), Ok(()));
    assert_eq!((adapter.enabled, adapter.interval), (true, 900));
    let Format::GroupChat(format) = &adapter.format else { panic!("{adapter:?}") };
    assert_eq!(format.dialect, Dialect::Strict);
    assert!(!format.one_room_per_file && !format.user_details && !format.room_details && !format.files && format.stylesheet.is_none());
    assert_eq!(read(serde_json::to_value(&adapter).unwrap()), adapter);
}

#[test]
fn what_can_be_meant_is_taken() {
    let folder = json!({ "kind": "folder", "path": "archive/daily" });
    for format in [
        json!({ "kind": "group_chat", "dialect": "extended", "one_room_per_file": true, "files": true, "stylesheet": "vault.xsl" }),
        json!({ "kind": "actiance", "files": true }),
        json!({ "kind": "eml", "from": "chat@example.com", "attachments": true }),
        json!({ "kind": "json_lines" }),
        json!({ "kind": "csv" }),
    ] {
        assert_eq!(wrong(json!({ "name": "a", "format": format, "destination": folder, "interval": 60 })), [""; 0], "{format}");
    }
    for destination in [
        json!({ "kind": "s3", "bucket": "b.c", "endpoint": "http://[::1]:9000", "region": "eu-1", "prefix": "a/b", "credentials": "vault", "path_style": true }),
        json!({ "kind": "smtp", "host": "mail.example.com", "from": "a@b.example", "to": ["journal+x@c.example"], "credentials": "mail" }),
        json!({ "kind": "smtp", "host": "127.0.0.1", "port": 2525, "security": "none", "from": "a@b", "to": ["c@d"] }),
    ] {
        assert_eq!(wrong(json!({ "name": "a", "format": { "kind": "eml" }, "destination": destination, "interval": 2_592_000 })), [""; 0], "{destination}");
    }
}

#[test]
fn each_field_that_makes_no_sense_is_named() {
    let good = || json!({ "name": "a", "format": { "kind": "eml" }, "destination": { "kind": "folder" } });
    let with = |field: &str, value: Value| {
        let mut adapter = good();
        adapter[field] = value;
        wrong(adapter)
    };
    for name in ["", "a b", "../a", "a/b", "ä", "-a", "a.b", "a\n", &"a".repeat(65)] {
        assert_eq!(with("name", json!(name)), ["/name"], "{name:?}");
    }
    for interval in [0, 59, 2_592_001] {
        assert_eq!(with("interval", json!(interval)), ["/interval"]);
    }
    for name in ["", "../x.xsl", "/etc/x.xsl", "a/b", ".x", "-x", "a\0"] {
        assert_eq!(with("format", json!({ "kind": "group_chat", "stylesheet": name })), ["/format/stylesheet"], "{name:?}");
    }
    for from in ["", "x", "a@", "@b", "a@b\r\nBcc: c@d", "a b@c", "a..b@c", "<a@b>"] {
        assert_eq!(with("format", json!({ "kind": "eml", "from": from })), ["/format/from"], "{from:?}");
    }
    for path in ["/etc", "..", "a/../b", "a//b", "a/", ".", "a\\b", "a\n"] {
        assert_eq!(with("destination", json!({ "kind": "folder", "path": path })), ["/destination/path"], "{path:?}");
        let prefix = json!({ "kind": "s3", "bucket": "b", "prefix": path });
        assert_eq!(with("destination", prefix), ["/destination/prefix"], "{path:?}");
    }
    for endpoint in ["", "s3.example.com", "ftp://x", "https://", "https://a@b", "https://a?b"] {
        assert_eq!(with("destination", json!({ "kind": "s3", "bucket": "b", "endpoint": endpoint })), ["/destination/endpoint"], "{endpoint:?}");
    }
    let mail = json!({ "kind": "smtp", "host": "a b", "port": 0, "from": "x", "to": [], "credentials": "a/b" });
    assert_eq!(with("destination", mail), ["/destination/credentials", "/destination/host", "/destination/port", "/destination/from", "/destination/to"]);
    let bare = json!({ "kind": "smtp", "host": "a", "security": "none", "from": "a@b", "to": ["c@d"], "credentials": "x" });
    assert_eq!(with("destination", bare), ["/destination/credentials"]);
    let smtp = json!({ "kind": "smtp", "host": "a", "from": "a@b", "to": ["c@d"] });
    assert_eq!(wrong(json!({ "name": "a", "format": { "kind": "csv" }, "destination": smtp })), ["/destination/kind"]);
}

#[test]
fn a_field_that_nobody_knows_is_refused() {
    for value in [
        json!({ "name": "a", "format": { "kind": "csv" }, "destination": { "kind": "folder" }, "password": "x" }),
        json!({ "name": "a", "format": { "kind": "csv", "files": true }, "destination": { "kind": "folder" } }),
        json!({ "name": "a", "format": { "kind": "group_chat", "colour": 1 }, "destination": { "kind": "folder" } }),
        json!({ "name": "a", "format": { "kind": "csv" }, "destination": { "kind": "folder", "bucket": "b" } }),
        json!({ "name": "a", "format": { "kind": "pdf" }, "destination": { "kind": "folder" } }),
    ] {
        assert!(serde_json::from_value::<Adapter>(value.clone()).is_err(), "{value}");
    }
}
