//! Stoa's interface, in Leptos: rendered on the server (`ssr`), live in the browser (`hydrate`).
//!
//! `api` is the typed client of the API, `live` the state of what is live, `chat` and `place` are
//! what is live to look at. `pages` are plain HTML and only the server's. `ui` knows no domain.
//! Every text is in `text`.

// Views are types that hold the types of what is in them.
#![recursion_limit = "256"]
// What only the browser does is compiled on the server, too, and never called there.
#![cfg_attr(not(feature = "hydrate"), allow(dead_code))]

pub mod api;
mod chat;
mod hydration;
pub mod live;
#[cfg(feature = "ssr")]
mod pages;
mod place;
mod respond;
pub mod routes;
mod text;
mod ui;
mod when;
mod words;

pub use api::{SharedTransport, Transport};
#[cfg(feature = "ssr")]
pub use hydration::{Assets, Inner};

use leptos::prelude::*;
#[cfg(feature = "ssr")]
use leptos_meta::{MetaTags, provide_meta_context};
#[cfg(feature = "ssr")]
use leptos_router::components::Redirect;
use leptos_router::components::{Outlet, ParentRoute, Route, Router, Routes};
use leptos_router::{SsrMode, path};

/// The document around the application. Only live pages bring the WebAssembly.
#[cfg(feature = "ssr")]
pub fn shell(assets: Assets) -> impl IntoView {
    const PAGE_SCRIPT: &str = include_str!("page.js");
    let live = hydration::is_live();
    view! {
        <!DOCTYPE html>
        <html lang=text::language().code()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="referrer" content="same-origin"/>
                <script nonce=leptos::nonce::use_nonce()>{PAGE_SCRIPT}</script>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <hydration::Style assets=assets.clone()/>
                {live.then(|| view! { <hydration::Hydration assets/> })}
                <MetaTags/>
            </head>
            <body class=(!live).then_some("plain")>
                <App/>
            </body>
        </html>
    }
}

/// The application: its routes, each rendered whole on the server so that it reads without scripts.
#[component]
pub fn App() -> impl IntoView {
    #[cfg(feature = "ssr")]
    provide_meta_context();
    text::provide_text();
    when::Zone::provide();
    view! {
        <Router>{routing()}</Router>
    }
}

#[cfg(feature = "ssr")]
fn routing() -> impl IntoView {
    view! {
        <Routes fallback=|| view! { <respond::Missing/> }>
            <Route path=path!("/") view=|| view! { <Redirect path=routes::CHAT/> } ssr=SsrMode::Async/>
            <Route path=path!("/sign-in") view=pages::SignIn ssr=SsrMode::Async/>
            <Route path=path!("/setup") view=pages::Setup ssr=SsrMode::Async/>
            <ParentRoute path=path!("") view=place::Place ssr=SsrMode::Async>
                <ParentRoute path=path!("/chat") view=Outlet>
                    <Route path=path!("") view=chat::Home/>
                    <Route path=path!("/r/:room/:seq?") view=chat::RoomRoute/>
                </ParentRoute>
                <Route path=path!("/directory") view=pages::Directory/>
                <Route path=path!("/rooms/new") view=pages::NewRoom/>
                <Route path=path!("/people") view=pages::People/>
            </ParentRoute>
        </Routes>
    }
}

/// In the browser only what is live; everything else is another page.
#[cfg(not(feature = "ssr"))]
fn routing() -> impl IntoView {
    view! {
        <Routes fallback=|| view! { <hydration::Elsewhere/> }>
            <ParentRoute path=path!("") view=place::Place ssr=SsrMode::Async>
                <ParentRoute path=path!("/chat") view=Outlet>
                    <Route path=path!("") view=chat::Home/>
                    <Route path=path!("/r/:room/:seq?") view=chat::RoomRoute/>
                </ParentRoute>
            </ParentRoute>
        </Routes>
    }
}

/// Wakes the page in the browser.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(App);
    hydration::awake();
}
