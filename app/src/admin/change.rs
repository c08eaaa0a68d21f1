//! Changes: calls of the API that are proposed, shown with what they would do, and then made.

use std::sync::Arc;

use leptos::prelude::*;
use serde_json::Value;
use stoa_domain::wire::problem::Problem;

use super::console::Console;
use super::form::Form;
use super::text::{ConsoleText, use_text};
use crate::api::Api;
use crate::ui::{Dialog, Erase, Icon, dynamic, effect, icon, pressing};

mod conflict;
mod preview;

/// One call of the API.
#[derive(Debug, Clone)]
pub struct Change {
    pub method: &'static str,
    /// Below `/api/v1`.
    pub path: String,
    pub body: Option<Value>,
    /// The version that it changes.
    pub version: Option<String>,
    /// What was seen of the object, to say what somebody else changed of it meanwhile.
    pub seen: Option<Value>,
}

impl Change {
    pub fn new(method: &'static str, path: String, body: Option<Value>) -> Self {
        Self { method, path, body, version: None, seen: None }
    }

    /// Of an object in the version that was seen.
    pub fn of(self, seen: &impl serde::Serialize) -> Self {
        let seen = serde_json::to_value(seen).unwrap_or_default();
        Self { version: seen.get("version").and_then(Value::as_str).map(str::to_owned), seen: Some(seen), ..self }
    }

    pub async fn send(&self) -> Result<String, Problem> {
        let body = self.body.as_ref().map(Value::to_string);
        Api::default().change(self.method, &self.path, body, self.version.as_deref()).await
    }
}

/// What comes after.
#[derive(Clone)]
pub enum After {
    /// The page is shown anew.
    Reload,
    Go(String),
    /// To what was made: this path, and its id.
    GoToMade(String),
}

/// What is to be changed.
#[derive(Clone)]
pub struct Proposal {
    /// Such as `Disable # lobby`.
    pub title: String,
    /// What will happen, beside what the preview finds out.
    pub text: String,
    pub yes: &'static str,
    pub danger: bool,
    pub changes: Vec<Change>,
    /// Whether it is asked before who gains and loses.
    pub preview: bool,
    /// A name that has to be typed first.
    pub confirm: Option<String>,
    /// Where it was entered, to tell there what is wrong.
    pub form: Option<Form>,
    pub after: After,
    pub done: &'static str,
}

impl Proposal {
    pub fn new(title: impl Into<String>, changes: Vec<Change>) -> Self {
        let t = use_context::<&'static ConsoleText>().unwrap_or_else(|| use_text());
        Self {
            title: title.into(),
            text: String::new(),
            yes: t.apply,
            danger: false,
            changes,
            preview: false,
            confirm: None,
            form: None,
            after: After::Reload,
            done: t.done,
        }
    }
    pub fn text(self, text: impl Into<String>) -> Self {
        Self { text: text.into(), ..self }
    }
    pub fn danger(self, yes: &'static str) -> Self {
        Self { danger: true, yes, ..self }
    }
    pub fn preview(self) -> Self {
        Self { preview: true, ..self }
    }
    pub fn confirm(self, name: impl Into<String>) -> Self {
        Self { confirm: Some(name.into()), ..self }
    }
    pub fn form(self, form: Form) -> Self {
        Self { form: Some(form), ..self }
    }
    pub fn after(self, after: After) -> Self {
        Self { after, ..self }
    }

    /// Whether somebody has to look before it is done.
    fn asks(&self) -> bool {
        self.preview || self.danger || self.confirm.is_some() || !self.text.is_empty()
    }
}

/// How far a proposal is.
#[derive(Clone)]
enum Stage {
    Asking,
    /// How many of its calls are made.
    Running(usize),
    Failed(Problem),
    /// Somebody else was quicker: what the object is now.
    Conflict(Arc<Value>),
}

impl Console {
    /// Shows what is to be changed, or does it at once where there is nothing to look at.
    pub fn propose(self, proposal: Proposal) {
        if proposal.asks() {
            show(self, proposal, Stage::Asking);
        } else {
            leptos::task::spawn_local(async move {
                if let Err((at, problem)) = self.make(&proposal, 0, |_| {}).await {
                    self.refused(proposal, at, problem).await;
                }
            });
        }
    }

    /// Makes the calls one after another, from the given one on.
    async fn make(self, proposal: &Proposal, from: usize, progress: impl Fn(usize)) -> Result<(), (usize, Problem)> {
        let mut answer = String::new();
        for (index, change) in proposal.changes.iter().enumerate().skip(from) {
            progress(index);
            answer = change.send().await.map_err(|problem| (index, problem))?;
        }
        self.proposal.set(None);
        self.say(proposal.done.to_owned());
        match &proposal.after {
            After::Reload => self.reload(),
            After::Go(path) => self.go(path),
            After::GoToMade(path) => {
                let made: Value = serde_json::from_str(&answer).unwrap_or_default();
                match made.get("id").and_then(Value::as_str) {
                    Some(id) => self.go(&format!("{path}/{id}")),
                    None => self.reload(),
                }
            }
        }
        Ok(())
    }

