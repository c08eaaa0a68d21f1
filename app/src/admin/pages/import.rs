//! People from a file: first what it would do, line by line, then doing it.

use leptos::html;
use leptos::prelude::*;
use stoa_domain::wire::people::{ImportProgress, ImportState, Imported};
use stoa_domain::wire::problem::Problem;

use super::super::console::Console;
use super::super::table;
use super::super::text::ConsoleText;
use crate::api::Api;
use crate::text::fill;
use crate::ui::{Dialog, Erase, Icon, dynamic, icon, pressing};

pub fn dialog(console: Console, t: &'static ConsoleText, open: RwSignal<bool>) -> AnyView {
    let input = NodeRef::<html::Input>::new();
    let told = RwSignal::new(None::<Result<Imported, Problem>>);
    let busy = RwSignal::new(false);
    let progress = RwSignal::new(None::<ImportProgress>);
    let run = move |dry: bool, skip: bool| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        leptos::task::spawn_local(async move {
            let answer = match file(input).await {
                Some(bytes) => through(send(bytes, dry, skip).await, move |now| drop(progress.try_set(now))).await,
                None => Err(Problem::malformed().detail(t.import_help)),
            };
            busy.try_set(false);
            progress.try_set(None);
            if let Ok(done) = &answer
                && done.applied
            {
                console.say(fill(t.import_done, &[&t.number(done.created), &t.number(done.changed)]));
                open.set(false);
                console.reload();
            }
            told.try_set(Some(answer));
        });
    };
    let shown = move || told.get().map(|told| result(t, told, run));
    let title = Signal::derive(move || t.import_title.to_owned());
    view! {
        <Dialog open title class="proposal">
            <div class="field">
                <label for="import-file">{t.file}</label>
                <input class="input" id="import-file" type="file" accept=".csv,text/csv,text/plain" node_ref=input on:change=move |_| told.set(None) aria-describedby="import-help"/>
                <p class="hint" id="import-help">{t.import_help}</p>
            </div>
            <div aria-live="polite">{dynamic(shown)}</div>
            {dynamic(move || progress.get().map(|progress| how_far(t, &progress)))}
            <div class="actions">
                <button type="button" class="button" aria-disabled=dynamic(move || if busy.get() { "true" } else { "false" }) on:click=pressing(move |_| run(true, false))>{t.check_file}</button>
            </div>
        </Dialog>
    }
    .any()
}

fn result(t: &'static ConsoleText, told: Result<Imported, Problem>, run: impl Fn(bool, bool) + Copy + 'static) -> AnyView {
    let found = match told {
        Err(problem) => {
            return view! { <p class="notice danger" role="alert">{icon(Icon::Warning)} <span>{t.told(&problem)}</span></p> }.any();
        }
        Ok(found) => found,
    };
    let counts = [found.created, found.changed, found.unchanged, found.refused].map(|count| t.number(count));
    let refused: Vec<AnyView> = found
        .refusals
        .iter()
        .map(|line| view! { <tr><td class="num">{t.number(line.line)}</td><td>{line.column.to_string()}</td><td>{line.message.clone()}</td></tr> }.any())
        .collect();
    let some = found.created + found.changed > 0;
    let bad = found.refused > 0;
    view! {
        <p class="small">{fill(t.import_counts, &[&counts[0], &counts[1], &counts[2], &counts[3]])}</p>
        {bad.then(|| table::table(t.problem_word, &[t.line, t.column, t.problem_word], refused))}
        {some.then(|| view! {
            <div class="actions"><button type="button" class="button primary" id="import-now" on:click=pressing(move |_| run(false, bad))>{if bad { t.import_rest } else { t.import_now }}</button></div>
        }.any())}
    }
    .into_any()
}

/// While it goes on behind the answer.
fn how_far(t: &'static ConsoleText, progress: &ImportProgress) -> AnyView {
    let said = fill(t.progress, &[&t.number(progress.done), &t.number(progress.of)]);
    view! { <p role="status"><progress max=progress.of value=progress.done aria-label=t.import_title></progress> " " <span class="num">{said}</span></p> }.any()
}

/// Looks at it until it has ended. What has stopped is a problem.
async fn through(mut answer: Result<Imported, Problem>, show: impl Fn(Option<ImportProgress>)) -> Result<Imported, Problem> {
    loop {
        let Ok(Imported { progress: Some(progress), .. }) = &answer else { return answer };
        match progress.state {
            ImportState::Done => return answer,
            ImportState::Stopped => return Err(Problem::unavailable().detail(progress.problem.clone().unwrap_or_default())),
            ImportState::Running => {}
        }
        let path = format!("/users/import/{}", progress.id);
        show(Some(progress.clone()));
        super::messages::wait().await;
        answer = Api::default().read(&path).await;
    }
}

async fn send(bytes: Vec<u8>, dry: bool, skip: bool) -> Result<Imported, Problem> {
    let answer = Api::default().upload(&format!("/users/import?dry_run={dry}&skip_bad={skip}"), "text/csv", bytes).await?;
    serde_json::from_str(&answer).map_err(|_| Problem::internal())
}

/// What is in the chosen file.
#[allow(clippy::unused_async)]
async fn file(input: NodeRef<html::Input>) -> Option<Vec<u8>> {
    #[cfg(feature = "hydrate")]
    {
        let file = input.get_untracked()?.files()?.get(0)?;
        let buffer = wasm_bindgen_futures::JsFuture::from(file.array_buffer()).await.ok()?;
        Some(js_sys::Uint8Array::new(&buffer).to_vec())
    }
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = input;
        None
    }
}
