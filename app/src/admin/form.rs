//! Forms of the console: their fields are read when they are sent, and what is wrong is told at the field.

use leptos::prelude::*;
use stoa_domain::wire::problem::Problem;

use super::find::{Among, picked};
use super::text::{ConsoleText, use_text};
use crate::ui::{Erase, Icon, dynamic, icon, within_textarea};

/// What stands in a form.
#[derive(Debug, Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    #[cfg(feature = "hydrate")]
    pub fn of(form: &web_sys::HtmlFormElement) -> Self {
        let Ok(data) = web_sys::FormData::new_with_form(form) else { return Self::default() };
        let mut pairs = Vec::new();
        for entry in js_sys::try_iter(&data).ok().flatten().into_iter().flatten().flatten() {
            let entry = js_sys::Array::from(&entry);
            if let (Some(name), Some(value)) = (entry.get(0).as_string(), entry.get(1).as_string()) {
                pairs.push((name, value));
            }
        }
        Self(pairs)
    }

    #[cfg(test)]
    pub fn from_pairs(pairs: &[(&str, &str)]) -> Self {
        Self(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub fn get(&self, name: &str) -> String {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    }

    /// None where it was left empty.
    pub fn filled(&self, name: &str) -> Option<String> {
        Some(self.get(name)).filter(|value| !value.is_empty())
    }

    /// Whether a box is ticked.
    pub fn is_on(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }
}

/// A form while it is filled in.
#[derive(Clone, Copy)]
pub struct Form {
    pub problem: RwSignal<Option<Problem>>,
    text: &'static ConsoleText,
    /// The fields that tell what is wrong with them.
    fields: StoredValue<Vec<&'static str>>,
}

impl Form {
    pub fn new() -> Self {
        Self { problem: RwSignal::new(None), text: use_text(), fields: StoredValue::new(Vec::new()) }
    }

    /// What is wrong with a field. Its name is its place in the request.
    fn error(self, name: &'static str) -> Option<String> {
        self.problem.with(|problem| {
            let problem = problem.as_ref()?;
            let told = problem.errors.iter().find(|error| top(&error.field) == name).map(|error| self.text.field_error(error));
            // A taken name is the name's fault.
            told.or_else(|| (name == "name" && problem.slug() == "name-taken").then(|| self.text.problem(problem)))
        })
    }

    pub fn has_error(self, name: &'static str) -> bool {
        self.error(name).is_some()
    }

    /// What is wrong with the whole.
    fn rest(self) -> Option<String> {
        self.problem.with(|problem| {
            let problem = problem.as_ref()?;
            let shown = |field: &str| self.fields.with_value(|fields| fields.contains(&field));
            if problem.errors.is_empty() {
                return (!(problem.slug() == "name-taken" && shown("name"))).then(|| self.text.problem(problem));
            }
            problem.errors.iter().find(|error| !shown(top(&error.field))).map(|error| self.text.field_error(error))
        })
    }
}

/// The first part of a place in a request; what is within `limits` has fields of its own.
fn top(place: &str) -> &str {
    place.trim_start_matches('/').trim_start_matches("limits/").split('/').next().unwrap_or_default()
}

/// A form around its fields. `send` gets what was entered.
pub fn form(form: Form, class: &'static str, send: impl Fn(Fields) + 'static, children: AnyView) -> AnyView {
    let submit = move |submit: leptos::ev::SubmitEvent| {
        submit.prevent_default();
        #[cfg(feature = "hydrate")]
        {
            use wasm_bindgen::JsCast;
            if let Some(element) = submit.current_target().and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok()) {
                form.problem.set(None);
                send(Fields::of(&element));
            }
        }
        let _ = &send;
    };
    view! {
        <form class=format!("form {class}") method="post" on:submit=submit novalidate>
            {dynamic(move || form.rest().map(|text| view! { <p class="notice danger" role="alert">{icon(Icon::Warning)} <span>{text}</span></p> }.any()))}
            {children}
        </form>
    }
    .any()
}

/// What describes a field: its id, label, place in the request, a hint.
pub struct Labelled {
    pub id: String,
    pub name: &'static str,
    pub label: &'static str,
    pub hint: &'static str,
}

