//! What the parts of a room's page share: the room, and what somebody is about to do in it.

use leptos::html;
use leptos::prelude::*;
use stoa_domain::id::{FileId, Seq};
use stoa_domain::wire::message::NewMessage;

use crate::live::Room;

/// What the emoji that is chosen next is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmojiFor {
    Message(Seq),
    Composer,
}

#[derive(Clone, Copy)]
pub struct Desk {
    pub room: Room,
    pub replying: RwSignal<Option<Seq>>,
    pub editing: RwSignal<Option<Seq>>,
    pub deleting: RwSignal<Option<Seq>>,
    /// The message whose actions are shown: the one under the pointer or the focus.
    active: StoredValue<Option<Seq>>,
    /// The message that is to be scrolled to.
    pub target: RwSignal<Option<Seq>>,
    pub emoji: RwSignal<Option<EmojiFor>>,
    /// Emoji for the composer to take.
    pub insert: RwSignal<Option<&'static str>>,
    /// Whether the details are shown; by the page's width unless somebody said.
    pub details: RwSignal<Option<bool>>,
    /// Whether the end of what is loaded is in view.
    pub at_bottom: RwSignal<bool>,
    /// Whether the line "new since" is above what is in view.
    pub new_above: RwSignal<bool>,
    /// The image that is looked at by itself.
    pub lightbox: RwSignal<Option<(Seq, FileId)>>,
    /// A post that was refused, for the composer to take up again.
    pub again: RwSignal<Option<NewMessage>>,
    pub scroller: NodeRef<html::Div>,
    pub input: NodeRef<html::Textarea>,
    pub palette: NodeRef<html::Div>,
}

impl Desk {
    pub fn provide(room: Room) -> Self {
        let desk = Self {
            room,
            replying: RwSignal::new(None),
            editing: RwSignal::new(None),
            deleting: RwSignal::new(None),
            active: StoredValue::new(None),
            target: RwSignal::new(None),
            emoji: RwSignal::new(None),
            insert: RwSignal::new(None),
            details: RwSignal::new(None),
            at_bottom: RwSignal::new(true),
            new_above: RwSignal::new(false),
            lightbox: RwSignal::new(None),
            again: RwSignal::new(None),
            scroller: NodeRef::new(),
            input: NodeRef::new(),
            palette: NodeRef::new(),
        };
        provide_context(desk);
        desk
    }

    /// Shows the actions of another message, or of none.
    pub fn activate(self, seq: Option<Seq>) {
        let before = self.active.get_value();
        if before == seq {
            return;
        }
        self.active.set_value(seq);
        for (seq, active) in [(before, false), (seq, true)] {
            if let Some(cell) = seq.and_then(|seq| self.room.cell(seq)) {
                cell.active.set(active);
            }
        }
    }

    /// Puts the cursor where one writes.
    pub fn focus_input(self) {
        #[cfg(feature = "hydrate")]
        if let Some(input) = self.input.get_untracked() {
            let _ = input.focus();
        }
    }

    /// Whether the details are shown now.
    pub fn shows_details(self) -> bool {
        self.details.get().unwrap_or_else(is_wide)
    }
}

fn is_wide() -> bool {
    #[cfg(feature = "hydrate")]
    return window().match_media("(min-width: 1200px)").ok().flatten().is_some_and(|query| query.matches());
    #[cfg(not(feature = "hydrate"))]
    true
}

pub fn use_desk() -> Desk {
    expect_context::<Desk>()
}
