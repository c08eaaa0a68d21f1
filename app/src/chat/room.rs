use leptos::prelude::*;
use stoa_domain::access::Refusal;
use stoa_domain::id::{RoomId, Seq};

use super::composer::Composer;
use super::desk::Desk;
use super::details::Details;
use super::drop;
use super::files::Lightbox;
use super::head::Head;
use super::palette::Palette;
use super::timeline::TimelineView;
use crate::live::Room;
use crate::live::store::use_store;
use crate::route::use_route;
use crate::routes::{self, Page};
use crate::text::{fill, use_text};
use crate::ui::{Confirm, Empty, Erase, Icon, dynamic, effect, list};

/// Shows the room that the address names.
#[component]
pub fn RoomRoute() -> impl IntoView {
    let store = use_store();
    let route = use_route();
    let target = move || match route.page() {
        Page::Room { room, seq } => Some((room, seq)),
        _ => None,
    };
    Effect::new(move |shown: Option<Option<(RoomId, Option<Seq>)>>| {
        let target = target();
        if let Some((room, seq)) = target.filter(|_| shown != Some(target)) {
            // What the server rendered is there already.
            let rendered = shown.is_none() && (store.current.get_untracked() == Some(room) || store.problem.with_untracked(Option::is_some));
            if !rendered {
                store.visit(room, seq);
            }
        }
        target
    });
    if cfg!(feature = "hydrate") {
        on_cleanup(move || store.leave_view());
    }
    let seq = Signal::derive(move || target().and_then(|(_, seq)| seq));
    let room = list(move || {
        let room = store.current.get().and_then(|room| store.find(room));
        room.map(|room| (room.id.to_string(), move || view! { <RoomView room target=seq/> }.any())).into_iter().collect()
    });
    view! {
        {dynamic(move || store.problem.get().map(|problem| view! { <NoRoom title=if matches!(problem.status, 403 | 404) { None } else { Some(t_problem(&problem)) }/> }.any()))}
        {room}
    }
    .any()
}

fn t_problem(problem: &stoa_domain::wire::problem::Problem) -> String {
    use_text().problem(problem)
}

#[component]
fn RoomView(room: Room, target: Signal<Option<Seq>>) -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let desk = Desk::provide(room);
    effect(move || desk.target.set(target.get()));
    let deleting = RwSignal::new(false);
    let dropping = RwSignal::new(false);
    // Each follows the other; setting what is so already would wake the other for nothing, for ever.
    effect(move || crate::live::room::put(deleting, desk.deleting.get().is_some()));
    effect(move || {
        if !deleting.get() {
            crate::live::room::put(desk.deleting, None);
        }
    });
    let delete = move |()| {
        if let Some(seq) = desk.deleting.get_untracked() {
            store.delete(room, seq);
        }
    };
    let details = move || match desk.details.get() {
        None => "auto",
        Some(true) => "open",
        Some(false) => "closed",
    };
    view! {
        <div class="room" data-details=details>
            <main
                aria-label=dynamic(move || room.name())
                class:drop=dynamic(move || dropping.get())
                on:dragover=move |drag| drop::over(desk, dropping, &drag)
                on:dragleave=move |drag| drop::left(dropping, &drag)
                on:drop=move |drag| drop::dropped(desk, dropping, &drag)
                data-drop=t.drop_here
            >
                <Head/>
                {dynamic(move || match room.removed.get() {
                    Some(_) => view! { <Removed room/> }.any(),
                    None => view! {
                        <TimelineView/>
                        <Composer/>
                    }.any(),
                })}
            </main>
            <Details/>
            <Palette/>
            <Lightbox/>
            <Confirm open=deleting title=t.delete_title text=t.delete_text yes=t.delete run=delete/>
        </div>
    }
    .any()
}

#[component]
fn Removed(room: Room) -> impl IntoView {
    let t = use_text();
    let text = if room.removed.get_untracked() == Some(Refusal::RoomDisabled) { t.disabled_text } else { t.removed_text };
    view! {
        <Empty icon=Icon::Door title=fill(t.removed_title, &[&room.name()]) text>
            <a class="button primary" href=routes::CHAT>{t.to_chat}</a>
        </Empty>
    }
}

#[component]
fn NoRoom(title: Option<String>) -> impl IntoView {
    let t = use_text();
    let text = if title.is_none() { t.no_such_room } else { "" };
    view! {
        <main class="home">
            <Empty icon=Icon::Compass alone=true title=title.unwrap_or_else(|| t.no_such_room_title.to_owned()) text>
                <a class="button primary" href=routes::CHAT>{t.to_chat}</a>
                <a class="button" href=routes::DIRECTORY>{t.directory}</a>
            </Empty>
        </main>
    }
    .any()
}
