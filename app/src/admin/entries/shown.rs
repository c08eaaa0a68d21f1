//! The entries of a list that are shown: a first page, more of them, those that are searched for.

use leptos::prelude::*;
use stoa_domain::access::Idle;
use stoa_domain::principal::Principal;
use stoa_domain::wire::list::{List, ListEntry};
use stoa_domain::wire::problem::Problem;

use super::{Editing, Pending};
use crate::admin::find::picture;
use crate::admin::text::ConsoleText;
use crate::admin::{address, table};
use crate::api::Api;
use crate::routes::with_query;
use crate::text::fill;
use crate::ui::{Erase, Icon, dynamic, icon, list, pressing};

/// Asked for at a time.
pub const PAGE: &str = "100";
/// Shorter lists one sees at a glance.
const SEARCHED: u64 = 12;

/// What of a list is looked at.
#[derive(Clone, Copy)]
pub struct Shown {
    path: StoredValue<String>,
    entries: RwSignal<Vec<ListEntry>>,
    next: RwSignal<Option<String>>,
    /// How many fit the search.
    total: RwSignal<u64>,
    words: RwSignal<String>,
    /// Only entries without effect.
    idle: RwSignal<bool>,
    problem: RwSignal<Option<Problem>>,
    /// Which search was begun last: what an older one finds is passed over.
    run: StoredValue<u32>,
}

impl Shown {
    pub fn new(path: String, list: List) -> Self {
        Self {
            path: StoredValue::new(path),
            entries: RwSignal::new(list.page.items),
            next: RwSignal::new(list.page.next),
            total: RwSignal::new(list.total),
            words: RwSignal::new(String::new()),
            idle: RwSignal::new(false),
            problem: RwSignal::new(None),
            run: StoredValue::new(0),
        }
    }

    /// Asks for what follows, or from the beginning.
    fn ask(self, more: bool) {
        self.run.update_value(|run| *run += 1);
        let run = self.run.get_value();
        let cursor = if more { self.next.get_untracked().unwrap_or_default() } else { String::new() };
        let (words, idle) = (self.words.get_untracked(), if self.idle.get_untracked() { "true" } else { "" });
        let path = with_query(&self.path.get_value(), &[("q", words.trim()), ("idle", idle), ("limit", PAGE), ("cursor", &cursor)]);
        leptos::task::spawn_local(async move {
            let answer: Result<List, Problem> = Api::default().read(&path).await;
            if self.run.try_get_value() != Some(run) {
                return;
            }
            self.problem.set(None);
            match answer {
                Err(problem) => self.problem.set(Some(problem)),
                Ok(List { page, total, .. }) => {
                    self.entries.update(|entries| {
                        if !more {
                            entries.clear();
                        }
                        entries.extend(page.items);
                    });
                    self.next.set(page.next);
                    self.total.set(total);
                }
            }
        });
    }

    /// Words to search for, where the list is long.
    pub fn search(self, t: &'static ConsoleText, word: &str) -> AnyView {
        if self.total.get_untracked() <= SEARCHED {
            return ().into_any();
        }
        view! {
            <div class="list-search needs-script">
                <input class="input" type="search" id=format!("find-in-{word}") aria-label=t.find_in_list placeholder=t.find_in_list
                    on:input=move |input| { self.words.set(event_target_value(&input)); self.ask(false) }/>
                <label class="check">
                    <input type="checkbox" on:change=move |input| { self.idle.set(event_target_checked(&input)); self.ask(false) }/>
                    <span>{t.only_idle}</span>
                </label>
            </div>
        }
        .any()
    }

    pub fn lines(self, t: &'static ConsoleText, editing: Editing, pending: Pending) -> AnyView {
        list(move || {
            let entries = self.entries.get().into_iter();
            entries.map(|entry| (entry.principal.to_string(), move || line(t, &entry, editing, pending))).collect()
        })
    }

