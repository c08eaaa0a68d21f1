//! Two who change the same thing: what the other did, and a choice.

use leptos::prelude::*;
use serde_json::Value;

use super::{Change, Proposal};
use crate::admin::console::Console;
use crate::admin::text::ConsoleText;
use crate::ui::{Erase, Icon, icon, pressing};

/// Shows what somebody else changed meanwhile, and lets one take that over or do one's own all the same.
pub fn conflict(console: Console, t: &'static ConsoleText, proposal: Proposal, now: &Value) -> AnyView {
    let seen = proposal.changes.first().and_then(|change| change.seen.clone()).unwrap_or_default();
    let mine = proposal.changes.first().and_then(|change| change.body.clone()).unwrap_or_default();
    let rows: Vec<AnyView> = differences(&seen, now)
        .into_iter()
        .map(|(field, before, after)| {
            let own = mine.get(&field).map(shown);
            view! {
                <tr>
                    <th scope="row">{field}</th>
                    <td>{before}</td>
                    <td><strong>{after}</strong></td>
                    <td>{own.unwrap_or_default()}</td>
                </tr>
            }
            .any()
        })
        .collect();
    let nothing = rows.is_empty();
    let gone = now.is_null();
    let again = redone(proposal, now);
    let theirs = move |_| {
        console.proposal.set(None);
        console.reload();
    };
    view! {
        <p class="notice danger" role="alert">{icon(Icon::Warning)} <span>{if gone { t.conflict_gone } else { t.conflict_changed }}</span></p>
        {(!nothing).then(|| view! {
            <div class="scroll" tabindex="0" role="region" aria-label=t.conflict_changed>
                <table class="rows">
                    <thead><tr><th scope="col">{t.field}</th><th scope="col">{t.you_saw}</th><th scope="col">{t.now_is}</th><th scope="col">{t.yours}</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }.any())}
        <div class="actions">
            <button type="button" class="button" on:click=pressing(theirs)>{t.take_over}</button>
            {(!gone).then(|| view! {
                <button type="button" class="button primary" on:click=pressing(move |_| console.propose(again.clone()))>{t.redo_mine}</button>
            }.any())}
        </div>
    }
    .any()
}

/// The same on the present version, asked once more where it was asked before.
fn redone(proposal: Proposal, now: &Value) -> Proposal {
    let version = now.get("version").and_then(Value::as_str).map(str::to_owned);
    let mut changes = proposal.changes;
    if let Some(first) = changes.first_mut() {
        *first = Change { version, seen: Some(now.clone()), ..first.clone() };
    }
    Proposal { changes, ..proposal }
}

/// The fields in which two objects differ, with what stands in each.
fn differences(before: &Value, after: &Value) -> Vec<(String, String, String)> {
    let (Some(before), Some(after)) = (before.as_object(), after.as_object()) else { return Vec::new() };
    let fields = after.iter().filter(|(name, value)| *name != "version" && before.get(*name) != Some(value));
    fields.map(|(name, value)| (name.clone(), before.get(name).map(shown).unwrap_or_default(), shown(value))).collect()
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::from("–"),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_the_other_changed_is_shown_and_the_version_isnt() {
        let before = json!({ "name": "Trading", "description": "", "version": "7" });
        let after = json!({ "name": "Treasury", "description": "", "version": "9" });
        assert_eq!(differences(&before, &after), [("name".to_owned(), "Trading".to_owned(), "Treasury".to_owned())]);
        assert_eq!(differences(&before, &Value::Null), []);
    }
}
