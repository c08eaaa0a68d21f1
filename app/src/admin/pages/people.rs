//! People: the list, and one of them.

use leptos::prelude::*;
use stoa_domain::person::initials;
use stoa_domain::wire::Page;
use stoa_domain::wire::access::PersonAccess;
use stoa_domain::wire::people::{Account, ChangeUser, NewUser};

use stoa_domain::principal::Principal;

use super::super::address::{self, Address, section};
use super::super::change::{After, Change, Proposal};
use super::super::console::Console;
use super::super::data::PersonPage;
use super::super::find::Among;
use super::super::form::{self, Form, Labelled, picked_field};
use super::super::text::ConsoleText;
use super::super::{table, why};
use super::import;
use crate::text::fill;
use crate::ui::{Avatar, Dialog, Erase, pressing};

pub fn people(console: Console, t: &'static ConsoleText, page: &Page<Account>, address: &Address) -> AnyView {
    let (adding, importing) = (RwSignal::new(false), RwSignal::new(false));
    let words = address.query.get("q");
    let may = console.administers_people();
    let actions = view! {
        {may.then(|| view! { <button type="button" class="button needs-script" id="import" on:click=pressing(move |_| importing.set(true))>{t.import}</button>
            <button type="button" class="button primary needs-script" id="add-person" on:click=pressing(move |_| adding.set(true))>{t.add_person}</button> }.into_any())}
    }
    .into_any();
    let rows: Vec<AnyView> = page.items.iter().map(|account| row(t, account)).collect();
    let list = if rows.is_empty() {
        table::nothing(t.nobody_found)
    } else {
        table::table(t.people, &[t.name, t.sign_in_name, t.email, t.holds_roles, t.last_sign_in, t.state], rows)
    };
    view! {
        {table::head(Vec::new(), view! { {t.people} }.into_any(), actions)}
        {table::search("/admin/people", words.clone(), t, ().into_any())}
        {list}
        {table::more(&section("people"), &[("q", &words)], page.next.clone(), t)}
        {may.then(|| view! { {add(console, t, adding)} {import::dialog(console, t, importing)} }.into_any())}
    }
    .into_any()
}

fn row(t: &'static ConsoleText, account: &Account) -> AnyView {
    let person = &account.person;
    let details = account.account.as_ref();
    let roles: Vec<&str> = details.map(|details| details.roles.iter().map(|role| t.role(*role)).collect()).unwrap_or_default();
    let seen = details.and_then(|details| details.last_sign_in);
    view! {
        <tr class:off=!account.enabled>
            <th scope="row"><a href=address::person(person.id)><Avatar initials=initials(&person.display_name)/> <span dir="auto">{person.display_name.clone()}</span></a></th>
            <td class="soft">{format!("@{}", person.name)}</td>
            <td class="soft">{details.and_then(|details| details.email.clone())}</td>
            <td>{roles.join(", ")}</td>
            <td class="soft">{match seen { Some(at) => table::time(at, t), None => view! { <span>{t.never}</span> }.any() }}</td>
            <td>{if account.enabled { view! { <span class="soft">{t.active}</span> }.any() } else { view! { <span class="tag warn">{t.disabled}</span> }.any() }}</td>
        </tr>
    }
    .any()
}

fn add(console: Console, t: &'static ConsoleText, open: RwSignal<bool>) -> AnyView {
    let state = Form::new();
    let send = move |fields: form::Fields| {
        let new = NewUser {
            name: fields.get("name"),
            display_name: fields.get("display_name"),
            email: fields.filled("email"),
            password: fields.filled("password"),
            unit: fields.get("unit").parse().ok(),
            domain: fields.get("domain").parse().ok(),
        };
        let change = Change::new("POST", "/users".to_owned(), serde_json::to_value(new).ok());
        console.propose(Proposal::new(t.add_person, vec![change]).form(state).after(After::GoToMade(section("people"))));
    };
    let fields = view! {
        {form::input(state, Labelled::new("new-person", "display_name", t.display_name), "text", String::new())}
        {form::input(state, Labelled::new("new-person", "name", t.sign_in_name), "text", String::new())}
        {form::input(state, Labelled::new("new-person", "email", t.email), "email", String::new())}
        {form::input(state, Labelled::new("new-person", "password", t.password).hint(t.password_hint), "password", String::new())}
        {picked_field(state, "new-person-unit", "unit", t.unit, Among::Principals("unit"), None)}
        {picked_field(state, "new-person-domain", "domain", t.partner_domain, Among::Principals("domain"), None)}
        <div class="actions"><button class="button primary">{t.add}</button></div>
    }
    .into_any();
    let title = Signal::derive(move || t.add_person.to_owned());
    view! { <Dialog open title>{form::form(state, "", send, fields)}</Dialog> }.any()
}

