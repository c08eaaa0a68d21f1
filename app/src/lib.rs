//! Stoa's interface, in Leptos: rendered on the server (`ssr`), live in the browser (`hydrate`).
//!
//! `api` is the typed client of the API, `live` the state of what is live, the folders beside them
//! are the places of the interface; `ui` knows no domain. Every text is in `text`.

// Views are types that hold the types of what is in them.
#![recursion_limit = "256"]
// What only the browser does is compiled on the server, too, and never called there.
#![cfg_attr(not(feature = "hydrate"), allow(dead_code))]

pub mod api;
mod chat;
mod directory;
mod entry;
mod hydration;
pub mod live;
mod people;
mod place;
pub mod routes;
mod text;
mod ui;
mod when;
mod words;

pub use api::{SharedTransport, Transport};
pub use hydration::{Assets, Inner};

use hydration::Hydration;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::components::{Outlet, ParentRoute, Redirect, Route, Router, Routes};
use leptos_router::{SsrMode, path};

/// Runs before the first paint: a chosen theme shows without a flash, and the style knows that
/// scripts run.
const BEFORE_PAINT: &str = "(function(d){d.classList.add('js');try{var t=localStorage.getItem('stoa.theme');if(t)d.dataset.theme=t}catch(e){}})(document.documentElement)";

/// The document around the application.
pub fn shell(assets: Assets) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang=text::language().code()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="referrer" content="same-origin"/>
                <script nonce=use_nonce()>{BEFORE_PAINT}</script>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <Hydration assets/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// The application: its routes, each rendered whole on the server so that it reads without scripts.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    text::provide_text();
    when::Zone::provide();

    view! {
        <Title formatter=|title: String| if title.is_empty() { "Stoa".to_owned() } else { format!("{title} · Stoa") }/>
        <Router>
            <Routes fallback=|| view! { <entry::Missing/> }>
                <Route path=path!("/") view=|| view! { <Redirect path=routes::CHAT/> } ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view=entry::SignIn ssr=SsrMode::Async/>
                <Route path=path!("/setup") view=entry::Setup ssr=SsrMode::Async/>
                <ParentRoute path=path!("") view=place::Place ssr=SsrMode::Async>
                    <ParentRoute path=path!("/chat") view=Outlet ssr=SsrMode::Async>
                        <Route path=path!("") view=chat::Home/>
                        <Route path=path!("/r/:room/:seq?") view=chat::RoomRoute/>
                    </ParentRoute>
                    <Route path=path!("/directory") view=directory::Directory/>
                    <Route path=path!("/rooms/new") view=directory::NewRoom/>
                    <Route path=path!("/people") view=people::People/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// Wakes the page in the browser.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(App);
}
