//! The live protocol's transport: a WebSocket without a library's buffers, since thousands of
//! them idle. One task a socket owns both halves: what is queued leaves in one vectored write,
//! what comes in is read into a buffer that exists only while something comes. What the frames
//! mean is the Channel service's business.

mod pulse;
mod reader;
pub mod upgrade;
mod writer;

pub use pulse::Pulses;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use stoa_services::channel::Connection;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use pulse::Pulse;
use reader::{End, Frame, Reader};

/// How long a farewell may take, and how long what a client still sends is read and thrown away.
/// Closing with something unread would reset the connection, and the client would not learn why.
const LINGER: Duration = Duration::from_secs(3);

/// Serves a socket until either side ends it.
async fn serve<R, W>(mut read: R, mut write: W, already: Bytes, connection: Connection, pulse: Arc<Pulse>)
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    {
        let mut writing = std::pin::pin!(writer::run(&mut write, &pulse));
        let reading = receive(&mut read, already, &connection, &pulse);
        tokio::select! {
            biased;
            sent = &mut writing => if !sent { return },
            end = reading => {
                pulse.end(end);
                if !matches!(tokio::time::timeout(LINGER, writing).await, Ok(true)) { return }
            }
        }
    }
    // The person has left when nothing can be sent any more, not when the line is cleared.
    drop(connection);
    drop(Box::pin(tokio::time::timeout(LINGER, linger(read, write))).await);
}

async fn receive<R: AsyncRead + Unpin>(read: &mut R, already: Bytes, connection: &Connection, pulse: &Pulse) -> End {
    let mut reader = Reader::default();
    reader.feed(&already);
    drop(already);
    loop {
        loop {
            match reader.next() {
                // Boxed, so that a socket that idles doesn't keep room for it.
                Ok(Some(Frame::Text(text))) => Box::pin(connection.receive(&text)).await,
                Ok(Some(Frame::Ping(payload))) => connection.outbox().push_raw(writer::pong(&payload)),
                Ok(Some(Frame::Pong)) => {}
                Ok(None) => break,
                Err(end) => return end,
            }
        }
        match reader.fill(read).await {
            Ok(0) | Err(_) => return End::Gone,
            Ok(_) => pulse.heard(),
        }
    }
}

async fn linger<R: AsyncRead + Unpin, W: AsyncWrite + Unpin>(mut read: R, mut write: W) {
    if write.shutdown().await.is_err() {
        return;
    }
    let mut sink = vec![0; 16 * 1024];
    while matches!(read.read(&mut sink).await, Ok(1..)) {}
}
