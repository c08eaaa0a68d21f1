//! Which part of a file is asked for (RFC 9110, section 14).

use std::ops::Range;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    Whole,
    Part(Range<u64>),
    /// There is no such part.
    Nothing,
}

/// Several parts, and what can't be read, get the whole: that is always right.
pub fn wanted(header: &str, size: u64) -> Wanted {
    let Some((unit, spec)) = header.split_once('=') else { return Wanted::Whole };
    let spec = spec.trim();
    if !unit.trim().eq_ignore_ascii_case("bytes") || spec.contains(',') {
        return Wanted::Whole;
    }
    let Some((first, last)) = spec.split_once('-') else { return Wanted::Whole };
    match (number(first), number(last)) {
        (Number::None, Number::Of(0)) => Wanted::Nothing,
        (Number::None, Number::Of(length)) if size > 0 => Wanted::Part(size.saturating_sub(length)..size),
        (Number::Of(first), Number::Of(last)) if last < first => Wanted::Whole,
        (Number::Of(first), Number::None) if first < size => Wanted::Part(first..size),
        (Number::Of(first), Number::Of(last)) if first < size => Wanted::Part(first..last.saturating_add(1).min(size)),
        (Number::Wrong, _) | (_, Number::Wrong) | (Number::None, Number::None) => Wanted::Whole,
        _ => Wanted::Nothing,
    }
}

enum Number {
    None,
    Of(u64),
    Wrong,
}

/// More than fits is as good as the most.
fn number(text: &str) -> Number {
    match text {
        "" => Number::None,
        text if text.bytes().all(|byte| byte.is_ascii_digit()) => Number::Of(text.parse().unwrap_or(u64::MAX)),
        _ => Number::Wrong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_those_of_the_specification() {
        for (header, size, expected) in [
            ("bytes=0-0", 10, Wanted::Part(0..1)),
            ("bytes=3-5", 10, Wanted::Part(3..6)),
            ("bytes=3-", 10, Wanted::Part(3..10)),
            ("bytes=-3", 10, Wanted::Part(7..10)),
            ("bytes=-30", 10, Wanted::Part(0..10)),
            ("bytes=9-99999999999999999999999", 10, Wanted::Part(9..10)),
            ("Bytes = 1-2", 10, Wanted::Part(1..3)),
            ("bytes=10-", 10, Wanted::Nothing),
            ("bytes=-0", 10, Wanted::Nothing),
            ("bytes=0-", 0, Wanted::Nothing),
            ("bytes=-1", 0, Wanted::Nothing),
            ("bytes=5-3", 10, Wanted::Whole),
            ("bytes=0-1,3-4", 10, Wanted::Whole),
            ("bytes=-", 10, Wanted::Whole),
            ("bytes=a-b", 10, Wanted::Whole),
            ("bytes=+1-2", 10, Wanted::Whole),
            ("lines=1-2", 10, Wanted::Whole),
            ("bytes", 10, Wanted::Whole),
        ] {
            assert_eq!(wanted(header, size), expected, "{header} of {size}");
        }
    }
}
