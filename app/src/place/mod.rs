//! The frame around every page of a signed-in person: rail, rooms, dialogs, keys, connection.

mod connection;
mod help;
mod invitations;
mod keys;
mod rail;
mod rooms;
mod switcher;
mod toast;

use crate::ui::{Erase, dynamic, effect};
use leptos::prelude::*;
use stoa_domain::message::Level;

use crate::chat;
use crate::live::{Boot, Room, Start, Status, Store};
use crate::route::Route;
use crate::routes::Page;
use crate::text::{Text, use_text};
use crate::when::Zone;
use connection::Connection;
pub use help::Help;
#[cfg(feature = "hydrate")]
pub use help::sends_by_control;
pub use rail::Rail;
use rooms::Rooms;
pub use rooms::room_icon;
use switcher::Switcher;
pub use toast::Toast;

/// Which dialogs are open.
#[derive(Clone, Copy)]
pub struct Sheets {
    pub switcher: RwSignal<bool>,
    pub help: RwSignal<bool>,
}

pub fn begin(boot: Boot) -> Store {
    Zone::provide();
    let store = Store::new();
    provide_context(store);
    provide_context(Sheets { switcher: RwSignal::new(false), help: RwSignal::new(false) });
    store.begin(boot);
    store
}

/// The live pages: the same on the server, which writes them, and in the browser, which takes them up.
pub fn live(start: Start, page: Page) -> AnyView {
    #[cfg(feature = "hydrate")]
    crate::text::provide_text(crate::text::page_language());
    let t = use_text();
    let store = begin(start.boot);
    let route = Route::provide(page);
    store.problem.set(start.problem);
    store.toast.set(start.said);
    if let Some(room) = start.room {
        store.open_page(room, start.anchor);
    }
    effect(move || store.start());
    effect(move || document().set_title(&whole_title(&title(store, t))));
    keys::listen(store, route);
    // From room to room the page stays.
    let in_room = Memo::new(move |_| matches!(route.page(), Page::Room { .. }));
    let content = view! {
        {dynamic(move || if in_room.get() { view! { <chat::RoomRoute/> }.any() } else { view! { <chat::Home/> }.any() })}
    };
    view! {
        {frame(t, page, content.into_any())}
        <Switcher/>
        <Help/>
        <div class="sr" role="status" aria-live="polite">{dynamic(move || store.announcement.get())}</div>
        <Toast/>
    }
    .any()
}

/// A plain page in the frame.
#[cfg(feature = "ssr")]
pub fn plain(boot: Boot, page: Page, content: impl FnOnce() -> AnyView) -> AnyView {
    begin(boot);
    Route::provide(page);
    frame(use_text(), page, content())
}

fn frame(t: &'static Text, page: Page, content: AnyView) -> AnyView {
    let route = crate::route::use_route();
    let at = move || match route.page() {
        // On a narrow screen the list and the page take turns.
        Page::Chat => "list",
        Page::Room { .. } => "room",
        _ => "page",
    };
    view! {
        <a class="skip" href="#main">{t.skip}</a>
        <div class="place" data-at=dynamic(move || at())>
            {page.is_live().then(|| view! { <Connection/> }.any())}
            <Rail/>
            <Rooms/>
            <div class="page" id="main" tabindex="-1">
                {content}
            </div>
        </div>
    }
    .any()
}

/// The title of a page with the product's name.
pub fn whole_title(text: &str) -> String {
    format!("{text} · Stoa")
}

fn title(store: Store, t: &'static Text) -> String {
    let unread: i64 = store.rooms.with(|rooms| rooms.iter().map(|room| counted(*room)).sum());
    let name = store.current.get().and_then(|room| store.find(room)).map_or_else(|| t.chat.to_owned(), |room| format!("# {}", room.name()));
    match unread {
        0 => name,
        1..100 => format!("({unread}) {name}"),
        _ => format!("(99+) {name}"),
    }
}

/// How many messages of a room ask for attention.
fn counted(room: Room) -> i64 {
    match room.level.get() {
        Level::All => room.unread.get(),
        Level::Mentions => room.mentions.get(),
        Level::None => 0,
    }
}

/// Whether the connection stands.
pub fn is_online(store: Store) -> bool {
    store.status.get() == Status::Online
}
