//! What comes in: bytes to messages, by the rules of RFC 6455 for a server.

use std::io::{self, Cursor};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::Poll;

use stoa_domain::message::FRAME_LIMIT;
use tokio::io::{AsyncRead, ReadBuf};
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, Data, OpCode};

/// Read at once. On the stack, and only for as long as a read takes.
const CHUNK: usize = 8 * 1024;
const CONTROL_LIMIT: u64 = 125;

#[derive(Debug, PartialEq, Eq)]
pub enum Frame {
    Text(String),
    Ping(Vec<u8>),
    Pong,
}

/// Why a socket ends, from this side's view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The connection is away; there is nobody to say farewell to.
    Gone,
    /// The client closed, with this code if it gave one.
    Closed(Option<u16>),
    /// Not a frame as the WebSocket protocol has them.
    Protocol,
    /// Only text is spoken here.
    Binary,
    NotUtf8,
    TooBig,
}

#[derive(Default)]
pub struct Reader {
    /// Bytes of frames that aren't complete yet; empty and without room while nothing comes.
    pending: Vec<u8>,
    /// How much of them is done with.
    done: usize,
    /// The beginning of a message that comes in several frames.
    fragments: Option<Vec<u8>>,
}

impl Reader {
    pub fn feed(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
    }

    /// Waits for bytes and takes them; 0 at the end.
    pub async fn fill<R: AsyncRead + Unpin>(&mut self, read: &mut R) -> io::Result<usize> {
        std::future::poll_fn(|context| {
            let mut chunk = [const { MaybeUninit::uninit() }; CHUNK];
            let mut buffer = ReadBuf::uninit(&mut chunk);
            std::task::ready!(Pin::new(&mut *read).poll_read(context, &mut buffer))?;
            self.feed(buffer.filled());
            Poll::Ready(Ok(buffer.filled().len()))
        })
        .await
    }

    /// The next message or control frame, if it is complete.
    pub fn next(&mut self) -> Result<Option<Frame>, End> {
        loop {
            let Some((opcode, last, payload)) = self.frame()? else {
                self.tidy();
                return Ok(None);
            };
            match opcode {
                OpCode::Control(Control::Ping) => return Ok(Some(Frame::Ping(payload))),
                OpCode::Control(Control::Pong) => return Ok(Some(Frame::Pong)),
                OpCode::Control(Control::Close) => return Err(closed(&payload)),
                OpCode::Data(Data::Text) if self.fragments.is_none() => {
                    if last {
                        return text(payload).map(Some);
                    }
                    self.fragments = Some(payload);
                }
                OpCode::Data(Data::Continue) => {
                    let Some(message) = &mut self.fragments else { return Err(End::Protocol) };
                    message.extend_from_slice(&payload);
                    if last {
                        return text(self.fragments.take().unwrap_or_default()).map(Some);
                    }
                }
                OpCode::Data(Data::Binary) => return Err(End::Binary),
                _ => return Err(End::Protocol),
            }
        }
    }

    /// One frame with its payload unmasked. Its length is judged before its payload is waited for.
    fn frame(&mut self) -> Result<Option<(OpCode, bool, Vec<u8>)>, End> {
        let bytes = self.pending.get(self.done..).unwrap_or_default();
        let mut cursor = Cursor::new(bytes);
        let Some((header, length)) = FrameHeader::parse(&mut cursor).map_err(|_| End::Protocol)? else { return Ok(None) };
        let Some(mask) = header.mask else { return Err(End::Protocol) };
        let control = matches!(header.opcode, OpCode::Control(_));
        if header.rsv1 || header.rsv2 || header.rsv3 || (control && (!header.is_final || length > CONTROL_LIMIT)) {
            return Err(End::Protocol);
        }
        let before = self.fragments.as_ref().map_or(0, Vec::len);
        let length = usize::try_from(length).ok().filter(|length| length.saturating_add(before) <= FRAME_LIMIT).ok_or(End::TooBig)?;
        let start = usize::try_from(cursor.position()).map_err(|_| End::Protocol)?;
        let Some(masked) = bytes.get(start..start + length) else { return Ok(None) };
        let payload = unmasked(masked, mask);
        self.done += start + length;
        Ok(Some((header.opcode, header.is_final, payload)))
    }

    /// Gives back what is done with.
    fn tidy(&mut self) {
        if self.done == self.pending.len() {
            self.pending = Vec::new();
        } else {
            self.pending.drain(..self.done);
        }
        self.done = 0;
    }
}

fn text(payload: Vec<u8>) -> Result<Frame, End> {
    String::from_utf8(payload).map(Frame::Text).map_err(|_| End::NotUtf8)
}

fn closed(payload: &[u8]) -> End {
    match payload {
        [] => End::Closed(None),
        [high, low, reason @ ..] if std::str::from_utf8(reason).is_ok() => {
            let code = u16::from_be_bytes([*high, *low]);
            let sendable = matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999);
            if sendable { End::Closed(Some(code)) } else { End::Protocol }
        }
        _ => End::Protocol,
    }
}

