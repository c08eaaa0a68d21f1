use leptos::prelude::*;
use stoa_domain::wire::problem::Problem;

use crate::pages::text::use_text;
use crate::routes;
use crate::ui::{Empty, Icon};

/// The page for an address that leads nowhere.
#[component]
pub fn Missing() -> impl IntoView {
    let t = use_text();
    view! {
        <main class="entry">
            <Empty icon=Icon::Compass alone=true title=t.page_missing text=t.page_missing_text>
                <a class="button primary" href=routes::CHAT>{t.to_chat}</a>
            </Empty>
        </main>
    }
}

/// The page that stands where the server can't answer.
#[component]
pub fn Trouble(problem: Problem) -> impl IntoView {
    let t = use_text();
    view! {
        <main class="entry">
            <Empty icon=Icon::Warning alone=true title=t.problem(&problem)>
                <a class="button primary" href=routes::CHAT>{t.retry}</a>
            </Empty>
        </main>
    }
}
