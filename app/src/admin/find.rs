//! Searching for whom a list can name, and for categories.

use std::sync::Arc;

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use stoa_domain::id::CategoryId;
use stoa_domain::principal::Principal;
use stoa_domain::wire::Page;
use stoa_domain::wire::category::TreeLine;
use stoa_domain::wire::principals::FoundPrincipal;

use super::text::ConsoleText;
use crate::api::Api;
use crate::routes::with_query;
use crate::ui::{Erase, Icon, dynamic, icon};

/// The icon of a kind of principal.
pub const fn picture(principal: Principal) -> Icon {
    match principal {
        Principal::User(_) => Icon::Person,
        Principal::Group(_) => Icon::People,
        Principal::Unit(_) => Icon::Tree,
        Principal::Domain(_) | Principal::Everyone => Icon::Compass,
    }
}

/// What a box looks for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Among {
    /// Of which kinds; empty for all.
    Principals(&'static str),
    Categories,
}

#[derive(Clone, Copy)]
pub enum What {
    Principal(Principal),
    Category(CategoryId),
}

impl What {
    pub fn id(self) -> String {
        match self {
            Self::Principal(Principal::User(id)) => id.to_string(),
            Self::Principal(Principal::Group(id)) => id.to_string(),
            Self::Principal(Principal::Unit(id)) => id.to_string(),
            Self::Principal(Principal::Domain(id)) => id.to_string(),
            Self::Principal(Principal::Everyone) => String::new(),
            Self::Category(id) => id.to_string(),
        }
    }
}

#[derive(Clone)]
struct Found {
    what: What,
    name: String,
    detail: String,
}

impl Among {
    async fn find(self, words: &str) -> Vec<Found> {
        const LIMIT: usize = 8;
        match self {
            Self::Principals(kind) => {
                let path = with_query("/principals", &[("q", words), ("kind", kind), ("limit", "8")]);
                let page: Result<Page<FoundPrincipal>, _> = Api::default().read(&path).await;
                let items = page.map(|page| page.items).unwrap_or_default().into_iter();
                items.map(|item| Found { what: What::Principal(item.principal), name: item.name, detail: item.detail }).collect()
            }
            Self::Categories => {
                let page: Result<Page<TreeLine>, _> = Api::default().read(&with_query("/categories/tree", &[("q", words)])).await;
                let mut above: Vec<String> = Vec::new();
                let mut found = Vec::new();
                let word = words.to_lowercase();
                for line in page.map(|page| page.items).unwrap_or_default() {
                    above.truncate(usize::try_from(line.depth).unwrap_or_default());
                    // Those above what was found are in the answer, too.
                    if word.split_whitespace().any(|word| line.name.to_lowercase().contains(word)) && found.len() < LIMIT {
                        found.push(Found { what: What::Category(line.id), name: line.name.clone(), detail: above.join(" › ") });
                    }
                    above.push(line.name);
                }
                found
            }
        }
    }
}

/// A box in which one types, and picks by arrow keys or by pointer.
pub fn find(
    id: String,
    label: &'static str,
    kind: &'static str,
    t: &'static ConsoleText,
    pick: impl Fn(Principal, String) + Copy + Send + Sync + 'static,
) -> AnyView {
    let pick = move |what, name| {
        if let What::Principal(principal) = what {
            pick(principal, name);
        }
    };
    find_among(id, label, Among::Principals(kind), t, Arc::new(pick))
}

/// What is done with what was picked, and its name.
pub type Pick = Arc<dyn Fn(What, String) + Send + Sync>;

