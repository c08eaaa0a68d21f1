//! The room's files, once somebody wants to see them: without their messages, with the way to each.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use stoa_domain::file::shown_as;
use stoa_domain::wire::Page;
use stoa_domain::wire::file::File;

use super::desk::use_desk;
use super::files::{address, download, kept_back};
use crate::live::store::use_store;
use crate::routes;
use crate::text::{Text, use_text};
use crate::ui::{Erase, Icon, dynamic, icon, list, pressing};
use crate::words::size;

/// A file with its size, who posted it, and when; that leads to its message.
pub fn line(t: &'static Text, file: &File, who: AnyView, moment: AnyView) -> AnyView {
    let (name, why) = (file.file.name.clone(), kept_back(t, &file.file));
    let open = match why {
        Some(why) => view! { <span class="name" dir="auto">{name}</span> <span class="tiny" role="note">{why}</span> }.any(),
        None if shown_as(&file.file.kind).is_some() => {
            view! { <a class="name" href=address(&file.file) target="_blank" rel="noopener" dir="auto">{name}</a> }.any()
        }
        None => view! { <a class="name" href=download(&file.file) download=name.clone() dir="auto">{name.clone()}</a> }.any(),
    };
    let place = file.seq.map(|seq| routes::message(file.room, seq));
    view! {
        <li>
            {icon(if why.is_some() { Icon::Lock } else { Icon::File })}
            <div>
                {open}
                <p class="tiny faint">{size(file.file.size, t.language)} " · " {who} " · " <a class="place-of" href=place title=t.to_message>{moment}</a></p>
            </div>
        </li>
    }
    .any()
}

/// What is listed so far.
#[derive(Clone, Copy)]
struct Listing {
    files: RwSignal<Vec<File>>,
    next: RwSignal<Option<String>>,
    /// What is told beside them: that there are none, or why they can't be shown.
    said: RwSignal<String>,
    /// Which words were asked for last; an answer to others comes too late.
    words: RwSignal<String>,
}

#[component]
pub fn Listed() -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let desk = use_desk();
    let room = desk.room.id;
    let listing = Listing { files: RwSignal::default(), next: RwSignal::default(), said: RwSignal::default(), words: RwSignal::default() };
    let ask = move |cursor: String| {
        #[cfg(feature = "hydrate")]
        leptos::task::spawn_local(async move {
            let words = listing.words.get_untracked();
            let answer = store.api().files(room, &[("q", &words), ("cursor", &cursor), ("limit", "20")]).await;
            if listing.words.try_get_untracked() == Some(words) {
                take(t, listing, cursor.is_empty(), answer);
            }
        });
        #[cfg(not(feature = "hydrate"))]
        let _ = (store, cursor);
    };
    let lines = list(move || {
        let line_of = |file: File| {
            // Each list that comes anew may tell more of a file.
            let key = format!("{} {:?} {}", file.file.id, file.file.held, file.file.lost);
            (key, move || {
                let (at, who) = (file.at, file.by.display_name.clone());
                let day = move || crate::when::date(store.zone.get().day(at), t.language);
                let moment = view! { <time datetime=crate::when::stamp(at)>{dynamic(move || day())}</time> }.any();
                line(t, &file, view! { <span dir="auto">{who}</span> }.any(), moment)
            })
        };
        listing.files.get().into_iter().map(line_of).collect()
    });
    // Opened once more, it shows what there is by then.
    let toggled = move |toggle: leptos::ev::Event| {
        let open = event_target::<leptos::web_sys::Element>(&toggle).has_attribute("open");
        if open {
            ask(String::new());
        }
    };
    let search = move |submit: SubmitEvent| {
        submit.prevent_default();
        ask(String::new());
    };
    // On a narrow screen the list makes way for the message.
    let left = move |_| desk.details.set(None);
    view! {
        <details class="room-files" on:toggle=toggled>
            <summary><h2>{t.files}</h2></summary>
            <form method="get" action=routes::files(room) role="search" on:submit=search>
                <input class="input" type="search" name="q" placeholder=t.find_file aria-label=t.find_file on:input=move |input| listing.words.set(event_target_value(&input))/>
            </form>
            <ul class="listed" on:click=pressing(left)>{lines}</ul>
            <p class="faint" role="status">{dynamic(move || listing.said.get())}</p>
            {dynamic(move || listing.next.get().map(|next| view! {
                <button type="button" class="button" on:click=pressing(move |_| ask(next.clone()))>{t.more_files}</button>
            }.any()))}
            <a class="button quiet" href=routes::files(room)>{t.all_files}</a>
        </details>
    }
    .any()
}

#[cfg(feature = "hydrate")]
fn take(t: &'static Text, listing: Listing, anew: bool, answer: crate::api::Result<Page<File>>) {
    match answer {
        Ok(page) => {
            listing.said.set(if anew && page.items.is_empty() { t.no_files.to_owned() } else { String::new() });
            listing.files.update(|files| {
                if anew {
                    files.clear();
                }
                files.extend(page.items);
            });
            listing.next.set(page.next);
        }
        Err(problem) => listing.said.set(t.problem(&problem)),
    }
}
