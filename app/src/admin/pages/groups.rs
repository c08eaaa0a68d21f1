//! Groups: the list, and one of them.

use leptos::prelude::*;
use stoa_domain::wire::Page;
use stoa_domain::wire::group::{ChangeGroup, Group, NewGroup};

use super::super::address::{self, Address, section};
use super::super::change::{After, Change, Proposal};
use super::super::console::Console;
use super::super::data::GroupPage;
use super::super::entries::{Editing, entries};
use super::super::form::{self, Form, Labelled};
use super::super::table;
use super::super::text::ConsoleText;
use crate::text::fill;
use crate::ui::{Dialog, Erase, pressing};

pub fn groups(console: Console, t: &'static ConsoleText, page: &Page<Group>, address: &Address) -> AnyView {
    let making = RwSignal::new(false);
    let words = address.query.get("q");
    let may = console.administers_people();
    let actions = view! {
        {may.then(|| view! { <button type="button" class="button primary needs-script" id="new-group" on:click=pressing(move |_| making.set(true))>{t.new_group}</button> }.any())}
    }
    .into_any();
    let rows: Vec<AnyView> = page
        .items
        .iter()
        .map(|group| {
            view! {
                <tr>
                    <th scope="row"><a href=address::group(group.id) dir="auto">{group.name.clone()}</a></th>
                    <td class="soft" dir="auto">{group.description.clone()}</td>
                    <td class="num">{t.number(group.people)}</td>
                </tr>
            }
            .any()
        })
        .collect();
    let list = if rows.is_empty() { table::nothing(t.no_groups) } else { table::table(t.groups, &[t.name, t.description, t.n_people], rows) };
    let state = Form::new();
    let create = move |fields: form::Fields| {
        let new = NewGroup { name: fields.get("name"), description: fields.get("description") };
        let change = Change::new("POST", "/groups".to_owned(), serde_json::to_value(new).ok());
        console.propose(Proposal::new(t.new_group, vec![change]).form(state).after(After::GoToMade(section("groups"))));
    };
    let title = Signal::derive(move || t.new_group.to_owned());
    view! {
        {table::head(Vec::new(), view! { {t.groups} }.into_any(), actions)}
        {table::search("/admin/groups", words.clone(), t, ().into_any())}
        {list}
        {table::more(&section("groups"), &[("q", &words)], page.next.clone(), t)}
        {may.then(|| {
            let fields = view! {
                {form::input(state, Labelled::new("new-group", "name", t.name), "text", String::new())}
                {form::input(state, Labelled::new("new-group", "description", t.description), "text", String::new())}
                <div class="actions"><button class="button primary">{t.create}</button></div>
            }
            .into_any();
            view! { <Dialog open=making title>{form::form(state, "", create, fields)}</Dialog> }.any()
        })}
    }
    .into_any()
}

pub fn group(console: Console, t: &'static ConsoleText, page: &GroupPage) -> AnyView {
    let group = &page.group;
    let may = console.administers_people();
    let state = Form::new();
    let seen = group.clone();
    let save = move |fields: form::Fields| {
        let change = ChangeGroup {
            name: Some(fields.get("name")).filter(|name| *name != seen.name),
            description: Some(fields.get("description")).filter(|text| *text != seen.description),
        };
        let change = Change::new("PATCH", format!("/groups/{}", seen.id), serde_json::to_value(change).ok()).of(&seen);
        console.propose(Proposal::new(seen.name.clone(), vec![change]).form(state));
    };
    let gone = group.clone();
    let delete = move |_| {
        let change = Change::new("DELETE", format!("/groups/{}", gone.id), None).of(&gone);
        let proposal = Proposal::new(fill(t.delete_group, &[&gone.name]), vec![change]).text(t.delete_group_text).danger(t.delete).confirm(gone.name.clone());
        console.propose(proposal.preview().after(After::Go(section("groups"))));
    };
    let actions = view! {
        {may.then(|| view! { <button type="button" class="button needs-script" on:click=pressing(delete)>{t.delete} "…"</button> }.any())}
    }
    .into_any();
    let title = view! { {group.name.clone()} " " <span class="tag num">{t.number(group.people)} " " {t.n_people}</span> }.into_any();
    let editing = Editing { title: t.group_members, help: t.group_members_help, may_change: may, kinds: "user,group" };
    let fields = view! {
        {form::input(state, Labelled::new("group", "name", t.name), "text", group.name.clone())}
        {form::input(state, Labelled::new("group", "description", t.description), "text", group.description.clone())}
        {form::save(t.save, console)}
    }
    .into_any();
    view! {
        {table::head(vec![(section("groups"), t.groups.to_owned())], title, actions)}
        {entries(console, t, page.members.clone(), editing)}
        {may.then(|| form::form(state, "wide", save, fields))}
    }
    .into_any()
}
