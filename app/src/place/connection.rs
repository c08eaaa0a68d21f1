use leptos::prelude::*;
use std::time::Duration;

use crate::live::Status;
use crate::live::store::use_store;
use crate::routes;
use crate::text::use_text;
use crate::ui::{Erase, Icon, dynamic, effect, icon, pressing};

fn here() -> String {
    #[cfg(feature = "hydrate")]
    return window().location().pathname().unwrap_or_default();
    #[cfg(not(feature = "hydrate"))]
    String::new()
}

/// Says that the connection is away, once it is worth saying.
#[component]
pub fn Connection() -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let now = RwSignal::new(crate::when::now());
    // A short break mends itself before anybody reads about it.
    let shown = RwSignal::new(false);
    effect(move || match store.status.get() {
        Status::Starting | Status::Online => shown.set(false),
        Status::Offline | Status::SignedOut => shown.set(true),
        Status::Waiting { .. } => set_timeout(
            move || {
                if !matches!(store.status.try_get_untracked(), None | Some(Status::Online | Status::Starting)) {
                    shown.set(true);
                }
            },
            Duration::from_secs(2),
        ),
    });
    Effect::new(move |running: Option<Option<IntervalHandle>>| {
        if let Some(Some(handle)) = running {
            handle.clear();
        }
        now.set(crate::when::now());
        if shown.get() { set_interval_with_handle(move || now.set(crate::when::now()), Duration::from_secs(1)).ok() } else { None }
    });
    let bar = move || {
        let status = store.status.get();
        let mut rest = None;
        let text = match status {
            Status::Starting | Status::Online => return None,
            Status::Offline => t.offline.to_owned(),
            Status::SignedOut => t.session_ended.to_owned(),
            Status::Waiting { until } => match i64::try_from(until.since(now.get()).as_secs()).unwrap_or_default() {
                0 => t.reconnecting.to_owned(),
                seconds => {
                    rest = Some(t.count(seconds, t.retry_in));
                    t.reconnecting.to_owned()
                }
            },
        };
        Some(view! {
            {icon(Icon::Offline)}
            // The seconds aren't told to who listens.
            <span>{text} " " <span aria-hidden="true">{rest}</span></span>
            {match status {
                Status::SignedOut => view! { <a class="button" href=routes::with_query(routes::SIGN_IN, &[("next", &here())]) rel="external">{t.sign_in}</a> }.any(),
                _ => view! { <button type="button" class="button" on:click=pressing(move |_| store.connect_now())>{t.connect_now}</button> }.any(),
            }}
        }
        .any())
    };
    // For whoever looks from outside: what happens here is seen as it happens.
    let stands = move || {
        let subscribed = store.current.get().and_then(|room| store.find(room)).is_none_or(|room| room.joined.get() || !room.following.get());
        if store.status.get() == Status::Online && subscribed { "true" } else { "false" }
    };
    view! {
        <div class="connection" role="status" data-live=dynamic(move || stands())>
            {dynamic(move || shown.get().then(bar).flatten())}
        </div>
    }
    .any()
}
