//! The tree beside the settings of one of its categories.

use leptos::prelude::*;
use stoa_domain::category::{CategorySettings, Scope, Setting, Switch};
use stoa_domain::settings::FileLimits;
use stoa_domain::wire::access::At;
use stoa_domain::wire::category::{Category, ChangeCategory, Effective, MoveCategory, NewCategory, TreeLine};

use super::super::address::{self, Address};
use super::super::amount;
use super::super::change::{After, Change, Proposal};
use super::super::console::Console;
use super::super::data::{Categories, rooms_below};
use super::super::entries::{Editing, entries};
use super::super::form::{self, Form, Labelled};
use super::super::table;
use super::super::text::ConsoleText;
use super::{audit, rooms, tree, whom};
use crate::text::fill;
use crate::ui::{Dialog, Erase, Icon, dynamic, icon, pressing};

pub fn categories(console: Console, t: &'static ConsoleText, page: &Categories, address: &Address) -> AnyView {
    let chosen = page.category.as_ref().map(|category| category.id);
    let words = address.query.get("q");
    let content = page.category.as_ref().map(|category| content(console, t, page, category, address));
    view! {
        <div class="tree-page">
            <nav class="tree" aria-label=t.tree>
                <form method="get" action="/admin/categories" role="search">
                    <input class="input" type="search" name="q" id="find-category" aria-label=t.find_category placeholder=t.find_category value=words.clone()/>
                </form>
                {tree::tree(console, t, &page.tree, chosen, &words)}
            </nav>
            <main class="admin">{content}</main>
        </div>
    }
    .any()
}

fn content(console: Console, t: &'static ConsoleText, page: &Categories, category: &Category, address: &Address) -> AnyView {
    let path = address::category(category.id);
    let tab = Some(address.tab()).filter(|tab| !tab.is_empty()).unwrap_or_else(|| "settings".to_owned());
    let crumbs = page.above.iter().map(|(id, name)| (address::category(*id), name.clone())).collect();
    let making = RwSignal::new(false);
    let moving = RwSignal::new(false);
    let root = category.parent.is_none();
    let may = category.may_manage;
    let rooms_path = crate::routes::with_query(crate::routes::NEW_ROOM, &[("category", &category.id.to_string())]);
    let whole = console.sees_all();
    let actions = view! {
        {(may && !root).then(|| view! { <button type="button" class="button needs-script" on:click=pressing(move |_| moving.set(true))>{t.move_to}</button> }.any())}
        {may.then(|| view! { <button type="button" class="button needs-script" id="new-category" on:click=pressing(move |_| making.set(true))>{t.new_category}</button> }.any())}
        {category.may_create_rooms.then(|| view! { <a class="button primary" href=rooms_path>{t.new_room}</a> }.any())}
    }
    .into_any();
    let mut names = vec![("settings", t.tab_settings), ("scope", t.tab_scope), ("managers", t.tab_managers), ("members", t.tab_members)];
    if may || whole {
        names.push(("access", t.tab_whom));
    }
    names.push(("rooms", t.tab_rooms));
    if whole {
        names.push(("history", t.tab_history));
    }
    let tabs = table::tabs(t.category, &path, &names, &tab);
    let below = match tab.as_str() {
        "settings" => settings(console, t, category),
        "rooms" => page
            .rooms
            .as_ref()
            .map_or_else(|| table::nothing(t.nothing_here), |found| rooms::found(console, t, found, address, &path, rooms_below(category.id, address))),
        "access" => page.access.as_ref().map_or_else(|| table::nothing(t.not_yours), |access| whom::whom(console, t, category, access)),
        "history" => page.records.as_ref().map_or_else(|| table::nothing(t.not_yours), |records| audit::history(t, records, &path)),
        _ => lists(console, t, page, category),
    };
    view! {
        {table::head(crumbs, view! { {category.name.clone()} }.into_any(), actions)}
        {tabs}
        {below}
        {may.then(|| dialogs(console, t, category, making, moving))}
    }
    .into_any()
}

fn lists(console: Console, t: &'static ConsoleText, page: &Categories, category: &Category) -> AnyView {
    if page.lists.is_empty() {
        return table::nothing(t.not_yours);
    }
    let shown: Vec<AnyView> = page
        .lists
        .iter()
        .map(|listed| {
            let help = match listed.word.as_str() {
                "allowed" => t.allowed_help,
                "denied" => t.denied_help,
                "managers" => t.managers_help,
                "creators" => t.creators_help,
                _ => t.default_members_help,
            };
            let unused = listed.word == "allowed" && category.scope == Scope::Inherit;
            let editing = Editing { title: t.list(&listed.word), help, may_change: category.may_manage, kinds: "" };
            view! {
                {unused.then(|| view! { <p class="notice warn">{icon(Icon::Info)} <span>{t.allowed_unused}</span></p> }.any())}
                {entries(console, t, listed.clone(), editing)}
            }
            .into_any()
        })
        .collect();
    view! { <div class="lists">{shown}</div> }.any()
}

