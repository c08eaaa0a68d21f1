use leptos::prelude::*;
use stoa_domain::message::Level;

use crate::live::store::use_store;
use crate::live::{Room, order};
use crate::place::{Sheets, room_icon};
use crate::routes;
use crate::text::use_text;
use crate::ui::{Empty, Erase, Icon, dynamic, icon, list, pressing};

/// Where one begins: what is unread, over all rooms.
#[component]
pub fn Home() -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let sheets = expect_context::<Sheets>();
    store.leave_view();
    let unread = move || {
        let rooms: Vec<Room> = store.rooms.get().into_iter().filter(|room| room.unread.get() > 0 && room.level.get() != Level::None).collect();
        order::first(order::first(rooms, |room| room.favourite.get()), |room| room.mentions.get() > 0)
    };
    let any = Memo::new(move |_| !unread().is_empty());
    view! {
        <main class="home" aria-label=t.all_unread>
            <header>
                <h1 class:sr=dynamic(move || !any.get())>{t.all_unread}</h1>
                {dynamic(move || any.get().then(|| view! {
                    <button type="button" class="button quiet needs-live" on:click=pressing(move |_| store.mark_all_read())>{t.mark_all_read} <kbd>"Shift Esc"</kbd></button>
                }.any()))}
            </header>
            {dynamic(move || if any.get() {
                view! {
                    <ul class="unread-rooms">
                        {list(move || unread().into_iter().map(|room| (room.id.to_string(), move || view! { <UnreadRoom room/> }.any())).collect())}
                    </ul>
                }.any()
            } else if store.rooms.with(Vec::is_empty) {
                view! {
                    <Empty icon=Icon::Chat title=t.no_rooms text=t.no_rooms_hint>
                        <a class="button primary" href=routes::DIRECTORY>{t.directory}</a>
                        {store.session().may_create_rooms.then(|| view! { <a class="button" href=routes::NEW_ROOM>{t.new_room}</a> }.any())}
                    </Empty>
                }.any()
            } else {
                view! {
                    <Empty icon=Icon::Chat title=t.all_read text=t.all_read_hint>
                        <button type="button" class="button needs-live" on:click=pressing(move |_| sheets.switcher.set(true))>{t.switcher} <kbd>"Ctrl K"</kbd></button>
                    </Empty>
                }.any()
            })}
        </main>
    }
    .any()
}

#[component]
fn UnreadRoom(room: Room) -> impl IntoView {
    let t = use_text();
    view! {
        <li>
            <a href=routes::room(room.id)>
                {dynamic(move || icon(room.info.with(room_icon)))}
                <span class="name">
                    <strong dir="auto">{dynamic(move || room.name())}</strong>
                    <span class="faint">{dynamic(move || room.info.with(|info| info.path.join(" › ")))}</span>
                </span>
                {dynamic(move || (room.mentions.get() > 0).then(|| view! { <b class="badge">{t.count(room.mentions.get(), t.n_mentions)}</b> }.any()))}
                <span class="num">{dynamic(move || t.count(room.unread.get(), t.n_unread))}</span>
            </a>
        </li>
    }
    .any()
}
