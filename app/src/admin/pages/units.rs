//! Organisational units and partners' domains: short lists of names that are made, renamed and removed.

use leptos::prelude::*;
use serde::Serialize;
use stoa_domain::wire::Page;
use stoa_domain::wire::domain::{ChangeDomain, Domain, NewDomain};
use stoa_domain::wire::unit::{ChangeUnit, NewUnit, Unit};

use super::super::address::{Address, section};
use super::super::change::{Change, Proposal};
use super::super::console::Console;
use super::super::form::{self, Form, Labelled};
use super::super::table;
use super::super::text::ConsoleText;
use crate::text::fill;
use crate::ui::{Dialog, Erase, dynamic, pressing};

/// One line of such a list.
#[derive(Clone)]
struct Named {
    /// Below `/api/v1`.
    path: String,
    name: String,
    /// Where it stands, or what else tells it apart.
    detail: String,
    people: u64,
    version: String,
}

pub fn units(console: Console, t: &'static ConsoleText, page: &Page<Unit>, address: &Address) -> AnyView {
    let lines = page
        .items
        .iter()
        .map(|unit| Named {
            path: format!("/units/{}", unit.id),
            name: unit.name.clone(),
            detail: unit.path.join(" › "),
            people: unit.people,
            version: unit.version.clone(),
        })
        .collect();
    let parents = page.items.iter().map(|unit| {
        let whole: Vec<&str> = unit.path.iter().map(String::as_str).chain([unit.name.as_str()]).collect();
        (unit.id.to_string(), whole.join(" › "))
    });
    let parents: Vec<(String, String)> = [(String::new(), t.top.to_owned())].into_iter().chain(parents).collect();
    let make = move |state: Form, fields: form::Fields| {
        let new = NewUnit { name: fields.get("name"), parent: fields.get("parent").parse().ok() };
        create(console, t.new_unit, "/units", &new, state);
    };
    let extra = move |state: Form| form::select(state, Labelled::new("new", "parent", t.parent), "", parents.clone());
    let rename = |name: String| serde_json::to_value(ChangeUnit { name: Some(name), ..ChangeUnit::default() }).ok();
    let texts = Texts { title: t.units, make: t.new_unit, empty: t.no_units, detail: t.parent, help: t.units_help };
    list(console, t, texts, lines, page.next.clone(), "units", address, make, extra, rename)
}

pub fn domains(console: Console, t: &'static ConsoleText, page: &Page<Domain>, address: &Address) -> AnyView {
    let lines = page
        .items
        .iter()
        .map(|domain| Named {
            path: format!("/domains/{}", domain.id),
            name: domain.name.clone(),
            // Where the two differ one looks twice.
            detail: if domain.ascii == domain.name { String::new() } else { domain.ascii.clone() },
            people: domain.people,
            version: domain.version.clone(),
        })
        .collect();
    let make = move |state: Form, fields: form::Fields| create(console, t.new_domain, "/domains", &NewDomain { name: fields.get("name") }, state);
    let rename = |name: String| serde_json::to_value(ChangeDomain { name: Some(name) }).ok();
    let texts = Texts { title: t.domains, make: t.new_domain, empty: t.no_domains, detail: t.dns_name, help: t.domains_help };
    list(console, t, texts, lines, page.next.clone(), "domains", address, make, |_| ().into_any(), rename)
}

fn create(console: Console, title: &'static str, path: &str, new: &impl Serialize, state: Form) {
    let change = Change::new("POST", path.to_owned(), serde_json::to_value(new).ok());
    console.propose(Proposal::new(title, vec![change]).form(state));
}

struct Texts {
    title: &'static str,
    make: &'static str,
    empty: &'static str,
    detail: &'static str,
    help: &'static str,
}

