//! The same done with several rooms at once: shown before with its consequences, and told afterwards room by
//! room where it failed.

use std::sync::Arc;

use leptos::prelude::*;
use serde_json::json;
use stoa_domain::category::Switch;
use stoa_domain::principal::Principal;
use stoa_domain::room::{Privacy, RoomList, RoomState};
use stoa_domain::wire::list::{ChangeList, NewEntry};
use stoa_domain::wire::room::{ChangeRoom, MoveRoom, Room, RoomPage};

use super::super::change::{Change, Proposal};
use super::super::console::Console;
use super::super::find::{Among, Pick, What, find, find_among};
use super::super::text::ConsoleText;
use crate::api::Api;
use crate::routes::with_query;
use crate::text::fill;
use crate::ui::{Dialog, Erase, dynamic, pressing};

/// The rooms that are chosen.
pub type Chosen = RwSignal<Vec<Room>>;

/// The most that are changed in one go.
const MOST: usize = 1_000;
/// How many the API gives at a time.
const PAGE: usize = 200;

/// What the table shows a page of.
#[derive(Clone)]
pub struct Listed {
    /// The whole list in the API.
    pub path: String,
    pub here: usize,
    pub total: usize,
}

/// Chooses what is on further pages, too.
fn choose_all(console: Console, t: &'static ConsoleText, chosen: Chosen, listed: &Listed, busy: RwSignal<bool>) {
    if busy.get_untracked() {
        return;
    }
    busy.set(true);
    let path = listed.path.clone();
    leptos::task::spawn_local(async move {
        let mut all: Vec<Room> = Vec::new();
        let mut cursor = String::new();
        let problem = loop {
            let path = with_query(&path, &[("limit", &PAGE.to_string()), ("cursor", &cursor)]);
            match Api::default().read::<RoomPage>(&path).await {
                Ok(page) => {
                    all.extend(page.items.into_iter().map(|line| line.room).take(MOST - all.len()));
                    match page.next.filter(|_| all.len() < MOST) {
                        Some(next) => cursor = next,
                        None => break None,
                    }
                }
                Err(problem) => break Some(problem),
            }
        };
        busy.try_set(false);
        match problem {
            None => drop(chosen.try_set(all)),
            Some(problem) => console.say(t.told(&problem)),
        }
    });
}

/// What is done with each.
#[derive(Clone)]
enum Act {
    State(RoomState),
    Move(stoa_domain::id::CategoryId, String),
    Change(ChangeRoom, String),
    People { list: RoomList, add: bool, who: Principal, name: String },
    Delete,
}

impl Act {
    fn on(&self, room: &Room) -> Change {
        let path = format!("/rooms/{}", room.info.id);
        let change = match self {
            Self::State(RoomState::Disabled) => Change::new("POST", format!("{path}/disable"), None),
            Self::State(RoomState::Active) => Change::new("POST", format!("{path}/enable"), None),
            Self::Move(category, _) => Change::new("POST", format!("{path}/move"), serde_json::to_value(MoveRoom { category: *category }).ok()).of(room),
            Self::Change(change, _) => Change::new("PATCH", path, serde_json::to_value(change).ok()).of(room),
            Self::People { list, add, who, .. } => {
                let (come, go) = if *add { (vec![NewEntry { principal: *who, until: None }], Vec::new()) } else { (Vec::new(), vec![*who]) };
                let change = ChangeList { add: come, remove: go };
                Change::new("PATCH", format!("{path}/lists/{list}"), Some(serde_json::to_value(change).unwrap_or_else(|_| json!({}))))
            }
            Self::Delete => Change::new("DELETE", path, None).of(room),
        };
        Change { label: format!("# {}", room.info.name), ..change }
    }

    /// Whether the room is so already.
    fn is_done(&self, room: &Room) -> bool {
        match self {
            Self::State(state) => room.info.state == *state,
            Self::Move(category, _) => room.info.category == *category,
            Self::Change(change, _) => {
                change.privacy.is_none_or(|privacy| privacy == room.info.privacy)
                    && change.invitations.is_none_or(|switch| switch == room.invitations)
                    && change.files.is_none_or(|switch| switch == room.files)
                    && change.history.is_none_or(|switch| switch == room.history)
            }
            Self::People { .. } | Self::Delete => false,
        }
    }

    fn title(&self, t: &'static ConsoleText) -> String {
        match self {
            Self::State(RoomState::Disabled) => t.disable.to_owned(),
            Self::State(RoomState::Active) => t.enable.to_owned(),
            Self::Move(_, name) => fill(t.bulk_move_to, &[name]),
            Self::Change(_, title) => title.clone(),
            Self::People { list, add, name, .. } => fill(if *add { t.bulk_add } else { t.bulk_take }, &[name, &t.list(list.as_str())]),
            Self::Delete => t.delete.to_owned(),
        }
    }
}

fn propose(console: Console, t: &'static ConsoleText, chosen: Chosen, act: &Act) {
    let rooms = chosen.get_untracked();
    let (done, to_do): (Vec<&Room>, Vec<&Room>) = rooms.iter().partition(|room| act.is_done(room));
    if to_do.is_empty() {
        return console.say(t.bulk_nothing.to_owned());
    }
    let n = i64::try_from(to_do.len()).unwrap_or(i64::MAX);
    let mut text = t.count(n, t.bulk_n_rooms);
    if !done.is_empty() {
        text.push(' ');
        text.push_str(&t.count(i64::try_from(done.len()).unwrap_or(i64::MAX), t.bulk_n_done));
    }
    let more = match act {
        Act::State(RoomState::Disabled) => t.disable_room_text,
        Act::Delete => t.delete_room_text,
        _ => "",
    };
    if !more.is_empty() {
        text.push(' ');
        text.push_str(more);
    }
    let changes: Vec<Change> = to_do.iter().map(|room| act.on(room)).collect();
    let confirm = match to_do.as_slice() {
        [one] => one.info.name.clone(),
        many => many.len().to_string(),
    };
    let proposal = Proposal::new(act.title(t), changes).text(text).preview().each();
    console.propose(match act {
        Act::State(RoomState::Disabled) => proposal.danger(t.disable),
        Act::Delete => proposal.danger(t.delete).confirm(confirm),
        _ => proposal,
    });
}

