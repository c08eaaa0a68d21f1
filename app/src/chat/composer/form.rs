use leptos::prelude::*;

use super::draft::Writing;
use super::files;
use super::keys;
use super::mentions::Mentions;
use crate::chat::body::html;
use crate::chat::desk::{EmojiFor, use_desk};
use crate::chat::palette;
use crate::live::Status;
use crate::live::store::use_store;
use crate::routes;
use crate::text::{fill, use_text};
use crate::ui::{Erase, Icon, IconButton, dynamic, effect, icon, pressing};

/// The least time between two signs of typing.
const TYPING_EVERY: std::time::Duration = std::time::Duration::from_secs(3);

/// The form; a plain one that posts, until the browser is awake.
#[component]
pub fn Form() -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let desk = use_desk();
    let room = desk.room;
    let writing = Writing::new(store, desk);
    let mentions = Mentions::new(store, desk);
    let told = StoredValue::new(stoa_domain::time::Timestamp::default());
    effect(move || writing.resume());
    effect(move || {
        writing.body.track();
        writing.preview.track();
        request_animation_frame(move || keys::fit(desk));
    });
    Effect::new(move |before: Option<Option<i64>>| {
        let now = desk.editing.get();
        match now {
            Some(seq) if before != Some(now) => writing.begin_edit(seq),
            None if before.flatten().is_some() => writing.end_edit(),
            _ => {}
        }
        now
    });
    effect(move || {
        if let Some(emoji) = desk.insert.get() {
            desk.insert.set(None);
            keys::insert(desk, writing, emoji);
        }
    });
    effect(move || {
        if let Some(post) = desk.again.get() {
            desk.again.set(None);
            writing.rewrite(post);
        }
    });
    on_cleanup(move || {
        if cfg!(feature = "hydrate") {
            writing.keep();
        }
    });
    let typed = move || {
        keys::typed(desk, writing, mentions);
        let now = crate::when::now();
        if now.since(told.get_value()) > TYPING_EVERY && desk.editing.get_untracked().is_none() {
            told.set_value(now);
            store.typing(room);
        }
    };
    let name = move || fill(t.write_to, &[&room.name()]);
    view! {
        <form
            class="composer"
            class:high=dynamic(move || writing.high.get())
            method="post"
            action=routes::room(room.id)
            on:submit=move |submit| {
                submit.prevent_default();
                writing.send();
            }
        >
            <input type="hidden" name="nonce" value=server_nonce()/>
            <Referring writing/>
            <Completion mentions complete=move |()| keys::complete(desk, writing, mentions)/>
            {dynamic(move || writing.story.get().then(|| view! {
                <input
                    class="subject"
                    type="text"
                    maxlength=stoa_domain::message::SUBJECT_LIMIT.to_string()
                    placeholder=t.subject
                    aria-label=t.subject
                    dir="auto"
                    prop:value=dynamic(move || writing.subject.get())
                    on:input=heard(move |event| writing.subject.set(event_target_value(&event)))
                />
            }.any()))}
            <textarea
                node_ref=desk.input
                id=format!("write-{}", room.id)
                name="body"
                rows="1"
                dir="auto"
                placeholder=dynamic(move || name())
                aria-label=dynamic(move || name())
                aria-autocomplete="list"
                aria-controls="mentions"
                aria-activedescendant=dynamic(move || mentions.open().then(|| format!("mention-{}", mentions.chosen.get())))
                autocomplete="off"
                hidden=dynamic(move || writing.preview.get())
                prop:value=dynamic(move || writing.body.get())
                on:input=heard(move |_| typed())
                on:keydown=move |key| keys::pressed(desk, writing, mentions, &key)
                on:paste=move |paste| files::pasted(desk, &paste)
                on:blur=move |_| mentions.close()
            ></textarea>
            {files::uploads(room)}
            {dynamic(move || writing.preview.get().then(|| view! {
                <div class="preview">
                    {dynamic(move || if writing.body.with(|body| body.trim().is_empty()) {
                        view! { <p class="faint">{t.nothing_to_preview}</p> }.any()
                    } else {
                        view! { <div class="body" dir="auto" inner_html=writing.body.with(|body| html(store, body))></div> }.any()
                    })}
                </div>
            }.any()))}
            <p class="offer" hidden=dynamic(move || !writing.offers_story())>
                <span>{t.story_offer}</span>
                <button type="button" class="button quiet" on:click=pressing(move |_| writing.story.set(true))>{t.make_story}</button>
            </p>
            <div class="tools">
                {files::attach(desk, t)}
                <IconButton icon=Icon::Smile label=t.emoji class="needs-live" press=move |click| palette::show(desk, EmojiFor::Composer, &click)/>
                <IconButton icon=Icon::Story label=t.as_story class="needs-live" pressed=writing.story press=move |_| writing.story.update(|story| *story = !*story)/>
                <IconButton icon=Icon::Warning label=t.mark_high class="needs-live high-switch" pressed=writing.high press=move |_| writing.high.update(|high| *high = !*high)/>
                <IconButton icon=Icon::Eye label=t.formatting class="needs-live" pressed=writing.preview press=move |_| writing.preview.update(|preview| *preview = !*preview)/>
                <span class="state tiny faint" class:over=dynamic(move || writing.too_long()) role="status">
                    {dynamic(move || writing.left(t).or_else(|| writing.saved.get().then(|| t.draft_saved.to_owned())))}
                </span>
                <button class="button primary send" // A form without scripts is always ready.
                    aria-disabled=dynamic(move || if store.status.get() == Status::Starting || writing.may_send() { "false" } else { "true" })
               >
                    {dynamic(move || if desk.editing.get().is_some() { t.save } else { t.send })}
                    <kbd aria-hidden="true">"↵"</kbd>
                </button>
            </div>
        </form>
        {files::plain(desk, t)}
    }
    .any()
}