pub fn person(console: Console, t: &'static ConsoleText, page: &PersonPage, address: &Address) -> AnyView {
    let account = &page.account;
    let who = &account.person;
    let enabled = account.enabled;
    let may = console.administers_people() && account.account.is_some();
    let (name, path) = (who.display_name.clone(), format!("/users/{}", who.id));
    let version = account.account.as_ref().map(|details| details.version.clone());
    let patch = move |change: ChangeUser| Change { version: version.clone(), ..Change::new("PATCH", path.clone(), serde_json::to_value(change).ok()) };
    let switch = {
        let (name, patch) = (name.clone(), patch.clone());
        move |_| {
            let change = patch(ChangeUser { enabled: Some(!enabled), ..ChangeUser::default() });
            let proposal = Proposal::new(fill(if enabled { t.disable_person } else { t.enable_person }, &[&name]), vec![change]).preview();
            console.propose(if enabled { proposal.text(t.disable_person_text).danger(t.disable) } else { proposal });
        }
    };
    let out = {
        let (name, path) = (name.clone(), format!("/users/{}/sign-out", who.id));
        move |_| {
            console.propose(Proposal::new(format!("{}: {name}", t.sign_out_everywhere), vec![Change::new("POST", path.clone(), None)]).text(t.sign_out_text))
        }
    };
    let title = view! {
        <Avatar initials=initials(&name)/> {name.clone()} " "
        {(!enabled).then(|| view! { <span class="tag warn">{t.disabled}</span> }.any())}
    }
    .into_any();
    let actions = view! {
        {may.then(|| view! {
            <button type="button" class="button needs-script" on:click=pressing(out)>{t.sign_out_everywhere}</button>
            <button type="button" class="button needs-script" id="switch-person" on:click=pressing(switch)>{if enabled { t.disable } else { t.enable }}</button>
        }.into_any())}
    }
    .into_any();
    let roles: Vec<&str> = account.account.as_ref().map(|details| details.roles.iter().map(|role| t.role(*role)).collect()).unwrap_or_default();
    let facts = account.account.as_ref().map(|details| {
        let seen = match details.last_sign_in {
            Some(at) => table::moment(at, t),
            None => view! { <span>{t.never}</span> }.any(),
        };
        let roles = if roles.is_empty() { t.no_roles.to_owned() } else { roles.join(", ") };
        view! {
            <dl class="facts">
                {table::fact(t.sign_in_name, view! { <span>{format!("@{}", who.name)}</span> }.any())}
                {table::fact(t.holds_roles, view! { <span>{roles}</span> }.any())}
                {table::fact(t.created, table::moment(details.created_at, t))}
                {table::fact(t.last_sign_in, seen)}
            </dl>
        }
        .any()
    });
    view! {
        {table::head(vec![(section("people"), t.people.to_owned())], title, actions)}
        {facts}
        {may.then(|| profile(console, t, account, patch))}
        {page.reaches.as_ref().map(|reaches| reached(console, t, reaches, address))}
    }
    .into_any()
}

