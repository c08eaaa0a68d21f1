//! Changes: calls of the API that are proposed, shown with what they would do, and then made.

use std::sync::Arc;

use leptos::prelude::*;
use serde_json::Value;
use stoa_domain::wire::problem::Problem;

use super::console::Console;
use super::form::Form;
use super::text::{ConsoleText, use_text};
use crate::api::Api;

mod conflict;
mod dialog;
mod preview;

pub use dialog::dialog;

/// One call of the API.
#[derive(Debug, Clone)]
pub struct Change {
    pub method: &'static str,
    /// Below `/api/v1`.
    pub path: String,
    pub body: Option<Value>,
    /// The version that it changes.
    pub version: Option<String>,
    /// What it is done to, where the same is done to several.
    pub label: String,
    /// What was seen of the object, to say what somebody else changed of it meanwhile.
    pub seen: Option<Value>,
}

impl Change {
    pub fn new(method: &'static str, path: String, body: Option<Value>) -> Self {
        Self { method, path, body, version: None, label: String::new(), seen: None }
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
    /// Whether each call is made whatever became of the others.
    pub each: bool,
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
            each: false,
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
    pub fn each(self) -> Self {
        Self { each: true, ..self }
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
    /// Some of several failed: how many were done, and what became of the others.
    Partly(usize, Arc<Vec<(String, Problem)>>),
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
        // What was opened in it may be somewhere else now.
        self.tree.set_value(Vec::new());
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

    /// Makes each of the calls, and tells which were refused.
    async fn make_each(self, proposal: &Proposal, progress: impl Fn(usize)) {
        let mut refused = Vec::new();
        for (index, change) in proposal.changes.iter().enumerate() {
            progress(index);
            if let Err(problem) = change.send().await {
                refused.push((change.label.clone(), problem));
            }
        }
        self.reload();
        let done = proposal.changes.len() - refused.len();
        if refused.is_empty() {
            self.proposal.set(None);
            self.say(proposal.done.to_owned());
        } else {
            let told = Proposal { changes: Vec::new(), preview: false, confirm: None, text: String::new(), ..proposal.clone() };
            show(self, told, Stage::Partly(done, Arc::new(refused)));
        }
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
