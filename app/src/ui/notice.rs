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

/// What stands where nothing is: what that means, and what one can do.
#[component]
pub fn Empty(icon: Icon, #[prop(into)] title: String, #[prop(optional, into)] text: String, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    view! {
        <div class="empty">
            {super::icon(icon)}
            <h2>{title}</h2>
            {(!text.is_empty()).then(|| view! { <p>{text}</p> })}
            {children.map(|children| view! { <div class="actions">{children()}</div> })}
        </div>
    }
    .into_any()
}
