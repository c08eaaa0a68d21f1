//! The settings of the whole pool.

use leptos::prelude::*;
use serde_json::{Map, Value};
use stoa_domain::person::Role;
use stoa_domain::wire::pool::Settings;

use super::super::amount;
use super::super::change::{Change, Proposal};
use super::super::console::Console;
use super::super::form::{self, Form, Labelled};
use super::super::table;
use super::super::text::ConsoleText;

/// Marks what lasts, among the units.
const DURATION: &str = "duration";
/// Marks what is counted in bytes and has units; left empty it is no limit.
const SIZE: &str = "size";

pub fn settings(console: Console, t: &'static ConsoleText, page: &Settings) -> AnyView {
    let page = &serde_json::to_value(page).unwrap_or_default();
    let may = console.holds(Role::Administrator);
    let state = Form::new();
    let seen = page.clone();
    let lines: [(&'static str, &'static str, &'static str); 18] = [
        ("edit_window", t.set_edit_window, DURATION),
        ("undo_window", t.set_undo_window, DURATION),
        ("message_limit", t.set_message_limit, t.characters),
        ("story_offer", t.set_story_offer, t.characters),
        ("story_limit", t.set_story_limit, t.bytes),
        ("history_chunk", t.set_history_chunk, ""),
        ("participant_limit", t.set_participant_limit, ""),
        ("password_min_length", t.set_password_min_length, t.characters),
        ("session_idle", t.set_session_idle, DURATION),
        ("session_lifetime", t.set_session_lifetime, DURATION),
        ("sign_in_failures", t.set_sign_in_failures, ""),
        ("operations_per_second", t.set_operations, ""),
        ("operations_burst", t.set_burst, ""),
        ("rooms_per_socket", t.set_rooms_per_socket, ""),
        ("upload_limit", t.limit_file, SIZE),
        ("room_quota", t.limit_rooms, SIZE),
        ("pool_quota", t.limit_pool, SIZE),
        ("rescan_days", t.set_rescan_days, ""),
    ];
    let known: Vec<_> = lines.into_iter().filter(|(name, ..)| page.get(*name).is_some()).collect();
    let names: Vec<(&'static str, &'static str)> = known.iter().map(|(name, _, unit)| (*name, *unit)).collect();
    let send = move |fields: form::Fields| {
        let mut body = Map::new();
        for name in ["name", "file_types", "unscanned_files"] {
            if seen.get(name).and_then(Value::as_str) != Some(fields.get(name).as_str()) {
                body.insert(name.to_owned(), fields.get(name).into());
            }
        }
        for (name, unit) in &names {
            let text = fields.get(name);
            // What isn't a number is sent as it is: the server says what is wrong with it.
            let value = match *unit {
                DURATION => amount::entered(&fields, name),
                SIZE => amount::entered_or_none(&fields, name),
                _ => text.parse::<u64>().map_or(Value::String(text), Value::from),
            };
            if seen.get(*name) != Some(&value) {
                body.insert((*name).to_owned(), value);
            }
        }
        let change = Change::new("PATCH", "/pool/settings".to_owned(), Some(Value::Object(body))).of(&seen);
        console.propose(Proposal::new(t.settings, vec![change]).form(state));
    };
    let inputs: Vec<AnyView> = known
        .into_iter()
        .map(|(name, label, unit)| {
            let number = page.get(name).and_then(Value::as_u64).unwrap_or_default();
            match unit {
                DURATION => return amount::duration(t, state, Labelled::new("pool", name, label), number),
                SIZE => {
                    return amount::size(
                        t,
                        state,
                        Labelled::new("pool", name, label).hint(if name == "upload_limit" { "" } else { t.empty_unlimited }),
                        number,
                    );
                }
                _ => {}
            }
            let value = page.get(name).map(Value::to_string).unwrap_or_default();
            form::input(state, Labelled::new("pool", name, label).hint(unit), "number", value)
        })
        .collect();
    let name = page.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let types = page.get("file_types").and_then(Value::as_str).unwrap_or_default().to_owned();
    let unscanned = vec![("hold".to_owned(), t.unscanned_hold.to_owned()), ("pass".to_owned(), t.unscanned_pass.to_owned())];
    let policy = page.get("unscanned_files").and_then(Value::as_str).unwrap_or_default();
    let fields = view! {
        {form::input(state, Labelled::new("pool", "name", t.pool_name), "text", name)}
        {inputs}
        {form::input(state, Labelled::new("pool", "file_types", t.set_file_types).hint(t.set_file_types_help), "text", types)}
        {form::select(state, Labelled::new("pool", "unscanned_files", t.set_unscanned), policy, unscanned)}
        {may.then(|| form::save(t.save, console))}
    }
    .into_any();
    view! {
        {table::head(Vec::new(), view! { {t.settings} }.into_any(), ().into_any())}
        {form::form(state, "columns", send, fields)}
    }
    .into_any()
}
