use leptos::prelude::*;

use super::Icon;

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
