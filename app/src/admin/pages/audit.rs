//! The audit log: what was done and looked at, by whom, and whether the log is whole.

use leptos::prelude::*;
use stoa_domain::wire::Page;
use stoa_domain::wire::audit::{AuditRecord, ChainHead, Verification, Verify};
use stoa_domain::wire::problem::Problem;

use super::super::address::{self, Address, section};
use super::super::difference::difference;
use super::super::table;
use super::super::text::ConsoleText;
use crate::api::Api;
use crate::routes::with_query;
use crate::text::fill;
use crate::ui::{Erase, Icon, dynamic, icon, pressing};

/// The filters, as they stand in the address and in the API.
const FILTERS: [&str; 6] = ["q", "action", "object", "by", "from", "to"];

pub fn audit(t: &'static ConsoleText, page: &Page<AuditRecord>, address: &Address) -> AnyView {
    let values: Vec<(&str, String)> = FILTERS.iter().map(|name| (*name, address.query.get(name))).collect();
    let value = |name: &str| values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()).unwrap_or_default();
    let pairs: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let filters = view! {
        <input class="input" name="action" aria-label=t.action placeholder=t.action_hint value=value("action")/>
        <input class="input" name="object" aria-label=t.object placeholder=t.object_hint value=value("object")/>
        <label class="until"><span>{t.from}</span><input class="input" type="date" name="from" value=day(&value("from"))/></label>
        <label class="until"><span>{t.to}</span><input class="input" type="date" name="to" value=day(&value("to"))/></label>
    }
    .into_any();
    let export = |format: &str| {
        let all: Vec<(&str, &str)> = pairs.iter().copied().chain([("format", format)]).collect();
        with_query("/api/v1/audit/export", &all)
    };
    let actions = view! {
        <a class="button quiet" href=export("csv") download="audit.csv">{t.csv}</a>
        <a class="button quiet" href=export("jsonl") download="audit.jsonl">"JSON Lines"</a>
    }
    .into_any();
    let records: Vec<AnyView> = page.items.iter().map(|record| record_line(t, record)).collect();
    let list = if records.is_empty() { table::nothing(t.no_records) } else { view! { <ol class="records">{records}</ol> }.any() };
    view! {
        {table::head(Vec::new(), view! { {t.audit} }.into_any(), actions)}
        {verification(t)}
        {table::search("/admin/audit", value("q"), t, filters)}
        {list}
        {table::more(&section("audit"), &pairs, page.next.clone(), t)}
    }
    .into_any()
}

/// What happened to one thing, as a part of its page.
pub fn history(t: &'static ConsoleText, page: &Page<AuditRecord>, path: &str) -> AnyView {
    if page.items.is_empty() {
        return table::nothing(t.no_records);
    }
    let records: Vec<AnyView> = page.items.iter().map(|record| record_line(t, record)).collect();
    view! {
        <ol class="records">{records}</ol>
        {table::more(path, &[("tab", "history")], page.next.clone(), t)}
    }
    .into_any()
}

/// The day of a moment, as a date's field has it.
fn day(text: &str) -> String {
    text.get(..10).unwrap_or_default().to_owned()
}

fn record_line(t: &'static ConsoleText, record: &AuditRecord) -> AnyView {
    let who = record.by.as_ref().map_or_else(|| t.the_server.to_owned(), |person| person.display_name.clone());
    // A link in what opens the record could not be reached by itself.
    let by = record.by.as_ref().map(|person| table::fact(t.who, view! { <a href=address::person(person.id)>{format!("@{}", person.name)}</a> }.any()));
    let object = record.object_name.clone().unwrap_or_else(|| record.object.clone());
    let linked = match (&record.position, &record.hash) {
        (Some(position), Some(hash)) => fill(t.linked, &[&t.number(u64::try_from(*position).unwrap_or_default()), &hash.get(..12).unwrap_or(hash)]),
        _ => t.not_linked.to_owned(),
    };
    view! {
        <li>
            <details>
                <summary>
                    {table::moment(record.at, t)}
                    <span><strong dir="auto">{who}</strong> " · " <code>{record.action.clone()}</code> " · " <span dir="auto">{object}</span></span>
                </summary>
                <dl class="record">
                    {by}
                    {table::fact(t.object, view! { <a href=with_query("/admin/audit", &[("object", &record.object)])><code>{record.object.clone()}</code></a> }.any())}
                    {table::fact(t.from_where, view! { <span>{record.from.clone()}</span> }.any())}
                    {difference(t, &record.before, &record.after)}
                    {table::fact(t.chain, view! { <span class="num">{linked}</span> }.any())}
                </dl>
            </details>
        </li>
    }
    .any()
}

#[derive(Clone)]
enum Checked {
    No,
    Running(i64),
    Done(Box<Verification>),
    Failed(Problem),
}

/// Looks through the whole chain, a slice at a time.
fn verification(t: &'static ConsoleText) -> AnyView {
    let checked = RwSignal::new(Checked::No);
    let noted = RwSignal::new(String::new());
    let run = move |_| {
        let expect = noted.with_untracked(|text| {
            let (position, hash) = text.trim().split_once(':')?;
            Some(ChainHead { position: position.trim().parse().ok()?, hash: hash.trim().to_owned() })
        });
        checked.set(Checked::Running(0));
        leptos::task::spawn_local(async move {
            let mut cursor = None;
            loop {
                match verify(Verify { cursor, expect: expect.clone() }).await {
                    Err(problem) => return drop(checked.try_set(Checked::Failed(problem))),
                    Ok(Verification { next: Some(next), finding: None, records, .. }) => {
                        checked.try_set(Checked::Running(records));
                        cursor = Some(next);
                    }
                    Ok(done) => return drop(checked.try_set(Checked::Done(Box::new(done)))),
                }
            }
        });
    };
    let told = move || match checked.get() {
        Checked::No => ().into_any(),
        Checked::Running(records) => {
            view! { <p class="soft" role="status">{fill(t.verifying, &[&t.number(u64::try_from(records).unwrap_or_default())])}</p> }.any()
        }
        Checked::Failed(problem) => view! { <p class="notice danger" role="alert">{icon(Icon::Warning)} <span>{t.problem(&problem)}</span></p> }.any(),
        Checked::Done(done) => match &done.finding {
            Some(finding) => view! { <p class="notice danger" role="alert">{icon(Icon::Warning)} <span>{fill(t.broken, &[&finding.text])}</span></p> }.any(),
            None => {
                let head = format!("{}:{}", done.head.position, done.head.hash);
                view! {
                    <div class="notice good" role="status">
                        {icon(Icon::Check)}
                        <span>{fill(t.whole, &[&t.number(u64::try_from(done.records).unwrap_or_default())])} " " {t.note_head} " " <code>{head}</code></span>
                    </div>
                }
                .any()
            }
        },
    };
    view! {
        <section class="verify needs-script">
            <div class="adding">
                <input class="input" aria-label=t.noted_head placeholder=t.noted_head on:input=move |input| noted.set(event_target_value(&input))/>
                <button type="button" class="button" id="verify" on:click=pressing(run)>{t.verify}</button>
            </div>
            {dynamic(told)}
        </section>
    }
    .any()
}

async fn verify(ask: Verify) -> Result<Verification, Problem> {
    let body = serde_json::to_string(&ask).map_err(|_| Problem::internal())?;
    let answer = Api::default().change("POST", "/audit/verify", Some(body), None).await?;
    serde_json::from_str(&answer).map_err(|_| Problem::internal())
}