fn heard(run: impl FnMut(leptos::ev::Event) + 'static) -> Box<dyn FnMut(leptos::ev::Event)> {
    Box::new(run)
}

/// What is answered or edited, and the way out of it.
#[component]
fn Referring(writing: Writing) -> impl IntoView {
    let t = use_text();
    let desk = use_desk();
    let bar = move || {
        let text = match (desk.editing.get(), desk.replying.get()) {
            (Some(_), _) => t.editing.to_owned(),
            (None, Some(seq)) => {
                let message = desk.room.with_timeline(|timeline| timeline.message(seq).cloned())?;
                let words = message.subject.clone().unwrap_or_else(|| stoa_domain::markdown::quoted(message.body.as_deref().unwrap_or_default(), 120));
                format!("{}: {words}", fill(t.replying_to, &[&message.author.display_name]))
            }
            (None, None) => return None,
        };
        Some(
            view! {
                <p class="referring">
                    {icon(if desk.editing.get_untracked().is_some() { Icon::Pencil } else { Icon::Reply })}
                    <span dir="auto">{text}</span>
                    <IconButton icon=Icon::Close label=t.cancel press=move |_| {
                        if desk.editing.get_untracked().is_some() { writing.end_edit() } else { desk.replying.set(None) }
                        desk.focus_input();
                    }/>
                </p>
            }
            .any(),
        )
    };
    dynamic(bar).into_any()
}

#[component]
fn Completion(mentions: Mentions, #[prop(into)] complete: Callback<()>) -> impl IntoView {
    let t = use_text();
    view! {
        <ul class="completion" id="mentions" role="listbox" aria-label=t.mention_people hidden=dynamic(move || !mentions.open())>
            {dynamic(move || {
                mentions.found.get().into_iter().enumerate().map(|(index, candidate)| view! {
                    <li
                        id=format!("mention-{index}")
                        role="option"
                        aria-selected=dynamic(move || if mentions.chosen.get() == index { "true" } else { "false" })
                        // Before the field loses the focus.
                        on:pointerdown=move |press| {
                            press.prevent_default();
                            mentions.chosen.set(index);
                            complete.run(());
                        }
                    >
                        <strong dir="auto">{candidate.name}</strong>
                        <span class="faint">{format!("@{}", candidate.account)}</span>
                    </li>
                }.any()).collect::<Vec<_>>()
            })}
        </ul>
    }
    .any()
}

/// The nonce of a form that is posted without scripts: made with the page, so that posting it twice is harmless.
pub fn server_nonce() -> String {
    #[cfg(feature = "ssr")]
    return uuid::Uuid::new_v4().to_string();
    #[cfg(not(feature = "ssr"))]
    String::new()
}
