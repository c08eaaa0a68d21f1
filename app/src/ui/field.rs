use leptos::prelude::*;

use super::Erase;

/// An input with its name, a hint, and what is wrong with what was entered.
#[component]
pub fn Field(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] hint: String,
    #[prop(optional_no_strip)] error: Option<String>,
    #[prop(optional)] autocomplete: &'static str,
    #[prop(default = true)] required: bool,
    #[prop(optional)] autofocus: bool,
    #[prop(optional)] min: Option<u32>,
    #[prop(default = 256)] max: u32,
    /// Tells several forms of one page apart.
    #[prop(optional, into)]
    scope: String,
) -> impl IntoView {
    let id = format!("{scope}{name}");
    let about = format!("{id}-about");
    let invalid = error.is_some();
    let note = error.unwrap_or(hint);
    let described = (!note.is_empty()).then(|| about.clone());
    view! {
        <div class="field" class:invalid=invalid>
            <label for=id.clone()>{label}</label>
            <input
                class="input"
                id=id
                name=name
                type=kind
                value=value
                autocomplete=if autocomplete.is_empty() { "off" } else { autocomplete }
                required=required
                autofocus=autofocus
                minlength=min
                maxlength=max
                aria-invalid=invalid.then_some("true")
                aria-describedby=described.clone()
            />
            {described.map(|id| view! { <p class="hint" id=id>{note}</p> })}
        </div>
    }
    .any()
}