/// What can be done with those that are chosen.
pub fn bar(console: Console, t: &'static ConsoleText, chosen: Chosen, listed: Listed) -> AnyView {
    let changing = RwSignal::new(false);
    let loading = RwSignal::new(false);
    let title = Signal::derive(move || fill(t.bulk_title, &[&chosen.with(Vec::len)]));
    let shown = move || {
        let count = chosen.with(Vec::len);
        let all = (listed.here..listed.total.min(MOST)).contains(&count).then(|| {
            let listed = listed.clone();
            let label = fill(if listed.total > MOST { t.select_first } else { t.select_matching }, &[&t.number(listed.total.min(MOST) as u64)]);
            let press = pressing(move |_| choose_all(console, t, chosen, &listed, loading));
            view! {
                <button type="button" class="button quiet" id="select-matching" aria-busy=dynamic(move || if loading.get() { "true" } else { "false" }) on:click=press>{label}</button>
            }
            .any()
        });
        let act = move |act: Act| pressing(move |_| propose(console, t, chosen, &act));
        (count > 0).then(|| {
            view! {
                <div class="pending" role="status">
                    <span>{fill(t.selected, &[&count])}</span>
                    {all}
                    <button type="button" class="button quiet" on:click=pressing(move |_| chosen.set(Vec::new()))>{t.select_none}</button>
                    <button type="button" class="button" on:click=act(Act::State(RoomState::Active))>{t.enable}</button>
                    <button type="button" class="button" on:click=act(Act::State(RoomState::Disabled))>{t.disable}</button>
                    <button type="button" class="button" id="bulk-change" on:click=pressing(move |_| changing.set(true))>{t.bulk_change}</button>
                    <button type="button" class="button" on:click=act(Act::Delete)>{t.delete} "…"</button>
                </div>
            }
            .any()
        })
    };
    let run = move |act: &Act| {
        changing.set(false);
        propose(console, t, chosen, act);
    };
    view! {
        {dynamic(shown)}
        <Dialog open=changing title class="proposal">{changes(t, run)}</Dialog>
    }
    .into_any()
}

/// Everything that can be changed of several rooms at once.
fn changes(t: &'static ConsoleText, run: impl Fn(&Act) + Copy + Send + Sync + 'static) -> AnyView {
    let to: Pick = Arc::new(move |what, name| {
        if let What::Category(category) = what {
            run(&Act::Move(category, name));
        }
    });
    let patch = move |change: ChangeRoom, title: String| pressing(move |_| run(&Act::Change(change.clone(), title.clone())));
    let privacy: Vec<AnyView> = Privacy::ALL
        .iter()
        .map(|word| {
            let title = format!("{}: {}", t.privacy, t.privacy_word(*word));
            let change = ChangeRoom { privacy: Some(*word), ..ChangeRoom::default() };
            view! { <button type="button" class="button" on:click=patch(change, title)>{t.privacy_word(*word)}</button> }.any()
        })
        .collect();
    let switch = move |label: &'static str, change: fn(Switch) -> ChangeRoom| {
        let button = |value: Switch, word: &'static str| {
            let title = format!("{label}: {word}");
            view! { <button type="button" class="button" aria-label=title.clone() on:click=patch(change(value), title)>{word}</button> }.any()
        };
        view! { <fieldset><legend>{label}</legend><div class="row">{button(Switch::Inherit, t.inherit)}{button(Switch::Off, t.off)}</div></fieldset> }.any()
    };
    // Which list, and whether somebody comes or goes.
    let how = RwSignal::new(String::from("members+"));
    let hows = [("members+", t.bulk_add_member), ("members-", t.bulk_take_member), ("managers+", t.bulk_add_manager), ("managers-", t.bulk_take_manager)];
    let hows: Vec<AnyView> = hows.into_iter().map(|(word, name)| view! { <option value=word>{name}</option> }.any()).collect();
    let who = move |who: Principal, name: String| {
        let how = how.get_untracked();
        let list = if how.starts_with("managers") { RoomList::Managers } else { RoomList::Members };
        run(&Act::People { list, add: how.ends_with('+'), who, name });
    };
    view! {
        <div class="form bulk">
            <fieldset><legend>{t.bulk_move}</legend>{find_among("bulk-category".to_owned(), t.find_category, Among::Categories, t, to)}</fieldset>
            <fieldset><legend>{t.privacy}</legend><div class="row">{privacy}</div></fieldset>
            {switch(t.invitations, |invitations| ChangeRoom { invitations: Some(invitations), ..ChangeRoom::default() })}
            {switch(t.files, |files| ChangeRoom { files: Some(files), ..ChangeRoom::default() })}
            {switch(t.history, |history| ChangeRoom { history: Some(history), ..ChangeRoom::default() })}
            <fieldset>
                <legend>{t.bulk_people}</legend>
                <select class="input" aria-label=t.bulk_people id="bulk-how" on:change=move |input| how.set(event_target_value(&input))>{hows}</select>
                {find("bulk-who".to_owned(), t.add_who, "", t, who)}
            </fieldset>
        </div>
    }
    .any()
}
