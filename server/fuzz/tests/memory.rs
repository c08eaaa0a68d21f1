//! How much a socket's reader holds at most. Alone in its file: it counts all that is allocated.

use peak_alloc::PeakAlloc;
use stoa_domain::message::FRAME_LIMIT;
use stoa_fuzz::drained;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// One read of the server.
const READ: usize = 8 * 1024;

/// A header and its mask, which is all zero.
fn header(first: u8, length: usize) -> Vec<u8> {
    [&[first, 0xff], (length as u64).to_be_bytes().as_slice(), &[0; 4]].concat()
}

fn frame(first: u8, length: usize) -> Vec<u8> {
    let mut bytes = header(first, length);
    bytes.resize(bytes.len() + length, b'x');
    bytes
}

/// How much more than before was held at once while this was read, and what came of it.
fn held(bytes: &[u8]) -> (usize, usize) {
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    let count = drained(bytes.chunks(READ));
    (MEMORY.peak_usage() - before, count)
}

#[test]
fn a_reader_holds_little_more_than_one_message() {
    // The bytes, the message, and what a vector takes and copies while it grows.
    const MOST: usize = 4 * FRAME_LIMIT;
    let pieces = |length: usize| (0..FRAME_LIMIT / length).flat_map(|n| frame(if n == 0 { 0x01 } else { 0x00 }, length)).collect::<Vec<_>>();
    for (what, bytes, count) in [
        ("the longest message", frame(0x81, FRAME_LIMIT), 1),
        ("many of them", frame(0x81, FRAME_LIMIT).repeat(4), 4),
        ("a message in large pieces, without an end", pieces(FRAME_LIMIT / 2).repeat(4), 0),
        ("a message in small pieces, without an end", pieces(16).repeat(4), 0),
        ("small messages", frame(0x81, 1).repeat(100_000), 100_000),
    ] {
        let (most, came) = held(&bytes);
        assert!(most <= MOST, "{what}: {most} bytes");
        assert_eq!(came, count, "{what}");
    }
    for length in [FRAME_LIMIT, FRAME_LIMIT + 1, usize::MAX / 2, usize::MAX] {
        let (most, came) = held(&header(0x81, length));
        assert!(most < 1024 && came == 0, "{most} bytes for the mere announcement of {length}");
    }
}