/// Eight bytes at a time: a story is long.
fn unmasked(masked: &[u8], mask: [u8; 4]) -> Vec<u8> {
    let [a, b, c, d] = mask;
    let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let mut payload = Vec::with_capacity(masked.len());
    let (words, rest) = masked.as_chunks::<8>();
    for word in words {
        payload.extend_from_slice(&(u64::from_ne_bytes(*word) ^ wide).to_ne_bytes());
    }
    payload.extend(rest.iter().zip(mask.iter().cycle()).map(|(byte, key)| byte ^ key));
    payload
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tokio_tungstenite::tungstenite::protocol::frame::Frame as Built;

    /// As a client sends it.
    fn masked(opcode: OpCode, last: bool, payload: &[u8]) -> Vec<u8> {
        let header = FrameHeader { is_final: last, opcode, mask: Some([1, 2, 3, 4]), ..FrameHeader::default() };
        let frame = Built::from_payload(header, payload.to_vec().into());
        let mut bytes = Vec::new();
        frame.format(&mut bytes).unwrap();
        bytes
    }

    fn all(bytes: &[u8], step: usize) -> (Vec<Frame>, Option<End>) {
        let (mut reader, mut frames) = (Reader::default(), Vec::new());
        for chunk in bytes.chunks(step.max(1)) {
            reader.feed(chunk);
            loop {
                match reader.next() {
                    Ok(Some(frame)) => frames.push(frame),
                    Ok(None) => break,
                    Err(end) => return (frames, Some(end)),
                }
            }
        }
        assert_eq!(reader.pending.capacity() == 0, reader.pending.is_empty(), "an idle reader keeps no room");
        (frames, None)
    }

    const TEXT: OpCode = OpCode::Data(Data::Text);
    const CONTINUE: OpCode = OpCode::Data(Data::Continue);

    proptest! {
        #[test]
        fn what_was_sent_comes_however_it_is_cut(texts in prop::collection::vec("\\PC{0,200}", 0..6), step in 1usize..300, long in 0usize..70_000) {
            let mut texts = texts;
            texts.push("x".repeat(long));
            let bytes: Vec<u8> = texts.iter().flat_map(|text| masked(TEXT, true, text.as_bytes())).collect();
            let (frames, end) = all(&bytes, step);
            prop_assert_eq!(frames, texts.into_iter().map(Frame::Text).collect::<Vec<_>>());
            prop_assert_eq!(end, None);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..600), step in 1usize..100) {
            all(&bytes, step);
        }
    }

    #[test]
    fn a_message_may_come_in_pieces_with_a_ping_between() {
        let mut bytes = masked(TEXT, false, "é".as_bytes().get(..1).unwrap());
        bytes.extend(masked(OpCode::Control(Control::Ping), true, b"p"));
        bytes.extend(masked(CONTINUE, true, "é".as_bytes().get(1..).unwrap()));
        assert_eq!(all(&bytes, 3), (vec![Frame::Ping(b"p".to_vec()), Frame::Text("é".into())], None));
    }

    #[test]
    fn what_breaks_the_rules_ends_the_socket() {
        let end = |bytes: &[u8]| all(bytes, 7).1;
        assert_eq!(end(&masked(OpCode::Data(Data::Binary), true, b"x")), Some(End::Binary));
        assert_eq!(end(&masked(TEXT, true, &[0xff])), Some(End::NotUtf8));
        assert_eq!(end(&masked(CONTINUE, true, b"x")), Some(End::Protocol));
        assert_eq!(end(&[masked(TEXT, false, b"x"), masked(TEXT, true, b"x")].concat()), Some(End::Protocol));
        assert_eq!(end(&[0x81, 0x01, b'x']), Some(End::Protocol), "unmasked");
        assert_eq!(end(&[0xc1, 0x81, 0, 0, 0, 0, b'x']), Some(End::Protocol), "a reserved bit");
        assert_eq!(end(&masked(OpCode::Control(Control::Ping), false, b"")), Some(End::Protocol));
        assert_eq!(end(&masked(OpCode::Control(Control::Close), true, &[0x03, 0xe8])), Some(End::Closed(Some(1000))));
        assert_eq!(end(&masked(OpCode::Control(Control::Close), true, &[0x03, 0xed])), Some(End::Protocol), "1005 isn't sent");
        assert_eq!(end(&masked(OpCode::Control(Control::Close), true, b"")), Some(End::Closed(None)));
        let header = [0x81, 0xff, 0, 0, 0, 0, 0, 0x98, 0x96, 0x80, 0, 0, 0, 0];
        assert_eq!(end(&header), Some(End::TooBig), "by its length, before its payload");
        let pieces: Vec<u8> = (0..6).flat_map(|n| masked(if n == 0 { TEXT } else { CONTINUE }, false, &vec![b'x'; 100_000])).collect();
        assert_eq!(all(&pieces, 8_192).1, Some(End::TooBig));
    }
}
