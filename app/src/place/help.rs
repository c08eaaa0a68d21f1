use leptos::prelude::*;

use super::Sheets;
use crate::text::use_text;
use crate::ui::{Dialog, Erase, dynamic, effect, store_get, store_set};

const SEND_KEY: &str = "stoa.send";

/// Whether Enter makes a new line here, and only with Ctrl sends.
pub fn sends_by_control() -> bool {
    store_get(SEND_KEY).is_some()
}

/// The sheet of keys.
#[component]
pub fn Help() -> impl IntoView {
    let t = use_text();
    let sheets = expect_context::<Sheets>();
    let by_control = RwSignal::new(false);
    effect(move || by_control.set(sends_by_control()));
    let keys: [(&[&str], &str); 11] = [
        (&["Ctrl", "K"], t.help_switch),
        (&["Alt", "↓ ↑"], t.help_next),
        (&["Alt", "Shift", "↓ ↑"], t.help_next_unread),
        (&["Alt", "J"], t.to_unread),
        (&["↑"], t.help_edit),
        (&["Enter", "Ctrl Enter"], t.help_send),
        (&["Shift", "Enter"], t.help_line),
        (&["↓ ↑"], t.help_messages),
        (&["Esc"], t.help_read),
        (&["Shift", "Esc"], t.help_read_all),
        (&["?"], t.help_help),
    ];
    view! {
        <Dialog open=sheets.help title=t.help class="help">
            <dl>
                {keys
                    .into_iter()
                    .map(|(keys, what)| view! {
                        <div>
                            <dt>{keys.iter().map(|key| view! { <kbd>{*key}</kbd> }.any()).collect::<Vec<_>>()}</dt>
                            <dd>{what}</dd>
                        </div>
                    }.any())
                    .collect::<Vec<_>>()}
            </dl>
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=dynamic(move || by_control.get())
                    on:change=move |event| {
                        let on = event_target_checked(&event);
                        by_control.set(on);
                        store_set(SEND_KEY, on.then_some("control"));
                    }
                />
                {t.send_by_control}
            </label>
        </Dialog>
    }
    .any()
}
