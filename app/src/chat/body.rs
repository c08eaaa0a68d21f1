//! What a message says, as HTML.

use std::sync::Arc;

use leptos::prelude::*;

use crate::ui::Erase;
use stoa_domain::markdown::{Mention, to_html};
use stoa_domain::message::MessageKind;
use stoa_domain::wire::message::Message;

use super::files::files;
use crate::live::Store;
use crate::text::{Text, fill};

/// A body as HTML, with the people that it mentions by their names.
pub fn html(store: Store, body: &str) -> String {
    let me = store.session().user.name.to_lowercase();
    to_html(body, &|account| {
        let mine = account.to_lowercase() == me;
        store.name_of(account).map(|name| Mention { me: mine, label: Some(name) })
    })
}

/// The body of a message: its text, its story, or what is left of it.
pub fn body(store: Store, t: &'static Text, message: &Arc<Message>) -> AnyView {
    let Some(text) = &message.body else {
        let text = match &message.deleted {
            Some(deleted) if deleted.by.id == message.author.id && deleted.by.id == store.me() => t.deleted_own.to_owned(),
            Some(deleted) => fill(t.deleted_by, &[&deleted.by.display_name]),
            None => t.withheld.to_owned(),
        };
        return view! { <p class="tombstone">{text}</p> }.any();
    };
    let edited = match &message.replaced {
        Some(replaced) => Some((replaced.at, fill(t.replaced_by, &[&replaced.by.display_name]))),
        None => message.edited_at.map(|at| (at, t.edited.to_owned())),
    };
    let edited = edited.map(|(at, text)| view! { <span class="edited" title=store.zone.get().exact(at, t.language)>{text}</span> }.any());
    match message.kind {
        MessageKind::Chat => view! {
            {(!text.is_empty()).then(|| view! { <div class="body" dir="auto" inner_html=html(store, text)></div> }.any())}
            {edited}
            {files(t, message)}
        }
        .any(),
        MessageKind::Story => {
            let words = i64::try_from(text.split_whitespace().count()).unwrap_or_default();
            view! {
                <details class="story">
                    <summary>
                        <strong dir="auto">{message.subject.clone().unwrap_or_else(|| t.story.to_owned())}</strong>
                        <span class="read" aria-hidden="true"><span class="when-closed">{t.read_story}</span><span class="when-open">{t.fold_story}</span></span>
                        <span class="meta">{t.story} " · " {t.count(words, t.n_words)}</span>
                    </summary>
                    <div class="body" dir="auto" inner_html=html(store, text)></div>
                </details>
                {edited}
                {files(t, message)}
            }
            .any()
        }
    }
}
