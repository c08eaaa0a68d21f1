use stoa_domain::message::FRAME_LIMIT;

use crate::reader::{End, Frame, Reader};

/// How many places a stream is cut at, one after the other.
const CUTS: usize = 48;

/// The bytes of a socket: however they are cut on their way, the same messages come, and none is
/// longer than the limit.
pub fn socket(data: &[u8]) {
    let whole = read([data]);
    for frame in &whole.0 {
        match frame {
            Frame::Text(text) => assert!(text.len() <= FRAME_LIMIT),
            Frame::Ping(payload) => assert!(payload.len() <= 125),
            Frame::Pong => {}
        }
    }
    for at in (0..=data.len()).step_by(data.len() / CUTS + 1) {
        let (before, behind) = data.split_at(at);
        assert!(read([before, behind]) == whole, "cut at {at}");
    }
    assert!(read(data.chunks(1)) == whole, "byte by byte");
    assert!(read(data.chunks(7)) == whole, "seven bytes at a time");
}

/// How many messages and control frames come out of these pieces; each is taken as it comes.
pub fn drained<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> usize {
    let (mut reader, mut count) = (Reader::default(), 0);
    for piece in pieces {
        reader.feed(piece);
        loop {
            match reader.next() {
                Ok(Some(_)) => count += 1,
                Ok(None) => break,
                Err(_) => return count,
            }
        }
    }
    count
}

fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Frame>, Option<End>) {
    let (mut reader, mut frames) = (Reader::default(), Vec::new());
    for piece in pieces {
        reader.feed(piece);
        loop {
            match reader.next() {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(end) => return (frames, Some(end)),
            }
        }
    }
    (frames, None)
}
