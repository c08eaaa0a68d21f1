use leptos::prelude::*;
use stoa_domain::id::Seq;

use super::desk::use_desk;
use super::pending::PendingPost;
use super::post::Post;
use super::scroll;
use crate::live::rows::Row;
use crate::live::store::use_store;
use crate::live::timeline::Item;
use crate::live::{Load, Room};
use crate::routes;
use crate::text::{fill, use_text};
use crate::ui::{Erase, Icon, dynamic, effect, icon, pressing};
use crate::when;

/// The messages. The scroller lies the other way round, so that it begins at its end and stays there
/// without a script.
#[component]
pub fn TimelineView() -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let desk = use_desk();
    let room = desk.room;
    // Times and days are laid out anew when the zone is known.
    effect(move || {
        store.zone.track();
        room.draw_soon();
    });
    scroll::attend(store, desk);
    let row = move |row: Row| match row {
        Row::Beginning => view! { <li class="beginning">{dynamic(move || fill(t.beginning, &[&room.name()]))}</li> }.any(),
        Row::Day { day, .. } => {
            let today = store.zone.get_untracked().day(store.now.get_value());
            view! { <li class="day"><span>{when::day_line(day, today, t.language)}</span></li> }.any()
        }
        Row::New { since } => {
            let text = move || {
                let zone = store.zone.get();
                since.map_or_else(
                    || t.new_here.to_owned(),
                    |since| {
                        let today = zone.day(since) == zone.day(store.now.get_value());
                        fill(t.new_since, &[&if today { zone.time(since) } else { zone.exact(since, t.language) }])
                    },
                )
            };
            view! { <li class="new"><span>{text}</span></li> }.any()
        }
        Row::Post { seq, continued } => view! { <Post seq continued/> }.any(),
        Row::Notice { seq } => notice(room, seq),
        Row::Pending { nonce, continued } => view! { <PendingPost nonce continued/> }.any(),
    };
    let empty = move || room.load.get() == Load::Ready && room.rows.with(|rows| matches!(rows[..], [Row::Beginning]));
    view! {
        <div class="timeline-frame">
            <div
                class="timeline"
                node_ref=desk.scroller
                role="region"
                aria-label=t.messages
                tabindex="0"
                on:scroll=move |_| scroll::check(store, desk)
                on:keydown=move |key| scroll::step(&key)
            >
                <div class="timeline-content">
                    {older_and_newer(room)}
                    <ol
                        on:pointerover=move |event| scroll::touched(desk, &event)
                        on:focusin=move |event| scroll::touched(desk, &event)
                        on:pointerleave=move |event| scroll::untouched(desk, &event)
                    >
                        <For each=move || room.rows.get() key=Row::clone children=row/>
                    </ol>
                    <p class="nothing" hidden=dynamic(move || !empty())>{t.nothing_yet}</p>
                </div>
            </div>
            <button
                type="button"
                class="button to-unread needs-live"
                hidden=dynamic(move || !desk.new_above.get())
                aria-keyshortcuts="Alt+J"
                on:click=pressing(move |_| scroll::to_first_unread(store, desk))
            >
                {icon(Icon::Up)}
                {t.to_unread}
            </button>
            <ToLatest/>
        </div>
        <Typing/>
    }
    .any()
}

/// Says that older messages come, or why not; without scripts, the way to them.
fn older_and_newer(room: Room) -> AnyView {
    let store = use_store();
    let t = use_text();
    let page = move |which: &'static str, text: &'static str, seq: Seq| view! { <a class="button no-script" href=format!("{}?{which}={seq}", routes::room(room.id)) rel="external">{text}</a> };
    let (from, to, head) = room.with_timeline(|timeline| {
        let span = timeline.span(room.anchor.get_untracked());
        (span.map_or(0, |span| span.from), span.map_or(0, |span| span.to), timeline.head().unwrap_or_default())
    });
    view! {
        <div class="older">
            {(from > 1).then(|| page("before", t.older, from))}
            {(to < head).then(|| page("after", t.newer, to))}
            {dynamic(move || match room.load.get() {
                Load::Loading => Some(view! { <p class="faint" role="status">{t.loading}"…"</p> }.any()),
                Load::Failed(problem) => Some(view! {
                    <p role="alert">
                        {icon(Icon::Warning)}
                        <span>{fill(t.load_failed, &[&t.problem(&problem)])}</span>
                        <button type="button" class="button" on:click=pressing(move |_| store.reload(room))>{t.retry}</button>
                    </p>
                }.any()),
                Load::Idle | Load::Ready => None,
            })}
        </div>
    }
    .any()
}

fn notice(room: Room, seq: Seq) -> AnyView {
    let text = room.with_timeline(|timeline| match timeline.item(seq) {
        Some(Item::Notice(notice)) => notice.text.clone(),
        _ => String::new(),
    });
    view! { <li class="room-notice" dir="auto">{icon(Icon::Info)} <span>{text}</span></li> }.any()
}

/// Leads back to the end, and says how much waits there.
#[component]
fn ToLatest() -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let desk = use_desk();
    let room = desk.room;
    view! {
        <button
            type="button"
            class="button to-latest needs-live"
            hidden=dynamic(move || desk.at_bottom.get() && !room.looks_back())
            on:click=pressing(move |_| scroll::to_latest(store, desk))
        >
            {icon(Icon::Down)}
            {dynamic(move || match room.unread.get() {
                0 => t.to_latest.to_owned(),
                count => t.count(count, t.n_new),
            })}
        </button>
    }
    .any()
}

#[component]
fn Typing() -> impl IntoView {
    let t = use_text();
    let room = use_desk().room;
    let text = move || {
        room.typing.with(|typing| match &typing[..] {
            [] => String::new(),
            [one] => fill(t.typing_one, &[&one.name]),
            [one, two] => fill(t.typing_two, &[&one.name, &two.name]),
            _ => t.typing_many.to_owned(),
        })
    };
    view! { <p class="typing" dir="auto">{dynamic(move || text())}</p> }.any()
}
