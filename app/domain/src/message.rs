//! Messages and the events of a room's stream.

use serde::{Deserialize, Serialize};

use crate::room::words;

words! {
    MessageKind { Chat = "chat", Story = "story" }
}
words! {
    Importance { Normal = "normal", High = "high" }
}
words! {
    /// How much of a room one is told of.
    Level { All = "all", Mentions = "mentions", None = "none" }
}

words! {
    /// What a clean-up did to messages.
    Clearing { Removed = "removed", Replaced = "replaced", Restored = "restored" }
}

/// The longest frame that a client may send, in bytes: the longest story, escaped, and its envelope.
pub const FRAME_LIMIT: usize = 512 * 1024;
pub const SUBJECT_LIMIT: usize = 256;
pub const EMOJI_LIMIT: usize = 32;
/// The most events or messages that one answer carries.
pub const CHUNK_LIMIT: u32 = 500;
/// So long, and until it is archived, the text of a message that isn't kept is there for those who
/// were away for a moment.
pub const PASSING: std::time::Duration = std::time::Duration::from_secs(600);

/// Whether a text can be a reaction: short, without letters, white space or control characters.
/// The skin tones, flags and families of emoji are sequences, so several characters are allowed.
#[must_use]
pub fn is_emoji(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= EMOJI_LIMIT
        && text.chars().count() <= 12
        && !text.is_ascii()
        && text.chars().all(|c| {
            matches!(c, '#' | '*' | '0'..='9' | '\u{200D}' | '\u{20E3}' | '\u{FE0F}' | '\u{E0020}'..='\u{E007F}')
                || matches!(c, '\u{A9}' | '\u{AE}' | '\u{203C}'..='\u{3299}' | '\u{1F000}'..='\u{1FAFF}')
        })
}

/// The account names that a body mentions (`@aiko.tanaka`), in the order of their appearance,
/// each once. Code spans and blocks are not looked at here: who reads them would be told once too often,
/// never too seldom.
#[must_use]
pub fn mentioned_names(body: &str) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for (start, name) in mention_spans(body) {
        let _ = start;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Where names are mentioned: the place of the `@` and the name behind it.
pub fn mention_spans(body: &str) -> impl Iterator<Item = (usize, &str)> {
    body.match_indices('@').filter_map(move |(at, _)| {
        let before = body[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '@' | '/')) {
            return None;
        }
        let rest = &body[at + 1..];
        let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '_' | '-'))).unwrap_or(rest.len());
        let name = rest[..end].trim_end_matches(['.', '-', '_']);
        (!name.is_empty() && name.chars().count() <= crate::name::ACCOUNT_NAME_LIMIT).then_some((at, name))
    })
}

/// The beginning of a text, on one line, for quotes and notices.
#[must_use]
pub fn excerpt(text: &str, limit: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= limit {
        return line;
    }
    let mut short: String = line.chars().take(limit.saturating_sub(1)).collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_are_names_behind_an_at_sign() {
        assert_eq!(mentioned_names("@aiko, ask @omar.haddad. Not a@b.c, not @@x; @aiko again"), ["aiko", "omar.haddad"]);
        assert_eq!(mentioned_names("(@mira-k) @ alone @"), ["mira-k"]);
    }

    #[test]
    fn reactions_are_emoji_only() {
        for yes in ["👍", "❤️", "👨‍👩‍👧", "1️⃣", "🇩🇪", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "👍🏽"] {
            assert!(is_emoji(yes), "{yes}");
        }
        for no in ["", "a", "👍a", "<b>", "1", " ", "👍👍👍👍👍👍👍👍👍👍👍👍👍"] {
            assert!(!is_emoji(no), "{no}");
        }
    }

    #[test]
    fn an_excerpt_is_one_short_line() {
        assert_eq!(excerpt("a\n\n b", 10), "a b");
        assert_eq!(excerpt("abcdef", 4), "abc…");
    }
}
