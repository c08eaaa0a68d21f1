//! One room: its settings, its lists, and who can enter and why.

use leptos::prelude::*;
use stoa_domain::category::Switch;
use stoa_domain::person::Role;
use stoa_domain::principal::Principal;
use stoa_domain::room::{Privacy, RoomState, RoomType};
use stoa_domain::wire::access::{Access, RoomAccess};
use stoa_domain::wire::category::Effective;
use stoa_domain::wire::room::{ChangeRoom, MoveRoom, Room};

use super::super::address::{self, Address, section};
use super::super::amount;
use super::super::change::{After, Change, Proposal};
use super::super::console::Console;
use super::super::data::RoomPage;
use super::super::entries::{Editing, entries};
use super::super::find::find;
use super::super::form::{self, Form, Labelled};
use super::super::text::ConsoleText;
use super::super::{table, why};
use super::categories::{comes_to, targets};
use super::{audit, clear, requests};
use crate::place::room_icon;
use crate::routes::with_query;
use crate::text::fill;
use crate::ui::{Dialog, Erase, icon, pressing};

pub fn room(console: Console, t: &'static ConsoleText, page: &RoomPage, address: &Address) -> AnyView {
    let room = &page.room;
    let info = &room.info;
    let path = address::room(info.id);
    let tab = Some(address.tab()).filter(|tab| !tab.is_empty()).unwrap_or_else(|| "settings".to_owned());
    let category = if info.path.is_empty() { t.company.to_owned() } else { info.path.join(" › ") };
    let crumbs = vec![(section("rooms"), t.rooms.to_owned()), (address::category(info.category), category)];
    let off = info.state == RoomState::Disabled;
    let title = view! {
        {icon(room_icon(info))} {info.name.clone()} " "
        <span class="tag">{t.privacy_word(info.privacy)}</span>
        {(info.room_type == RoomType::Auditorium).then(|| view! { <span class="tag">{t.auditorium}</span> }.any())}
        {off.then(|| view! { <span class="tag warn">{t.disabled}</span> }.any())}
    }
    .into_any();
    let mut names = vec![("settings", t.tab_settings), ("members", t.room_members), ("managers", t.room_managers)];
    names.extend([("access", t.room_access), ("requests", t.room_requests)]);
    if console.sees_all() {
        names.push(("history", t.tab_history));
    }
    let tabs = table::tabs(t.rooms, &path, &names, &tab);
    let below = match (tab.as_str(), &page.access) {
        ("access", Some(access)) => who_enters(console, t, room, access, address),
        ("requests", _) => page.requests.as_ref().map_or_else(|| table::nothing(t.nothing_here), |found| requests::requests(console, t, room, found)),
        ("settings", _) => settings(console, t, room),
        ("history", _) => page.records.as_ref().map_or_else(|| table::nothing(t.not_yours), |records| audit::history(t, records, &path)),
        _ => lists(console, t, page),
    };
    view! {
        {table::head(crumbs, title, actions(console, t, room))}
        {tabs}
        {below}
    }
    .into_any()
}

fn actions(console: Console, t: &'static ConsoleText, room: &Room) -> AnyView {
    let info = room.info.clone();
    let (moving, clearing) = (RwSignal::new(false), RwSignal::new(false));
    let off = info.state == RoomState::Disabled;
    let (name, path) = (info.name.clone(), format!("/rooms/{}", info.id));
    let switch = {
        let (name, path) = (name.clone(), path.clone());
        move |_| {
            let (verb, title) = if off { ("enable", t.enable_room) } else { ("disable", t.disable_room) };
            let proposal = Proposal::new(fill(title, &[&name]), vec![Change::new("POST", format!("{path}/{verb}"), None)]).preview();
            console.propose(if off { proposal } else { proposal.text(t.disable_room_text).danger(t.disable) });
        }
    };
    let delete = {
        let (name, path, room) = (name.clone(), path.clone(), room.clone());
        move |_| {
            let change = Change::new("DELETE", path.clone(), None).of(&room);
            let proposal = Proposal::new(fill(t.delete_room, &[&name]), vec![change]).text(t.delete_room_text).danger(t.delete).confirm(name.clone());
            console.propose(proposal.after(After::Go(section("rooms"))));
        }
    };
    let title = fill(t.move_room, &[&name]);
    let heading = {
        let title = title.clone();
        Signal::derive(move || title.clone())
    };
    let seen = room.clone();
    let pick = move |category, to: String| {
        moving.set(false);
        let change = Change::new("POST", format!("/rooms/{}/move", seen.info.id), serde_json::to_value(MoveRoom { category }).ok()).of(&seen);
        console.propose(Proposal::new(format!("{title} → {to}"), vec![change]).preview());
    };
    let files = with_query(&section("files"), &[("room", &info.id.to_string())]);
    let administrates = console.holds(Role::Administrator);
    let messages = with_query("/admin/messages", &[("room", &info.id.to_string())]);
    view! {
        {administrates.then(|| view! {
            <a class="button quiet" href=messages>{t.clean_up}</a>
            <button type="button" class="button needs-script" id="clear-room" on:click=pressing(move |_| clearing.set(true))>{t.clear_history}</button>
            {clear::dialog(console, t, room, clearing)}
        }.into_any())}
        <a class="button quiet" href=files>{t.all_files}</a>
        {info.may.enter.then(|| view! { <a class="button quiet" href=crate::routes::room(info.id)>{t.open_in_chat}</a> }.any())}
        {info.may.manage.then(|| view! {
            <button type="button" class="button needs-script" on:click=pressing(move |_| moving.set(true))>{t.move_to}</button>
            <button type="button" class="button needs-script" id="switch-room" on:click=pressing(switch)>{if off { t.enable } else { t.disable }}</button>
            {off.then(|| view! { <button type="button" class="button danger needs-script" on:click=pressing(delete)>{t.delete}</button> }.any())}
            <Dialog open=moving title=heading>{targets(t, pick)}</Dialog>
        }.into_any())}
    }
    .into_any()
}

