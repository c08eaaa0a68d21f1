use leptos::prelude::*;

/// The page's title: in the document that the server writes, and then as it changes.
#[cfg(feature = "ssr")]
pub fn title(text: impl Fn() -> String + Send + Sync + 'static) -> impl IntoView {
    view! { <leptos_meta::Title text=move || whole(&text())/> }
}

/// The title's element is in the head, which is the server's; here only its text changes.
#[cfg(not(feature = "ssr"))]
pub fn title(text: impl Fn() -> String + Send + Sync + 'static) -> impl IntoView {
    Effect::new(move || document().set_title(&whole(&text())));
}

fn whole(text: &str) -> String {
    format!("{text} · Stoa")
}
