//! Small parts of the console's pages: headings, tables, times, tabs.

use leptos::prelude::*;
use stoa_domain::time::Timestamp;

use super::text::ConsoleText;
use crate::routes::with_query;
use crate::ui::{Erase, Icon, dynamic, icon};
use crate::when::use_zone;

/// A day, with the exact time on hover.
pub fn time(at: Timestamp, t: &'static ConsoleText) -> AnyView {
    let zone = use_zone();
    let language = t.language;
    view! {
        <time datetime=crate::when::stamp(at) title=dynamic(move || zone.get().exact(at, language)) class="num">
            {dynamic(move || crate::when::date(zone.get().day(at), language))}
        </time>
    }
    .any()
}

/// A moment to the minute.
pub fn moment(at: Timestamp, t: &'static ConsoleText) -> AnyView {
    let zone = use_zone();
    let language = t.language;
    view! { <time datetime=crate::when::stamp(at) class="num">{dynamic(move || zone.get().exact(at, language))}</time> }.any()
}

/// The head of a page: where it stands, its name, what can be done.
pub fn head(crumbs: Vec<(String, String)>, title: AnyView, actions: AnyView) -> AnyView {
    let crumbs: Vec<AnyView> = crumbs
        .into_iter()
        .enumerate()
        .map(|(index, (href, name))| view! { {(index > 0).then_some(" › ")} <a href=href dir="auto">{name}</a> }.into_any())
        .collect();
    view! {
        {(!crumbs.is_empty()).then(|| view! { <p class="crumb">{crumbs}</p> }.any())}
        <header class="title">
            <h1 dir="auto">{title}</h1>
            <div class="actions">{actions}</div>
        </header>
    }
    .any()
}

/// The parts of a page, as links.
pub fn tabs(label: &'static str, path: &str, tabs: &[(&'static str, &'static str)], chosen: &str) -> AnyView {
    let links: Vec<AnyView> = tabs
        .iter()
        .map(|(word, name)| {
            let here = *word == chosen;
            view! { <a href=super::address::tab(path, word) id=format!("tab-{word}") aria-current=here.then_some("page")>{*name}</a> }.any()
        })
        .collect();
    view! { <nav class="tabs" aria-label=label>{links}</nav> }.any()
}

/// A table with its headings.
pub fn table(label: impl Into<String>, headings: &[&'static str], rows: Vec<AnyView>) -> AnyView {
    // Above buttons there is nothing to say.
    let heading = |name: &'static str| if name.is_empty() { view! { <td></td> }.any() } else { view! { <th scope="col">{name}</th> }.any() };
    let headings: Vec<AnyView> = headings.iter().map(|name| heading(name)).collect();
    let label: String = label.into();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=label>
            <table class="rows">
                <thead><tr>{headings}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .any()
}

/// A search over a list, as a form that works without scripts.
pub fn search(path: &'static str, words: String, t: &'static ConsoleText, more: AnyView) -> AnyView {
    view! {
        <form class="filters" method="get" action=path role="search">
            <input class="input" type="search" name="q" id="search" aria-label=t.search placeholder=t.search value=words/>
            {more}
            <button class="button">{icon(Icon::Search)} {t.search}</button>
        </form>
    }
    .any()
}

/// To the next page of a list.
pub fn more(path: &str, parameters: &[(&str, &str)], next: Option<String>, t: &'static ConsoleText) -> AnyView {
    let next = next.map(|next| {
        let all: Vec<(&str, &str)> = parameters.iter().copied().chain([("cursor", next.as_str())]).collect();
        with_query(path, &all)
    });
    view! { <div class="more">{next.map(|href| view! { <a class="button" id="more" href=href>{t.next_page}</a> }.any())}</div> }.any()
}

/// Where nothing is.
pub fn nothing(text: &'static str) -> AnyView {
    view! { <p class="soft nothing">{text}</p> }.any()
}

/// A line of definitions.
pub fn fact(name: &'static str, value: AnyView) -> AnyView {
    view! { <div><dt>{name}</dt><dd>{value}</dd></div> }.any()
}
