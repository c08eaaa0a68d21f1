use leptos::prelude::*;

use super::{Icon, icon};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Good,
    Danger,
}

/// A line that says how something went.
#[component]
pub fn Notice(tone: Tone, #[prop(into)] text: String) -> impl IntoView {
    let (class, role, picture) = match tone {
        Tone::Good => ("notice good", "status", Icon::Info),
        Tone::Danger => ("notice danger", "alert", Icon::Warning),
    };
    view! {
        <p class=class role=role>
            {icon(picture)}
            <span>{text}</span>
        </p>
    }
}