impl Labelled {
    pub fn new(scope: &str, name: &'static str, label: &'static str) -> Self {
        Self { id: format!("{scope}-{name}"), name, label, hint: "" }
    }
    pub fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }
}

pub fn around(form: Form, labelled: Labelled, input: impl FnOnce(String, String) -> AnyView) -> AnyView {
    let Labelled { id, name, label, hint } = labelled;
    form.fields.update_value(|fields| fields.push(name));
    let about = format!("{id}-about");
    let input = input(id.clone(), about.clone());
    view! {
        <div class="field" class:invalid=dynamic(move || form.error(name).is_some())>
            <label for=id>{label}</label>
            {input}
            <p class="hint" id=about>{dynamic(move || form.error(name).unwrap_or_else(|| hint.to_owned()))}</p>
        </div>
    }
    .any()
}

/// One line of text. What was typed before the page was awake stays; when the page is shown anew the form is reset.
pub fn input(form: Form, labelled: Labelled, kind: &'static str, value: String) -> AnyView {
    let name = labelled.name;
    around(form, labelled, move |id, about| {
        view! {
            <input class="input" id=id name=name type=kind value=value autocomplete=if kind == "password" { "new-password" } else { "off" } aria-describedby=about
                aria-invalid=dynamic(move || form.error(name).map(|_| "true"))/>
        }
        .any()
    })
}

/// Several lines of text.
pub fn area(form: Form, labelled: Labelled, rows: u32, value: String) -> AnyView {
    let name = labelled.name;
    around(form, labelled, move |id, about| {
        view! {
            <textarea class="input" id=id name=name rows=rows aria-describedby=about aria-invalid=dynamic(move || form.error(name).map(|_| "true"))
                prop:defaultValue=value.clone()>{within_textarea(&value)}</textarea>
        }
        .any()
    })
}

/// One of several words.
pub fn select(form: Form, labelled: Labelled, value: &str, options: Vec<(String, String)>) -> AnyView {
    let name = labelled.name;
    let options: Vec<AnyView> = options
        .into_iter()
        .map(|(word, shown)| {
            let chosen = word == value;
            view! { <option value=word selected=chosen>{shown}</option> }.any()
        })
        .collect();
    around(form, labelled, move |id, about| view! { <select class="input" id=id name=name aria-describedby=about>{options}</select> }.any())
}

/// Something that is searched for; what is wrong with it is told below.
pub fn picked_field(form: Form, id: &str, name: &'static str, label: &'static str, among: Among, chosen: Option<(String, String)>) -> AnyView {
    form.fields.update_value(|fields| fields.push(name));
    view! {
        <div class="field" class:invalid=dynamic(move || form.has_error(name))>
            {picked(id, name, label, among, form.text, chosen)}
            <p class="hint">{dynamic(move || form.error(name))}</p>
        </div>
    }
    .any()
}

/// Something that is on or off.
pub fn tick(name: &'static str, id: String, label: &'static str, on: bool, disabled: bool) -> AnyView {
    let of = id.clone();
    view! {
        <label class="check" for=of>
            <input type="checkbox" id=id name=name value="true" checked=on disabled=disabled/>
            <span>{label}</span>
        </label>
    }
    .any()
}

/// Switches between words, as radio buttons in a row.
pub fn switch(name: &'static str, label: &'static str, value: &str, options: Vec<(&'static str, &'static str)>, disabled: bool) -> AnyView {
    let options: Vec<AnyView> = options
        .into_iter()
        .map(|(word, shown)| {
            let chosen = word == value;
            view! { <label><input type="radio" name=name value=word checked=chosen disabled=disabled/><span>{shown}</span></label> }.any()
        })
        .collect();
    view! { <div class="seg" role="radiogroup" aria-label=label>{options}</div> }.any()
}

/// Sends a form. Off until the page is awake: a disabled one also keeps Enter from sending the form to nowhere.
pub fn save(text: &'static str, console: super::console::Console) -> AnyView {
    view! {
        <div class="actions">
            <button class="button primary needs-script" disabled=dynamic(move || !console.awake.get())
                aria-disabled=dynamic(move || if console.loading.get() { "true" } else { "false" })>{text}</button>
        </div>
    }
    .any()
}
