//! Files that the scanner keeps from being read: what was found, and what becomes of them.

use leptos::prelude::*;
use stoa_domain::person::Role;
use stoa_domain::wire::file::Held;
use stoa_domain::wire::quarantine::{Quarantined, ReleaseFile, Rescan, ScannerState};

use super::super::address::{self, Address, section};
use super::super::change::{Change, Proposal};
use super::super::console::Console;
use super::super::data::QuarantinePage;
use super::super::form::{self, Fields, Form, Labelled};
use super::super::table;
use super::super::text::ConsoleText;
use crate::text::fill;
use crate::ui::{Dialog, Erase, Icon, icon, pressing};
use crate::words::size;

pub fn quarantine(console: Console, t: &'static ConsoleText, page: &QuarantinePage, address: &Address) -> AnyView {
    let waiting = address.query.get("held") == Held::Checking.as_str();
    let rows: Vec<AnyView> = page.page.items.iter().map(|file| row(console, t, file)).collect();
    let list = if rows.is_empty() {
        table::nothing(if waiting { t.nothing_waits } else { t.nothing_withheld })
    } else {
        table::table(t.quarantine, &[t.file, t.room, t.who, t.found, t.when, ""], rows)
    };
    let held = address.query.get("held");
    let kept: Vec<(&str, &str)> = if held.is_empty() { Vec::new() } else { vec![("held", held.as_str())] };
    let tab = |href: String, name: String, here: bool| view! { <a href=href aria-current=here.then_some("page")>{name}</a> }.any();
    let counted = |name: &str, count: Option<u64>| count.map_or_else(|| name.to_owned(), |count| format!("{name} ({})", t.number(count)));
    let scanner = page.scanner.as_ref();
    view! {
        {table::head(Vec::new(), view! { {t.quarantine} }.into_any(), ().into_any())}
        <p class="soft small">{t.quarantine_help}</p>
        {scanner.map(|scanner| state(t, scanner))}
        <nav class="tabs" aria-label=t.quarantine>
            {tab(section("quarantine"), counted(t.withheld, scanner.map(|scanner| scanner.infected + scanner.unscannable)), !waiting)}
            {tab(section("quarantine?held=checking"), counted(t.being_checked, scanner.map(|scanner| scanner.checking)), waiting)}
        </nav>
        {list}
        {table::more(&section("quarantine"), &kept, page.page.next.clone(), t)}
        {scanner.filter(|scanner| scanner.configured && console.holds(Role::Administrator)).map(|_| again(console, t))}
    }
    .into_any()
}

/// Whether the scanner is there.
fn state(t: &'static ConsoleText, scanner: &ScannerState) -> AnyView {
    let notice = |class: &'static str, mark: Icon, inner: AnyView| view! { <p class=class>{icon(mark)} <span>{inner}</span></p> }.any();
    if !scanner.configured {
        return notice("notice warn", Icon::Warning, view! { {t.no_scanner} }.into_any());
    }
    if let Some(since) = scanner.away_since {
        let meanwhile = match scanner.unscanned_files {
            stoa_domain::settings::Unscanned::Hold => t.scanner_holds,
            stoa_domain::settings::Unscanned::Pass => t.scanner_passes,
        };
        return notice("notice danger", Icon::Warning, view! { {t.scanner_away} " " {table::moment(since, t)} ". " {meanwhile} }.into_any());
    }
    let version = scanner.version.clone().unwrap_or_default();
    let passed = (scanner.passed > 0).then(|| format!(" {}", fill(t.n_passed, &[&t.number(scanner.passed)])));
    notice("notice good", Icon::Check, view! { {fill(t.scanner_there, &[&version])} {passed} }.into_any())
}

