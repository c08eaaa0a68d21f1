use std::sync::Arc;

use leptos::prelude::*;
use stoa_domain::id::Seq;
use stoa_domain::wire::message::{Message, Reaction};

use super::desk::{EmojiFor, use_desk};
use super::palette;
use crate::live::store::use_store;
use crate::text::{fill, use_text};
use crate::ui::{Erase, Icon, dynamic, icon, list, pressing};

/// The reactions to a message.
#[component]
pub fn Reactions(seq: Seq, message: ArcRwSignal<Arc<Message>>) -> impl IntoView {
    let t = use_text();
    let desk = use_desk();
    let any = {
        let message = message.clone();
        Memo::new(move |_| message.with(|message| !message.reactions.is_empty()))
    };
    dynamic(move || any.get().then(|| {
            let (message, of) = (message.clone(), message.clone());
            let chip = move |emoji: String| {
                let of = of.clone();
                (emoji.clone(), move || view! { <Chip seq message=of.clone() emoji=emoji.clone()/> }.any())
            };
            let emoji = move || message.with(|message| message.reactions.iter().map(|reaction| reaction.emoji.clone()).collect::<Vec<_>>());
            view! {
                <ul class="reactions">
                    {list(move || emoji().into_iter().map(chip.clone()).collect())}
                    <li class="needs-live">
                        <button type="button" class="chip add" title=t.react aria-label=t.react on:click=pressing(move |click| palette::show(desk, EmojiFor::Message(seq), &click))>
                            {icon(Icon::Smile)}
                        </button>
                    </li>
                </ul>
            }
            .any()
        }))
    .into_any()
}

/// One emoji and how often: pressing it joins in, or takes one's own back.
#[component]
fn Chip(seq: Seq, message: ArcRwSignal<Arc<Message>>, emoji: String) -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let room = use_desk().room;
    let wanted = emoji.clone();
    let of = Memo::new(move |_| {
        let found = |reaction: &&Reaction| reaction.emoji == wanted;
        message.with(|message| message.reactions.iter().find(found).map_or((0, false), |reaction| (reaction.count, reaction.mine)))
    });
    let (told, sent) = (emoji.clone(), emoji.clone());
    view! {
        <li>
            <button
                type="button"
                class="chip"
                aria-pressed=dynamic(move || if of.get().1 { "true" } else { "false" })
                aria-label=dynamic(move || fill(if of.get().1 { t.reacted } else { t.reactions_of }, &[&told, &of.get().0]))
                on:click=pressing(move |_| store.react(room, seq, sent.clone(), !of.get_untracked().1))
            >
                {emoji} " " <span class="num">{dynamic(move || of.get().0.to_string())}</span>
            </button>
        </li>
    }
    .any()
}
