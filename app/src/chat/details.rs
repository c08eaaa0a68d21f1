use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use stoa_domain::wire::Person;
use stoa_domain::wire::joining::{JoinAnswer, JoinRequest};

use super::desk::use_desk;
use super::listed::Listed;
use crate::live::order;
use crate::live::store::use_store;
use crate::routes;
use crate::text::{fill, use_text};
use crate::ui::{Confirm, Erase, Icon, IconButton, dynamic, effect, icon, list, pressing};
use crate::words::{privacy_word, type_word};

/// What there is to know of the room, and who is in it now.
#[component]
pub fn Details() -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let desk = use_desk();
    let room = desk.room;
    let leaving = RwSignal::new(false);
    let fact = |term: &'static str, text: String| (!text.is_empty()).then(|| view! { <dt>{term}</dt><dd dir="auto">{text}</dd> }.any());
    view! {
        <aside class="details" aria-label=t.details>
            <IconButton icon=Icon::Close label=t.close class="close-details needs-live" press=move |_| desk.details.set(Some(false))/>
            <section>
                <h2>{t.about}</h2>
                <dl>
                    {dynamic(move || room.info.with(|info| vec![
                        fact(t.category, info.path.join(" › ")),
                        fact(t.topic, info.topic.clone()),
                        fact(t.description, info.description.clone()),
                        fact(t.privacy, format!("{}. {}", privacy_word(t, info.privacy).0, privacy_word(t, info.privacy).1)),
                        fact(t.room_type, format!("{}. {}", type_word(t, info.room_type).0, type_word(t, info.room_type).1)),
                        fact(t.chat_history, if info.kept { String::new() } else { format!("{}. {}", t.not_kept, t.not_kept_long) }),
                    ]))}
                </dl>
            </section>
            <Requests/>
            <Here/>
            <Listed/>
            {dynamic(move || room.following.get().then(|| view! {
                <form
                    method="post"
                    action=format!("{}/leave", routes::room(room.id))
                    on:submit=move |submit| {
                        submit.prevent_default();
                        leaving.set(true);
                    }
                >
                    <button class="button quiet">{icon(Icon::Door)} {t.leave}</button>
                </form>
            }.any()))}
            {dynamic(move || room.info.with(|info| info.may.see_in_console).then(|| view! {
                <a class="button quiet" href=routes::admin_room(room.id)>{icon(Icon::Sliders)} {t.administer}</a>
            }.any()))}
            <Confirm
                open=leaving
                title=Signal::derive(move || fill(t.leave_title, &[&room.name()]))
                text=t.leave_text
                yes=t.leave
                run=move |()| store.leave(room)
            />
        </aside>
    }
    .any()
}

/// Who asks to join, for who manages the room.
#[component]
fn Requests() -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let room = use_desk().room;
    effect(move || {
        if room.info.with(|info| info.may.manage) {
            store.load_requests(room);
        }
    });
    let lines = list(move || {
        let line = |request: JoinRequest| {
            let key = format!("{} {}", request.person.id, request.text);
            (key, move || {
                let (user, name) = (request.person.id, request.person.display_name.clone());
                let button = |word: JoinAnswer, text: &'static str, label: &'static str, class: &'static str| {
                    let submit = move |submit: SubmitEvent| {
                        submit.prevent_default();
                        store.answer_request(room, user, word);
                    };
                    view! {
                        <form method="post" action=format!("{}/requests", routes::room(room.id)) on:submit=submit>
                            <input type="hidden" name="user" value=user.to_string()/>
                            <button class=class name="answer" value=word.as_str() aria-label=fill(label, &[&name])>{text}</button>
                        </form>
                    }
                    .any()
                };
                view! {
                    <li title=format!("@{}", request.person.name)>
                        <p class="name" dir="auto">{name.clone()}</p>
                        {(!request.text.is_empty()).then(|| view! { <p class="faint" dir="auto">{request.text.clone()}</p> }.any())}
                        <div class="answers">
                            {button(JoinAnswer::Yes, t.admit, t.admit_person, "button primary")}
                            {button(JoinAnswer::No, t.turn_away, t.turn_away_person, "button quiet")}
                        </div>
                    </li>
                }
                .any()
            })
        };
        room.requests.get().into_iter().map(line).collect()
    });
    view! {
        <section class="requests" hidden=dynamic(move || room.requests.with(Vec::is_empty))>
            <h2>{t.requests} " " <span class="faint num">{dynamic(move || room.requests.with(|waiting| waiting.len().to_string()))}</span></h2>
            <ul>{lines}</ul>
        </section>
    }
    .any()
}

/// Who is in the room now.
#[component]
fn Here() -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let room = use_desk().room;
    let people = move || order::by_text(room.people.with(|people| people.here.clone()).unwrap_or_default(), |person| person.display_name.to_lowercase());
    let people = list(move || {
        let line = |person: Person| {
            (format!("{} {}", person.id, person.display_name), move || {
                view! {
                    <li title=format!("@{}", person.name)>
                        <span class="dot on" aria-hidden="true"></span>
                        <span class="name" dir="auto">{person.display_name.clone()}</span>
                    </li>
                }
                .any()
            })
        };
        people().into_iter().map(line).collect()
    });
    view! {
        <section hidden=dynamic(move || room.people.with(|people| people.count == 0))>
            <h2>{t.here_now} " " <span class="faint num">{dynamic(move || room.people.with(|people| people.count.to_string()))}</span></h2>
            <ul class="people-here">{people}</ul>
            <button type="button" class="button" hidden=move || room.people.with(|people| people.here.is_some()) on:click=pressing(move |_| store.roster(room))>
                {t.show_people}
            </button>
        </section>
    }
    .any()
}
