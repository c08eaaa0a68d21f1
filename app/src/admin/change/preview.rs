//! Who would gain and lose what, before a change is made.

use leptos::prelude::*;
use stoa_domain::wire::preview::{Method, Preview, Previewed, PreviewedAccess, Proposed};
use stoa_domain::wire::problem::Problem;

use super::Change;
use crate::admin::console::Console;
use crate::admin::text::ConsoleText;
use crate::admin::{address, why};
use crate::api::Api;
use crate::text::fill;
use crate::ui::{Erase, Icon, dynamic, icon, pressing};

/// Lines that are asked for at a time.
const PAGE: u32 = 20;

#[derive(Clone, Default)]
struct Found {
    totals: Option<(u64, u64, u64)>,
    items: Vec<PreviewedAccess>,
    next: Option<String>,
    problem: Option<Problem>,
    /// Of several, those that would be refused, and why: the others are worked out without them.
    refused: Vec<(String, Problem)>,
}

pub fn preview(console: Console, t: &'static ConsoleText, changes: Vec<Change>, each: bool) -> AnyView {
    let found = RwSignal::new(Found::default());
    let busy = RwSignal::new(true);
    let changes = StoredValue::new(changes);
    let ask = move |cursor: Option<String>| {
        busy.set(true);
        leptos::task::spawn_local(async move {
            let mut all = changes.get_value();
            let mut answer = asked(&all, cursor.clone()).await;
            while let Err(problem) = &answer
                && each
                && let Some(place) = place(problem).filter(|place| *place < all.len())
            {
                let refused = (all.remove(place).label, problem.clone());
                found.try_update(|found| found.refused.push(refused));
                answer = asked(&all, cursor.clone()).await;
            }
            changes.try_set_value(all);
            busy.try_set(false);
            found.try_update(|found| match answer {
                Ok(page) => {
                    found.totals = Some((page.lost, page.gained, page.rooms));
                    found.items.extend(page.items);
                    found.next = page.next;
                }
                Err(problem) => found.problem = Some(problem),
            });
        });
    };
    ask(None);
    let shown = move || {
        let Found { totals, items, next, problem, refused } = found.get();
        if let Some(problem) = problem {
            return view! { <p class="notice danger" role="alert">{icon(Icon::Warning)} <span>{t.told(&problem)}</span></p> }.any();
        }
        let Some((lost, gained, rooms)) = totals else {
            return view! { <p class="soft" role="status">{t.working_out}</p> }.any();
        };
        let refused: Vec<AnyView> =
            refused.iter().map(|(label, problem)| view! { <li><strong dir="auto">{label.clone()}</strong> " " {t.told(problem)}</li> }.any()).collect();
        let refused = (!refused.is_empty()).then(|| {
            view! {
                <p class="notice warn" role="status">{icon(Icon::Warning)} <span>{t.bulk_would_refuse}</span></p>
                <ul class="refused" tabindex="0" aria-label=t.bulk_would_refuse>{refused}</ul>
            }
            .into_any()
        });
        if lost == 0 && gained == 0 {
            return view! { {refused} <p class="soft" role="status">{t.nobody_affected}</p> }.into_any();
        }
        let number = |class: &'static str, count: u64, what: &'static str| view! { <div class=class><strong>{t.number(count)}</strong>{what}</div> }.any();
        let lines: Vec<AnyView> = items.iter().map(|item| line(console, t, item)).collect();
        view! {
            {refused}
            <div class="big num" role="status">
                {number(if lost > 0 { "lost" } else { "" }, lost, t.lose_access)}
                {number("", gained, t.gain_access)}
                {number("", rooms, t.rooms_touched)}
            </div>
            <ul class="affected" tabindex="0" aria-label=t.affected>{lines}</ul>
            {next.map(|next| view! {
                <button type="button" class="button quiet" on:click=pressing(move |_| ask(Some(next.clone())))>{t.show_more}</button>
            }.any())}
        }
        .into_any()
    };
    view! { <div class="preview" aria-busy=dynamic(move || if busy.get() { "true" } else { "false" })>{dynamic(shown)}</div> }.any()
}

fn line(console: Console, t: &'static ConsoleText, item: &PreviewedAccess) -> AnyView {
    let rights = |rights: &[stoa_domain::access::Right]| rights.iter().map(|right| t.right(*right)).collect::<Vec<_>>().join(", ");
    let (lost, gained) = (rights(&item.lost), rights(&item.gained));
    let because = why::short(console, t, &item.because);
    view! {
        <li>
            <strong dir="auto">{item.user.display_name.clone()}</strong>
            " "
            <a href=address::room(item.room.id) dir="auto">{format!("# {}", item.room.name)}</a>
            {(!lost.is_empty()).then(|| view! { <span class="tag danger">{fill(t.loses, &[&lost])}</span> }.any())}
            {(!gained.is_empty()).then(|| view! { <span class="tag good">{fill(t.gains, &[&gained])}</span> }.any())}
            {because}
        </li>
    }
    .any()
}

/// Which of the calls a refusal is about.
fn place(problem: &Problem) -> Option<usize> {
    let field = &problem.errors.first()?.field;
    field.strip_prefix("/changes/")?.split('/').next()?.parse().ok()
}

async fn asked(changes: &[Change], cursor: Option<String>) -> Result<Previewed, Problem> {
    let changes = changes
        .iter()
        .map(|change| Proposed { method: Method::parse(change.method).unwrap_or(Method::Post), path: change.path.clone(), body: change.body.clone() })
        .collect();
    let body = serde_json::to_string(&Preview { changes, cursor, limit: Some(PAGE) }).map_err(|_| Problem::internal())?;
    let answer = Api::default().change("POST", "/access/preview", Some(body), None).await?;
    serde_json::from_str(&answer).map_err(|_| Problem::internal())
}
