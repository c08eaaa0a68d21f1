use leptos::prelude::*;
use stoa_domain::room::{Privacy, RoomType};

use super::desk::use_desk;
use crate::live::store::use_store;
use crate::place::room_icon;
use crate::routes;
use crate::text::use_text;
use crate::ui::{Erase, Icon, IconButton, dynamic, icon, pressing};
use crate::words::{privacy_word, type_word};

/// Name, marks and topic of the room.
#[component]
pub fn Head() -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let desk = use_desk();
    let room = desk.room;
    let star = move || if room.favourite.get() { t.remove_favourite } else { t.add_favourite };
    view! {
        <header class="room-head">
            <a class="icon-button back" href=routes::CHAT title=t.back aria-label=t.back>{icon(Icon::Back)}</a>
            <h1>
                {dynamic(move || icon(room.info.with(room_icon)))}
                <span dir="auto">{dynamic(move || room.name())}</span>
            </h1>
            {dynamic(move || room.info.with(|info| {
                let privacy = (info.privacy != Privacy::Open).then(|| tag(privacy_word(t, info.privacy)));
                let kind = (info.room_type != RoomType::Normal).then(|| tag(type_word(t, info.room_type)));
                let kept = (!info.kept).then(|| tag((t.not_kept, t.not_kept_long)));
                vec![privacy, kind, kept].into_any()
            }))}
            <p class="topic" dir="auto" title=dynamic(move || room.info.with(|info| info.topic.clone()))>{dynamic(move || room.info.with(|info| info.topic.clone()))}</p>
            <span class="space"></span>
            {dynamic(move || (room.people.with(|people| people.count) > 0).then(|| view! {
                <span class="tag num here" title=t.count(i64::from(room.people.with(|people| people.count)), t.n_people_here)>
                    {t.count(i64::from(room.people.with(|people| people.count)), t.n_here)}
                </span>
            }.any()))}
            {dynamic(move || room.requests.with(|waiting| (!waiting.is_empty()).then(|| view! {
                <button type="button" class="tag warn needs-live" on:click=pressing(move |_| desk.details.set(Some(true)))>
                    {t.count(i64::try_from(waiting.len()).unwrap_or_default(), t.n_requests)}
                </button>
            }.any())))}
            {dynamic(move || room.following.get().then(|| view! {
                <form
                    method="post"
                    action=format!("{}/favourite", routes::room(room.id))
                    on:submit=move |submit| {
                        submit.prevent_default();
                        store.set_favourite(room, !room.favourite.get_untracked());
                    }
                >
                    <input type="hidden" name="on" value=dynamic(move || if room.favourite.get() { "false" } else { "true" })/>
                    <button class="icon-button star" title=dynamic(move || star()) aria-label=dynamic(move || star()) aria-pressed=dynamic(move || if room.favourite.get() { "true" } else { "false" })>
                        {icon(Icon::Star)}
                    </button>
                </form>
            }.any()))}
            <a class="icon-button no-script" href=routes::files(room.id) title=t.files aria-label=t.files>{icon(Icon::File)}</a>
            <IconButton
                icon=Icon::Info
                label=t.details
                class="needs-live details-toggle"
                pressed=Signal::derive(move || desk.details.get().unwrap_or(false))
                press=move |_| desk.details.set(Some(!desk.shows_details()))
            />
        </header>
    }
    .any()
}

fn tag((word, long): (&'static str, &'static str)) -> AnyView {
    view! { <span class="tag" title=long>{word}</span> }.any()
}
