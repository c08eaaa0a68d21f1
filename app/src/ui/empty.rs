use leptos::prelude::*;

use super::{Erase, Icon};

/// What stands where nothing is: what that means, and what one can do.
#[component]
pub fn Empty(
    icon: Icon,
    /// Whether it is all that the page says.
    #[prop(optional)]
    alone: bool,
    #[prop(into)] title: String,
    #[prop(optional, into)] text: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            {super::icon(icon)}
            {if alone { view! { <h1>{title}</h1> }.any() } else { view! { <h2>{title}</h2> }.any() }}
            {(!text.is_empty()).then(|| view! { <p>{text}</p> }.any())}
            {children.map(|children| view! { <div class="actions">{children()}</div> }.any())}
        </div>
    }
    .any()
}
