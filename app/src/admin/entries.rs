//! The editor of an access list: whom it names, who added them and when; what comes and what goes is
//! gathered, shown with what it would do, and made in one change.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use stoa_domain::principal::Principal;
use stoa_domain::time::Timestamp;
use stoa_domain::wire::list::{ChangeList, List, NewEntry};

use super::change::{Change, Proposal};
use super::console::Console;
use super::find::{find, picture};
use super::table;
use super::text::ConsoleText;
use crate::text::fill;
use crate::ui::{Erase, Icon, IconButton, dynamic, icon, pressing};
use shown::Shown;

mod paste;
mod shown;

pub use shown::PAGE;

/// A list as it was loaded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Listed {
    /// Below `/api/v1`.
    pub path: String,
    /// Such as `members`.
    pub word: String,
    pub list: List,
}

/// How a list is shown and changed.
#[derive(Clone, Copy)]
pub struct Editing {
    pub title: &'static str,
    pub help: &'static str,
    pub may_change: bool,
    /// Which kinds of principals it takes; empty for all.
    pub kinds: &'static str,
}

/// What is to be done to a list.
#[derive(Clone, Copy)]
struct Pending {
    added: RwSignal<Vec<(NewEntry, String)>>,
    removed: RwSignal<Vec<Principal>>,
}

impl Pending {
    fn add(self, principal: Principal, name: String, until: Option<Timestamp>) {
        self.removed.update(|removed| removed.retain(|gone| *gone != principal));
        self.added.update(|added| {
            added.retain(|(entry, _)| entry.principal != principal);
            added.push((NewEntry { principal, until }, name));
        });
    }
    fn is_some(self) -> bool {
        self.added.with(|added| !added.is_empty()) || self.removed.with(|removed| !removed.is_empty())
    }
    fn clear(self) {
        self.added.set(Vec::new());
        self.removed.set(Vec::new());
    }
}

pub fn entries(console: Console, t: &'static ConsoleText, listed: Listed, editing: Editing) -> AnyView {
    let pending = Pending { added: RwSignal::new(Vec::new()), removed: RwSignal::new(Vec::new()) };
    let Listed { path, word, list } = listed;
    let shown = Shown::new(path.clone(), list);
    let empty = shown.is_empty();
    let coming = move || {
        let added = pending.added.get();
        added.into_iter().map(|(entry, name)| coming(t, &entry, name, pending)).collect::<Vec<AnyView>>()
    };
    let review_id = format!("{word}-review");
    let (title, api) = (editing.title, path.clone());
    let review = move |_| {
        let change = ChangeList { add: pending.added.get_untracked().into_iter().map(|(entry, _)| entry).collect(), remove: pending.removed.get_untracked() };
        let change = Change::new("PATCH", api.clone(), Some(serde_json::to_value(change).unwrap_or_default()));
        console.propose(Proposal::new(title, vec![change]).preview());
    };
    let bar = move || {
        pending.is_some().then(|| {
            let (come, go) = (pending.added.with(Vec::len), pending.removed.with(Vec::len));
            view! {
                <div class="pending" role="status">
                    <span>{fill(t.pending, &[&come, &go])}</span>
                    <button type="button" class="button quiet" on:click=pressing(move |_| pending.clear())>{t.discard}</button>
                    <button type="button" class="button primary" id=review_id.clone() on:click=pressing(review.clone())>{t.review}</button>
                </div>
            }
            .any()
        })
    };
    view! {
        <section class="list-editor" aria-label=title>
            <h2>{title}</h2>
            <p>{editing.help}</p>
            {shown.search(t, &word)}
            <ul class="entries">
                {shown.lines(t, editing, pending)}
                {dynamic(coming)}
            </ul>
            {empty.then(|| view! { <p class="soft nothing" hidden=dynamic(move || pending.added.with(|added| !added.is_empty()))>{t.list_empty}</p> }.any())}
            {shown.rest(t, &word)}
            {editing.may_change.then(|| adding(t, &word, editing, pending))}
            {dynamic(bar)}
        </section>
    }
    .any()
}

/// Somebody who is to be added.
fn coming(t: &'static ConsoleText, entry: &NewEntry, name: String, pending: Pending) -> AnyView {
    let principal = entry.principal;
    let until = entry.until;
    view! {
        <li class="coming">
            {icon(picture(principal))}
            <span class="who">
                <span dir="auto">{name}</span> " "
                <span class="tag good">{t.coming}</span> " "
                {until.map(|until| view! { <span class="tag warn">{t.until} " " {table::time(until, t)}</span> }.any())}
            </span>
            <span></span>
            <IconButton icon=Icon::Close label=t.remove press=move |_| pending.added.update(|added| added.retain(|(entry, _)| entry.principal != principal))/>
        </li>
    }
    .any()
}

fn adding(t: &'static ConsoleText, word: &str, editing: Editing, pending: Pending) -> AnyView {
    let until = RwSignal::new(None::<Timestamp>);
    let pasting = RwSignal::new(false);
    view! {
        <div class="adding needs-script">
            {find(format!("add-{word}"), if editing.kinds.is_empty() { t.add_who } else { t.add_people }, editing.kinds, t, move |principal, name| pending.add(principal, name, until.get_untracked()))}
            <label class="until">
                <span>{t.until_optional}</span>
                <input class="input" type="date" on:change=move |input| until.set(end_of_day(&event_target_value(&input)))/>
            </label>
            <button type="button" class="button" on:click=pressing(move |_| pasting.set(true))>{t.paste_many}</button>
        </div>
        {paste::dialog(t, pasting, move |principal, name| pending.add(principal, name, until.get_untracked()))}
    }
    .any()
}

/// The end of a day in the reader's zone.
fn end_of_day(text: &str) -> Option<Timestamp> {
    if text.is_empty() { None } else { crate::when::parse(&format!("{text}T23:59:59")) }
}
