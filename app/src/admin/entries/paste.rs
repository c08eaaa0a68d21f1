//! Many addresses at once: known ones are taken, unknown ones told.

use leptos::prelude::*;
use stoa_domain::principal::Principal;
use stoa_domain::wire::principals::{Resolve, Resolved};
use stoa_domain::wire::problem::Problem;

use crate::admin::text::ConsoleText;
use crate::api::Api;
use crate::text::fill;
use crate::ui::{Dialog, Erase, Icon, dynamic, icon, pressing};

pub fn dialog(t: &'static ConsoleText, open: RwSignal<bool>, take: impl Fn(Principal, String) + Copy + Send + Sync + 'static) -> AnyView {
    let text = RwSignal::new(String::new());
    let told = RwSignal::new(None::<Result<(usize, Vec<String>), Problem>>);
    let run = move |_| {
        let lines: Vec<String> =
            text.with_untracked(|text| text.split(['\n', ',', ';']).map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect());
        leptos::task::spawn_local(async move {
            let answer = resolve(lines).await.map(|found| {
                let known = found.known.len();
                for line in found.known {
                    take(line.principal, line.name);
                }
                (known, found.unknown.into_iter().map(|line| line.line).collect::<Vec<_>>())
            });
            if let Ok((_, unknown)) = &answer {
                // What isn't known stays, to be mended.
                text.set(unknown.join("\n"));
                if unknown.is_empty() {
                    open.set(false);
                }
            }
            told.set(Some(answer));
        });
    };
    let result = move || {
        told.get().map(|told| match told {
            Err(problem) => view! { <p class="notice danger" role="alert">{icon(Icon::Warning)} <span>{t.told(&problem)}</span></p> }.any(),
            Ok((known, unknown)) if unknown.is_empty() => view! { <p class="notice good" role="status">{fill(t.pasted, &[&known])}</p> }.any(),
            Ok((known, unknown)) => {
                view! { <p class="notice danger" role="alert">{icon(Icon::Warning)} <span>{fill(t.pasted_unknown, &[&known, &unknown.len()])}</span></p> }.any()
            }
        })
    };
    let title = Signal::derive(move || t.paste_many.to_owned());
    view! {
        <Dialog open title>
            <div class="field">
                <label for="pasted">{t.paste_help}</label>
                <textarea class="input" id="pasted" rows="8" prop:value=dynamic(move || text.get()) on:input=move |input| text.set(event_target_value(&input))></textarea>
            </div>
            {dynamic(result)}
            <div class="actions">
                <button type="button" class="button" on:click=pressing(move |_| open.set(false))>{t.close}</button>
                <button type="button" class="button primary" on:click=pressing(run)>{t.take_known}</button>
            </div>
        </Dialog>
    }
    .any()
}

async fn resolve(lines: Vec<String>) -> Result<Resolved, Problem> {
    let body = serde_json::to_string(&Resolve { lines }).map_err(|_| Problem::internal())?;
    let answer = Api::default().change("POST", "/principals/resolve", Some(body), None).await?;
    serde_json::from_str(&answer).map_err(|_| Problem::internal())
}
