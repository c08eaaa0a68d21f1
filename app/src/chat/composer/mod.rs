//! Where one writes.

mod draft;
mod files;
mod form;
mod keys;
mod mentions;

use leptos::prelude::*;
use stoa_domain::room::{RoomState, RoomType};

use super::desk::use_desk;
use crate::live::store::use_store;
use crate::place::is_online;
use crate::routes;
use crate::text::{fill, use_text};
use crate::ui::{Erase, Icon, dynamic, icon};
#[cfg(feature = "hydrate")]
pub use files::take;
use form::Form;

/// The composer, or why there is none.
#[component]
pub fn Composer() -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let room = use_desk().room;
    let state = Memo::new(move |_| room.info.with(|info| (room.following.get(), info.may.post, info.state, info.room_type)));
    let shown = move || match state.get() {
        (_, _, RoomState::Disabled, _) => view! { <p class="readonly">{icon(Icon::Lock)} {t.readonly_disabled}</p> }.any(),
        (false, ..) => view! {
            <form
                class="readonly"
                method="post"
                action=routes::JOIN
                on:submit=move |submit| {
                    // Without a connection the form does it.
                    if is_online(store) {
                        submit.prevent_default();
                        store.join(room);
                    }
                }
            >
                <input type="hidden" name="room" value=room.id.to_string()/>
                <span>{t.preview}</span>
                <button class="button primary">{fill(t.join_room, &[&room.name()])}</button>
            </form>
        }
        .any(),
        (true, true, ..) => view! { <Form/> }.any(),
        (true, false, _, RoomType::Auditorium) => view! { <p class="readonly">{icon(Icon::Megaphone)} {t.readonly_auditorium}</p> }.any(),
        (true, false, ..) => view! { <p class="readonly">{icon(Icon::Lock)} {t.readonly}</p> }.any(),
    };
    dynamic(shown).into_any()
}