    /// Tells a refusal where it belongs: at the form, or in the dialog.
    async fn refused(self, mut proposal: Proposal, at: usize, problem: Problem) {
        proposal.changes.drain(..at);
        if problem.status == 412 {
            let path = proposal.changes.first().map(|change| object_of(&change.path)).unwrap_or_default();
            let now: Value = Api::default().read(&path).await.unwrap_or_default();
            show(self, proposal, Stage::Conflict(Arc::new(now)));
            return;
        }
        match proposal.form {
            Some(form) if matches!(problem.status, 400 | 409 | 422) => {
                self.proposal.set(None);
                form.problem.set(Some(problem));
                #[cfg(feature = "hydrate")]
                request_animation_frame(to_first_error);
            }
            _ => show(self, proposal, Stage::Failed(problem)),
        }
    }
}

/// Where what a call changes can be read.
fn object_of(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let verb = ["/move", "/disable", "/enable"].into_iter().find_map(|verb| path.strip_suffix(verb));
    verb.unwrap_or(path).to_owned()
}

#[cfg(feature = "hydrate")]
fn to_first_error() {
    use wasm_bindgen::JsCast;
    let wrong = document().query_selector("#main [aria-invalid='true']").ok().flatten();
    if let Some(wrong) = wrong.and_then(|wrong| wrong.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = wrong.focus();
    }
}

/// The stage of the proposal that is shown now.
#[derive(Clone, Copy)]
struct Stages(RwSignal<Stage>);

/// Shows a proposal at a stage.
fn show(console: Console, proposal: Proposal, stage: Stage) {
    if let Some(Stages(stages)) = STAGES.with(std::cell::Cell::get) {
        stages.set(stage);
    }
    console.proposal.set(Some(proposal));
}

thread_local! {
    // The dialog is there once a page; what runs after an answer has no owner to ask for it.
    static STAGES: std::cell::Cell<Option<Stages>> = const { std::cell::Cell::new(None) };
}

/// The dialog in which changes are shown before they are made.
pub fn dialog(console: Console) -> AnyView {
    let t = use_text();
    let stage = RwSignal::new(Stage::Asking);
    #[cfg(feature = "hydrate")]
    STAGES.with(|stages| stages.set(Some(Stages(stage))));
    let open = RwSignal::new(false);
    effect(move || {
        let there = console.proposal.with(Option::is_some);
        open.set(there);
    });
    effect(move || {
        if !open.get() && console.proposal.with_untracked(Option::is_some) {
            console.proposal.set(None);
        }
    });
    let title = Signal::derive(move || console.proposal.with(|proposal| proposal.as_ref().map(|proposal| proposal.title.clone()).unwrap_or_default()));
    view! {
        <Dialog open title class="proposal">
            {dynamic(move || console.proposal.get().map(|proposal| content(console, t, proposal, stage, open)))}
        </Dialog>
    }
    .any()
}

fn content(console: Console, t: &'static ConsoleText, proposal: Proposal, stage: RwSignal<Stage>, open: RwSignal<bool>) -> AnyView {
    let typed = RwSignal::new(String::new());
    let wanted = proposal.confirm.clone();
    let steps = proposal.changes.len();
    let shown = proposal.preview.then(|| preview::preview(console, t, proposal.changes.clone()));
    let apply = {
        let proposal = proposal.clone();
        let wanted = wanted.clone();
        move || {
            if wanted.as_ref().is_some_and(|name| typed.with_untracked(|typed| typed.trim() != name.trim()))
                || matches!(stage.get_untracked(), Stage::Running(_))
            {
                return;
            }
            let proposal = proposal.clone();
            stage.set(Stage::Running(0));
            leptos::task::spawn_local(async move {
                if let Err((at, problem)) = console.make(&proposal, 0, move |index| stage.set(Stage::Running(index))).await {
                    console.refused(proposal, at, problem).await;
                }
            });
        }
    };
    let ready = {
        let wanted = wanted.clone();
        move || wanted.as_ref().is_none_or(|name| typed.with(|typed| typed.trim() == name.trim())) && !matches!(stage.get(), Stage::Running(_))
    };
    let text = proposal.text.clone();
    let (yes, class) = (proposal.yes, if proposal.danger { "button danger" } else { "button primary" });
    let asked = move || {
        view! {
            <div class="actions">
                <button type="button" class="button" on:click=pressing(move |_| open.set(false))>{t.discard}</button>
                <button type="button" class=class id="apply" aria-disabled=dynamic({ let ready = ready.clone(); move || if ready() { "false" } else { "true" } }) on:click=pressing({ let apply = apply.clone(); move |_| apply() })>
                    {yes}
                </button>
            </div>
        }
        .any()
    };
    let told = move || match stage.get() {
        Stage::Asking => asked(),
        Stage::Running(done) => view! { <p class="soft" role="status">{crate::text::fill(t.working, &[&(done + 1), &steps])}</p> }.any(),
        Stage::Failed(problem) => view! {
            <p class="notice danger" role="alert">{icon(Icon::Warning)} <span>{t.problem(&problem)}</span></p>
            {asked()}
        }
        .any(),
        Stage::Conflict(now) => conflict::conflict(console, t, proposal.clone(), &now),
    };
    view! {
        {(!text.is_empty()).then(|| view! { <p class="soft">{text}</p> }.any())}
        {shown}
        {wanted.map(|name| view! {
            <div class="field">
                <label for="confirm-name">{crate::text::fill(t.type_name, &[&name])}</label>
                <input class="input" id="confirm-name" autocomplete="off" on:input=move |input| typed.set(event_target_value(&input))/>
            </div>
        }.any())}
        {dynamic(told)}
    }
    .any()
}
