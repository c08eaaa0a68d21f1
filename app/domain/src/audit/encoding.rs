//! How a record is written down for its hash.

use super::Record;

/// Says which encoding this is; another one would have another number.
const FORMAT: &[u8] = b"stoa audit record 1\n";

/// The record as bytes, from which each field can be read again, so that no two records are written
/// alike: the format's name; `id`, `at` (microseconds UTC) and `version` as 8 bytes each, big-endian,
/// two's complement; `by` as a byte 0, or a byte 1 and the id's 16 bytes; then `from`, `action`,
/// `object`, `before` and `after`, each as the number of its UTF-8 bytes (8 bytes, big-endian) and
/// those bytes, as they stand in the table.
#[must_use]
pub fn encode(record: &Record) -> Vec<u8> {
    let Record { id, at, by, from, action, object, before, after, version } = record;
    let texts = [from, action, object, before, after];
    let mut bytes = Vec::with_capacity(FORMAT.len() + 8 * 8 + 17 + texts.iter().map(|text| text.len()).sum::<usize>());
    bytes.extend_from_slice(FORMAT);
    for number in [*id, at.micros(), *version] {
        bytes.extend_from_slice(&number.to_be_bytes());
    }
    match by {
        None => bytes.push(0),
        Some(user) => {
            bytes.push(1);
            bytes.extend_from_slice(user.0.as_bytes());
        }
    }
    for text in texts {
        bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
        bytes.extend_from_slice(text.as_bytes());
    }
    bytes
}