fn row(console: Console, t: &'static ConsoleText, file: &Quarantined) -> AnyView {
    let (id, name) = (file.file.id, file.file.name.clone());
    let at = format!("/quarantine/{id}");
    let what = match file.file.held {
        Some(Held::Infected) => t.held_infected,
        Some(Held::Unscannable) => t.held_unscannable,
        // What is removed stands nowhere here.
        Some(Held::Checking | Held::Removed) | None => t.being_checked,
    };
    let more = match (file.waits, file.tries) {
        (true, 0) if file.file.held != Some(Held::Checking) => t.checked_again.to_owned(),
        (true, 1..) => fill(t.n_tries, &[&file.tries]),
        _ => String::new(),
    };
    let rescan = {
        let (at, name) = (at.clone(), name.clone());
        move |_| console.propose(Proposal::new(name.clone(), vec![Change::new("POST", format!("{at}/rescan"), None)]))
    };
    let delete = {
        let (at, name) = (at.clone(), name.clone());
        move |_| {
            let change = Change::new("DELETE", at.clone(), None);
            console.propose(Proposal::new(fill(t.delete_named, &[&name]), vec![change]).text(t.delete_text).danger(t.delete_for_good));
        }
    };
    let open = RwSignal::new(false);
    let quarantined = matches!(file.file.held, Some(Held::Infected | Held::Unscannable));
    let hash = file.file.sha256.get(..12).unwrap_or_default().to_owned();
    view! {
        <tr>
            <th scope="row">
                <span dir="auto">{name.clone()}</span>
                <div class="soft tiny">{file.file.kind.clone()} " · " {size(file.file.size, t.language)} " · " <code title=file.file.sha256.clone()>{hash}</code></div>
            </th>
            <td><a href=address::room(file.room) dir="auto">{format!("# {}", file.room_name)}</a> <div class="soft tiny" dir="auto">{file.room_path.join(" › ")}</div></td>
            <td><a href=address::person(file.by.id) dir="auto">{file.by.display_name.clone()}</a></td>
            <td>{what} <div class="soft tiny">{file.signature.clone()} {(!more.is_empty()).then(|| format!(" {more}"))}</div></td>
            <td class="soft">{table::moment(file.scanned_at.unwrap_or(file.at), t)} <div class="tiny">{file.scanned_by.clone()}</div></td>
            <td><span class="row-actions">
                {file.may_manage.then(|| view! {
                    <button type="button" class="button quiet needs-script" id=format!("rescan-{id}") aria-label=fill(t.rescan_named, &[&name]) on:click=pressing(rescan)>{t.rescan}</button>
                }.any())}
                {(file.may_manage && quarantined).then(|| view! {
                    <button type="button" class="button quiet needs-script" id=format!("delete-{id}") aria-label=fill(t.delete_named, &[&name]) on:click=pressing(delete)>{t.delete_for_good}</button>
                }.any())}
                {file.may_release.then(|| view! {
                    <button type="button" class="button quiet needs-script" id=format!("release-{id}") aria-label=fill(t.release_named, &[&name]) on:click=pressing(move |_| open.set(true))>{t.release}</button>
                    {release(console, t, at, &name, open)}
                }.into_any())}
            </span></td>
        </tr>
    }
    .any()
}

/// Why everybody in the room may read it all the same.
fn release(console: Console, t: &'static ConsoleText, at: String, name: &str, open: RwSignal<bool>) -> AnyView {
    let form = Form::new();
    let title = fill(t.release_named, &[&name]);
    let heading = title.clone();
    let send = move |fields: Fields| {
        let body = ReleaseFile { reason: fields.get("reason") };
        let change = Change::new("POST", format!("{at}/release"), serde_json::to_value(body).ok());
        console.propose(Proposal::new(title.clone(), vec![change]).form(form));
    };
    let fields = view! {
        <p class="soft small">{t.release_text}</p>
        {form::area(form, Labelled::new("release", "reason", t.reason).hint(t.reason_hint), 2, String::new())}
        <div class="actions">
            <button type="button" class="button" on:click=pressing(move |_| open.set(false))>{t.discard}</button>
            <button class="button danger">{t.release}</button>
        </div>
    }
    .into_any();
    let heading = Signal::derive(move || heading.clone());
    view! { <Dialog open title=heading class="proposal">{form::form(form, "", send, fields)}</Dialog> }.any()
}

/// Many files at once.
fn again(console: Console, t: &'static ConsoleText) -> AnyView {
    let form = Form::new();
    let send = move |fields: Fields| {
        let since = fields.filled("since").and_then(|day| crate::when::parse(&format!("{day}T00:00:00")));
        let body = Rescan { since, all: since.is_none() };
        let change = Change::new("POST", "/scanner/rescan".to_owned(), serde_json::to_value(body).ok());
        console.propose(Proposal::new(t.rescan_many, vec![change]).text(t.rescan_text).form(form));
    };
    let fields = view! {
        {form::input(form, Labelled::new("rescan", "since", t.rescan_since).hint(t.rescan_since_hint), "date", String::new())}
        <div class="actions"><button class="button needs-script">{t.rescan_many}</button></div>
    }
    .into_any();
    view! {
        <section>
            <h2>{t.rescan_many}</h2>
            {form::form(form, "columns", send, fields)}
        </section>
    }
    .any()
}
