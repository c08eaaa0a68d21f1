use leptos::prelude::*;

use super::Sheets;
use super::rooms::room_icon;
use crate::live::store::use_store;
use crate::live::{Room, order};
use crate::route::use_route;
use crate::routes;
use crate::text::use_text;
use crate::ui::{Dialog, Erase, dynamic, effect, icon, pressing};

/// Rooms by a few letters of their name: what one is looking for stands first.
#[component]
pub fn Switcher() -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let open = expect_context::<Sheets>().switcher;
    let words = RwSignal::new(String::new());
    let chosen = RwSignal::new(0usize);
    let found = Memo::new(move |_| if open.get() { find(store.rooms.get(), &words.get()).into_iter().map(|room| room.id).collect() } else { Vec::new() });
    effect(move || {
        if open.get() {
            words.set(String::new());
            chosen.set(0);
        }
    });
    effect(move || {
        let chosen = chosen.get();
        #[cfg(feature = "hydrate")]
        if let Some(row) = found.with_untracked(|found| found.get(chosen).copied()).and_then(|room| crate::ui::by_id(&format!("go-{room}"))) {
            crate::ui::scroll_into_view(&row, web_sys::ScrollLogicalPosition::Nearest);
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = chosen;
    });
    let route = use_route();
    let go = Callback::new(move |index: usize| {
        if let Some(room) = found.with_untracked(|found| found.get(index).copied()) {
            open.set(false);
            route.go(&routes::room(room));
        }
    });
    let key = move |key: leptos::ev::KeyboardEvent| {
        let count = found.with_untracked(Vec::len);
        match key.key().as_str() {
            "ArrowDown" if count > 0 => chosen.update(|chosen| *chosen = (*chosen + 1) % count),
            "ArrowUp" if count > 0 => chosen.update(|chosen| *chosen = (*chosen + count - 1) % count),
            "Enter" => go.run(chosen.get_untracked()),
            _ => return,
        }
        key.prevent_default();
    };
    view! {
        <Dialog open title=t.switcher class="switcher">
            <input
                autofocus=true
                class="input"
                type="text"
                role="combobox"
                aria-label=t.switcher
                aria-expanded="true"
                aria-controls="switcher-list"
                aria-activedescendant=dynamic(move || found.with(|found| found.get(chosen.get()).map(|id| format!("go-{id}"))))
                autocomplete="off"
                placeholder=t.filter_rooms
                prop:value=dynamic(move || words.get())
                on:input=move |event| {
                    words.set(event_target_value(&event));
                    chosen.set(0);
                }
                on:keydown=key
            />
            <ul id="switcher-list" role="listbox" aria-label=t.rooms>
                {dynamic(move || {
                    found
                        .get()
                        .into_iter()
                        .enumerate()
                        .filter_map(|(index, id)| {
                            let room = store.find(id)?;
                            let info = room.info.get();
                            Some(view! {
                                <li
                                    id=format!("go-{id}")
                                    role="option"
                                    aria-selected=dynamic(move || if chosen.get() == index { "true" } else { "false" })
                                    class:unread=dynamic(move || { room.unread.get() > 0 })
                                    on:click=pressing(move |_| go.run(index))
                                    on:pointermove=move |_| crate::live::room::put(chosen, index)
                                >
                                    {icon(room_icon(&info))}
                                    <span class="name" dir="auto">{info.name}</span>
                                    <span class="faint">{info.path.join(" › ")}</span>
                                </li>
                            }
                            .any())
                        })
                        .collect::<Vec<_>>()
                })}
            </ul>
            <a
                class="button quiet"
                hidden=dynamic(move || !found.with(Vec::is_empty))
                href=dynamic(move || routes::with_query(routes::DIRECTORY, &[("q", &words.get())]))
            >
                {t.directory}
            </a>
            <p class="faint" role="status">{dynamic(move || (found.with(Vec::is_empty)).then_some(t.switcher_empty))}</p>
        </Dialog>
    }
    .any()
}

/// Rooms that fit, best first: those that begin with it, then unread ones, then as they are ordered.
fn find(rooms: Vec<Room>, words: &str) -> Vec<Room> {
    let words: Vec<String> = words.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let found: Vec<(bool, bool, Room)> = rooms
        .into_iter()
        .filter_map(|room| {
            let (name, path) = room.info.with_untracked(|info| (info.name.to_lowercase(), info.path.join(" ").to_lowercase()));
            let fits = words.iter().all(|word| name.contains(word.as_str()) || path.contains(word.as_str()));
            let begins = words.first().is_some_and(|word| name.starts_with(word.as_str()));
            fits.then(|| (!begins, room.unread.get_untracked() == 0, room))
        })
        .collect();
    let found = order::first(found, |(_, read, _)| !read);
    order::first(found, |(begins_elsewhere, ..)| !begins_elsewhere).into_iter().map(|(_, _, room)| room).take(50).collect()
}
