//! Programs of others, which say whether files are what they should be.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::sample::Files;

fn schema(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schemas").join(name)
}

/// Of what scripts/setup.sh installs from PyPI.
pub fn python() -> Command {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")));
    let program = cache.unwrap().join("stoa/tools/clients/bin/python");
    assert!(program.exists(), "no {}: run scripts/setup.sh test first", program.display());
    Command::new(program)
}

fn fed(mut command: Command, input: &[u8]) -> (bool, String, String) {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("run scripts/setup.sh test first");
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writing = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// What a script makes of an input, as JSON.
pub fn scripted(script: &str, arguments: &[&str], input: &[u8]) -> Value {
    let mut command = python();
    command.arg("-c").arg(script).args(arguments);
    let (fine, told, wrong) = fed(command, input);
    assert!(fine, "{wrong}");
    serde_json::from_str(&told).unwrap()
}

pub fn xml(schema_name: &str, content: &[u8]) {
    let mut command = Command::new("xmllint");
    command.args(["--nonet", "--huge", "--noout", "--schema"]).arg(schema(schema_name)).arg("-");
    let (fine, _, wrong) = fed(command, content);
    assert!(fine, "{wrong}\n{}", String::from_utf8_lossy(content));
}

const LINES: &str = r#"
import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
text = sys.stdin.buffer.read().decode()
lines = text.split("\n")[:-1] if sys.argv[2] == "lines" else [text]
wrong = [f"{list(error.absolute_path)}: {error.message[:300]} {[c.message[:200] for c in error.context][:8]}" for line in lines for error in validator.iter_errors(json.loads(line))]
print(json.dumps({"lines": len(lines), "wrong": wrong}))
"#;

/// How many lines there are, all of which are what the schema says.
pub fn json_lines(schema_name: &str, content: &[u8]) -> u64 {
    json(schema_name, "lines", content)
}

fn json(schema_name: &str, how: &str, content: &[u8]) -> u64 {
    let path = schema(schema_name);
    let told = scripted(LINES, &[path.to_str().unwrap(), how], content);
    assert_eq!(told["wrong"], Value::Array(Vec::new()));
    told["lines"].as_u64().unwrap()
}

const TABLE: &str = r#"
import csv, io, json, sys
described = [column["name"] for column in json.load(open(sys.argv[1]))["tableSchema"]["columns"]]
text = sys.stdin.buffer.read().decode()
assert text.startswith("\ufeff")
rows = list(csv.reader(io.StringIO(text[1:], newline=""), strict=True))
assert rows[0] == described, rows[0]
assert all(len(row) == len(described) for row in rows)
print(json.dumps([dict(zip(described, row)) for row in rows[1:]]))
"#;

/// Rows by the names of their columns, which are those of the description.
pub fn table(content: &[u8]) -> Vec<Value> {
    let told = scripted(TABLE, &[schema("csv-metadata.json").to_str().unwrap()], content);
    told.as_array().unwrap().clone()
}

const MAIL: &str = r#"
import email, email.policy, hashlib, json, sys
raw = sys.stdin.buffer.read()
assert all(len(line) <= 78 and line.isascii() for line in raw.split(b"\r\n")), max(raw.split(b"\r\n"), key=len)
assert b"\n" not in raw.replace(b"\r\n", b"") and b"\r" not in raw.replace(b"\r\n", b"")
mail = email.message_from_bytes(raw, policy=email.policy.default)
defects = [str(d) for part in mail.walk() for d in part.defects] + [str(d) for h in mail.values() for d in getattr(h, "defects", ())]
attachments = [[part.get_filename(), part.get_content_type(), hashlib.sha256(part.get_payload(decode=True)).hexdigest()] for part in mail.iter_attachments()]
print(json.dumps({
    "defects": defects,
    "headers": {name: str(value) for name, value in mail.items()},
    "to": [[a.display_name, a.addr_spec] for a in mail["to"].addresses] if mail["to"] else [],
    "from": [[a.display_name, a.addr_spec] for a in mail["from"].addresses],
    "date": mail["date"].datetime.isoformat() if mail["date"] else None,
    "plain": part.get_content() if (part := mail.get_body(("plain",))) else None,
    "html": part.get_content() if (part := mail.get_body(("html",))) else None,
    "attachments": attachments,
}))
"#;

/// What Python's own parser reads in a mail, which has no faults.
pub fn mail(content: &[u8]) -> Value {
    let told = scripted(MAIL, &[], content);
    assert_eq!(told["defects"], Value::Array(Vec::new()), "{told}");
    told
}

const MESSAGES: &str = r#"
import json, sys
import xml.etree.ElementTree as tree
root = tree.fromstring(sys.stdin.buffer.read())
print(json.dumps([element.attrib["content"] if sys.argv[1] == "Message" else element.text or "" for element in root.iter(sys.argv[1])]))
"#;

/// What the elements of this name say.
pub fn said(element: &str, content: &[u8]) -> Vec<String> {
    serde_json::from_value(scripted(MESSAGES, &[element], content)).unwrap()
}

const HASHES: &str = r#"
import hashlib, json, sys
print(json.dumps(hashlib.sha256(sys.stdin.buffer.read()).hexdigest()))
"#;

/// The manifest is what its schema says, and names all files that came with it.
pub fn manifest(files: &Files) -> Value {
    let manifest = files.manifest();
    json("manifest.schema.json", "whole", files.text(".manifest.json").as_bytes());
    let named: Vec<_> = manifest["files"].as_array().unwrap().iter().collect();
    assert_eq!(named.len() + 1, files.0.len(), "{:?}", files.names());
    for file in named {
        let content = &files.0[file["name"].as_str().unwrap()];
        assert_eq!(file["bytes"], content.len());
        assert_eq!(file["sha256"], scripted(HASHES, &[], content));
    }
    manifest
}