#[allow(clippy::too_many_arguments)]
fn list(
    console: Console,
    t: &'static ConsoleText,
    texts: Texts,
    lines: Vec<Named>,
    next: Option<String>,
    word: &'static str,
    address: &Address,
    make: impl Fn(Form, form::Fields) + Copy + Send + 'static,
    extra: impl Fn(Form) -> AnyView + Send + 'static,
    rename: impl Fn(String) -> Option<serde_json::Value> + Copy + Send + Sync + 'static,
) -> AnyView {
    let may = console.administers_people();
    let (making, renaming) = (RwSignal::new(false), RwSignal::new(None::<Named>));
    let words = address.query.get("q");
    let rows: Vec<AnyView> = lines.into_iter().map(|line| row(console, t, line, may, renaming)).collect();
    let actions = view! {
        {may.then(|| view! { <button type="button" class="button primary needs-script" id="make" on:click=pressing(move |_| making.set(true))>{texts.make}</button> }.any())}
    }
    .into_any();
    let path = if word == "units" { "/admin/units" } else { "/admin/domains" };
    let list = if rows.is_empty() { table::nothing(texts.empty) } else { table::table(texts.title, &[t.name, texts.detail, t.n_people, ""], rows) };
    let title = texts.make;
    let made = Signal::derive(move || title.to_owned());
    let state = Form::new();
    view! {
        {table::head(Vec::new(), view! { {texts.title} }.into_any(), actions)}
        <p class="soft small">{texts.help}</p>
        {table::search(path, words.clone(), t, ().into_any())}
        {list}
        {table::more(&section(word), &[("q", &words)], next, t)}
        {may.then(|| {
            let fields = view! {
                {form::input(state, Labelled::new("new", "name", t.name), "text", String::new())}
                {extra(state)}
                <div class="actions"><button class="button primary">{t.create}</button></div>
            }
            .into_any();
            view! {
                <Dialog open=making title=made>{form::form(state, "", move |fields| make(state, fields), fields)}</Dialog>
                {rename_dialog(console, t, renaming, rename)}
            }
            .into_any()
        })}
    }
    .into_any()
}

fn row(console: Console, t: &'static ConsoleText, line: Named, may: bool, renaming: RwSignal<Option<Named>>) -> AnyView {
    let (renamed, gone) = (line.clone(), line.clone());
    let remove = move |_| {
        let change = Change { version: Some(gone.version.clone()), ..Change::new("DELETE", gone.path.clone(), None) };
        console.propose(Proposal::new(fill(t.delete_group, &[&gone.name]), vec![change]).text(t.delete_group_text).danger(t.delete));
    };
    view! {
        <tr>
            <th scope="row" dir="auto">{line.name.clone()}</th>
            <td class="soft" dir="auto">{line.detail}</td>
            <td class="num">{t.number(line.people)}</td>
            <td>{may.then(|| view! {
                <span class="row-actions">
                    <button type="button" class="button quiet needs-script" aria-label=fill(t.rename_named, &[&line.name]) on:click=pressing(move |_| renaming.set(Some(renamed.clone())))>{t.rename}</button>
                    <button type="button" class="button quiet needs-script" aria-label=fill(t.delete_group, &[&line.name]) on:click=pressing(remove)>{t.delete}</button>
                </span>
            }.any())}</td>
        </tr>
    }
    .any()
}

fn rename_dialog(
    console: Console,
    t: &'static ConsoleText,
    renaming: RwSignal<Option<Named>>,
    rename: impl Fn(String) -> Option<serde_json::Value> + Copy + Send + Sync + 'static,
) -> AnyView {
    let open = RwSignal::new(false);
    crate::ui::effect(move || open.set(renaming.with(Option::is_some)));
    let title = Signal::derive(move || renaming.with(|line| line.as_ref().map(|line| fill(t.rename_named, &[&line.name])).unwrap_or_default()));
    let content = move || {
        renaming.get().map(|line| {
            let state = Form::new();
            let name = line.name.clone();
            let send = move |fields: form::Fields| {
                let change = Change { version: Some(line.version.clone()), ..Change::new("PATCH", line.path.clone(), rename(fields.get("name"))) };
                console.propose(Proposal::new(line.name.clone(), vec![change]).form(state));
            };
            let fields = view! {
                {form::input(state, Labelled::new("rename", "name", t.name), "text", name)}
                <div class="actions"><button class="button primary">{t.save}</button></div>
            }
            .into_any();
            form::form(state, "", send, fields)
        })
    };
    view! { <Dialog open title>{dynamic(content)}</Dialog> }.any()
}
