//! Stoa's interface, in Leptos: rendered on the server (`ssr`), live in the browser (`hydrate`).
//!
//! A request is answered in two steps: [`load`] asks the API for what the page shows, [`render`]
//! writes it. `chat` and `place` are what is live; the browser takes them up from the data that the
//! page brings. `pages` are plain HTML and only the server's. `live` is the state of what is live,
//! `api` the typed client of the API; `ui` knows no domain. Every text is in `text`.

// What only the browser does is compiled on the server, too, and never called there.
#![cfg_attr(not(feature = "hydrate"), allow(dead_code))]
// A view takes closures by a type of its own and calls some of them twice; naming the function instead doesn't compile.
#![allow(clippy::redundant_closure)]

pub mod api;
mod chat;
mod json;
pub mod live;
#[cfg(feature = "ssr")]
mod load;
#[cfg(feature = "ssr")]
mod pages;
mod place;
#[cfg(feature = "ssr")]
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
pub use render::{Assets, render};

/// Wakes the page in the browser.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    use leptos::prelude::*;

    console_error_panic_hook::set_once();
    let start = document().get_element_by_id("start").and_then(|data| data.text_content());
    let Some(start) = start.and_then(|text| json::read::<live::Start>(&text)) else { return };
    let page = routes::Page::of(&window().location().pathname().unwrap_or_default());
    leptos::mount::hydrate_body(move || place::live(start, page));
}