fn settings(console: Console, t: &'static ConsoleText, room: &Room) -> AnyView {
    let state = Form::new();
    let seen = room.clone();
    let may = room.info.may.manage;
    let send = move |fields: form::Fields| {
        let before = &seen;
        let privacy = Privacy::parse(&fields.get("privacy")).unwrap_or(before.info.privacy);
        let kind = RoomType::parse(&fields.get("type")).unwrap_or(before.info.room_type);
        let inherit = fields.is_on("inherit_members");
        let change = ChangeRoom {
            name: Some(fields.get("name")).filter(|name| *name != before.info.name),
            description: Some(fields.get("description")).filter(|text| *text != before.info.description),
            topic: Some(fields.get("topic")).filter(|text| *text != before.info.topic),
            privacy: Some(privacy).filter(|privacy| *privacy != before.info.privacy),
            room_type: Some(kind).filter(|kind| *kind != before.info.room_type),
            inherit_members: Some(inherit).filter(|inherit| *inherit != before.inherit_members),
            invitations: picked(&fields, "invitations", before.invitations),
            files: picked(&fields, "files", before.files),
            history: picked(&fields, "history", before.history),
            limits: None,
        };
        let touches = change.privacy.is_some() || change.room_type.is_some() || change.inherit_members.is_some();
        let limits = amount::entered_limits(&fields, before.limits).map(|limits| ("limits".to_owned(), limits));
        let body = serde_json::to_value(change).ok().and_then(|body| Some(body.as_object()?.clone().into_iter().chain(limits).collect()));
        let change = Change::new("PATCH", format!("/rooms/{}", before.info.id), body).of(before);
        let proposal = Proposal::new(format!("# {}", before.info.name), vec![change]).form(state);
        console.propose(if touches { proposal.preview() } else { proposal });
    };
    let privacy: Vec<AnyView> = [(Privacy::Open, t.open, t.open_long), (Privacy::Closed, t.closed, t.closed_long), (Privacy::Secret, t.secret, t.secret_long)]
        .into_iter()
        .map(|(word, name, long)| choice("privacy", word.as_str(), name, long, room.info.privacy == word, may))
        .collect();
    let kinds: Vec<AnyView> = [(RoomType::Normal, t.normal, t.normal_long), (RoomType::Auditorium, t.auditorium, t.auditorium_long)]
        .into_iter()
        .map(|(word, name, long)| choice("type", word.as_str(), name, long, room.info.room_type == word, may))
        .collect();
    let fields = view! {
        <section>
            {form::input(state, Labelled::new("room", "name", t.name), "text", room.info.name.clone())}
            {form::input(state, Labelled::new("room", "topic", t.topic), "text", room.info.topic.clone())}
            {form::area(state, Labelled::new("room", "description", t.description), 3, room.info.description.clone())}
        </section>
        <fieldset><legend>{t.privacy}</legend>{privacy}</fieldset>
        <fieldset><legend>{t.room_type}</legend>{kinds}</fieldset>
        <fieldset><legend>{t.members}</legend>{form::tick("inherit_members", "inherit-members".to_owned(), t.inherit_members, room.inherit_members, !may)}</fieldset>
        <fieldset class="settings">
            <legend>{t.settings}</legend>
            {setting(t, "invitations", t.invitations, room.invitations, &room.effective.invitations, may)}
            {setting(t, "files", t.files, room.files, &room.effective.files, may)}
            {setting(t, "history", t.history, room.history, &room.effective.history, may)}
        </fieldset>
        {amount::limits(t, state, "room", room.limits, &room.effective)}
        {may.then(|| form::save(t.save, console))}
    }
    .into_any();
    view! {
        {form::form(state, "wide", send, fields)}
        <dl class="facts">{table::fact(t.created, table::moment(room.created_at, t))}</dl>
    }
    .into_any()
}