pub fn find_among(id: String, label: &'static str, among: Among, t: &'static ConsoleText, pick: Pick) -> AnyView {
    let words = RwSignal::new(String::new());
    let found = RwSignal::new(Vec::<Found>::new());
    let at = RwSignal::new(0usize);
    let run = StoredValue::new(0u32);
    let pick = StoredValue::new(pick);
    let ask = move |text: String| {
        words.set(text.clone());
        run.update_value(|run| *run += 1);
        let mine = run.get_value();
        if text.trim().is_empty() {
            return found.set(Vec::new());
        }
        leptos::task::spawn_local(async move {
            let answer = among.find(text.trim()).await;
            // What was typed meanwhile is asked for by a later run.
            if run.try_get_value() == Some(mine) {
                found.set(answer);
                at.set(0);
            }
        });
    };
    let take = move |index: usize| {
        let chosen = found.with_untracked(|found| found.get(index).cloned());
        if let Some(chosen) = chosen {
            run.update_value(|run| *run += 1);
            found.set(Vec::new());
            words.set(String::new());
            pick.get_value()(chosen.what, chosen.name);
        }
    };
    let press = move |key: KeyboardEvent| {
        let count = found.with_untracked(Vec::len);
        match key.key().as_str() {
            "ArrowDown" if count > 0 => at.update(|at| *at = (*at + 1) % count),
            "ArrowUp" if count > 0 => at.update(|at| *at = (*at + count - 1) % count),
            "Enter" => take(at.get_untracked()),
            "Escape" if count > 0 => {
                found.set(Vec::new());
                key.stop_propagation();
            }
            _ => return,
        }
        key.prevent_default();
    };
    let list_id = format!("{id}-found");
    let option_id = StoredValue::new(id.clone());
    let options = {
        let list_id = list_id.clone();
        move || {
            let lines: Vec<AnyView> = found.with(|found| {
                found
                    .iter()
                    .enumerate()
                    .map(|(index, item)| {
                        let picture = match item.what {
                            What::Principal(principal) => picture(principal),
                            What::Category(_) => Icon::Tree,
                        };
                        view! {
                            <li role="option" id=format!("{}-{index}", option_id.get_value()) aria-selected=dynamic(move || if at.get() == index { "true" } else { "false" })
                                on:pointerdown=move |press| { press.prevent_default(); take(index) }>
                                {icon(picture)}
                                <span class="name" dir="auto">{item.name.clone()}</span>
                                <span class="faint tiny" dir="auto">{item.detail.clone()}</span>
                            </li>
                        }
                        .any()
                    })
                    .collect()
            });
            let none = lines.is_empty();
            view! { <ul role="listbox" class="found" id=list_id.clone() aria-label=label hidden=none>{lines}</ul> }.any()
        }
    };
    view! {
        <div class="find-box needs-script">
            <input
                class="input" id=id role="combobox" aria-label=label placeholder=label autocomplete="off" aria-autocomplete="list"
                aria-controls=list_id aria-expanded=dynamic(move || if found.with(Vec::is_empty) { "false" } else { "true" })
                aria-activedescendant=dynamic(move || (!found.with(Vec::is_empty)).then(|| format!("{}-{}", option_id.get_value(), at.get())))
                prop:value=dynamic(move || words.get())
                on:input=move |input| ask(event_target_value(&input))
                on:keydown=press
                on:blur=move |_| found.set(Vec::new())
            />
            {dynamic(options)}
            <span class="sr" role="status">{dynamic(move || found.with(|found| if found.is_empty() { String::new() } else { crate::text::fill(t.n_found, &[&found.len()]) }))}</span>
        </div>
    }
    .any()
}

/// A field of a form that names something by searching for it: its id is what the form has.
pub fn picked(id: &str, name: &'static str, label: &'static str, among: Among, t: &'static ConsoleText, chosen: Option<(String, String)>) -> AnyView {
    let chosen = RwSignal::new(chosen);
    let pick: Pick = Arc::new(move |what: What, name| chosen.set(Some((what.id(), name))));
    let box_id = StoredValue::new(id.to_owned());
    let shown = move || match chosen.get() {
        Some((_, called)) => view! {
            <p class="chosen">
                <span dir="auto">{called}</span>
                <button type="button" class="button quiet needs-script" on:click=crate::ui::pressing(move |_| chosen.set(None))>{t.remove}</button>
            </p>
        }
        .any(),
        None => find_among(box_id.get_value(), label, among, t, pick.clone()),
    };
    view! {
        <div class="field picked">
            <span class="label">{label}</span>
            {dynamic(shown)}
            <input type="hidden" name=name value=dynamic(move || chosen.with(|chosen| chosen.as_ref().map(|(id, _)| id.clone()).unwrap_or_default()))/>
        </div>
    }
    .any()
}
