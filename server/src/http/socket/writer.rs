//! What goes out: ready-made frames, as many as wait in one write.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Poll, ready};

use bytes::{Buf, BufMut, Bytes, BytesMut};
use tokio::io::{AsyncWrite, AsyncWriteExt};

use super::pulse::Pulse;

/// Frames in one write; what is queued while a socket is slow.
const AT_ONCE: usize = 64;

pub const PING: Bytes = Bytes::from_static(&[0x89, 0]);

pub fn pong(payload: &[u8]) -> Bytes {
    control(0x8a, payload)
}

/// The frame that ends a socket; without a code it has none.
pub fn close(code: Option<u16>, reason: &str) -> Bytes {
    code.map_or(Bytes::from_static(&[0x88, 0]), |code| control(0x88, &[&code.to_be_bytes(), reason.as_bytes()].concat()))
}

fn control(first: u8, payload: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(payload.len() + 2);
    frame.put_u8(first);
    // The reader lets no longer ones through, and our reasons are short.
    frame.put_u8(u8::try_from(payload.len()).unwrap_or_default());
    frame.put_slice(payload);
    frame.freeze()
}

/// Writes what the outbox gives until it ends. Whether everything, farewell included, was sent.
pub async fn run<W: AsyncWrite + Unpin>(write: &mut W, pulse: &Pulse) -> bool {
    let mut out = Vec::new();
    loop {
        let open = pulse.outbox().next(&mut out).await;
        if !open {
            let Some(farewell) = pulse.farewell() else { return false };
            out.push(farewell);
        }
        if all(write, &mut out).await.is_err() {
            return false;
        }
        if !open {
            return true;
        }
        out.clear();
        if out.capacity() > AT_ONCE {
            // A burst's room isn't kept by thousands of sockets that idle afterwards.
            out = Vec::new();
        }
    }
}

async fn all<W: AsyncWrite + Unpin>(write: &mut W, frames: &mut [Bytes]) -> io::Result<()> {
    let mut first = 0;
    std::future::poll_fn(|context| {
        while let Some(waiting) = frames.get(first..).filter(|waiting| !waiting.is_empty()) {
            let mut sent = match waiting {
                [frame] => ready!(Pin::new(&mut *write).poll_write(context, frame))?,
                frames => {
                    let mut slices = [IoSlice::new(&[]); AT_ONCE];
                    let count = frames.len().min(AT_ONCE);
                    for (slice, frame) in slices.iter_mut().zip(frames) {
                        *slice = IoSlice::new(frame);
                    }
                    let slices = slices.get(..count).unwrap_or_default();
                    ready!(Pin::new(&mut *write).poll_write_vectored(context, slices))?
                }
            };
            if sent == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            while let Some(frame) = frames.get_mut(first).filter(|_| sent > 0) {
                let part = sent.min(frame.len());
                frame.advance(part);
                sent -= part;
                if frame.is_empty() {
                    first += 1;
                }
            }
        }
        Poll::Ready(io::Result::Ok(()))
    })
    .await?;
    write.flush().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::Context;

    /// Takes a few bytes at a time, as a full socket does.
    struct Trickle(Vec<u8>, usize);

    impl AsyncWrite for Trickle {
        fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
            let part = bytes.get(..bytes.len().min(self.1)).unwrap_or_default();
            self.0.extend_from_slice(part);
            Poll::Ready(Ok(part.len()))
        }
        fn poll_write_vectored(mut self: Pin<&mut Self>, _: &mut Context<'_>, slices: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
            let bytes: Vec<u8> = slices.iter().flat_map(|slice| slice.to_vec()).take(self.1).collect();
            self.0.extend_from_slice(&bytes);
            Poll::Ready(Ok(bytes.len()))
        }
        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    #[tokio::test]
    async fn partial_writes_lose_and_double_nothing() {
        for step in [1, 2, 3, 7, 100, 10_000] {
            for count in [0, 1, 2, 63, 64, 65, 200] {
                let mut frames: Vec<Bytes> = (0..count).map(|n| Bytes::from(format!("frame {n};"))).collect();
                let expected = frames.concat();
                let mut trickle = Trickle(Vec::new(), step);
                all(&mut trickle, &mut frames).await.unwrap();
                assert_eq!(trickle.0, expected, "{count} frames, {step} bytes at a time");
            }
        }
    }

    #[test]
    fn a_close_carries_its_code() {
        assert_eq!(close(Some(1009), "").as_ref(), [0x88, 2, 0x03, 0xf1]);
        assert_eq!(close(Some(1009), "ab").as_ref(), [0x88, 4, 0x03, 0xf1, b'a', b'b']);
        assert_eq!(close(None, "").as_ref(), [0x88, 0]);
        assert_eq!(pong(b"ab").as_ref(), [0x8a, 2, b'a', b'b']);
    }
}
