//! Message clean-up: finding messages, hiding or replacing them, and taking that back.

use leptos::prelude::*;
use stoa_domain::principal::Principal;
use stoa_domain::time::Timestamp;
use stoa_domain::wire::Page;
use stoa_domain::wire::cleanup::{MessageQuery, NewMessageQuery, QueryAction, QueryFound, QueryState};
use stoa_domain::wire::problem::Problem;

use super::super::address::{self, section};
use super::super::change::{Change, Proposal};
use super::super::console::Console;
use super::super::find::find;
use super::super::form::{self, Form, Labelled};
use super::super::table;
use super::super::text::ConsoleText;
use crate::api::Api;
use crate::text::fill;
use crate::ui::{Erase, Icon, dynamic, icon, pressing};

/// What is asked for while it is put together.
#[derive(Clone, Copy)]
struct Asking {
    author: RwSignal<Option<(stoa_domain::id::UserId, String)>>,
    found: RwSignal<Option<Result<(NewMessageQuery, MessageQuery), Problem>>>,
    busy: RwSignal<bool>,
}

pub fn messages(console: Console, t: &'static ConsoleText, page: &Page<MessageQuery>, address: &address::Address) -> AnyView {
    let asking = Asking { author: RwSignal::new(None), found: RwSignal::new(None), busy: RwSignal::new(false) };
    let state = Form::new();
    let room = address.query.get("room");
    let send = move |fields: form::Fields| {
        let rooms: Vec<_> = fields.get("rooms").split([' ', ',', '\n']).filter_map(|id| id.rsplit('/').next()?.parse().ok()).collect();
        let action = QueryAction::parse(&fields.get("action")).unwrap_or(QueryAction::Find);
        let query = NewMessageQuery {
            name: None,
            rooms: (!rooms.is_empty()).then_some(rooms),
            category: fields.get("category").rsplit('/').next().and_then(|id| id.parse().ok()),
            author: asking.author.with_untracked(|author| author.as_ref().map(|(id, _)| *id)),
            from: start_of(&fields.get("from")),
            to: start_of(&fields.get("to")),
            words: fields.filled("words"),
            action,
            text: (action == QueryAction::Replace).then(|| fields.get("text")),
            dry_run: true,
        };
        asking.busy.set(true);
        leptos::task::spawn_local(async move {
            let answer = run(&query).await;
            asking.busy.try_set(false);
            match answer {
                Err(problem) if matches!(problem.status, 400 | 422) => drop(state.problem.try_set(Some(problem))),
                answer => drop(asking.found.try_set(Some(answer.map(|found| (query, found))))),
            }
        });
    };
    let action = RwSignal::new(QueryAction::Find);
    let choose = move |input: leptos::ev::Event| action.set(QueryAction::parse(&event_target_value(&input)).unwrap_or(QueryAction::Find));
    let fields = view! {
        {form::input(state, Labelled::new("query", "words", t.words).hint(t.words_hint), "text", String::new())}
        <div class="field">
            <span class="label">{t.author}</span>
            {dynamic(move || asking.author.get().map(|(_, name)| view! {
                <p class="chosen"><span dir="auto">{name}</span> <button type="button" class="button quiet" on:click=pressing(move |_| asking.author.set(None))>{t.remove}</button></p>
            }.any()))}
            {find("author".to_owned(), t.author, "user", t, move |principal, name| if let Principal::User(id) = principal { asking.author.set(Some((id, name))) })}
        </div>
        {form::input(state, Labelled::new("query", "rooms", t.rooms).hint(t.rooms_hint), "text", room)}
        {form::input(state, Labelled::new("query", "category", t.category).hint(t.category_hint), "text", address.query.get("category"))}
        {form::input(state, Labelled::new("query", "from", t.from), "date", String::new())}
        {form::input(state, Labelled::new("query", "to", t.before_day), "date", String::new())}
        <div class="field">
            <label for="query-action">{t.action}</label>
            <select class="input" id="query-action" name="action" on:change=choose>
                <option value="find">{t.action_find}</option>
                <option value="remove">{t.action_remove}</option>
                <option value="replace">{t.action_replace}</option>
            </select>
        </div>
        <div hidden=dynamic(move || action.get() != QueryAction::Replace)>
            {form::area(state, Labelled::new("query", "text", t.replacement), 2, String::new())}
        </div>
        <div class="actions">
            <button class="button primary needs-script" disabled=dynamic(move || !console.awake.get()) aria-disabled=dynamic(move || if asking.busy.get() { "true" } else { "false" })>{t.dry_run}</button>
        </div>
    }
    .into_any();
    let queries: Vec<AnyView> = page.items.iter().map(|query| query_row(console, t, query)).collect();
    let list = if queries.is_empty() {
        table::nothing(t.no_queries)
    } else {
        table::table(t.queries, &[t.when, t.who, t.action, t.n_messages, t.n_rooms_short, t.state, ""], queries)
    };
    view! {
        {table::head(Vec::new(), view! { {t.messages} }.into_any(), ().into_any())}
        <p class="soft small">{t.messages_help}</p>
        {form::form(state, "columns", send, fields)}
        {dynamic(move || asking.found.get().map(|found| match found {
            Err(problem) => view! { <p class="notice danger" role="alert">{icon(Icon::Warning)} <span>{t.problem(&problem)}</span></p> }.any(),
            Ok((query, found)) => result(console, t, query, &found),
        }))}
        <section>
            <h2>{t.queries}</h2>
            {list}
            {table::more(&section("messages"), &[], page.next.clone(), t)}
        </section>
    }
    .into_any()
}

