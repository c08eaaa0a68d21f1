//! What is being written: its state, its limits, and keeping it safe.

use std::time::Duration;

use leptos::prelude::*;
use stoa_domain::id::Seq;
use stoa_domain::message::Importance;
use stoa_domain::wire::message::NewMessage;

use crate::chat::desk::Desk;
use crate::live::Store;
use crate::live::uploads::{Stage, Upload};
use crate::text::{Text, fill};
use crate::ui::{store_get, store_set};

/// From so many characters before the limit on, the rest is counted.
const COUNTED_FROM: i64 = 200;
/// After this pause a draft is sent to the server.
const KEEP_AFTER: Duration = Duration::from_secs(2);

#[derive(Clone, Copy)]
pub struct Writing {
    pub body: RwSignal<String>,
    /// What was typed before the page was awake. It is taken up afterwards: at first the page is as
    /// the server wrote it.
    typed: StoredValue<String>,
    pub subject: RwSignal<String>,
    pub story: RwSignal<bool>,
    pub high: RwSignal<bool>,
    pub preview: RwSignal<bool>,
    pub saved: RwSignal<bool>,
    /// What was there before one began to edit.
    aside: StoredValue<Option<(String, String, bool)>>,
    pause: StoredValue<u32>,
    store: Store,
    desk: Desk,
}

impl Writing {
    pub fn new(store: Store, desk: Desk) -> Self {
        Self {
            body: RwSignal::new(String::new()),
            typed: StoredValue::new(typed_before(desk)),
            subject: RwSignal::new(String::new()),
            story: RwSignal::new(false),
            high: RwSignal::new(false),
            preview: RwSignal::new(false),
            saved: RwSignal::new(false),
            aside: StoredValue::new(None),
            pause: StoredValue::new(0),
            store,
            desk,
        }
    }

    fn key(self) -> String {
        format!("stoa.draft.{}.{}", self.store.me(), self.desk.room.id)
    }

    /// Takes up what was left here, on this device or another.
    pub fn resume(self) {
        let typed = self.typed.try_update_value(std::mem::take).unwrap_or_default();
        if !typed.is_empty() {
            return self.changed(typed);
        }
        let kept = store_get(&self.key()).filter(|text| !text.is_empty()).unwrap_or_else(|| self.desk.room.draft.get_value());
        if !kept.is_empty() && self.body.with_untracked(String::is_empty) {
            self.body.set(kept);
        }
    }

    /// Something was typed.
    pub fn changed(self, text: String) {
        self.body.set(text.clone());
        self.saved.set(false);
        if self.desk.editing.get_untracked().is_some() {
            return;
        }
        store_set(&self.key(), Some(&text).filter(|text| !text.is_empty()).map(String::as_str));
        self.pause.update_value(|pause| *pause += 1);
        let mine = self.pause.get_value();
        set_timeout(
            move || {
                if self.pause.try_get_value() == Some(mine) && self.desk.editing.get_untracked().is_none() {
                    self.keep();
                }
            },
            KEEP_AFTER,
        );
    }

    /// Sends the draft to the server, for one's other devices.
    pub fn keep(self) {
        if let (Some(draft), Some(None)) = (self.body.try_get_untracked(), self.desk.editing.try_get_untracked()) {
            self.saved.set(!draft.is_empty());
            self.store.keep_draft(self.desk.room, draft);
        }
    }

    pub fn clear(self) {
        self.body.set(String::new());
        self.subject.set(String::new());
        self.story.set(false);
        self.high.set(false);
        self.preview.set(false);
        self.saved.set(false);
        self.desk.replying.set(None);
        self.pause.update_value(|pause| *pause += 1);
        store_set(&self.key(), None);
        self.store.keep_draft(self.desk.room, String::new());
    }

    /// Takes up a post that was refused, before what is there already.
    pub fn rewrite(self, post: NewMessage) {
        let rest = self.body.get_untracked();
        self.subject.set(post.subject.clone().unwrap_or_default());
        self.story.set(post.subject.is_some());
        self.high.set(post.importance == Importance::High);
        self.desk.replying.set(post.reply_to);
        self.changed(if rest.is_empty() { post.body } else { format!("{}\n{rest}", post.body) });
        self.desk.focus_input();
    }

