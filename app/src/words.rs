//! The domain's words in the reader's language.

use stoa_domain::room::{Privacy, RoomType};

use crate::text::Text;

/// The word for a privacy, and what it means.
#[must_use]
pub const fn privacy_word(t: &'static Text, privacy: Privacy) -> (&'static str, &'static str) {
    match privacy {
        Privacy::Open => (t.open, t.open_long),
        Privacy::Closed => (t.closed, t.closed_long),
        Privacy::Secret => (t.secret, t.secret_long),
    }
}

/// The word for a room's type, and what it means.
#[must_use]
pub const fn type_word(t: &'static Text, room_type: RoomType) -> (&'static str, &'static str) {
    match room_type {
        RoomType::Normal => (t.normal, t.normal_long),
        RoomType::Auditorium => (t.auditorium, t.auditorium_long),
    }
}
