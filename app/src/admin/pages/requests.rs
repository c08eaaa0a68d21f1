//! Who asked to join a room, and the answers.

use leptos::prelude::*;
use stoa_domain::wire::Page;
use stoa_domain::wire::joining::{AnswerJoinRequest, JoinAnswer, JoinRequest};
use stoa_domain::wire::room::Room;

use super::super::address;
use super::super::change::{Change, Proposal};
use super::super::console::Console;
use super::super::table;
use super::super::text::ConsoleText;
use crate::text::fill;
use crate::ui::{Erase, pressing};

pub fn requests(console: Console, t: &'static ConsoleText, room: &Room, page: &Page<JoinRequest>) -> AnyView {
    if page.items.is_empty() {
        return table::nothing(t.no_requests);
    }
    let may = room.info.may.manage;
    let rows = page.items.iter().map(|request| row(console, t, request, may)).collect();
    table::table(t.room_requests, &[t.person, t.when, t.said, ""], rows)
}

fn row(console: Console, t: &'static ConsoleText, request: &JoinRequest, may: bool) -> AnyView {
    let (room, person) = (request.room, request.person.clone());
    let name = person.display_name.clone();
    let answer = move |answer: JoinAnswer| {
        let body = AnswerJoinRequest { answer, until: None, note: String::new() };
        let change = Change::new("POST", format!("/rooms/{room}/join-requests/{}", person.id), serde_json::to_value(body).ok());
        console.propose(Proposal::new(person.display_name.clone(), vec![change]));
    };
    let (yes, no) = (answer.clone(), answer);
    let answered = request.answer.map(|answer| if answer == JoinAnswer::Yes { t.let_in } else { t.refused });
    view! {
        <tr>
            <th scope="row"><a href=address::person(request.person.id) dir="auto">{name.clone()}</a></th>
            <td class="soft">{table::moment(request.at, t)}</td>
            <td dir="auto">{request.text.clone()}</td>
            <td>{match answered {
                Some(answered) => view! { <span class="soft">{answered}</span> }.any(),
                None if may => view! {
                    <span class="row-actions">
                        <button type="button" class="button primary needs-script" aria-label=fill(t.let_in_named, &[&name]) on:click=pressing(move |_| yes(JoinAnswer::Yes))>{t.let_in_do}</button>
                        <button type="button" class="button quiet needs-script" aria-label=fill(t.refuse_named, &[&name]) on:click=pressing(move |_| no(JoinAnswer::No))>{t.refuse}</button>
                    </span>
                }.any(),
                None => view! { <span></span> }.any(),
            }}</td>
        </tr>
    }
    .any()
}