/// What was chosen, if it isn't what was.
fn picked(fields: &form::Fields, name: &str, before: Switch) -> Option<Switch> {
    Switch::parse(&fields.get(name)).filter(|value| *value != before)
}

/// A room is never wider than its category: it inherits a setting, or turns it off.
fn setting(t: &'static ConsoleText, name: &'static str, label: &'static str, value: Switch, comes: &Effective, may: bool) -> AnyView {
    let options = vec![("inherit", t.inherit), ("off", t.off)];
    view! {
        <div class="setting">
            <span class="label">{label}</span>
            {form::switch(name, label, value.as_str(), options, !may)}
            {comes_to(t, comes)}
        </div>
    }
    .any()
}

fn choice(name: &'static str, word: &'static str, title: &'static str, long: &'static str, on: bool, may: bool) -> AnyView {
    view! { <label class="choice"><input type="radio" name=name value=word checked=on disabled=!may/> <span><strong>{title}</strong> <span class="soft">{long}</span></span></label> }.any()
}

fn lists(console: Console, t: &'static ConsoleText, page: &RoomPage) -> AnyView {
    let room = &page.room;
    let shown: Vec<AnyView> = page
        .lists
        .iter()
        .map(|listed| {
            let help = match listed.word.as_str() {
                "members" => t.members_help,
                "excluded" => t.excluded_help,
                "managers" => t.room_managers_help,
                _ if room.info.room_type == RoomType::Normal => t.presenters_unused,
                _ => t.presenters_help,
            };
            entries(console, t, listed.clone(), Editing { title: t.list(&listed.word), help, may_change: room.info.may.manage, kinds: "" })
        })
        .collect();
    view! { <div class="lists">{shown}</div> }.any()
}

fn who_enters(console: Console, t: &'static ConsoleText, room: &Room, access: &RoomAccess, address: &Address) -> AnyView {
    let path = address::room(room.info.id);
    let all = with_query(&path, &[("tab", "access"), ("at", &address.query.get("at"))]);
    let of = {
        let path = path.clone();
        move |principal: Principal, _: String| {
            if let Principal::User(user) = principal {
                console.go(&with_query(&path, &[("tab", "access"), ("user", &user.to_string())]));
            }
        }
    };
    let of = StoredValue::new(of);
    let shown = match access {
        RoomAccess::One(one) => view! {
            <p><a href=all.clone()>{t.all_who_enter}</a></p>
            {person(console, t, one)}
        }
        .into_any(),
        RoomAccess::All(page) if page.items.is_empty() => table::nothing(t.nobody_enters),
        RoomAccess::All(page) => {
            let lines: Vec<AnyView> = page.items.iter().map(|one| person(console, t, one)).collect();
            view! {
                {lines}
                {table::more(&path, &[("tab", "access"), ("at", &address.query.get("at"))], page.next.clone(), t)}
            }
            .into_any()
        }
    };
    view! {
        <div class="adding">{find("ask-person".to_owned(), t.ask_person, "user", t, move |principal, name| of.with_value(|of| of(principal, name)))}</div>
        <form class="filters" method="get" action=path>
            <input type="hidden" name="tab" value="access"/>
            <input type="hidden" name="user" value=address.query.get("user")/>
            <label class="until"><span>{t.as_of}</span><input class="input" type="date" name="at" value=address.query.get("at").get(..10).unwrap_or_default().to_owned()/></label>
            <button class="button" id="as-of">{t.show}</button>
        </form>
        <div class="access">{shown}</div>
    }
    .into_any()
}

/// A person, what he may, and the whole chain why.
fn person(console: Console, t: &'static ConsoleText, access: &Access) -> AnyView {
    let may = &access.may;
    let tag =
        if may.enter { view! { <span class="tag good">{t.may_enter}</span> }.any() } else { view! { <span class="tag danger">{t.may_not_enter}</span> }.any() };
    view! {
        <article class="reason">
            <h2>
                <a href=address::person(access.user.id) dir="auto">{access.user.display_name.clone()}</a>
                " " <span class="faint">{format!("@{}", access.user.name)}</span> " " {tag}
                {may.post.then(|| view! { <span class="tag">{t.right_post}</span> }.any())}
                {may.manage.then(|| view! { <span class="tag accent">{t.right_manage}</span> }.any())}
            </h2>
            {why::chain(console, t, &access.because)}
        </article>
    }
    .any()
}
