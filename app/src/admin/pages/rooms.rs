//! Rooms as a table.

use leptos::prelude::*;
use stoa_domain::room::{Privacy, RoomState, RoomType};
use stoa_domain::wire::room::{ConsoleRoom, Room, RoomOrder, RoomPage as Rooms};

use super::super::address::{self, Address, section};
use super::super::console::Console;
use super::super::data::{RoomsPage, for_api};
use super::super::find::{Among, picked};
use super::super::table;
use super::super::text::ConsoleText;
use super::bulk;
use crate::place::room_icon;
use crate::text::fill;
use crate::ui::{Erase, dynamic, icon};

pub fn rooms(console: Console, t: &'static ConsoleText, page: &RoomsPage, address: &Address) -> AnyView {
    let get = |name: &str| address.query.get(name);
    // The next page of what is shown isn't what a file of all begins with.
    let whole = Address { at: address.at, query: address.query.without("cursor") };
    let head = table::head(
        Vec::new(),
        view! { {t.rooms} }.into_any(),
        view! {
            <a class="button quiet" href=for_api("/api/v1/rooms.csv", &whole) download="rooms.csv">{t.csv}</a>
            <a class="button primary" href=crate::routes::NEW_ROOM>{t.new_room}</a>
        }
        .into_any(),
    );
    view! {
        {head}
        {table::search("/admin/rooms", get("q"), t, filters(t, page, address))}
        {found(console, t, &page.rooms, address, &section("rooms"), for_api("/rooms", &whole))}
    }
    .into_any()
}

/// The filters that stand in their own part, as they are in the address.
const MORE: [&str; 7] = ["category", "below", "manager", "member", "active_after", "active_before", "min_messages"];

fn filters(t: &'static ConsoleText, page: &RoomsPage, address: &Address) -> AnyView {
    let get = |name: &str| address.query.get(name);
    let choose = |name: &'static str, label: &'static str, words: Vec<(&'static str, &'static str)>| {
        let chosen = get(name);
        let options: Vec<AnyView> = words
            .into_iter()
            .map(|(word, shown)| {
                let on = word == chosen;
                view! { <option value=word selected=on>{shown}</option> }.any()
            })
            .collect();
        view! { <select class="input" name=name aria-label=label><option value="">{format!("{label}: {}", t.any)}</option>{options}</select> }.any()
    };
    let chosen = |name: &str| {
        let id = get(name);
        // What one may not know by name is still the filter.
        let called = page.names.iter().find(|(known, _)| *known == id).map_or_else(|| id.clone(), |(_, called)| called.clone());
        (!id.is_empty()).then_some((id, called))
    };
    let day = |name: &'static str, label: &'static str| {
        let value = get(name).get(..10).unwrap_or_default().to_owned();
        view! { <div class="field"><label for=format!("filter-{name}")>{label}</label><input class="input" type="date" id=format!("filter-{name}") name=name value=value/></div> }.any()
    };
    let set = MORE.iter().filter(|name| !get(name).is_empty()).count();
    let summary = if set == 0 { t.more_filters.to_owned() } else { fill(t.more_filters_set, &[&set]) };
    let any = address.query.pairs().any(|(name, value)| !value.is_empty() && !matches!(name, "cursor" | "sort" | "descending"));
    view! {
        {choose("privacy", t.privacy, Privacy::ALL.iter().map(|word| (word.as_str(), t.privacy_word(*word))).collect())}
        {choose("type", t.type_short, RoomType::ALL.iter().map(|word| (word.as_str(), t.type_word(*word))).collect())}
        {choose("state", t.state, RoomState::ALL.iter().map(|word| (word.as_str(), t.state_word(*word))).collect())}
        <input type="hidden" name="sort" value=get("sort")/>
        <input type="hidden" name="descending" value=get("descending")/>
        <details class="more-filters" open={set > 0}>
            <summary id="more-filters">{summary}</summary>
            <div class="form columns">
                <div>
                    {picked("filter-category", "category", t.category, Among::Categories, t, chosen("category"))}
                    <label class="check"><input type="checkbox" name="below" value="true" checked=get("below") == "true"/> <span>{t.with_below}</span></label>
                </div>
                {picked("filter-manager", "manager", t.managed_by, Among::Principals("user"), t, chosen("manager"))}
                {picked("filter-member", "member", t.with_member, Among::Principals("user"), t, chosen("member"))}
                {day("active_after", t.active_after)}
                {day("active_before", t.active_before)}
                <div class="field"><label for="filter-min_messages">{t.min_messages}</label>
                    <input class="input" type="number" min="0" id="filter-min_messages" name="min_messages" value=get("min_messages")/></div>
            </div>
        </details>
        {any.then(|| view! { <a class="button quiet" href=section("rooms")>{t.clear_filters}</a> }.any())}
    }
    .into_any()
}

