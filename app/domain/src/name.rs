//! Names of rooms, categories and people: what is allowed, and the one key by
//! which two spellings count as the same name.

use std::fmt;

/// Why a text can't be a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameError {
    Empty,
    TooLong {
        limit: usize,
    },
    /// Control characters, or ones that turn the direction of text.
    ForbiddenCharacter,
}

impl NameError {
    /// The stable code of the problem, for a field's error.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "required",
            Self::TooLong { .. } => "too-long",
            Self::ForbiddenCharacter => "forbidden-character",
        }
    }
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("A name is needed."),
            Self::TooLong { limit } => write!(f, "At most {limit} characters."),
            Self::ForbiddenCharacter => f.write_str("Control characters and characters that turn the direction of text are not allowed."),
        }
    }
}

pub const NAME_LIMIT: usize = 256;

/// Whether a character may not stand in any name: it can't be seen, or makes others lie.
#[must_use]
pub fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
}

/// A name as it is stored: trimmed, 1–256 characters, none forbidden.
///
/// # Errors
/// Tells what is wrong with it.
pub fn check_name(text: &str) -> Result<String, NameError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(NameError::Empty);
    }
    if text.chars().count() > NAME_LIMIT {
        return Err(NameError::TooLong { limit: NAME_LIMIT });
    }
    if text.chars().any(is_forbidden) {
        return Err(NameError::ForbiddenCharacter);
    }
    Ok(text.to_owned())
}

pub const ACCOUNT_NAME_LIMIT: usize = 64;

/// A sign-in name: what can also be written as a mention, so letters, digits
/// and `. _ -` only, beginning and ending with a letter or digit: a mention's end belongs to the
/// sentence around it.
///
/// # Errors
/// Tells what is wrong with it.
pub fn check_account_name(text: &str) -> Result<String, NameError> {
    let text = text.trim();
    let (Some(first), Some(last)) = (text.chars().next(), text.chars().next_back()) else { return Err(NameError::Empty) };
    if text.chars().count() > ACCOUNT_NAME_LIMIT {
        return Err(NameError::TooLong { limit: ACCOUNT_NAME_LIMIT });
    }
    if !first.is_alphanumeric() || !last.is_alphanumeric() || !text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-')) {
        return Err(NameError::ForbiddenCharacter);
    }
    Ok(text.to_owned())
}

/// The key under which a name is unique: NFKC, case folded, NFKC again (folding can undo the
/// normal form), and then every white space as one space (the normal form can bring some).
#[cfg(feature = "server")]
#[must_use]
pub fn name_key(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    // The same, for most names and many times quicker.
    if name.is_ascii() {
        return name.to_ascii_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    }
    let folded: String = caseless::default_case_fold_str(&name.nfkc().collect::<String>()).nfkc().collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_name_share_a_key() {
        assert_eq!(name_key("Straße"), name_key("STRASSE"));
        assert_eq!(name_key("ﬁx  desk"), name_key("FIX DESK"));
        assert_eq!(name_key("Zoe\u{301}"), name_key("ZOÉ"));
        assert_eq!(name_key("a\u{FE49}b"), name_key("a \u{305}b"), "white space out of a normal form");
        assert_ne!(name_key("fx-desk"), name_key("fx desk"));
    }

    #[test]
    fn names_that_lie_are_refused() {
        assert_eq!(check_name("  "), Err(NameError::Empty));
        assert_eq!(check_name("a\u{202E}b"), Err(NameError::ForbiddenCharacter));
        assert_eq!(check_name("a\nb"), Err(NameError::ForbiddenCharacter));
        assert_eq!(check_name(&"x".repeat(257)), Err(NameError::TooLong { limit: 256 }));
        assert_eq!(check_name(&"é".repeat(256)).map(|n| n.chars().count()), Ok(256));
        assert!(check_account_name("aiko.tanaka").is_ok());
        assert!(check_account_name("aiko tanaka").is_err());
        assert!(check_account_name(".aiko").is_err());
        for end in ['.', '_', '-'] {
            assert!(check_account_name(&format!("aiko{end}")).is_err(), "nobody could mention aiko{end}");
        }
    }

    proptest! {
        #[test]
        fn the_short_way_leads_to_the_same_key(name in "[ -~\\t\\n]{0,20}") {
            use unicode_normalization::UnicodeNormalization;
            let folded: String = caseless::default_case_fold_str(&name.nfkc().collect::<String>()).nfkc().collect();
            prop_assert_eq!(name_key(&name), folded.split_whitespace().collect::<Vec<_>>().join(" "));
        }

        #[test]
        fn a_key_is_its_own_key(name in "\\PC{1,40}") {
            let key = name_key(&name);
            prop_assert_eq!(name_key(&key), key);
        }
    }
}
