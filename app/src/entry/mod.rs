//! Pages for who isn't signed in, and the ones that lead nowhere. Plain forms; no script needed.

mod setup;
mod sign_in;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

pub use setup::Setup;
pub use sign_in::SignIn;

use crate::routes;
use crate::text::{Text, use_text};
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

/// What a form that failed brought back in the address.
#[derive(Clone, Copy)]
pub struct Returned {
    query: Memo<leptos_router::params::ParamsMap>,
    t: &'static Text,
}

impl Returned {
    pub fn here() -> Self {
        Self { query: use_query_map(), t: use_text() }
    }
    /// A harmless field, as it was typed.
    pub fn value(self, name: &str) -> String {
        self.query.with_untracked(|query| query.get(name)).unwrap_or_default()
    }
    pub fn problem(self) -> Option<String> {
        let slug = self.query.with_untracked(|query| query.get("problem"))?;
        Some(self.t.problem_of(&slug).unwrap_or(self.t.internal).to_owned())
    }
    /// What is wrong with a field.
    pub fn error(self, name: &str) -> Option<String> {
        if self.value("field") != name {
            return None;
        }
        Some(
            match self.value("code").as_str() {
                "required" => self.t.needed,
                "too-long" => self.t.field_too_long,
                "too-short" => self.t.field_too_short,
                "name-taken" | "taken" => self.t.name_taken,
                "forbidden-character" => self.t.field_character,
                _ => self.t.field_wrong,
            }
            .to_owned(),
        )
    }
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
