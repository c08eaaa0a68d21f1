use crate::range_of::{Wanted, wanted};

/// Which part of a file is asked for: of what can be understood exactly that, whatever the numbers; and never anything
/// that the file doesn't have.
pub fn range(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut numbers = data.chunks(8).map(|chunk| chunk.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte)));
    let mut next = || numbers.next().unwrap_or_default();
    let (first, last, size) = (next(), next(), next());
    for size in [0, 1, 10, size, u64::MAX] {
        if let Wanted::Part(part) = wanted(&text, size) {
            assert!(part.start < part.end && part.end <= size, "{part:?} of {size}");
        }
        assert_eq!(wanted(&format!("bytes={first}-{last}"), size), between(first, last, size), "{first}-{last} of {size}");
        assert_eq!(wanted(&format!("BYTES = {first}-"), size), if first < size { Wanted::Part(first..size) } else { Wanted::Nothing }, "{first}- of {size}");
        let of_end = if last == 0 || size == 0 { Wanted::Nothing } else { Wanted::Part(size - last.min(size)..size) };
        assert_eq!(wanted(&format!("bytes=-{last}"), size), of_end, "-{last} of {size}");
        // More than a number holds is as good as the end of the file.
        assert_eq!(wanted(&format!("bytes={first}-{last}99999999999999999999"), size), between(first, u64::MAX, size));
    }
}

/// By the specification (RFC 9110, 14.1.2), counted with numbers that can't overflow.
fn between(first: u64, last: u64, size: u64) -> Wanted {
    let (from, behind) = (u128::from(first), (u128::from(last) + 1).min(u128::from(size)));
    if last < first {
        return Wanted::Whole;
    }
    let end = u64::try_from(behind).unwrap_or(u64::MAX);
    if from < u128::from(size) { Wanted::Part(first..end) } else { Wanted::Nothing }
}
