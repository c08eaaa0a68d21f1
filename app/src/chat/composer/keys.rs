//! Keys and the cursor of the composer.

use super::draft::Writing;
use super::mentions::Mentions;
use crate::chat::desk::Desk;

#[cfg(not(feature = "hydrate"))]
mod nothing {
    use super::{Desk, Mentions, Writing};
    use leptos::ev;

    pub fn pressed(_: Desk, _: Writing, _: Mentions, _: &ev::KeyboardEvent) {}
    pub fn typed(_: Desk, _: Writing, _: Mentions) {}
    pub fn fit(_: Desk) {}
    pub fn insert(_: Desk, _: Writing, _: &str) {}
    pub fn complete(_: Desk, _: Writing, _: Mentions) {}
}
#[cfg(not(feature = "hydrate"))]
pub use nothing::*;

#[cfg(feature = "hydrate")]
pub use browser::*;

#[cfg(feature = "hydrate")]
mod browser {
    use super::{Desk, Mentions, Writing};
    use leptos::ev;
    use leptos::prelude::*;

    pub fn pressed(desk: Desk, writing: Writing, mentions: Mentions, key: &ev::KeyboardEvent) {
        // While an input method composes, keys are its own.
        if key.is_composing() || key.alt_key() {
            return;
        }
        let completing = untrack(|| mentions.open());
        match key.key().as_str() {
            "ArrowDown" | "ArrowUp" if completing => mentions.step(key.key() == "ArrowDown"),
            "Enter" | "Tab" if completing && !key.shift_key() => complete(desk, writing, mentions),
            "Escape" if completing => mentions.close(),
            "Enter" if key.ctrl_key() || key.meta_key() => writing.send(),
            // A story has paragraphs. Without a keyboard there is no Shift: there, the button sends.
            "Enter" if !key.shift_key() && !by_touch() && !writing.story.get_untracked() && !crate::place::sends_by_control() => writing.send(),
            "Escape" if desk.editing.get_untracked().is_some() => writing.end_edit(),
            "Escape" if desk.replying.get_untracked().is_some() => desk.replying.set(None),
            "ArrowUp" if writing.body.with_untracked(String::is_empty) => match desk.room.with_timeline(|timeline| timeline.last_own()) {
                Some(seq) => desk.editing.set(Some(seq)),
                None => return,
            },
            _ => return,
        }
        key.prevent_default();
    }

    fn by_touch() -> bool {
        window().match_media("(pointer: coarse)").ok().flatten().is_some_and(|query| query.matches())
    }

    /// What stands before the cursor.
    fn before(desk: Desk) -> Option<(String, String)> {
        let input = desk.input.get_untracked()?;
        let units: Vec<u16> = input.value().encode_utf16().collect();
        let at = input.selection_start().ok().flatten().and_then(|at| usize::try_from(at).ok()).unwrap_or(units.len()).min(units.len());
        Some((String::from_utf16_lossy(&units[..at]), String::from_utf16_lossy(&units[at..])))
    }

    /// Something was typed.
    pub fn typed(desk: Desk, writing: Writing, mentions: Mentions) {
        let Some((before, after)) = before(desk) else { return };
        mentions.look(&before);
        writing.changed(before + &after);
    }

    fn put(desk: Desk, writing: Writing, before: String, after: &str) {
        let Some(input) = desk.input.get_untracked() else { return };
        let at = u32::try_from(before.encode_utf16().count()).unwrap_or(u32::MAX);
        let text = before + after;
        input.set_value(&text);
        let _ = input.set_selection_range(at, at);
        let _ = input.focus();
        writing.changed(text);
        fit(desk);
    }

    pub fn insert(desk: Desk, writing: Writing, text: &str) {
        if let Some((before, after)) = before(desk) {
            put(desk, writing, before + text, &after);
        }
    }

    pub fn complete(desk: Desk, writing: Writing, mentions: Mentions) {
        if let Some((before, after)) = before(desk)
            && let Some(before) = mentions.complete(&before)
        {
            put(desk, writing, before, &after);
        }
    }

    /// Lets the field grow with its text where the style can't.
    pub fn fit(desk: Desk) {
        if let Some(input) = desk.input.get_untracked() {
            let style = web_sys::HtmlElement::style(&input);
            let _ = style.set_property("height", "auto");
            let _ = style.set_property("height", &format!("{}px", input.scroll_height()));
        }
    }
}
