//! Files of all rooms: what they take, the largest and the oldest.

use leptos::prelude::*;
use stoa_domain::wire::Page;
use stoa_domain::wire::file::Held;
use stoa_domain::wire::storage::{FileSort, FoundFile, Storage, StorageLine, StorageOwner};

use super::super::address::{self, Address, section};
use super::super::change::{Change, Proposal};
use super::super::console::Console;
use super::super::data::FilesPage;
use super::super::find::{Among, picked};
use super::super::table;
use super::super::text::ConsoleText;
use crate::routes::with_query;
use crate::text::fill;
use crate::ui::{Erase, Icon, icon, pressing};
use crate::words::size;

/// The filters, as they stand in the address and in the API.
const FILTERS: [&str; 7] = ["q", "type", "by", "room", "category", "sort", "descending"];

pub fn files(console: Console, t: &'static ConsoleText, page: &FilesPage, address: &Address) -> AnyView {
    let path = section("files");
    let tab = Some(address.tab()).filter(|tab| !tab.is_empty()).unwrap_or_else(|| "files".to_owned());
    let mut tabs = vec![("files", t.all_files), ("room", t.by_room), ("category", t.by_category)];
    if console.sees_all() {
        tabs.push(("person", t.by_person));
    }
    let below = match &page.files {
        Some(files) => found(console, t, page, files, address, &path),
        None => stored(t, &page.storage, &path, &tab),
    };
    view! {
        {table::head(Vec::new(), view! { {t.all_files} }.into_any(), ().into_any())}
        {taken(t, &page.storage)}
        {table::tabs(t.all_files, &path, &tabs, &tab)}
        {below}
    }
    .into_any()
}

/// What all of them take, of what they may.
fn taken(t: &'static ConsoleText, storage: &Storage) -> AnyView {
    let files = t.count(i64::try_from(storage.files).unwrap_or(i64::MAX), t.n_files);
    let text = match storage.pool_quota {
        Some(quota) => fill(t.storage_of, &[&size(storage.bytes, t.language), &size(quota, t.language), &files]),
        None => fill(t.storage, &[&size(storage.bytes, t.language), &files]),
    };
    let share =
        storage.pool_quota.map(|quota| view! { <meter min="0" max=quota high=quota / 10 * 9 value=storage.bytes aria-label=t.all_files></meter> }.any());
    view! { <p class="taken num">{share} <span>{text}</span></p> }.any()
}

fn found(console: Console, t: &'static ConsoleText, page: &FilesPage, files: &Page<FoundFile>, address: &Address, path: &str) -> AnyView {
    let get = |name: &str| address.query.get(name);
    let kept: Vec<(&str, String)> = FILTERS.iter().map(|name| (*name, get(name))).collect();
    let pairs: Vec<(&str, &str)> = kept.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let chosen = |name: &str| {
        let id = get(name);
        // What one may not know by name is still the filter.
        let called = page.names.iter().find(|(known, _)| *known == id).map_or_else(|| id.clone(), |(_, called)| called.clone());
        (!id.is_empty()).then_some((id, called))
    };
    let kinds = [("image/", t.kind_images), ("video/", t.kind_videos), ("audio/", t.kind_audio), ("text/", t.kind_texts), ("application/", t.kind_others)];
    let kind = get("type");
    let kinds: Vec<AnyView> = kinds.into_iter().map(|(word, name)| view! { <option value=word selected=word == kind>{name}</option> }.any()).collect();
    let set = ["by", "category"].iter().filter(|name| !get(name).is_empty()).count();
    let summary = if set == 0 { t.more_filters.to_owned() } else { fill(t.more_filters_set, &[&set]) };
    let any = ["q", "type", "by", "room", "category"].iter().any(|name| !get(name).is_empty());
    let of_room = chosen("room")
        .map(|(id, called)| view! { <input type="hidden" name="room" value=id/> <span class="tag" dir="auto">{format!("# {called}")}</span> }.into_any());
    let filters = view! {
        <select class="input" name="type" aria-label=t.kind_of_file><option value="">{format!("{}: {}", t.kind_of_file, t.any)}</option>{kinds}</select>
        <input type="hidden" name="sort" value=get("sort")/>
        <input type="hidden" name="descending" value=get("descending")/>
        {of_room}
        <details class="more-filters" open={set > 0}>
            <summary id="more-filters">{summary}</summary>
            <div class="form columns">
                {picked("filter-category", "category", t.category, Among::Categories, t, chosen("category"))}
                {picked("filter-by", "by", t.uploaded_by, Among::Principals("user"), t, chosen("by"))}
            </div>
        </details>
        {any.then(|| view! { <a class="button quiet" href=path.to_owned()>{t.clear_filters}</a> }.any())}
    }
    .into_any();
    let list = if files.items.is_empty() { table::nothing(t.no_files) } else { listed(console, t, files, address, path, &pairs) };
    view! {
        {table::search("/admin/files", get("q"), t, filters)}
        {list}
        {table::more(path, &pairs, files.next.clone(), t)}
    }
    .into_any()
}

