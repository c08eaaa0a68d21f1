//! Clearing a room's history before a day: first what that would be, then doing it.

use leptos::prelude::*;
use stoa_domain::wire::cleanup::{ClearRoom, MessageQuery, QueryState};
use stoa_domain::wire::problem::{FieldError, Problem};
use stoa_domain::wire::room::Room;

use super::super::address::section;
use super::super::change::{After, Change, Proposal};
use super::super::console::Console;
use super::super::form::{self, Fields, Form, Labelled};
use super::super::table;
use super::super::text::ConsoleText;
use super::messages::{count, finished};
use crate::api::Api;
use crate::text::fill;
use crate::ui::{Dialog, Erase, dynamic, pressing};

pub fn dialog(console: Console, t: &'static ConsoleText, room: &Room, open: RwSignal<bool>) -> AnyView {
    let state = Form::new();
    let busy = RwSignal::new(false);
    let found = RwSignal::new(None::<(ClearRoom, MessageQuery)>);
    let path = StoredValue::new(format!("/rooms/{}/clear", room.info.id));
    let look = move |fields: Fields| {
        found.set(None);
        let Some(before) = crate::when::parse(&format!("{}T00:00:00", fields.get("before"))) else {
            let error = FieldError { field: "/before".into(), code: "required".into(), message: t.day_needed.to_owned() };
            return state.problem.set(Some(Problem { errors: vec![error], ..Problem::invalid() }));
        };
        busy.set(true);
        leptos::task::spawn_local(async move {
            let asked = ClearRoom { before, dry_run: true };
            let answer = ask(&path.get_value(), &asked).await;
            busy.try_set(false);
            match answer {
                Ok(query) => drop(found.try_set(Some((asked, query)))),
                Err(problem) => drop(state.problem.try_set(Some(problem))),
            }
        });
    };
    let name = StoredValue::new(room.info.name.clone());
    let act = move |asked: ClearRoom, messages: i64| {
        open.set(false);
        let change = Change::new("POST", path.get_value(), serde_json::to_value(ClearRoom { dry_run: false, ..asked }).ok());
        let name = name.get_value();
        let proposal = Proposal::new(fill(t.clear_room, &[&name]), vec![change]).text(fill(t.clear_text, &[&count(t, messages)]));
        console.propose(proposal.danger(t.action_clear).confirm(name).after(After::Go(section("messages"))));
    };
    let shown = move || {
        found.get().map(|(asked, query)| {
            let messages = query.messages;
            let span = query.first_at.zip(query.last_at).map(|(first, last)| view! { <p class="soft small">{table::moment(first, t)} " – " {table::moment(last, t)}</p> }.any());
            view! {
                <div class="preview">
                    <div class="big num" role="status">
                        <div><strong>{count(t, messages)}</strong>{t.n_messages}</div>
                        <div><strong>{count(t, query.authors)}</strong>{t.authors}</div>
                    </div>
                    {span}
                </div>
                {(messages > 0).then(|| view! {
                    <div class="actions"><button type="button" class="button danger" id="clear-now" on:click=pressing(move |_| act(asked.clone(), messages))>{fill(t.act_on, &[&count(t, messages)])}</button></div>
                }.any())}
            }
            .into_any()
        })
    };
    let fields = view! {
        <p class="soft small">{t.clear_help}</p>
        {form::input(state, Labelled::new("clear", "before", t.clear_before), "date", String::new())}
        <div class="actions">
            <button class="button primary" aria-disabled=dynamic(move || if busy.get() { "true" } else { "false" })>{t.dry_run}</button>
        </div>
    }
    .into_any();
    let title = fill(t.clear_room, &[&room.info.name]);
    let heading = Signal::derive(move || title.clone());
    view! {
        <Dialog open title=heading class="proposal">
            {form::form(state, "", look, fields)}
            {dynamic(shown)}
        </Dialog>
    }
    .any()
}

async fn ask(path: &str, asked: &ClearRoom) -> Result<MessageQuery, Problem> {
    let body = serde_json::to_string(asked).map_err(|_| Problem::internal())?;
    let answer = Api::default().change("POST", path, Some(body), None).await?;
    let query: MessageQuery = serde_json::from_str(&answer).map_err(|_| Problem::internal())?;
    if query.state == QueryState::Running { finished(query).await } else { Ok(query) }
}
