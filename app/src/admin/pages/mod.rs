//! The console's pages, a file each.

mod audit;
mod bulk;
mod categories;
mod clear;
mod files;
mod groups;
mod import;
mod messages;
mod overview;
mod people;
mod quarantine;
mod requests;
mod roles;
mod room;
mod rooms;
mod settings;
mod tree;
mod units;
mod whom;

use leptos::prelude::*;
use stoa_domain::wire::problem::Problem;

use super::address::Address;
use super::console::use_console;
use super::data::Data;
use super::text::use_text;
use crate::ui::{Empty, Erase, Icon};

/// A page of what was loaded.
pub fn page(data: &Data, address: &Address) -> AnyView {
    let (console, t) = (use_console(), use_text());
    let content = match data {
        Data::Categories(page) => return categories::categories(console, t, page, address),
        Data::Rooms(page) => rooms::rooms(console, t, page, address),
        Data::Room(page) => room::room(console, t, page, address),
        Data::People(page) => people::people(console, t, page, address),
        Data::Person(page) => people::person(console, t, page, address),
        Data::Groups(page) => groups::groups(console, t, page, address),
        Data::Group(page) => groups::group(console, t, page),
        Data::Roles(lists) => roles::roles(console, t, lists),
        Data::Overview(page) => overview::overview(t, page),
        Data::Files(page) => files::files(console, t, page, address),
        Data::Messages(page) => messages::messages(console, t, page, address),
        Data::Quarantine(page) => quarantine::quarantine(console, t, page, address),
        Data::Units(page) => units::units(console, t, page, address),
        Data::Domains(page) => units::domains(console, t, page, address),
        Data::Settings(page) => settings::settings(console, t, page),
        Data::Audit(page) => audit::audit(t, page, address),
    };
    view! { <main class="admin">{content}</main> }.any()
}

/// Why a page can't be shown.
pub fn trouble(problem: &Problem) -> AnyView {
    let t = use_text();
    let (title, text) = match problem.status {
        404 => (t.page_missing, problem.text().to_owned()),
        403 => (t.may_not, t.problem(problem)),
        _ => (t.trouble, t.problem(problem)),
    };
    view! {
        <main class="admin">
            <Empty icon=Icon::Warning alone=true title text>
                <a class="button" href=crate::routes::ADMIN>{t.administration}</a>
            </Empty>
        </main>
    }
    .any()
}