    /// Puts the draft aside and takes up a message.
    pub fn begin_edit(self, seq: Seq) {
        let Some(message) = self.desk.room.with_timeline(|timeline| timeline.message(seq).cloned()) else { return };
        if self.aside.with_value(Option::is_none) {
            self.aside.set_value(Some((self.body.get_untracked(), self.subject.get_untracked(), self.story.get_untracked())));
        }
        self.body.set(message.body.clone().unwrap_or_default());
        self.subject.set(message.subject.clone().unwrap_or_default());
        self.story.set(message.subject.is_some());
        self.preview.set(false);
        self.desk.focus_input();
    }

    pub fn end_edit(self) {
        self.desk.editing.set(None);
        if let Some((body, subject, story)) = self.aside.try_update_value(Option::take).flatten() {
            self.body.set(body);
            self.subject.set(subject);
            self.story.set(story);
        }
    }

    /// How long it is, and how long it may be, in the unit that its kind is limited by.
    fn length(self) -> (i64, i64) {
        let limits = self.store.limits.get();
        let (used, limit) = self.body.with(|body| if self.story.get() { (body.len(), limits.story) } else { (body.trim().chars().count(), limits.message) });
        (i64::try_from(used).unwrap_or(i64::MAX), i64::from(limit))
    }

    pub fn too_long(self) -> bool {
        let (used, limit) = self.length();
        used > limit
    }

    /// How much is left, once that matters.
    pub fn left(self, t: &'static Text) -> Option<String> {
        let (used, limit) = self.length();
        let left = limit - used;
        match left {
            ..0 => Some(fill(t.too_long, &[&-left])),
            0..=COUNTED_FROM => Some(fill(t.characters_left, &[&left])),
            _ => None,
        }
    }

    pub fn offers_story(self) -> bool {
        let offer = i64::from(self.store.limits.get().story_offer);
        !self.story.get() && self.desk.editing.get().is_none() && self.length().0 >= offer
    }

    pub fn may_send(self) -> bool {
        let subject = !self.story.get() || !self.subject.with(|subject| subject.trim().is_empty());
        (!self.body.with(|body| body.trim().is_empty()) || self.has_files()) && !self.too_long() && subject && !self.waits_for_files()
    }

    /// Whether files go with it: an edit leaves them as they are.
    fn has_files(self) -> bool {
        self.desk.editing.get().is_none()
            && !self.story.get()
            && self.desk.room.uploads.with(|uploads| uploads.iter().any(|upload| matches!(upload.stage, Stage::Done(_))))
    }

    fn waits_for_files(self) -> bool {
        self.desk.editing.get().is_none() && self.desk.room.uploads.with(|uploads| uploads.iter().any(Upload::moves))
    }

    /// Sends it, or what was edited.
    pub fn send(self) {
        if !untrack(|| self.may_send()) {
            return;
        }
        let (store, room) = (self.store, self.desk.room);
        let story = self.story.get_untracked();
        let body = self.body.get_untracked();
        let body = if story { body } else { body.trim().to_owned() };
        let subject = story.then(|| self.subject.get_untracked().trim().to_owned());
        if let Some(seq) = self.desk.editing.get_untracked() {
            // Until it is durable it stays where it is, so that nothing is lost when it is refused.
            store.edit(room, seq, body, subject, move || {
                if self.desk.editing.try_get_untracked() == Some(Some(seq)) {
                    self.end_edit();
                }
            });
        } else {
            let (high, reply_to, attachments) = (self.high.get_untracked(), self.desk.replying.get_untracked(), room.take_uploads());
            store.post(room, crate::live::Draft { body, subject, high, reply_to, attachments });
            self.clear();
            crate::chat::scroll::to_latest(store, self.desk);
        }
    }
}

/// What somebody wrote before the page was awake.
fn typed_before(desk: Desk) -> String {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::JsCast;
        let field = crate::ui::by_id(&format!("write-{}", desk.room.id)).and_then(|field| field.dyn_into::<web_sys::HtmlTextAreaElement>().ok());
        field.map(|field| field.value()).unwrap_or_default()
    }
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = desk;
        String::new()
    }
}