/// What a setting comes to, and whose word that is.
pub fn comes_to(t: &'static ConsoleText, comes: &Effective) -> AnyView {
    let from = match &comes.from {
        At::Category { name, .. } | At::Room { name, .. } => name.clone(),
        At::Pool => t.the_pool.to_owned(),
    };
    let text = if comes.locked { fill(t.locked_by, &[&from]) } else { fill(if comes.on { t.effective_on } else { t.effective_off }, &[&from]) };
    view! { <p class="comes faint tiny">{comes.locked.then(|| icon(Icon::Lock))} " " {text}</p> }.any()
}

/// One of the three settings, with what it comes to.
fn setting(
    t: &'static ConsoleText,
    (name, locked_name): (&'static str, &'static str),
    label: &'static str,
    value: Setting,
    comes: &Effective,
    root: bool,
    may: bool,
) -> AnyView {
    let mut options = vec![("on", t.on), ("off", t.off)];
    if !root {
        options.insert(0, ("inherit", t.inherit));
    }
    view! {
        <div class="setting">
            <span class="label">{label}</span>
            {form::switch(name, label, value.value.as_str(), options, !may)}
            {form::tick(locked_name, format!("{name}-locked"), t.locked, value.locked, !may)}
            {comes_to(t, comes)}
        </div>
    }
    .any()
}

fn settings(console: Console, t: &'static ConsoleText, category: &Category) -> AnyView {
    let state = Form::new();
    let (root, may) = (category.parent.is_none(), category.may_manage);
    let seen = category.clone();
    let send = move |fields: form::Fields| {
        let before = &seen;
        let pick =
            |name: &str, locked: &str, old: Setting| Setting { value: Switch::parse(&fields.get(name)).unwrap_or(old.value), locked: fields.is_on(locked) };
        let settings = CategorySettings {
            invitations: pick("invitations", "invitations_locked", before.settings.invitations),
            files: pick("files", "files_locked", before.settings.files),
            history: pick("history", "history_locked", before.settings.history),
        };
        let scope = Scope::parse(&fields.get("scope")).unwrap_or(before.scope);
        let inherit = if root { before.inherit_members } else { fields.is_on("inherit_members") };
        let change = ChangeCategory {
            name: Some(fields.get("name")).filter(|name| *name != before.name),
            description: Some(fields.get("description")).filter(|text| *text != before.description),
            scope: Some(scope).filter(|scope| *scope != before.scope),
            inherit_members: Some(inherit).filter(|inherit| *inherit != before.inherit_members),
            settings: Some(settings).filter(|settings| *settings != before.settings),
            limits: None,
        };
        let touches = change.scope.is_some() || change.inherit_members.is_some();
        let limits = amount::entered_limits(&fields, before.limits).map(|limits| ("limits".to_owned(), limits));
        let body = serde_json::to_value(change).ok().and_then(|body| Some(body.as_object()?.clone().into_iter().chain(limits).collect()));
        let change = Change::new("PATCH", format!("/categories/{}", before.id), body).of(before);
        let proposal = Proposal::new(before.name.clone(), vec![change]).form(state);
        console.propose(if touches { proposal.preview() } else { proposal });
    };
    let CategorySettings { invitations, files, history } = category.settings;
    let scope: Vec<AnyView> = [(Scope::Inherit, t.scope_inherit), (Scope::List, t.scope_list)]
        .into_iter()
        .filter(|(scope, _)| !(root && *scope == Scope::Inherit))
        .map(|(scope, text)| {
            let on = category.scope == scope;
            view! { <label class="choice"><input type="radio" name="scope" value=scope.as_str() checked=on disabled=!may/> <span>{text}</span></label> }.any()
        })
        .collect();
    let fields = view! {
        <section>
            {form::input(state, Labelled::new("category", "name", t.name), "text", category.name.clone())}
            {form::area(state, Labelled::new("category", "description", t.description), 3, category.description.clone())}
        </section>
        <fieldset>
            <legend>{t.scope}</legend>
            {scope}
            {(!root).then(|| form::tick("inherit_members", "inherit-members".to_owned(), t.inherit_members_above, category.inherit_members, !may))}
        </fieldset>
        <fieldset class="settings">
            <legend>{t.settings}</legend>
            {setting(t, ("invitations", "invitations_locked"), t.invitations, invitations, &category.effective.invitations, root, may)}
            {setting(t, ("files", "files_locked"), t.files, files, &category.effective.files, root, may)}
            {setting(t, ("history", "history_locked"), t.history, history, &category.effective.history, root, may)}
        </fieldset>
        {amount::limits(t, state, "category", category.limits, &category.effective)}
        {may.then(|| form::save(t.save, console))}
    }
    .into_any();
    let removed = category.clone();
    let remove = move |_| {
        let change = Change::new("DELETE", format!("/categories/{}", removed.id), None).of(&removed);
        let after = removed.parent.map_or_else(|| After::Go(address::section("categories")), |parent| After::Go(address::category(parent)));
        console.propose(
            Proposal::new(t.remove_category, vec![change]).text(t.remove_category_text).danger(t.remove_category).confirm(removed.name.clone()).after(after),
        );
    };
    view! {
        {form::form(state, "wide", send, fields)}
        {(may && !root).then(|| view! { <p class="danger-zone"><button type="button" class="button needs-script" on:click=pressing(remove)>{t.remove_category} "…"</button></p> }.any())}
    }
    .into_any()
}

