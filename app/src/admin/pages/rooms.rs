//! Rooms as a table.

use leptos::prelude::*;
use stoa_domain::room::{Privacy, RoomState, RoomType};
use stoa_domain::wire::room::{ConsoleRoom, Room, RoomOrder, RoomPage as Rooms};

use super::super::address::{self, Address, section};
use super::super::change::{Change, Proposal};
use super::super::console::Console;
use super::super::table;
use super::super::text::ConsoleText;
use crate::place::room_icon;
use crate::text::fill;
use crate::ui::{Erase, dynamic, icon, pressing};

pub fn rooms(console: Console, t: &'static ConsoleText, page: &Rooms, address: &Address) -> AnyView {
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
    let filters = view! {
        {choose("privacy", t.privacy, Privacy::ALL.iter().map(|word| (word.as_str(), t.privacy_word(*word))).collect())}
        {choose("type", t.type_short, RoomType::ALL.iter().map(|word| (word.as_str(), t.type_word(*word))).collect())}
        {choose("state", t.state, RoomState::ALL.iter().map(|word| (word.as_str(), t.state_word(*word))).collect())}
    }
    .into_any();
    let kept: Vec<(&str, &str)> = address.query.pairs().filter(|(name, _)| *name != "cursor").collect();
    let csv = crate::routes::with_query("/api/v1/rooms.csv", &kept);
    let head = table::head(
        Vec::new(),
        view! { {t.rooms} }.into_any(),
        view! {
            <a class="button quiet" href=csv download="rooms.csv">{t.csv}</a>
            <a class="button primary" href=crate::routes::NEW_ROOM>{t.new_room}</a>
        }
        .into_any(),
    );
    view! {
        {head}
        {table::search("/admin/rooms", get("q"), t, filters)}
        {found(console, t, page, address, &section("rooms"))}
    }
    .into_any()
}

/// A page of rooms, of which some can be chosen to do the same with all of them.
pub fn found(console: Console, t: &'static ConsoleText, page: &Rooms, address: &Address, path: &str) -> AnyView {
    if page.items.is_empty() {
        return table::nothing(t.no_rooms_found);
    }
    let kept: Vec<(&str, &str)> = address.query.pairs().filter(|(name, _)| *name != "cursor").collect();
    let chosen = RwSignal::new(Vec::<Room>::new());
    let rows = page.items.iter().map(|line| row(t, line, chosen)).collect();
    let state = move |to: RoomState| {
        let rooms = chosen.get_untracked();
        let verb = if to == RoomState::Disabled { "disable" } else { "enable" };
        let changes: Vec<Change> =
            rooms.iter().filter(|room| room.info.state != to).map(|room| Change::new("POST", format!("/rooms/{}/{verb}", room.info.id), None)).collect();
        let count = changes.len();
        let (title, danger) = if to == RoomState::Disabled { (t.disable, true) } else { (t.enable, false) };
        let proposal = Proposal::new(title, changes).text(fill(t.bulk_disable_text, &[&count]));
        console.propose(if danger { proposal.danger(t.disable) } else { Proposal::new(title, proposal.changes).preview() });
    };
    let bar = move || {
        let count = chosen.with(Vec::len);
        (count > 0).then(|| {
            view! {
                <div class="pending" role="status">
                    <span>{fill(t.selected, &[&count])}</span>
                    <button type="button" class="button" on:click=pressing(move |_| state(RoomState::Active))>{t.enable}</button>
                    <button type="button" class="button" on:click=pressing(move |_| state(RoomState::Disabled))>{t.disable}</button>
                </div>
            }
            .any()
        })
    };
    view! {
        <p class="soft small num">{t.count(i64::try_from(page.total).unwrap_or(i64::MAX), t.n_rooms)}</p>
        {sorted(t, rows, address, path)}
        {dynamic(bar)}
        {table::more(path, &kept, page.next.clone(), t)}
    }
    .into_any()
}

/// The table, with headings that sort it.
fn sorted(t: &'static ConsoleText, rows: Vec<AnyView>, address: &Address, path: &str) -> AnyView {
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
    let headings = vec![
        view! { <th scope="col"><span class="sr">{t.select}</span></th> }.any(),
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

fn row(t: &'static ConsoleText, line: &ConsoleRoom, chosen: RwSignal<Vec<Room>>) -> AnyView {
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
