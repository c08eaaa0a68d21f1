//! Searching for whom a list can name.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use stoa_domain::principal::Principal;
use stoa_domain::wire::Page;
use stoa_domain::wire::principals::FoundPrincipal as Found;

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

/// A box in which one types, and picks by arrow keys or by pointer.
pub fn find(
    id: String,
    label: &'static str,
    kind: &'static str,
    t: &'static ConsoleText,
    pick: impl Fn(Principal, String) + Copy + Send + Sync + 'static,
) -> AnyView {
    let words = RwSignal::new(String::new());
    let found = RwSignal::new(Vec::<Found>::new());
    let at = RwSignal::new(0usize);
    let run = StoredValue::new(0u32);
    let ask = move |text: String| {
        words.set(text.clone());
        run.update_value(|run| *run += 1);
        let mine = run.get_value();
        if text.trim().is_empty() {
            return found.set(Vec::new());
        }
        leptos::task::spawn_local(async move {
            let path = with_query("/principals", &[("q", text.trim()), ("kind", kind), ("limit", "8")]);
            let answer: Result<Page<Found>, _> = Api::default().read(&path).await;
            // What was typed meanwhile is asked for by a later run.
            if run.try_get_value() == Some(mine) {
                found.set(answer.map(|page| page.items).unwrap_or_default());
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
            pick(chosen.principal, chosen.name);
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
    let (id, option_id) = (id.clone(), StoredValue::new(id));
    let options = {
        let list_id = list_id.clone();
        move || {
            let lines: Vec<AnyView> = found.with(|found| {
                found
                    .iter()
                    .enumerate()
                    .map(|(index, item)| {
                        view! {
                            <li role="option" id=format!("{}-{index}", option_id.get_value()) aria-selected=dynamic(move || if at.get() == index { "true" } else { "false" })
                                on:pointerdown=move |press| { press.prevent_default(); take(index) }>
                                {icon(picture(item.principal))}
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