fn dialogs(console: Console, t: &'static ConsoleText, category: &Category, making: RwSignal<bool>, moving: RwSignal<bool>) -> AnyView {
    let state = Form::new();
    let parent = category.id;
    let create = move |fields: form::Fields| {
        let new = NewCategory {
            name: fields.get("name"),
            parent,
            description: fields.get("description"),
            scope: Scope::Inherit,
            inherit_members: true,
            settings: CategorySettings::default(),
            limits: FileLimits::default(),
        };
        let change = Change::new("POST", "/categories".to_owned(), serde_json::to_value(new).ok());
        console.propose(Proposal::new(t.new_category, vec![change]).form(state).after(After::GoToMade(address::section("categories"))));
    };
    let fields = view! {
        {form::input(state, Labelled::new("new-category", "name", t.name), "text", String::new())}
        {form::area(state, Labelled::new("new-category", "description", t.description), 3, String::new())}
        <div class="actions"><button class="button primary">{t.create}</button></div>
    }
    .into_any();
    let made = Signal::derive(move || t.new_category.to_owned());
    let (title, seen) = (fill(t.move_category, &[&category.name]), category.clone());
    let move_title = title.clone();
    let pick = move |id: stoa_domain::id::CategoryId, name: String| {
        moving.set(false);
        let change = Change::new("POST", format!("/categories/{}/move", seen.id), serde_json::to_value(MoveCategory { parent: id }).ok()).of(&seen);
        console.propose(Proposal::new(format!("{title} → {name}"), vec![change]).text(t.move_text).preview());
    };
    let heading = Signal::derive(move || move_title.clone());
    view! {
        <Dialog open=making title=made>{form::form(state, "", create, fields)}</Dialog>
        <Dialog open=moving title=heading>{targets(t, pick)}</Dialog>
    }
    .into_any()
}

/// The categories that something can be moved to, by words.
pub fn targets(t: &'static ConsoleText, pick: impl Fn(stoa_domain::id::CategoryId, String) + Clone + Send + Sync + 'static) -> AnyView {
    let found = RwSignal::new(Vec::<TreeLine>::new());
    let ask = move |words: String| {
        leptos::task::spawn_local(async move {
            let path = crate::routes::with_query("/categories/tree", &[("q", words.trim())]);
            let page: Result<stoa_domain::wire::Page<TreeLine>, _> = crate::api::Api::default().read(&path).await;
            found.try_set(page.map(|page| page.items).unwrap_or_default());
        });
    };
    let asked = move |input: leptos::ev::Event| ask(event_target_value(&input));
    crate::ui::effect(move || ask(String::new()));
    let lines = move || {
        let lines: Vec<AnyView> = found.with(|found| {
            found
                .iter()
                .map(|line| {
                    let (id, name, pick) = (line.id, line.name.clone(), pick.clone());
                    view! {
                        <li style=format!("--depth: {}", line.depth)>
                            <button type="button" class="entry-line" on:click=pressing(move |_| pick(id, name.clone()))>{icon(Icon::Tree)} <span class="name" dir="auto">{line.name.clone()}</span></button>
                        </li>
                    }
                    .any()
                })
                .collect()
        });
        view! { <ul class="targets">{lines}</ul> }.any()
    };
    view! {
        <input class="input" type="search" aria-label=t.find_category placeholder=t.find_category on:input=asked/>
        {dynamic(lines)}
    }
    .into_any()
}
