use leptos::prelude::*;

use super::desk::use_desk;
use crate::live::store::use_store;
use crate::routes;
use crate::text::{fill, use_text};
use crate::ui::{Confirm, Icon, IconButton, icon};
use crate::words::{privacy_word, type_word};

/// What there is to know of the room, and who is in it now.
#[component]
pub fn Details() -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let desk = use_desk();
    let room = desk.room;
    let leaving = RwSignal::new(false);
    let fact = |term: &'static str, text: String| (!text.is_empty()).then(|| view! { <dt>{term}</dt><dd dir="auto">{text}</dd> });
    view! {
        <aside class="details" aria-label=t.details>
            <IconButton icon=Icon::Close label=t.close class="close-details needs-live" press=move |_| desk.details.set(Some(false))/>
            <section>
                <h2>{t.about}</h2>
                <dl>
                    {move || room.info.with(|info| (
                        fact(t.category, info.path.join(" › ")),
                        fact(t.topic, info.topic.clone()),
                        fact(t.description, info.description.clone()),
                        fact(t.privacy, format!("{}. {}", privacy_word(t, info.privacy).0, privacy_word(t, info.privacy).1)),
                        fact(t.room_type, format!("{}. {}", type_word(t, info.room_type).0, type_word(t, info.room_type).1)),
                    ))}
                </dl>
            </section>
            <Here/>
            <Show when=move || room.following.get()>
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
            </Show>
            <Confirm
                open=leaving
                title=Signal::derive(move || fill(t.leave_title, &[&room.name()]))
                text=t.leave_text
                yes=t.leave
                run=move |()| store.leave(room)
            />
        </aside>
    }
    .into_any()
}

/// Who is in the room now.
#[component]
fn Here() -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let room = use_desk().room;
    let people = move || {
        let mut people = room.people.with(|people| people.here.clone()).unwrap_or_default();
        people.sort_by_cached_key(|person| person.display_name.to_lowercase());
        people
    };
    view! {
        <Show when=move || room.people.with(|people| people.count > 0)>
            <section>
                <h2>{t.here_now} " " <span class="faint num">{move || room.people.with(|people| people.count)}</span></h2>
                <ul class="people-here">
                    <For each=people key=|person| (person.id, person.display_name.clone()) let:person>
                        <li title=format!("@{}", person.name)>
                            <span class="dot on" aria-hidden="true"></span>
                            <span class="name" dir="auto">{person.display_name}</span>
                        </li>
                    </For>
                </ul>
                <Show when=move || room.people.with(|people| people.here.is_none())>
                    <button type="button" class="button" on:click=move |_| store.roster(room)>{t.show_people}</button>
                </Show>
            </section>
        </Show>
    }
}
