//! The dialog in which changes are shown before they are made, and how far they are.

use leptos::prelude::*;
use stoa_domain::wire::problem::Problem;

use super::{Proposal, Stage, conflict, preview};
#[cfg(feature = "hydrate")]
use super::{STAGES, Stages};
use crate::admin::console::Console;
use crate::admin::text::{ConsoleText, use_text};
use crate::text::fill;
use crate::ui::{Dialog, Erase, Icon, dynamic, effect, icon, pressing};

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

/// Which of several were refused, and why.
fn partly(t: &'static ConsoleText, done: usize, refused: &[(String, Problem)], open: RwSignal<bool>) -> AnyView {
    let lines: Vec<AnyView> =
        refused.iter().map(|(label, problem)| view! { <li><strong dir="auto">{label.clone()}</strong> " " {t.told(problem)}</li> }.any()).collect();
    view! {
        <p class="notice danger" role="alert">{icon(Icon::Warning)} <span>{fill(t.bulk_partly, &[&done, &refused.len()])}</span></p>
        <ul class="refused" tabindex="0" aria-label=t.bulk_refused>{lines}</ul>
        <div class="actions"><button type="button" class="button" on:click=pressing(move |_| open.set(false))>{t.close}</button></div>
    }
    .into_any()
}

fn content(console: Console, t: &'static ConsoleText, proposal: Proposal, stage: RwSignal<Stage>, open: RwSignal<bool>) -> AnyView {
    let typed = RwSignal::new(String::new());
    let wanted = proposal.confirm.clone();
    let steps = proposal.changes.len();
    let shown = proposal.preview.then(|| preview::preview(console, t, proposal.changes.clone(), proposal.each));
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
                if proposal.each {
                    return console.make_each(&proposal, move |index| stage.set(Stage::Running(index))).await;
                }
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
        Stage::Running(done) => view! {
            <p class="soft" role="status">{fill(t.working, &[&(done + 1), &steps])}</p>
            <progress max=steps value=done aria-label=t.working_label></progress>
        }
        .into_any(),
        Stage::Partly(done, refused) => partly(t, done, &refused, open),
        Stage::Failed(problem) => view! {
            <p class="notice danger" role="alert">{icon(Icon::Warning)} <span>{t.told(&problem)}</span></p>
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
                <label for="confirm-name">{fill(t.type_name, &[&name])}</label>
                <input class="input" id="confirm-name" autocomplete="off" on:input=move |input| typed.set(event_target_value(&input))/>
            </div>
        }.any())}
        {dynamic(told)}
    }
    .any()
}
