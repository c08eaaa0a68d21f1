use std::sync::Arc;

use leptos::prelude::*;

use super::Erase;

type Make = Arc<dyn Fn() -> AnyView + Send + Sync>;

/// A list of views, each kept as long as its key stays. One for all lists: each of its own would
/// be compiled once more.
pub fn list<F>(each: impl Fn() -> Vec<(String, F)> + Send + Sync + 'static) -> AnyView
where
    F: Fn() -> AnyView + Send + Sync + 'static,
{
    keyed(Arc::new(move || each().into_iter().map(|(key, make)| (key, Arc::new(make) as Make)).collect()))
}

fn keyed(each: Arc<dyn Fn() -> Vec<(String, Make)> + Send + Sync>) -> AnyView {
    view! { <For each=move || each() key=|(key, _)| key.clone() children=|(_, make)| make()/> }.any()
}
