use leptos::prelude::*;

use super::desk::{Desk, EmojiFor, use_desk};
use crate::live::store::use_store;
use crate::text::use_text;
use crate::ui::{Erase, pressing};

/// What people mostly want to say without words; names for who doesn't see them.
const EMOJI: [(&str, &str); 32] = [
    ("👍", "thumbs up"),
    ("👎", "thumbs down"),
    ("❤️", "heart"),
    ("😂", "tears of joy"),
    ("😊", "smile"),
    ("😉", "wink"),
    ("😍", "heart eyes"),
    ("🤔", "thinking"),
    ("😮", "surprised"),
    ("😢", "crying"),
    ("😅", "sweat"),
    ("🙄", "rolling eyes"),
    ("😴", "asleep"),
    ("🤯", "mind blown"),
    ("🥳", "party"),
    ("🙂", "slight smile"),
    ("🎉", "celebration"),
    ("🙏", "thanks"),
    ("👏", "applause"),
    ("🙌", "raised hands"),
    ("💪", "strong"),
    ("👀", "eyes"),
    ("🤝", "handshake"),
    ("👋", "wave"),
    ("✅", "done"),
    ("❌", "no"),
    ("❓", "question"),
    ("⚠️", "warning"),
    ("🔥", "fire"),
    ("🚀", "rocket"),
    ("☕", "coffee"),
    ("💡", "idea"),
];

/// The emoji to choose from, for a reaction or for what one writes.
#[component]
pub fn Palette() -> impl IntoView {
    let store = use_store();
    let t = use_text();
    let desk = use_desk();
    let choose = move |emoji: &'static str| {
        match desk.emoji.get_untracked() {
            Some(EmojiFor::Message(seq)) => store.react(desk.room, seq, emoji.to_owned(), true),
            Some(EmojiFor::Composer) => desk.insert.set(Some(emoji)),
            None => {}
        }
        hide(desk);
    };
    view! {
        <div class="palette" popover="auto" node_ref=desk.palette role="dialog" aria-label=t.emoji>
            {EMOJI
                .into_iter()
                .map(|(emoji, name)| view! { <button type="button" title=name aria-label=name on:click=pressing(move |_| choose(emoji))>{emoji}</button> }.any())
                .collect::<Vec<_>>()}
        </div>
    }
    .any()
}

/// Opens the palette at what was pressed.
pub fn show(desk: Desk, purpose: EmojiFor, click: &leptos::ev::MouseEvent) {
    desk.emoji.set(Some(purpose));
    #[cfg(feature = "hydrate")]
    if let (Some(palette), Some(button)) = (desk.palette.get_untracked(), crate::ui::closest(click, "button")) {
        let _ = palette.show_popover();
        // In whole pixels: writing fractions is a lot of code.
        #[allow(clippy::cast_possible_truncation)]
        let whole = |length: f64| length as i32;
        let (at, width, height) = (button.get_bounding_client_rect(), palette.offset_width(), palette.offset_height());
        let (page_width, page_height) = document().document_element().map_or((0, 0), |page| (page.client_width(), page.client_height()));
        let left = (whole(at.right()) - width).clamp(8, (page_width - width - 8).max(8));
        let below = whole(at.bottom()) + 4;
        let top = if below + height < page_height - 8 { below } else { (whole(at.top()) - height - 4).max(8) };
        let style = web_sys::HtmlElement::style(&palette);
        let _ = style.set_property("left", &format!("{left}px"));
        let _ = style.set_property("top", &format!("{top}px"));
        if let Ok(Some(first)) = palette.query_selector("button") {
            use wasm_bindgen::JsCast;
            let _ = first.unchecked_into::<web_sys::HtmlElement>().focus();
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = click;
}

fn hide(desk: Desk) {
    #[cfg(feature = "hydrate")]
    if let Some(palette) = desk.palette.get_untracked() {
        let _ = palette.hide_popover();
    }
    desk.emoji.set(None);
}
