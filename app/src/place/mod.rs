//! The frame around every page of a signed-in person: rail, rooms, dialogs, keys, connection.

mod connection;
mod help;
mod keys;
mod rail;
mod rooms;
mod switcher;

use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_location;
use stoa_domain::wire::problem::Problem;

use crate::api::{Api, Result};
use crate::live::{Boot, Status, Store};
use crate::text::use_text;
use crate::{respond, routes};
use connection::Connection;
use help::Help;
use rail::Rail;
use rooms::Rooms;
pub use rooms::room_icon;
use switcher::Switcher;

/// Which dialogs are open.
#[derive(Clone, Copy)]
pub struct Sheets {
    pub switcher: RwSignal<bool>,
    pub help: RwSignal<bool>,
}

#[cfg(feature = "ssr")]
async fn load(api: Api) -> Result<Boot> {
    let session = api.session().await?;
    let rooms = api.my_rooms().await?.into_iter().map(Into::into).collect();
    Ok(Boot { session, rooms, now: crate::when::now() })
}

/// The browser has it from the server: this page is never begun there.
#[cfg(not(feature = "ssr"))]
async fn load(_: Api) -> Result<Boot> {
    Err(Problem::unavailable())
}

#[component]
pub fn Place() -> impl IntoView {
    let store = Store::new();
    provide_context(store);
    provide_context(Sheets { switcher: RwSignal::new(false), help: RwSignal::new(false) });
    let here = use_location().pathname.get_untracked();
    let boot = Resource::new(|| (), move |()| load(store.api()));
    view! {
        <Suspense fallback=|| view! { <div class="place"></div> }>
            {move || {
                let here = here.clone();
                Suspend::new(async move {
                    match boot.await {
                        Ok(boot) => {
                            store.begin(boot);
                            view! { <Frame/> }.into_any()
                        }
                        Err(problem) if problem.status == 401 => {
                            respond::go(&routes::with_query(routes::SIGN_IN, &[("next", &here)]));
                            ().into_any()
                        }
                        Err(problem) => view! { <Trouble problem/> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
}

#[component]
fn Frame() -> impl IntoView {
    let store = crate::live::store::use_store();
    let t = use_text();
    let path = use_location().pathname;
    Effect::new(move || store.start());
    keys::listen(store);

    // On a narrow screen the list and the page take turns.
    let at = move || match path.get().as_str() {
        routes::CHAT => "list",
        path if path.starts_with(routes::CHAT) => "room",
        _ => "page",
    };
    let title = move || {
        let unread: i64 = store.rooms.with(|rooms| rooms.iter().map(|room| counted(*room)).sum());
        let name = store.current.get().and_then(|room| store.find(room)).map(|room| format!("# {}", room.name()));
        let name = name.unwrap_or_else(|| match path.get().as_str() {
            routes::DIRECTORY => t.directory.to_owned(),
            routes::NEW_ROOM => t.new_room.to_owned(),
            routes::PEOPLE => t.people.to_owned(),
            _ => t.chat.to_owned(),
        });
        match unread {
            0 => name,
            1..100 => format!("({unread}) {name}"),
            _ => format!("(99+) {name}"),
        }
    };
    view! {
        {crate::ui::title(title)}
        <a class="skip" href="#main" rel="external">{t.skip}</a>
        <div class="place" data-at=at>
            <Rail/>
            <Rooms/>
            <div class="page" id="main" tabindex="-1">
                <Connection/>
                <Outlet/>
            </div>
        </div>
        <Switcher/>
        <Help/>
        <div class="sr" role="status" aria-live="polite">{move || store.announcement.get()}</div>
        <Toast/>
    }
    .into_any()
}

/// How many messages of a room ask for attention.
fn counted(room: crate::live::Room) -> i64 {
    use stoa_domain::message::Level;
    match room.level.get() {
        Level::All => room.unread.get(),
        Level::Mentions => room.mentions.get(),
        Level::None => 0,
    }
}

#[component]
fn Toast() -> impl IntoView {
    let store = crate::live::store::use_store();
    let run = StoredValue::new(0u32);
    Effect::new(move || {
        if store.toast.get().is_some() {
            run.update_value(|run| *run += 1);
            let mine = run.get_value();
            set_timeout(
                move || {
                    if run.try_get_value() == Some(mine) {
                        store.toast.set(None);
                    }
                },
                std::time::Duration::from_secs(6),
            );
        }
    });
    view! { <div class="toast" role="status">{move || store.toast.get().map(|text| view! { <p>{text}</p> })}</div> }
}

/// The page that stands where the server can't answer.
#[component]
fn Trouble(problem: Problem) -> impl IntoView {
    let t = use_text();
    respond::set_status(problem.status);
    view! {
        <main class="entry">
            <crate::ui::Empty icon=crate::ui::Icon::Warning title=t.problem(&problem)>
                <a class="button primary" href=routes::CHAT rel="external">{t.retry}</a>
            </crate::ui::Empty>
        </main>
    }
}

/// Whether the connection stands.
pub fn is_online(store: Store) -> bool {
    store.status.get() == Status::Online
}
