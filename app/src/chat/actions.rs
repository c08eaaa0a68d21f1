use std::sync::Arc;

use leptos::prelude::*;
use stoa_domain::id::Seq;
use stoa_domain::wire::message::Message;

use super::desk::{EmojiFor, use_desk};
use super::palette;
use crate::live::store::use_store;
use crate::text::use_text;
use crate::ui::{Erase, Icon, IconButton, dynamic};

/// What one can do with the message under the pointer or the focus.
#[component]
pub fn Actions(seq: Seq, message: ArcRwSignal<Arc<Message>>) -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let desk = use_desk();
    let room = desk.room;
    let me = store.me();
    let bar = move || {
        let (alive, own, replaced) = message.with(|message| (message.body.is_some(), message.author.id == me, message.replaced.is_some()));
        let may = room.info.with(|info| info.may);
        let follows = room.following.get();
        view! {
            <div class="actions-bar" role="group">
                {(alive && follows && may.post).then(|| view! {
                    <IconButton icon=Icon::Reply label=t.reply press=move |_| {
                        desk.editing.set(None);
                        desk.replying.set(Some(seq));
                        desk.focus_input();
                    }/>
                }.any())}
                {(alive && follows && may.enter).then(|| view! {
                    <IconButton icon=Icon::Smile label=t.react press=move |click| palette::show(desk, EmojiFor::Message(seq), &click)/>
                }.any())}
                {(alive && follows && own && !replaced).then(|| view! {
                    <IconButton icon=Icon::Pencil label=t.edit press=move |_| {
                        desk.replying.set(None);
                        desk.editing.set(Some(seq));
                    }/>
                }.any())}
                {(alive && (own || may.manage)).then(|| view! {
                    <IconButton icon=Icon::Trash label=t.delete press=move |_| desk.deleting.set(Some(seq))/>
                }.any())}
                <IconButton icon=Icon::Link label=t.copy_link press=move |_| {
                    let link = link_to(&crate::routes::room(room.id), seq);
                    store.say(if copy(&link) { t.copied.to_owned() } else { link });
                }/>
            </div>
        }
        .any()
    };
    dynamic(bar).into_any()
}

fn link_to(room: &str, seq: Seq) -> String {
    #[cfg(feature = "hydrate")]
    let origin = window().location().origin().unwrap_or_default();
    #[cfg(not(feature = "hydrate"))]
    let origin = "";
    format!("{origin}{room}/{seq}")
}

/// Whether it could be copied: a browser gives its clipboard only to pages that came by TLS.
fn copy(text: &str) -> bool {
    #[cfg(feature = "hydrate")]
    if window().is_secure_context() {
        let _ = window().navigator().clipboard().write_text(text);
        return true;
    }
    let _ = text;
    false
}
