//! Who holds which role.

use leptos::prelude::*;
use stoa_domain::person::Role;

use super::super::console::Console;
use super::super::entries::{Editing, Listed, entries};
use super::super::table;
use super::super::text::ConsoleText;

pub fn roles(console: Console, t: &'static ConsoleText, lists: &[Listed]) -> AnyView {
    let may_change = console.holds(Role::Administrator);
    let lists: Vec<AnyView> = lists
        .iter()
        .filter_map(|listed| {
            let role = Role::parse(&listed.word)?;
            Some(entries(console, t, listed.clone(), Editing { title: t.role(role), help: t.role_help(role), may_change, kinds: "user,group" }))
        })
        .collect();
    view! {
        {table::head(Vec::new(), view! { {t.roles} }.into_any(), ().into_any())}
        <div class="lists">{lists}</div>
    }
    .into_any()
}
