use std::time::Duration;

use crate::ui::{Erase, dynamic, effect};
use leptos::prelude::*;

use crate::live::store::use_store;

/// How long it stays.
const SHOWN: Duration = Duration::from_secs(6);

/// Something that is said for a moment.
#[component]
pub fn Toast() -> impl IntoView {
    let store = use_store();
    let run = StoredValue::new(0u32);
    effect(move || {
        if store.toast.with(|text| !text.is_empty()) {
            run.update_value(|run| *run += 1);
            let mine = run.get_value();
            let end = move || {
                if run.try_get_value() == Some(mine) {
                    store.toast.set(String::new());
                }
            };
            set_timeout(end, SHOWN);
        }
    });
    view! {
        <div class="toast" role="status">
            <p hidden=dynamic(move || store.toast.with(String::is_empty))>{dynamic(move || store.toast.get())}</p>
        </div>
    }
    .any()
}
