//! WebSocket text frames as a server sends them: unmasked, so a frame can be built once and
//! shared by everyone who gets it.

use bytes::{BufMut, Bytes, BytesMut};
use serde::Serialize;

/// Appends one text frame to a buffer.
pub fn put_text(buffer: &mut BytesMut, payload: &[u8]) {
    const FIN_TEXT: u8 = 0x81;
    buffer.reserve(payload.len() + 10);
    buffer.put_u8(FIN_TEXT);
    match payload.len() {
        length @ 0..=125 => buffer.put_u8(u8::try_from(length).unwrap_or_default()),
        length => match u16::try_from(length) {
            Ok(length) => {
                buffer.put_u8(126);
                buffer.put_u16(length);
            }
            Err(_) => {
                buffer.put_u8(127);
                buffer.put_u64(length as u64);
            }
        },
    }
    buffer.put_slice(payload);
}

/// A value as a ready-made frame.
#[must_use]
pub fn json<T: Serialize>(value: &T) -> Bytes {
    let payload = serde_json::to_vec(value).unwrap_or_else(|error| {
        // Our own types have string keys and no failing serialisers; if one ever does, its
        // receiver is told something rather than nothing.
        tracing::error!(%error, "frame not serialised");
        b"{}".to_vec()
    });
    let mut buffer = BytesMut::with_capacity(payload.len() + 10);
    put_text(&mut buffer, &payload);
    buffer.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_written_in_their_shortest_form() {
        for (length, header) in [(0, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10)] {
            let mut buffer = BytesMut::new();
            put_text(&mut buffer, &vec![b'x'; length]);
            assert_eq!(buffer.len(), length + header);
            assert_eq!(buffer[0], 0x81);
        }
    }
}