fn listed(console: Console, t: &'static ConsoleText, files: &Page<FoundFile>, address: &Address, path: &str, pairs: &[(&str, &str)]) -> AnyView {
    let by = address.query.get("sort");
    let down = address.query.get("descending") != "false";
    let heading = |name: &'static str, sort: FileSort| {
        let here = by == sort.as_str() || (by.is_empty() && sort == FileSort::Size);
        let kept = pairs.iter().copied().filter(|(name, _)| !matches!(*name, "sort" | "descending"));
        let all: Vec<(&str, &str)> = kept.chain([("sort", sort.as_str()), ("descending", if here && down { "false" } else { "true" })]).collect();
        let said = here.then_some(if down { "descending" } else { "ascending" });
        let mark = if here { if down { " ↓" } else { " ↑" } } else { "" };
        view! { <th scope="col" aria-sort=said><a href=with_query(path, &all) id=format!("sort-{}", sort.as_str())>{name} {mark}</a></th> }.any()
    };
    let rows: Vec<AnyView> = files.items.iter().map(|file| row(console, t, file)).collect();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=t.all_files>
            <table class="rows">
                <thead><tr>
                    <th scope="col">{t.name}</th>
                    <th scope="col">{t.kind_of_file}</th>
                    {heading(t.size, FileSort::Size)}
                    {heading(t.age, FileSort::Age)}
                    <th scope="col">{t.room_word}</th>
                    <th scope="col">{t.uploaded_by}</th>
                    <td></td>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .any()
}

fn row(console: Console, t: &'static ConsoleText, file: &FoundFile) -> AnyView {
    let name = match (&file.name, file.seq) {
        (Some(name), Some(seq)) => {
            view! { <a href=crate::routes::message(file.room.id, seq) title=t.to_message>{icon(Icon::File)} <span dir="auto">{name.clone()}</span></a> }.any()
        }
        (Some(name), None) => view! { {icon(Icon::File)} <span dir="auto">{name.clone()}</span> <span class="tag">{t.not_posted}</span> }.into_any(),
        (None, _) => view! { <span class="soft">{t.file_unnamed}</span> }.any(),
    };
    // What one may not read is called by what is known of it.
    let called = file.name.clone().unwrap_or_else(|| format!("{}, {}", file.kind, size(file.size, t.language)));
    let remove = {
        let (title, path) = (fill(t.remove_named, &[&called]), format!("/files/{}", file.id));
        move |_| console.propose(Proposal::new(title.clone(), vec![Change::new("DELETE", path.clone(), None)]).text(t.remove_file_text).danger(t.remove))
    };
    let marks = view! {
        {file.held.map(|held| view! { <span class="tag warn">{if held == Held::Checking { t.being_checked } else { t.in_quarantine }}</span> }.any())}
        {file.hidden.then(|| view! { <span class="tag">{t.file_hidden}</span> }.any())}
        {file.lost.then(|| view! { <span class="tag danger">{t.file_lost}</span> }.any())}
    }
    .into_any();
    view! {
        <tr>
            <th scope="row">{name} " " {marks}</th>
            <td class="soft">{file.kind.clone()}</td>
            <td class="num">{size(file.size, t.language)}</td>
            <td class="soft">{table::time(file.at, t)}</td>
            <td><a href=address::room(file.room.id) dir="auto">{format!("# {}", file.room.name)}</a></td>
            <td><a class="soft" href=address::person(file.by.id) dir="auto">{file.by.display_name.clone()}</a></td>
            <td>{file.may_remove.then(|| view! { <button type="button" class="button quiet needs-script" aria-label=fill(t.remove_named, &[&called]) on:click=pressing(remove)>{t.remove} "…"</button> }.any())}</td>
        </tr>
    }
    .any()
}

/// What each takes, with a way to its files.
fn stored(t: &'static ConsoleText, storage: &Storage, path: &str, tab: &str) -> AnyView {
    if storage.items.is_empty() {
        return table::nothing(t.no_files);
    }
    let most = storage.items.iter().map(|line| line.bytes).max().unwrap_or(0).max(1);
    let line = |line: &StorageLine| {
        let (filter, id, name) = match &line.of {
            StorageOwner::Room(room) => ("room", room.id.to_string(), format!("# {}", room.name)),
            StorageOwner::Category { id, name } => ("category", id.to_string(), name.clone()),
            StorageOwner::Person(person) => ("by", person.id.to_string(), person.display_name.clone()),
        };
        let full = line.quota.is_some_and(|limit| line.bytes >= limit / 10 * 9);
        view! {
            <tr>
                <th scope="row"><a href=with_query(path, &[(filter, &id)]) dir="auto">{name}</a> {full.then(|| view! { <span class="tag warn">{t.nearly_full}</span> }.any())}</th>
                <td class="num">{size(line.bytes, t.language)}</td>
                <td class="share"><meter min="0" max=line.quota.unwrap_or(most) value=line.bytes aria-hidden="true"></meter></td>
                <td class="num">{t.number(line.files)}</td>
            </tr>
        }
        .any()
    };
    let rows: Vec<AnyView> = storage.items.iter().map(line).collect();
    let heading = match tab {
        "category" => t.category,
        "person" => t.person,
        _ => t.room_word,
    };
    view! {
        {table::table(t.all_files, &[heading, t.size, "", t.all_files], rows)}
        {table::more(path, &[("tab", tab)], storage.next.clone(), t)}
    }
    .into_any()
}