    /// How much of it is shown, and the rest.
    pub fn rest(self, t: &'static ConsoleText, word: &str) -> AnyView {
        let searching = move || self.idle.get() || self.words.with(|words| !words.trim().is_empty());
        let count = move || {
            let (shown, total) = (self.entries.with(Vec::len), self.total.get());
            let long = searching() || total > SEARCHED;
            if long { fill(t.shown_of, &[&t.number(shown), &t.number(total)]) } else { String::new() }
        };
        let id = format!("more-{word}");
        let more = move || {
            let id = id.clone();
            self.next.get().map(|_| {
                view! { <button type="button" class="button quiet needs-script" id=id on:click=pressing(move |_| self.ask(true))>{t.show_more}</button> }.any()
            })
        };
        let refused = move || self.problem.get().map(|problem| view! { <span class="danger-text" role="alert">{t.told(&problem)}</span> }.any());
        view! { <p class="list-rest soft num"><span role="status">{dynamic(count)}</span> {dynamic(more)} {dynamic(refused)}</p> }.any()
    }

    /// Whether the list itself is empty, not only what is searched for.
    pub fn is_empty(self) -> bool {
        self.total.get_untracked() == 0
    }
}

/// What an entry without effect says.
const fn reason(idle: Idle, t: &'static ConsoleText) -> &'static str {
    match idle {
        Idle::Ended => t.ended,
        Idle::Gone => t.idle_gone,
        Idle::Empty => t.idle_empty,
        Idle::Disabled => t.idle_disabled,
        Idle::OutOfScope => t.idle_out_of_scope,
        Idle::Excluded => t.idle_excluded,
    }
}

fn line(t: &'static ConsoleText, entry: &ListEntry, editing: Editing, pending: Pending) -> AnyView {
    let principal = entry.principal;
    let name = match (&entry.person, &entry.name) {
        (Some(person), _) => person.display_name.clone(),
        (None, Some(name)) if principal != Principal::Everyone => name.clone(),
        _ if principal == Principal::Everyone => t.everyone.to_owned(),
        _ => t.gone.to_owned(),
    };
    let handle = entry.person.as_ref().map(|person| format!("@{}", person.name));
    let counts = (handle.is_none() && entry.idle.is_none()).then(|| t.count(i64::try_from(entry.people).unwrap_or(i64::MAX), t.n_people_of));
    let href = match principal {
        Principal::User(id) => Some(address::person(id)),
        Principal::Group(id) => Some(address::group(id)),
        _ => None,
    };
    let gone = move || pending.removed.with(|removed| removed.contains(&principal));
    let (idle, over) = (entry.idle, entry.idle == Some(Idle::Ended));
    let without = idle.map(|idle| view! { <span class="tag warn">{fill(t.without_effect, &[&reason(idle, t)])}</span> }.any());
    let button_label = fill(t.remove_named, &[&name]);
    view! {
        <li class:leaving=dynamic(gone) class:idle=idle.is_some()>
            {icon(picture(principal))}
            <span class="who">
                {match href {
                    Some(href) => view! { <a href=href dir="auto">{name}</a> }.any(),
                    None => view! { <span dir="auto">{name}</span> }.any(),
                }}
                " " <span class="faint">{handle}{counts}</span> " "
                {entry.until.filter(|_| !over).map(|until| view! { <span class="tag warn">{t.until} " " {table::time(until, t)}</span> " " }.into_any())}
                {without}
                {dynamic(move || gone().then(|| view! { <span class="tag danger">{t.leaving}</span> }.any()))}
            </span>
            <span class="faint tiny by">
                {entry.added_by.as_ref().map(|by| view! { {by.display_name.clone()} " · " }.into_any())}
                {table::time(entry.added_at, t)}
            </span>
            {editing.may_change.then(|| {
                let label: &'static str = t.remove;
                view! {
                    <button type="button" class="icon-button needs-script" title=label aria-label=button_label
                        on:click=pressing(move |_| pending.removed.update(|removed| match removed.iter().position(|known| *known == principal) {
                            Some(at) => { removed.remove(at); }
                            None => removed.push(principal),
                        }))>
                        {dynamic(move || icon(if gone() { Icon::Reply } else { Icon::Close }))}
                    </button>
                }
                .any()
            })}
        </li>
    }
    .any()
}
