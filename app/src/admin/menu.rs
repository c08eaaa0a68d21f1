use leptos::prelude::*;
use stoa_domain::person::Role;

use super::address::{At, section};
use super::console::Console;
use super::text::{ConsoleText, use_text};
use crate::routes::ADMIN;
use crate::ui::{Erase, dynamic};

/// What a page is called in the menu.
pub fn name(at: At, t: &ConsoleText) -> Option<&'static str> {
    Some(match at {
        At::Overview => t.overview,
        At::Categories(_) => t.categories,
        At::Rooms | At::Room(_) => t.rooms,
        At::Messages => t.messages,
        At::Files => t.all_files,
        At::Quarantine => t.quarantine,
        At::People | At::Person(_) => t.people,
        At::Groups | At::Group(_) => t.groups,
        At::Units => t.units,
        At::Domains => t.domains,
        At::Roles => t.roles,
        At::Settings => t.settings,
        At::Audit => t.audit,
        At::Missing => return None,
    })
}

/// The pages, as far as they are for this person.
pub fn menu(console: Console) -> AnyView {
    let t = use_text();
    let holds = |role| console.holds(role);
    let whole = holds(Role::Administrator) || holds(Role::Auditor);
    let people = whole || holds(Role::UserAdministrator);
    let rooms = whole || !holds(Role::UserAdministrator) || console.session().manages_categories;
    let here = move |group: &'static str| {
        dynamic(move || {
            let at = console.address.with(|address| address.at);
            name(at, t).is_some_and(|name| name == group).then_some("page")
        })
    };
    let link = |href: String, name: &'static str| view! { <li><a href=href aria-current=here(name)>{name}</a></li> }.any();
    let sections = [
        (
            None,
            vec![
                (whole, ADMIN.to_owned(), t.overview),
                (rooms, section("categories"), t.categories),
                (rooms, section("rooms"), t.rooms),
                (rooms, section("files"), t.all_files),
                (holds(Role::Administrator), section("messages"), t.messages),
                (rooms, section("quarantine"), t.quarantine),
            ],
        ),
        (
            Some(t.people),
            vec![
                (people, section("people"), t.people),
                (people, section("groups"), t.groups),
                (people, section("units"), t.units),
                (people, section("domains"), t.domains),
                (whole, section("roles"), t.roles),
            ],
        ),
        (Some(t.pool), vec![(whole, section("settings"), t.settings), (whole, section("audit"), t.audit)]),
    ];
    let sections: Vec<AnyView> = sections
        .into_iter()
        .filter_map(|(heading, links)| {
            let links: Vec<AnyView> = links.into_iter().filter(|(shown, ..)| *shown).map(|(_, href, name)| link(href, name)).collect();
            (!links.is_empty()).then(|| view! { {heading.map(|heading| view! { <h2>{heading}</h2> }.any())} <ul>{links}</ul> }.into_any())
        })
        .collect();
    view! {
        <nav class="console-menu" aria-label=t.administration>
            <p class="console-title">{t.administration}</p>
            {sections}
        </nav>
    }
    .any()
}
