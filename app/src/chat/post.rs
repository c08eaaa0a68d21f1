use std::sync::Arc;

use leptos::prelude::*;
use stoa_domain::id::Seq;
use stoa_domain::message::Importance;
use stoa_domain::person::initials;
use stoa_domain::wire::message::{Message, Quote};

use super::actions::Actions;
use super::body::body;
use super::desk::use_desk;
use super::reactions::Reactions;
use crate::live::Store;
use crate::live::store::use_store;
use crate::routes;
use crate::text::{Text, fill, use_text};
use crate::ui::{Avatar, Erase, Icon, dynamic, icon, pressing};

/// One message. Only what its own signal holds is redrawn when it changes.
#[component]
pub fn Post(seq: Seq, continued: bool) -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let desk = use_desk();
    let room = desk.room;
    let cell = room.cell(seq)?;
    let first = cell.message.get_untracked();
    let me = store.me();
    let high = first.importance == Importance::High;
    let own = first.author.id == me;
    let message = cell.message.clone();
    let mentioned = move || message.with(|message| message.mentions.contains(&me));
    let message = cell.message.clone();
    let quoted = Memo::new(move |_| message.with(|message| message.reply_to.clone()));
    let quote = move || quoted.get().map(|quote| view! { <QuoteLine quote/> }.any());
    let message = cell.message.clone();
    let content = move || message.with(|message| body(store, t, message));
    Some(
        view! {
            <li
                class="post"
                class:continued=continued
                class:high=high
                class:own=own
                class:mentions-me=dynamic(move || mentioned())
                id=format!("m{seq}")
                data-seq=seq
                tabindex="-1"
            >
                {side(store, t, &first, continued)}
                <div class="content">
                    {dynamic(move || quote())}
                    {name(store, t, &first, continued)}
                    {dynamic(move || content())}
                    <Reactions seq message=cell.message.clone()/>
                </div>
                {dynamic(move || cell.active.get().then(|| view! { <Actions seq message=cell.message.clone()/> }.any()))}
            </li>
        }
        .any(),
    )
}

/// What stands to the left: the picture, or when a message continues another, its time on hover.
fn side(store: Store, t: &'static Text, message: &Arc<Message>, continued: bool) -> AnyView {
    if continued {
        view! { <span class="side">{moment(store, t, message)}</span> }.any()
    } else {
        view! { <Avatar initials=initials(&message.author.display_name)/> }.any()
    }
}

fn name(store: Store, t: &'static Text, message: &Arc<Message>, continued: bool) -> AnyView {
    if continued {
        return view! { <span class="sr">{message.author.display_name.clone()}": "</span> }.any();
    }
    let high = message.importance == Importance::High;
    view! {
        <p class="by">
            <strong class="who" dir="auto" title=format!("@{}", message.author.name)>{message.author.display_name.clone()}</strong>
            {moment(store, t, message)}
            {high.then(|| view! { <span class="tag warn">{icon(Icon::Warning)} {t.high}</span> }.any())}
        </p>
    }
    .any()
}

/// The time of a message.
fn moment(store: Store, t: &'static Text, message: &Arc<Message>) -> AnyView {
    let at = message.at;
    view! {
        <time datetime=crate::when::stamp(at) title=dynamic(move || store.zone.get().exact(at, t.language))>{dynamic(move || store.zone.get().time(at))}</time>
    }
    .any()
}

/// The beginning of what a reply refers to; leads there.
#[component]
fn QuoteLine(quote: Quote) -> impl IntoView {
    let t = use_text();
    let desk = use_desk();
    let seq = quote.seq;
    let label = fill(t.in_reply, &[&quote.author.display_name]);
    view! {
        <a
            class="quote"
            href=routes::message(desk.room.id, seq)
            title=label
            // A target that is shown already needs no journey.
            on:click=pressing(move |click| {
                if desk.room.with_timeline(|timeline| timeline.span(desk.room.anchor.get_untracked()).is_some_and(|span| span.from <= seq)) {
                    click.prevent_default();
                    desk.target.set(None);
                    desk.target.set(Some(seq));
                }
            })
        >
            <strong dir="auto">{quote.author.display_name}</strong>
            ": "
            <span dir="auto">{quote.excerpt.unwrap_or_else(|| t.gone.to_owned())}</span>
        </a>
    }
    .any()
}
