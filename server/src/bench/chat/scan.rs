//! Reads of a frame only what counting needs. At half a million deliveries a second a real
//! parser would cost more than the server that is measured; a sample is parsed in full.

use memchr::memmem::Finder;
use stoa_domain::id::Seq;

/// What a benchmark's post carries at the beginning of its body, so that every delivery tells
/// whose it is and when it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    pub sender: u16,
    pub number: u32,
    /// Microseconds on the generator's clock.
    pub at: u32,
}

/// The length of a mark with its two signs.
pub const MARK: usize = 22;

impl Mark {
    /// The post's name within a run.
    pub fn key(self) -> u64 {
        u64::from(self.sender) << 32 | u64::from(self.number)
    }

    /// The mark at the beginning of a body.
    pub fn of(body: &[u8]) -> Option<Self> {
        let [b'~', digits @ .., b'~'] = body.first_chunk::<MARK>()? else { return None };
        Some(Self::read(digits))
    }

    fn read(digits: &[u8; MARK - 2]) -> Self {
        let value = |part: &[u8]| part.iter().fold(0, |value, digit| value << 4 | nibble(*digit));
        // The widths are those that `Display` writes.
        #[allow(clippy::cast_possible_truncation)]
        Self { sender: value(&digits[..4]) as u16, number: value(&digits[4..12]), at: value(&digits[12..]) }
    }
}

impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "~{:04x}{:08x}{:08x}~", self.sender, self.number, self.at)
    }
}

/// The value of a hexadecimal digit, without a branch.
fn nibble(digit: u8) -> u32 {
    u32::from(digit & 0xF) + 9 * u32::from(digit >> 6)
}

#[derive(Debug, PartialEq, Eq)]
pub struct Delivery {
    pub seq: Seq,
    /// None in what others post.
    pub mark: Option<Mark>,
}

pub struct Scanner {
    seq: Finder<'static>,
    body: Finder<'static>,
    /// Where `"seq":` stood in the last message: nearly always the same place.
    seq_at: usize,
}

const MESSAGE: &[u8] = b"{\"ev\":\"message\",";
const SEQ: &[u8] = b"\"seq\":";
const BODY: &[u8] = b"\"body\":\"~";

impl Scanner {
    pub fn new() -> Self {
        Self { seq: Finder::new(SEQ), body: Finder::new(BODY), seq_at: 0 }
    }

    /// The message in a frame; none when it is something else, or written in another way.
    /// A quote within a JSON text is escaped, so neither pattern can be part of one.
    pub fn delivery(&mut self, frame: &[u8]) -> Option<Delivery> {
        if !frame.starts_with(MESSAGE) {
            return None;
        }
        if frame.get(self.seq_at..self.seq_at + SEQ.len()) != Some(SEQ) {
            self.seq_at = self.seq.find(frame)?;
        }
        let (seq, rest) = number(&frame[self.seq_at + SEQ.len()..])?;
        let mark = self.body.find(rest).and_then(|at| Mark::of(&rest[at + BODY.len() - 1..]));
        Some(Delivery { seq, mark })
    }
}

/// The request's number and the seq in the answer to a post; none when it is anything else.
pub fn posted(frame: &[u8]) -> Option<(u64, Seq)> {
    let (re, rest) = number(frame.strip_prefix(b"{\"re\":")?)?;
    let (seq, _) = number(rest.strip_prefix(b",\"ok\":{\"seq\":")?)?;
    Some((u64::try_from(re).ok()?, seq))
}

/// The number at the beginning, and what follows it.
fn number(bytes: &[u8]) -> Option<(Seq, &[u8])> {
    let length = bytes.iter().position(|byte| !byte.is_ascii_digit())?;
    let value = bytes[..length].iter().try_fold(0, |value: Seq, digit| value.checked_mul(10)?.checked_add((digit - b'0').into()))?;
    (length > 0).then_some((value, &bytes[length..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_tells_seq_and_mark() {
        let mark = Mark { sender: 0xabc, number: 77, at: 0xffff_0123 };
        let frame = format!(r#"{{"ev":"message","room":"r","seq":4711,"n":3,"body":"{mark}, \"seq\":1 and more"}}"#);
        let mut scanner = Scanner::new();
        for _ in 0..2 {
            assert_eq!(scanner.delivery(frame.as_bytes()), Some(Delivery { seq: 4711, mark: Some(mark) }));
        }
        let other = br#"{"ev":"message","seq":9,"body":"hello"}"#;
        assert_eq!(scanner.delivery(other), Some(Delivery { seq: 9, mark: None }));
        for no in [&br#"{"ev":"typing","room":"r"}"#[..], br#"{"ev":"message","seq":"#, br#"{"ev":"message","seq":x}"#, b""] {
            assert_eq!(scanner.delivery(no), None);
        }
    }

    #[test]
    fn an_answer_to_a_post_tells_its_seq() {
        assert_eq!(posted(br#"{"re":17,"ok":{"seq":5,"n":5}}"#), Some((17, 5)));
        assert_eq!(posted(br#"{"re":17,"error":{}}"#), None);
        assert_eq!(posted(br#"{"re":99999999999999999999,"ok":{"seq":5}}"#), None);
    }
}