fn profile(console: Console, t: &'static ConsoleText, account: &Account, patch: impl Fn(ChangeUser) -> Change + Clone + 'static) -> AnyView {
    let (state, secret) = (Form::new(), Form::new());
    let name = account.person.display_name.clone();
    let email = account.account.as_ref().and_then(|details| details.email.clone()).unwrap_or_default();
    let unit = account.account.as_ref().and_then(|details| details.unit.as_ref());
    let stands = unit.and_then(|unit| match unit.principal {
        Principal::Unit(id) => Some(id),
        _ => None,
    });
    let chosen = unit.zip(stands).map(|(unit, id)| (id.to_string(), unit.name.clone()));
    let save = {
        let (name, email, patch) = (name.clone(), email.clone(), patch.clone());
        move |fields: form::Fields| {
            let change = ChangeUser {
                display_name: Some(fields.get("display_name")).filter(|text| *text != name),
                email: Some(fields.get("email")).filter(|text| *text != email),
                unit: Some(fields.get("unit").parse().ok()).filter(|unit| *unit != stands),
                ..ChangeUser::default()
            };
            // Lists may name units: then it matters where somebody stands.
            let moves = change.unit.is_some();
            let proposal = Proposal::new(name.clone(), vec![patch(change)]).form(state);
            console.propose(if moves { proposal.preview() } else { proposal });
        }
    };
    let reset = {
        let name = name.clone();
        move |fields: form::Fields| {
            let change = ChangeUser { password: Some(fields.get("password")), ..ChangeUser::default() };
            console.propose(Proposal::new(name.clone(), vec![patch(change)]).form(secret));
        }
    };
    let fields = view! {
        <h2>{t.profile}</h2>
        {form::input(state, Labelled::new("person", "display_name", t.display_name), "text", name)}
        {form::input(state, Labelled::new("person", "email", t.email), "email", email)}
        {picked_field(state, "person-unit", "unit", t.unit, Among::Principals("unit"), chosen)}
        {form::save(t.save, console)}
    }
    .into_any();
    let password = view! {
        <h2>{t.sign_in_state}</h2>
        <input type="text" autocomplete="username" value=account.person.name.clone() hidden readonly/>
        {form::input(secret, Labelled::new("person", "password", t.new_password).hint(t.password_ends), "password", String::new())}
        {form::save(t.set_password, console)}
    }
    .into_any();
    view! {
        {form::form(state, "wide", save, fields)}
        {form::form(secret, "wide", reset, password)}
    }
    .into_any()
}

/// Groups, roles, and every room that the person finds, each with its reasons.
fn reached(console: Console, t: &'static ConsoleText, reaches: &PersonAccess, address: &Address) -> AnyView {
    let groups: Vec<AnyView> = reaches
        .groups
        .iter()
        .map(|group| {
            let href = match group.principal {
                Principal::Group(id) => address::group(id),
                _ => section("groups"),
            };
            view! { <a class="tag" href=href dir="auto">{group.name.clone()}</a> " " }.into_any()
        })
        .collect();
    let roles: Vec<AnyView> = reaches
        .roles
        .iter()
        .map(|held| {
            let through: Vec<&str> = held.through.iter().map(|named| named.name.as_str()).collect();
            view! { <span class="tag accent">{t.role(held.role)}</span> " " <span class="faint tiny">{(!through.is_empty()).then(|| fill(t.through, &[&through.join(" › ")]))}</span> " " }.into_any()
        })
        .collect();
    let rooms: Vec<AnyView> = reaches
        .items
        .iter()
        .map(|reached| {
            let info = &reached.room;
            let may = [(info.may.enter, t.right_enter), (info.may.post, t.right_post), (info.may.manage, t.right_manage)];
            let may: Vec<&str> = may.into_iter().filter(|(may, _)| *may).map(|(_, word)| word).collect();
            view! {
                <article class="reason">
                    <h3><a href=address::room(info.id) dir="auto">{crate::ui::icon(crate::place::room_icon(info))} " " {info.name.clone()}</a> " " <span class="tag">{may.join(", ")}</span></h3>
                    {why::chain(console, t, &reached.because)}
                </article>
            }
            .any()
        })
        .collect();
    let path = address::person(reaches.user.id);
    let list = if rooms.is_empty() { table::nothing(t.reaches_nothing) } else { view! { <div class="access">{rooms}</div> }.any() };
    let _ = address;
    view! {
        {(!groups.is_empty()).then(|| view! { <section><h2>{t.in_groups}</h2><p>{groups}</p></section> }.any())}
        {(!roles.is_empty()).then(|| view! { <section><h2>{t.holds_roles}</h2><p>{roles}</p></section> }.any())}
        <section><h2>{t.reaches}</h2></section>
        {list}
        {table::more(&path, &[], reaches.next.clone(), t)}
    }
    .into_any()
}