fn start_of(day: &str) -> Option<Timestamp> {
    if day.is_empty() { None } else { crate::when::parse(&format!("{day}T00:00:00")) }
}

async fn run(query: &NewMessageQuery) -> Result<MessageQuery, Problem> {
    let body = serde_json::to_string(query).map_err(|_| Problem::internal())?;
    let answer = Api::default().change("POST", "/messages/query", Some(body), None).await?;
    finished(serde_json::from_str(&answer).map_err(|_| Problem::internal())?).await
}

/// The query when it is through, with what it found.
pub async fn finished(mut found: MessageQuery) -> Result<MessageQuery, Problem> {
    // Much takes a while: it is looked at until it is through.
    while found.state == QueryState::Running {
        wait().await;
        found = Api::default().read(&format!("/messages/query/{}", found.id)).await?;
    }
    if found.found.is_none() {
        found = Api::default().read(&format!("/messages/query/{}", found.id)).await?;
    }
    Ok(found)
}

/// A little while.
pub(super) async fn wait() {
    #[cfg(feature = "hydrate")]
    {
        let promise = js_sys::Promise::new(&mut |resolve, _| {
            let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, 400);
        });
        let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
    }
}

pub fn count(t: &ConsoleText, count: i64) -> String {
    t.number(u64::try_from(count).unwrap_or_default())
}

