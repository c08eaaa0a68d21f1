use leptos::prelude::*;

use super::Sheets;
use crate::text::use_text;
use crate::ui::Dialog;

/// The sheet of keys.
#[component]
pub fn Help() -> impl IntoView {
    let t = use_text();
    let sheets = expect_context::<Sheets>();
    let keys: [(&[&str], &str); 10] = [
        (&["Ctrl", "K"], t.help_switch),
        (&["Alt", "↓ ↑"], t.help_next),
        (&["Alt", "Shift", "↓ ↑"], t.help_next_unread),
        (&["↑"], t.help_edit),
        (&["Enter"], t.help_send),
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
                            <dt>{keys.iter().map(|key| view! { <kbd>{*key}</kbd> }).collect_view()}</dt>
                            <dd>{what}</dd>
                        </div>
                    })
                    .collect_view()}
            </dl>
        </Dialog>
    }
    .into_any()
}
