use leptos::prelude::*;
use stoa_domain::message::Level;
use stoa_domain::room::{Privacy, RoomType};
use stoa_domain::wire::room::RoomInfo;

use super::Sheets;
use super::invitations::Invitations;
use crate::live::Room;
use crate::live::store::use_store;
use crate::route::use_route;
use crate::routes::{self, Page};
use crate::text::use_text;
use crate::ui::{Erase, Icon, dynamic, icon, list, pressing};

/// The icon before a room's name: who speaks, and who may know.
#[must_use]
pub fn room_icon(info: &RoomInfo) -> Icon {
    match (info.room_type, info.privacy) {
        (RoomType::Auditorium, _) => Icon::Megaphone,
        (_, Privacy::Secret) => Icon::Hidden,
        (_, Privacy::Closed) => Icon::Lock,
        (_, Privacy::Open) => Icon::Hash,
    }
}

/// A heading and what stands under it.
type Section = (String, Vec<Room>);

/// The followed rooms: favourites first, then by category.
#[component]
pub fn Rooms() -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let sheets = expect_context::<Sheets>();
    let route = use_route();
    let sections = move || {
        let mut sections: Vec<Section> = vec![(t.favourites.to_owned(), Vec::new())];
        for room in store.rooms.get() {
            if room.favourite.get() {
                sections[0].1.push(room);
                continue;
            }
            let path = room.info.with(|info| if info.path.is_empty() { t.company.to_owned() } else { info.path.join(" › ") });
            match sections.last_mut() {
                Some((heading, rooms)) if *heading == path => rooms.push(room),
                _ => sections.push((path, vec![room])),
            }
        }
        sections.retain(|(_, rooms)| !rooms.is_empty());
        sections
    };
    let sections = list(move || {
        let of = |(heading, rooms): Section| {
            let key = rooms.iter().fold(heading.clone(), |key, room| format!("{key} {}", room.id));
            (key, move || {
                let lines: Vec<AnyView> = rooms.iter().map(|room| view! { <RoomLine room=*room/> }.any()).collect();
                view! {
                    <section>
                        <h2>{heading.clone()}</h2>
                        <ul>{lines}</ul>
                    </section>
                }
                .any()
            })
        };
        sections().into_iter().map(of).collect()
    });
    let unread = move || store.rooms.with(|rooms| rooms.iter().filter(|room| room.level.get() != Level::None).map(|room| room.unread.get()).sum::<i64>());
    let mentions = move || store.rooms.with(|rooms| rooms.iter().map(|room| room.mentions.get()).sum::<i64>());
    view! {
        <nav class="rooms" aria-label=t.rooms>
            <div class="rooms-top">
                <button type="button" class="find needs-live" aria-keyshortcuts="Control+K" on:click=pressing(move |_| sheets.switcher.set(true))>
                    {icon(Icon::Search)}
                    <span>{t.filter_rooms}</span>
                    <kbd>"Ctrl K"</kbd>
                </button>
                {store.session().may_create_rooms.then(|| view! {
                    <a class="icon-button" href=routes::NEW_ROOM title=t.new_room aria-label=t.new_room>{icon(Icon::Plus)}</a>
                }.any())}
            </div>
            <ul class="all-unread">
                <li>
                    <a class="entry-line" class:unread=dynamic(move || unread() > 0) href=routes::CHAT aria-current=dynamic(move || (route.page() == Page::Chat).then_some("page"))>
                        {icon(Icon::Lines)}
                        <span class="name">{t.all_unread}</span>
                        {dynamic(move || count(unread(), mentions(), t))}
                    </a>
                </li>
            </ul>
            <Invitations/>
            {sections}
            <a class="entry-line soft" href=routes::DIRECTORY>
                {icon(Icon::Compass)}
                <span class="name">{t.directory}</span>
            </a>
        </nav>
    }
    .any()
}

#[component]
fn RoomLine(room: Room) -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let muted = move || room.level.get() == Level::None;
    view! {
        <li>
            <a
                class="entry-line"
                class:unread=dynamic(move || { room.unread.get() > 0 && !muted() })
                class:muted=dynamic(move || muted())
                href=routes::room(room.id)
                aria-current=dynamic(move || (store.current.get() == Some(room.id)).then_some("page"))
            >
                {dynamic(move || icon(room.info.with(room_icon)))}
                <span class="name" dir="auto">{dynamic(move || room.name())}</span>
                {dynamic(move || count(if muted() { 0 } else { room.unread.get() }, room.mentions.get(), t))}
            </a>
        </li>
    }
    .any()
}

/// The unread count, and in a badge the mentions. What they are is told, too.
fn count(unread: i64, mentions: i64, t: &'static crate::text::Text) -> Option<AnyView> {
    let short = |count: i64| if count > 999 { "999+".to_owned() } else { count.to_string() };
    (unread > 0).then(|| {
        view! {
            <span class="count">
                {(mentions > 0).then(|| view! {
                    <b class="badge" aria-hidden="true">"@" {short(mentions)}</b>
                    <span class="sr">{t.count(mentions, t.n_mentions)}", "</span>
                }.any())}
                <span class="num" aria-hidden="true">{short(unread)}</span>
                <span class="sr">{t.count(unread, t.n_unread)}</span>
            </span>
        }
        .any()
    })
}
