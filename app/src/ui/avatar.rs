use leptos::prelude::*;

/// The square that stands for a person where there is no picture.
#[component]
pub fn Avatar(#[prop(into)] initials: String) -> impl IntoView {
    view! { <span class="avatar" aria-hidden="true">{initials}</span> }
}
