//! Where the timeline stands: loading what comes into view, staying at the end, going to a message,
//! and counting as read what was seen.

use super::desk::Desk;
use crate::live::Store;

#[cfg(not(feature = "hydrate"))]
mod nothing {
    use super::{Desk, Store};
    use leptos::ev;

    pub fn attend(_: Store, _: Desk) {}
    pub fn check(_: Store, _: Desk) {}
    pub fn to_latest(_: Store, _: Desk) {}
    pub fn to_first_unread(_: Store, _: Desk) {}
    pub fn touched<E>(_: Desk, _: &E) {}
    pub fn untouched<E>(_: Desk, _: &E) {}
    pub fn step(_: &ev::KeyboardEvent) {}
}

#[cfg(not(feature = "hydrate"))]
pub use nothing::*;

#[cfg(feature = "hydrate")]
pub use browser::*;

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::ev;
    use leptos::prelude::*;
    use stoa_domain::id::Seq;
    use wasm_bindgen::JsCast;
    use web_sys::{Event, HtmlElement, ScrollLogicalPosition};

    use super::{Desk, Store};
    use crate::live::Load;
    use crate::live::room::put;
    use crate::ui::{by_id, closest, effect, scroll_into_view};

    /// So near its end the timeline counts as being there, in pixels.
    const NEAR_END: i32 = 48;
    /// So near its beginning older messages are loaded.
    const NEAR_START: i32 = 1_200;

    /// Follows what happens to the page as long as the room is shown.
    pub fn attend(store: Store, desk: Desk) {
        let room = desk.room;
        effect(move || {
            room.rows.track();
            room.load.track();
            room.following.track();
            store.status.track();
            request_animation_frame(move || settle(store, desk));
        });
        effect(move || {
            if desk.target.get().is_some() {
                request_animation_frame(move || settle(store, desk));
            }
        });
        let focus = window_event_listener(ev::focus, move |_| check(store, desk));
        let blur = window_event_listener(ev::blur, move |_| check(store, desk));
        let visible = window_event_listener(ev::visibilitychange, move |_| check(store, desk));
        let escape = window_event_listener(ev::keydown, move |key| {
            if key.key() == "Escape" && !key.shift_key() && !key.default_prevented() && !dialog_is_open() {
                to_latest(store, desk);
                store.mark_read(room);
            }
            if key.alt_key() && key.code() == "KeyJ" && !dialog_is_open() {
                key.prevent_default();
                to_first_unread(store, desk);
            }
        });
        on_cleanup(move || {
            desk.activate(None);
            focus.remove();
            blur.remove();
            visible.remove();
            escape.remove();
            store.attended.set_value(false);
        });
    }

    fn dialog_is_open() -> bool {
        document().query_selector("dialog[open], :popover-open").ok().flatten().is_some()
    }

    /// After something was drawn: goes to where one wanted, then looks what is in view.
    fn settle(store: Store, desk: Desk) {
        if let Some(Some(seq)) = desk.target.try_get_untracked() {
            let Some(row) = by_id(&format!("m{seq}")) else {
                // What is no message is never there.
                if desk.room.load.get_untracked() == Load::Ready && desk.room.with_timeline(|timeline| timeline.span(Some(seq)).is_some()) {
                    desk.target.set(None);
                }
                return check(store, desk);
            };
            if row.class_list().contains("target") {
                return check(store, desk);
            }
            let _ = row.class_list().add_1("target");
            scroll_into_view(&row, ScrollLogicalPosition::Center);
            let _ = row.focus();
            set_timeout(
                move || {
                    let _ = row.class_list().remove_1("target");
                    if desk.target.try_get_untracked() == Some(Some(seq)) {
                        desk.target.set(None);
                    }
                },
                std::time::Duration::from_secs(3),
            );
        }
        check(store, desk);
    }

    /// Looks what is in view: loads what is missing there, and marks what was read.
    pub fn check(store: Store, desk: Desk) {
        let room = desk.room;
        let Some(Some(scroller)) = desk.scroller.try_get_untracked() else { return };
        // The end is at 0, everything above it below zero.
        let from_end = -scroller.scroll_top();
        let from_start = scroller.scroll_height() - scroller.client_height() - from_end;
        put(desk.at_bottom, from_end <= NEAR_END);
        put(desk.new_above, new_is_above(desk, &scroller));
        if room.load.get_untracked() == Load::Ready {
            if from_start < NEAR_START {
                store.load_older(room);
            }
            if from_end < NEAR_START && desk.target.get_untracked().is_none() {
                store.load_newer(room);
            }
        }
        let seen = from_end <= NEAR_END && room.anchor.get_untracked().is_none() && !document().hidden() && document().has_focus().unwrap_or(false);
        store.attended.set_value(seen);
        if seen && room.load.get_untracked() == Load::Ready && room.unread.get_untracked() > 0 {
            store.mark_read(room);
        }
    }

    /// Where the line "new since" belongs, if it is above what is loaded here.
    fn unloaded_new(desk: Desk) -> Option<Seq> {
        let first = desk.room.new_after.get_untracked()? + 1;
        let from = desk.room.with_timeline(|timeline| timeline.span(desk.room.anchor.get_untracked()).map(|span| span.from))?;
        (first < from).then_some(first)
    }

    fn new_line(scroller: &web_sys::Element) -> Option<HtmlElement> {
        scroller.query_selector("li.new").ok().flatten()?.dyn_into().ok()
    }

    fn new_is_above(desk: Desk, scroller: &web_sys::Element) -> bool {
        if unloaded_new(desk).is_some() {
            return true;
        }
        new_line(scroller).is_some_and(|line| line.get_bounding_client_rect().bottom() < scroller.get_bounding_client_rect().top())
    }

    /// Goes to the line "new since".
    pub fn to_first_unread(store: Store, desk: Desk) {
        let Some(scroller) = desk.scroller.get_untracked() else { return };
        if let Some(first) = unloaded_new(desk) {
            desk.target.set(Some(first));
            store.look(desk.room, Some(first));
        } else if let Some(line) = new_line(&scroller) {
            scroll_into_view(&line, ScrollLogicalPosition::Start);
            let _ = scroller.focus();
        }
    }

    pub fn to_latest(store: Store, desk: Desk) {
        put(desk.target, None);
        store.look(desk.room, None);
        if let Some(scroller) = desk.scroller.get_untracked() {
            scroller.set_scroll_top(0);
            request_animation_frame(move || {
                scroller.set_scroll_top(0);
                check(store, desk);
            });
        }
    }

    fn seq_of(row: &HtmlElement) -> Option<Seq> {
        row.get_attribute("data-seq")?.parse().ok()
    }

    /// The pointer or the focus came to a message.
    pub fn touched(desk: Desk, event: &Event) {
        desk.activate(closest(event, "li.post").and_then(|row| seq_of(&row)));
    }

    pub fn untouched(desk: Desk, _: &Event) {
        let focused = document().active_element().and_then(|element| element.closest("li.post").ok().flatten());
        desk.activate(focused.and_then(|row| row.dyn_into().ok()).and_then(|row| seq_of(&row)));
    }

    /// Arrow keys go from message to message.
    pub fn step(key: &ev::KeyboardEvent) {
        let down = match key.key().as_str() {
            "ArrowDown" => true,
            "ArrowUp" => false,
            _ => return,
        };
        if key.alt_key() || key.ctrl_key() || key.meta_key() {
            return;
        }
        let Some(timeline) = closest(key, ".timeline") else { return };
        let mut next = match closest(key, "li.post") {
            Some(row) => sibling(&row, down),
            // From the outside one comes to the last message.
            None if !down => timeline.query_selector("ol > li:last-child").ok().flatten(),
            None => None,
        };
        while let Some(row) = next {
            if row.class_list().contains("post") {
                if let Some(row) = row.dyn_ref::<HtmlElement>() {
                    let _ = row.focus();
                    scroll_into_view(row, ScrollLogicalPosition::Nearest);
                }
                key.prevent_default();
                return;
            }
            next = sibling(&row, down);
        }
    }

    fn sibling(row: &web_sys::Element, down: bool) -> Option<web_sys::Element> {
        if down { row.next_element_sibling() } else { row.previous_element_sibling() }
    }
}