/// A page of rooms, of which some can be chosen to do the same with all of them.
/// `all` is the whole list in the API.
pub fn found(console: Console, t: &'static ConsoleText, page: &Rooms, address: &Address, path: &str, all: String) -> AnyView {
    if page.items.is_empty() {
        return table::nothing(t.no_rooms_found);
    }
    let kept: Vec<(&str, &str)> = address.query.pairs().filter(|(name, _)| *name != "cursor").collect();
    let chosen = RwSignal::new(Vec::<Room>::new());
    let rows = page.items.iter().map(|line| row(t, line, chosen)).collect();
    let here: Vec<Room> = page.items.iter().map(|line| line.room.clone()).collect();
    let listed = bulk::Listed { path: all, here: here.len(), total: usize::try_from(page.total).unwrap_or(usize::MAX) };
    view! {
        <p class="soft small num">{t.count(i64::try_from(page.total).unwrap_or(i64::MAX), t.n_rooms)}</p>
        {sorted(t, rows, address, path, chosen, here)}
        {bulk::bar(console, t, chosen, listed)}
        {table::more(path, &kept, page.next.clone(), t)}
    }
    .into_any()
}

/// The table, with headings that sort it.
fn sorted(t: &'static ConsoleText, rows: Vec<AnyView>, address: &Address, path: &str, chosen: bulk::Chosen, all: Vec<Room>) -> AnyView {
    let by = address.query.get("sort");
    let down = address.query.get("descending") == "true";
    let kept: Vec<(&str, &str)> = address.query.pairs().filter(|(name, _)| !matches!(*name, "sort" | "descending" | "cursor")).collect();
    let heading = |name: &'static str, order: Option<RoomOrder>| {
        let Some(order) = order else { return view! { <th scope="col">{name}</th> }.any() };
        let here = by == order.as_str() || (by.is_empty() && order == RoomOrder::Name);
        // What is most comes first; names begin with A.
        let turned = if here { !down } else { !matches!(order, RoomOrder::Name | RoomOrder::Category) };
        let all: Vec<(&str, &str)> = kept.iter().copied().chain([("sort", order.as_str()), ("descending", if turned { "true" } else { "" })]).collect();
        let said = here.then_some(if down { "descending" } else { "ascending" });
        let mark = if here { if down { " ↓" } else { " ↑" } } else { "" };
        view! { <th scope="col" aria-sort=said><a href=crate::routes::with_query(path, &all) id=format!("sort-{}", order.as_str())>{name} {mark}</a></th> }
            .any()
    };
    let count = all.len();
    let headings = vec![
        view! {
            <td><input type="checkbox" class="needs-script" id="select-all" aria-label=t.select_all
                prop:checked=dynamic(move || chosen.with(Vec::len) >= count)
                on:change=move |input| chosen.set(if event_target_checked(&input) { all.clone() } else { Vec::new() })/></td>
        }
        .any(),
        heading(t.name, Some(RoomOrder::Name)),
        heading(t.category, Some(RoomOrder::Category)),
        heading(t.privacy, None),
        heading(t.type_short, None),
        heading(t.n_people, Some(RoomOrder::People)),
        heading(t.n_messages, Some(RoomOrder::Messages)),
        heading(t.last_activity, Some(RoomOrder::Active)),
        heading(t.state, None),
    ];
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=t.rooms>
            <table class="rows"><thead><tr>{headings}</tr></thead><tbody>{rows}</tbody></table>
        </div>
    }
    .any()
}

fn row(t: &'static ConsoleText, line: &ConsoleRoom, chosen: bulk::Chosen) -> AnyView {
    let room = &line.room;
    let info = &room.info;
    let category = if info.path.is_empty() { t.company.to_owned() } else { info.path.join(" › ") };
    let id = info.id;
    let whole = room.clone();
    let choose = move |_| {
        let whole = whole.clone();
        chosen.update(move |chosen| match chosen.iter().position(|room| room.info.id == id) {
            Some(at) => {
                chosen.remove(at);
            }
            None => chosen.push(whole),
        });
    };
    let label = fill(t.select_named, &[&info.name]);
    view! {
        <tr class:off=info.state == RoomState::Disabled>
            <td><input type="checkbox" class="needs-script" id=format!("room-{id}") aria-label=label prop:checked=dynamic(move || chosen.with(|chosen| chosen.iter().any(|room| room.info.id == id))) on:change=choose/></td>
            <th scope="row"><a href=address::room(id)>{icon(room_icon(info))} <span dir="auto">{info.name.clone()}</span></a></th>
            <td><a class="soft" href=address::category(info.category) dir="auto">{category}</a></td>
            <td>{t.privacy_word(info.privacy)}</td>
            <td>{t.type_word(info.room_type)}</td>
            <td class="num">{t.number(line.people)}</td>
            <td class="num">{t.number(u64::try_from(line.messages).unwrap_or_default())}</td>
            <td class="soft">{line.active_at.map(|at| table::time(at, t))}</td>
            <td>{if info.state == RoomState::Disabled { view! { <span class="tag warn">{t.disabled}</span> }.any() } else { view! { <span class="soft">{t.active}</span> }.any() }}</td>
        </tr>
    }
    .any()
}
