//! What a change changed, for people to read: the fields that differ, the entries that came and went.

use leptos::prelude::*;
use serde_json::{Map, Value};
use stoa_domain::time::Timestamp;

use super::table;
use super::text::ConsoleText;
use crate::ui::Erase;

/// Facts for a description list.
pub fn difference(t: &'static ConsoleText, before: &Value, after: &Value) -> AnyView {
    if let Some((gone, new)) = entries(before).zip(entries(after))
        && !(gone.is_empty() && new.is_empty())
    {
        return table::fact(t.changes, listed(t, &gone, &new));
    }
    let nothing = Map::new();
    let fields = |value: &Value| match value {
        Value::Object(fields) => Some(fields.clone()),
        Value::Null => Some(nothing.clone()),
        _ => None,
    };
    match fields(before).zip(fields(after)) {
        Some((before, after)) => changed_fields(&before, &after),
        // Of a list that stands as a whole, as records of former versions have it.
        None => vec![table::fact(t.before, plain(before)), table::fact(t.after, plain(after))].into_any(),
    }
}

fn changed_fields(before: &Map<String, Value>, after: &Map<String, Value>) -> AnyView {
    let names = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)));
    let rows: Vec<AnyView> = names
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| {
            let was = before.get(name).map(|was| view! { <del dir="auto">{text(was)}</del> " " }.any());
            let is = after.get(name).map(|is| view! { <ins dir="auto">{text(is)}</ins> }.any());
            view! { <div><dt><code>{name.clone()}</code></dt><dd>{was}{is}</dd></div> }.any()
        })
        .collect();
    rows.into_any()
}

/// An entry of an access list in a record.
struct Entry {
    principal: String,
    name: String,
    until: Option<Timestamp>,
}

/// The entries, if that is what it is.
fn entries(value: &Value) -> Option<Vec<Entry>> {
    let entry = |item: &Value| {
        let principal = item.get("principal")?.as_str()?.to_owned();
        let name = item.get("name").and_then(Value::as_str).map_or_else(|| principal.clone(), str::to_owned);
        Some(Entry { principal, name, until: item.get("until").and_then(|until| serde_json::from_value(until.clone()).ok()) })
    };
    value.as_array()?.iter().map(entry).collect()
}

fn listed(t: &'static ConsoleText, gone: &[Entry], new: &[Entry]) -> AnyView {
    let until = |entry: &Entry| entry.until.map(|until| view! { " " <small>{t.until} " " {table::moment(until, t)}</small> }.any());
    let line = |entry: &Entry| view! { <span dir="auto" title=entry.principal.clone()>{entry.name.clone()}</span> {until(entry)} }.into_any();
    let gone = gone.iter().map(|entry| view! { <li><del>{line(entry)}</del></li> }.any());
    let new = new.iter().map(|entry| view! { <li><ins>{line(entry)}</ins></li> }.any());
    let lines: Vec<AnyView> = gone.chain(new).collect();
    view! { <ul class="differences">{lines}</ul> }.any()
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::from("–"),
        Value::String(text) if text.is_empty() => String::from("–"),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn plain(value: &Value) -> AnyView {
    view! { <pre dir="auto">{text(value)}</pre> }.any()
}
