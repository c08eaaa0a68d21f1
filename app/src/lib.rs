//! Stoa's interface, in Leptos: rendered on the server (`ssr`), live in the browser (`hydrate`).
//!
//! A request is answered in two steps: [`load`] asks the API for what the page shows, [`render`]
//! writes it. `chat` and `place` are what is live; the browser takes them up from the data that the
//! page brings; `admin` is the console, in a WebAssembly of its own. `pages` are plain HTML and only the server's. `live` is the state of what is live,
//! `api` the typed client of the API; `ui` knows no domain. Every text is in `text`.

// What only the browser does is compiled on the server, too, and never called there.
// The same goes for what only one of the two parts does.
#![cfg_attr(not(all(feature = "chat", feature = "console")), allow(dead_code, unused_imports))]
// A view takes closures by a type of its own and calls some of them twice; naming the function instead doesn't compile.
#![allow(clippy::redundant_closure)]

mod admin;
pub mod api;
mod chat;
mod json;
pub mod live;
#[cfg(feature = "ssr")]
mod load;
#[cfg(feature = "ssr")]
mod pages;
mod place;
mod query;
#[cfg(feature = "ssr")]
mod render;
mod route;
pub mod routes;
mod text;
mod ui;
mod when;
mod words;

pub use api::{SharedTransport, Transport};
#[cfg(feature = "ssr")]
pub use load::{Loaded, load};
#[cfg(feature = "ssr")]
pub use render::{Assets, Part, render};

/// Wakes a page of chat in the browser.
#[cfg(feature = "chat")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn chat() {
    let Some(start) = started().and_then(|text| json::read::<live::Start>(&text)) else { return };
    let page = routes::Page::of(&path());
    leptos::mount::hydrate_body(move || place::live(start, page));
}

/// Wakes a page of the console.
#[cfg(feature = "console")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn console() {
    let Some(start) = started().and_then(|text| serde_json::from_str(&text).ok()) else { return };
    leptos::mount::hydrate_body(move || admin::live(start));
}

/// What the page was made of.
#[cfg(feature = "hydrate")]
fn started() -> Option<String> {
    console_error_panic_hook::set_once();
    leptos::prelude::document().get_element_by_id("start").and_then(|data| data.text_content())
}

#[cfg(feature = "hydrate")]
fn path() -> String {
    leptos::prelude::window().location().pathname().unwrap_or_default()
}
