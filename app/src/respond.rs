//! How a page answers beyond its content: its status, and leading elsewhere.

use leptos::prelude::*;

use crate::routes;
use crate::text::use_text;
use crate::ui::{Empty, Icon};

/// Says with which status the server answers this page.
pub fn set_status(status: u16) {
    #[cfg(feature = "ssr")]
    if let (Some(response), Ok(status)) = (use_context::<leptos_axum::ResponseOptions>(), http::StatusCode::from_u16(status)) {
        response.set_status(status);
    }
    #[cfg(not(feature = "ssr"))]
    let _ = status;
}

/// Sends the browser to another page.
pub fn go(path: &str) {
    #[cfg(feature = "ssr")]
    leptos_axum::redirect(path);
    #[cfg(feature = "hydrate")]
    let _ = window().location().replace(path);
    #[cfg(not(any(feature = "ssr", feature = "hydrate")))]
    let _ = path;
}

/// The page for an address that leads nowhere.
#[component]
pub fn Missing() -> impl IntoView {
    let t = use_text();
    set_status(404);
    view! {
        <main class="entry">
            <Empty icon=Icon::Compass title=t.page_missing text=t.page_missing_text>
                <a class="button primary" href=routes::CHAT>{t.to_chat}</a>
            </Empty>
        </main>
    }
}