/// What was found, and the step from looking to doing.
fn result(console: Console, t: &'static ConsoleText, query: NewMessageQuery, found: &MessageQuery) -> AnyView {
    let (messages, rooms, authors) = (found.messages, found.rooms, found.authors);
    let act = move |_| {
        let real = NewMessageQuery { dry_run: false, ..query.clone() };
        let verb = if real.action == QueryAction::Replace { t.action_replace } else { t.action_remove };
        let change = Change::new("POST", "/messages/query".to_owned(), serde_json::to_value(real).ok());
        let text = fill(t.act_text, &[&count(t, messages), &count(t, rooms)]);
        console.propose(Proposal::new(verb, vec![change]).text(text).danger(verb).confirm(messages.to_string()));
    };
    let acts = matches!(found.query.action, QueryAction::Remove | QueryAction::Replace) && messages > 0;
    let span = found
        .first_at
        .zip(found.last_at)
        .map(|(first, last)| view! { <p class="soft small">{table::moment(first, t)} " – " {table::moment(last, t)}</p> }.any());
    view! {
        <section class="preview" aria-label=t.result>
            <div class="big num" role="status">
                <div><strong>{count(t, messages)}</strong>{t.n_messages}</div>
                <div><strong>{count(t, rooms)}</strong>{t.rooms}</div>
                <div><strong>{count(t, authors)}</strong>{t.authors}</div>
            </div>
            {span}
            {found.found.as_ref().map(|found| details(t, found))}
            {acts.then(|| view! { <div class="actions"><button type="button" class="button danger" id="act" on:click=pressing(act)>{fill(t.act_on, &[&count(t, messages)])}</button></div> }.any())}
        </section>
    }
    .any()
}

fn details(t: &'static ConsoleText, found: &QueryFound) -> AnyView {
    let rooms: Vec<AnyView> = found
        .rooms
        .iter()
        .map(|room| {
            view! {
                <tr>
                    <th scope="row"><a href=address::room(room.room) dir="auto">{format!("# {}", room.name)}</a></th>
                    <td class="num">{count(t, room.messages)}</td>
                    <td class="soft">{table::time(room.first_at, t)} " – " {table::time(room.last_at, t)}</td>
                    <td class="soft">{if room.readable { "" } else { t.not_readable }}</td>
                </tr>
            }
            .any()
        })
        .collect();
    let texts: Vec<AnyView> = found
        .messages
        .iter()
        .map(|found| {
            let message = &found.message;
            view! {
                <li>
                    <a href=crate::routes::message(found.room, message.seq)><strong dir="auto">{message.author.display_name.clone()}</strong></a>
                    " " <span class="faint tiny">{table::moment(message.at, t)}</span>
                    <p dir="auto">{message.body.clone()}</p>
                </li>
            }
            .any()
        })
        .collect();
    view! {
        {(!rooms.is_empty()).then(|| table::table(t.rooms, &[t.name, t.n_messages, t.when, ""], rooms))}
        {(!texts.is_empty()).then(|| view! { <ul class="affected" tabindex="0" aria-label=t.messages>{texts}</ul> }.any())}
    }
    .into_any()
}

fn query_row(console: Console, t: &'static ConsoleText, query: &MessageQuery) -> AnyView {
    let id = query.id;
    let undo = move |_| {
        let change = Change::new("POST", format!("/messages/undo/{id}"), None);
        console.propose(Proposal::new(t.undo, vec![change]).text(t.undo_text));
    };
    let action = match query.query.action {
        _ if query.query.dry_run => t.action_find,
        QueryAction::Find => t.action_find,
        QueryAction::Remove => t.action_remove,
        QueryAction::Replace => t.action_replace,
        QueryAction::Clear => t.action_clear,
    };
    let state = match query.state {
        QueryState::Running | QueryState::Undoing => fill(t.progress, &[&count(t, query.progress.done), &count(t, query.progress.of)]),
        QueryState::Done => t.state_done.to_owned(),
        QueryState::Undone => t.state_undone.to_owned(),
        QueryState::Erased => t.state_erased.to_owned(),
    };
    let may_undo = query.undo_until.is_some_and(|until| until > console.now()) && query.state == QueryState::Done;
    view! {
        <tr>
            <td>{table::moment(query.at, t)}</td>
            <td dir="auto">{query.by.display_name.clone()}</td>
            <td>{action}</td>
            <td class="num">{count(t, query.messages)}</td>
            <td class="num">{count(t, query.rooms)}</td>
            <td class="soft">{state}</td>
            <td>{may_undo.then(|| view! { <button type="button" class="button quiet needs-script" on:click=pressing(undo)>{t.undo}</button> }.any())}</td>
        </tr>
    }
    .any()
}
