//! The domain's words in the reader's language.

use stoa_domain::room::{Privacy, RoomType};

use crate::text::{Language, Text};

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

/// `3.4 GB`, in German `3,4 GB`.
#[must_use]
pub fn size(bytes: u64, language: Language) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let (mut tenths, mut unit) = (bytes.saturating_mul(10), 0);
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths /= 1_000;
        unit += 1;
    }
    if tenths >= 100 || unit == 0 {
        return format!("{} {}", tenths / 10, UNITS[unit]);
    }
    let point = if language == Language::German { ',' } else { '.' };
    format!("{}{point}{} {}", tenths / 10, tenths % 10, UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        let of = |bytes| size(bytes, Language::English);
        assert_eq!([of(0), of(999), of(1_500), of(34_000_000), of(3_400_000_000)], ["0 B", "999 B", "1.5 kB", "34 MB", "3.4 GB"]);
        assert_eq!(size(1_500, Language::German), "1,5 kB");
    }
}
