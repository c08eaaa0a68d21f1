use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use stoa_domain::id::RoomId;
use stoa_domain::wire::joining::{Invitation, InvitationAnswer, JoinAnswer, JoinRequest};

use super::room_icon;
use crate::live::store::use_store;
use crate::routes;
use crate::text::{fill, use_text};
use crate::ui::{Erase, Icon, dynamic, icon, list};

type Make = Box<dyn Fn() -> AnyView + Send + Sync>;

/// The rooms that one is invited into, and the answers to what one asked for. Each form works
/// without scripts, too.
#[component]
pub fn Invitations() -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let any = move || store.invitations.with(|known| !known.is_empty()) || store.asked.with(|asked| asked.iter().any(|request| request.answer.is_some()));
    let lines = list(move || {
        let invited = store.invitations.get().into_iter().map(|one| {
            let make: Make = Box::new(move || view! { <Invited invitation=one.clone()/> }.any());
            make
        });
        let answered = store.asked.get().into_iter().filter(|request| request.answer.is_some()).map(|one| {
            let make: Make = Box::new(move || view! { <Answered request=one.clone()/> }.any());
            make
        });
        let keys = store.invitations.with(|known| known.iter().map(|one| format!("i {} {}", one.room, one.at)).collect::<Vec<_>>());
        let told =
            store.asked.with(|asked| asked.iter().filter(|one| one.answer.is_some()).map(|one| format!("a {} {}", one.room, one.at)).collect::<Vec<_>>());
        keys.into_iter().chain(told).zip(invited.chain(answered)).collect()
    });
    view! {
        <section class="invitations" aria-label=t.invitations hidden=dynamic(move || !any())>
            <h2>{t.invitations}</h2>
            <ul>{lines}</ul>
        </section>
    }
    .any()
}

/// A button that is a form of its own.
fn answer(room: RoomId, name: &'static str, text: &'static str, label: String, class: &'static str, run: impl Fn() + Clone + 'static) -> AnyView {
    let submit = move |submit: SubmitEvent| {
        submit.prevent_default();
        run();
    };
    view! {
        <form method="post" action=routes::INVITATIONS on:submit=submit>
            <input type="hidden" name="room" value=room.to_string()/>
            <button class=class name="answer" value=name aria-label=label>{text}</button>
        </form>
    }
    .any()
}

#[component]
fn Invited(invitation: Invitation) -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let Invitation { room, description, by, .. } = invitation;
    let say = move |answer| move || store.answer_invitation(room, answer);
    view! {
        <li>
            <p>
                {icon(room_icon(&description))}
                <span class="name" dir="auto" title=description.path.join(" › ")>{description.name.clone()}</span>
            </p>
            {by.map(|by| view! { <p class="faint">{fill(t.invited_by, &[&by.display_name])}</p> }.any())}
            <div class="answers">
                {answer(room, "accept", t.accept, fill(t.accept_room, &[&description.name]), "button primary", say(InvitationAnswer::Accept))}
                {answer(room, "decline", t.decline, fill(t.decline_room, &[&description.name]), "button quiet", say(InvitationAnswer::Decline))}
            </div>
        </li>
    }
    .any()
}

#[component]
fn Answered(request: JoinRequest) -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let yes = request.answer == Some(JoinAnswer::Yes);
    let text = fill(if yes { t.let_in } else { t.turned_away }, &[&request.name]);
    let room = request.room;
    view! {
        <li>
            <p>{icon(if yes { Icon::Door } else { Icon::Lock })} <span class="name" dir="auto">{text.clone()}</span></p>
            {(!request.note.is_empty()).then(|| view! { <p class="faint" dir="auto">{request.note.clone()}</p> }.any())}
            <div class="answers">
                {yes.then(|| view! { <a class="button primary" href=routes::room(room)>{t.enter_room}</a> }.any())}
                {answer(room, "done", t.understood, format!("{}: {text}", t.understood), "button quiet", move || store.withdraw(room))}
            </div>
        </li>
    }
    .any()
}
