//! Why somebody may do something: from the person over groups to the list that names him.

use leptos::prelude::*;
use stoa_domain::principal::Principal;
use stoa_domain::room::Rule;
use stoa_domain::wire::access::{At, Because, Named};

use super::console::Console;
use super::text::ConsoleText;
use super::{address, table};
use crate::text::fill;
use crate::ui::{Erase, Icon, icon};

/// Whether a rule is for the person.
const fn speaks_for(rule: Rule) -> bool {
    !matches!(rule, Rule::AccountDisabled | Rule::Denied | Rule::OutOfScope | Rule::Excluded | Rule::RoomDisabled | Rule::NotAMember)
}

/// All rules that apply, each with its chain.
pub fn chain(console: Console, t: &'static ConsoleText, because: &[Because]) -> AnyView {
    let lines: Vec<AnyView> = because.iter().map(|reason| line(console, t, reason)).collect();
    view! { <ul class="why">{lines}</ul> }.any()
}

/// The first rule that decides, in small.
pub fn short(console: Console, t: &'static ConsoleText, because: &[Because]) -> AnyView {
    let decisive = because.iter().find(|reason| !matches!(reason.rule, Rule::Allowed));
    view! { <span class="faint tiny">{decisive.or_else(|| because.first()).map(|reason| sentence(console, t, reason))}</span> }.any()
}

fn line(console: Console, t: &'static ConsoleText, reason: &Because) -> AnyView {
    let (picture, class) = if speaks_for(reason.rule) { (Icon::Check, "for") } else { (Icon::Close, "against") };
    let since = reason.since.map(|at| table::time(at, t));
    let by = reason.by.as_ref().map(|person| person.display_name.clone());
    let until = reason.until.map(|at| view! { <span class="tag warn">{t.until} " " {table::time(at, t)}</span> }.any());
    view! {
        <li class=class>
            {icon(picture)}
            <span>{sentence(console, t, reason)} " " {until}</span>
            <span class="faint tiny">{since} {by.map(|by| view! { " · " {by} }.into_any())}</span>
        </li>
    }
    .any()
}

/// Such as `member: Ana → Traders → Treasury Staff, on the members of # fx-desk`.
fn sentence(console: Console, t: &'static ConsoleText, reason: &Because) -> AnyView {
    let mut via: Vec<AnyView> = Vec::new();
    // The first one is the person.
    for named in reason.via.iter().skip(1) {
        via.push(view! { <span aria-hidden="true">" › "</span> {principal(console, named)} }.into_any());
    }
    let place = reason.at.as_ref().map(|at| place(t, reason.list.as_deref(), at));
    view! { <strong>{t.rule(reason.rule)}</strong> {via} {place} }.into_any()
}

fn principal(console: Console, named: &Named) -> AnyView {
    let _ = console;
    let href = match named.principal {
        Principal::User(id) => Some(address::person(id)),
        Principal::Group(id) => Some(address::group(id)),
        _ => None,
    };
    match href {
        Some(href) => view! { <a href=href dir="auto">{named.name.clone()}</a> }.any(),
        None => view! { <span dir="auto">{named.name.clone()}</span> }.any(),
    }
}

fn place(t: &'static ConsoleText, list: Option<&str>, at: &At) -> AnyView {
    let list = list.map(|list| t.list(list)).unwrap_or_default();
    let (href, name) = match at {
        At::Room { id, name } => (Some(address::room(*id)), format!("# {name}")),
        At::Category { id, name } => (Some(address::category(*id)), name.clone()),
        At::Pool => (None, t.the_pool.to_owned()),
    };
    let before = if list.is_empty() { format!(" {} ", t.at_place) } else { fill(t.on_list_of, &[&list]) };
    view! { {before} {href.map_or_else(|| view! { <span>{name.clone()}</span> }.any(), |href| view! { <a href=href dir="auto">{name.clone()}</a> }.any())} }
        .into_any()
}
