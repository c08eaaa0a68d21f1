use std::sync::Arc;

use leptos::prelude::*;
use stoa_domain::id::Seq;
use stoa_domain::wire::message::{Message, Reaction};

use super::desk::{EmojiFor, use_desk};
use super::palette;
use crate::live::store::use_store;
use crate::text::{fill, use_text};
use crate::ui::{Icon, icon};

/// The reactions to a message: pressing one joins in, or takes one's own back.
#[component]
pub fn Reactions(seq: Seq, message: ArcRwSignal<Arc<Message>>) -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let desk = use_desk();
    let any = {
        let message = message.clone();
        Memo::new(move |_| message.with(|message| !message.reactions.is_empty()))
    };
    let chip = move |message: ArcRwSignal<Arc<Message>>, emoji: String| {
        let of = {
            let emoji = emoji.clone();
            Memo::new(move |_| {
                message.with(|message| {
                    message.reactions.iter().find(|reaction| reaction.emoji == emoji).map_or((0, false), |reaction: &Reaction| (reaction.count, reaction.mine))
                })
            })
        };
        let label = {
            let emoji = emoji.clone();
            move || fill(if of.get().1 { t.reacted } else { t.reactions_of }, &[&emoji, &of.get().0])
        };
        let press = {
            let emoji = emoji.clone();
            move |_| store.react(desk.room, seq, emoji.clone(), !of.get_untracked().1)
        };
        view! {
            <li>
                <button type="button" class="chip" aria-pressed=move || if of.get().1 { "true" } else { "false" } aria-label=label on:click=press>
                    {emoji} " " <span class="num">{move || of.get().0}</span>
                </button>
            </li>
        }
    };
    move || {
        any.get().then(|| {
            let (message, of_chip) = (message.clone(), message.clone());
            view! {
                <ul class="reactions">
                    <For
                        each=move || message.with(|message| message.reactions.iter().map(|reaction| reaction.emoji.clone()).collect::<Vec<_>>())
                        key=Clone::clone
                        children=move |emoji| chip(of_chip.clone(), emoji)
                    />
                    <li class="needs-live">
                        <button type="button" class="chip add" title=t.react aria-label=t.react on:click=move |click| palette::show(desk, EmojiFor::Message(seq), &click)>
                            {icon(Icon::Smile)}
                        </button>
                    </li>
                </ul>
            }
        })
    }
}
