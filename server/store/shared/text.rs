//! Texts on their way in and out: what databases don't take, cursors, and closed sets of words.

use std::borrow::Cow;

use stoa_domain::id::UserId;
use stoa_store::StoreError;
use uuid::Uuid;

use super::error::{Work, corrupt};

/// PostgreSQL takes no U+0000, and one such text must not fail a whole batch. Markdown puts the
/// replacement character in its place, so that is what is kept.
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{FFFD}")) } else { Cow::Borrowed(text) }
}

/// A pattern for `LIKE … ESCAPE '\'` that finds the text anywhere.
pub fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// The place in a list: which list it is of, and the key of the last item given.
pub fn cursor(list: char, key: &str) -> String {
    let mut text = String::from(list);
    for byte in key.bytes() {
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

pub fn read_cursor(list: char, text: &str) -> Result<String, StoreError> {
    let digits = text.strip_prefix(list).filter(|digits| digits.len().is_multiple_of(2) && digits.bytes().all(|b| b.is_ascii_hexdigit()));
    let bytes: Option<Vec<u8>> =
        digits.and_then(|digits| (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()).collect());
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).filter(|key| !key.is_empty() && !key.contains('\0')).ok_or(StoreError::BadCursor)
}

/// A word of a closed set.
pub fn word<T>(what: &str, text: &str, parse: impl Fn(&str) -> Option<T>) -> Work<T> {
    parse(text).ok_or_else(|| corrupt(what, text))
}

pub fn pack(ids: &[UserId]) -> Vec<u8> {
    ids.iter().flat_map(|id| id.0.into_bytes()).collect()
}

pub fn unpack(bytes: &[u8]) -> Vec<UserId> {
    bytes.as_chunks::<16>().0.iter().map(|id| UserId(Uuid::from_bytes(*id))).collect()
}
