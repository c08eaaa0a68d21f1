//! The two commands of clamd that are needed: `VERSION`, and `INSTREAM`, to which pieces follow, each
//! behind its length, and an empty one at the end. Each has a connection of its own.

use std::io;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

use crate::Address;

/// An answer is a line; what is longer is none.
const ANSWER: u64 = 4 * 1024;
/// A connection that takes longer won't come.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an answer may take that needs no work.
const AT_ONCE: Duration = Duration::from_secs(10);
/// What clamd calls a file that it hasn't looked at all of, where it is set to say so.
const TOO_MUCH: &str = "Heuristics.Limits.Exceeded";

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Clean,
    /// By the name of the signature.
    Infected(String),
    /// It is larger, or deeper, than the scanner looks.
    TooLarge(String),
}

#[derive(Debug, thiserror::Error)]
pub enum Failed<E> {
    #[error("the scanner doesn't answer: {0}")]
    Away(#[from] io::Error),
    #[error("the scanner takes too long")]
    Slow,
    #[error("the scanner says {0:?}")]
    Nonsense(String),
    /// What was to be scanned couldn't be read.
    #[error("{0}")]
    Content(E),
}

/// A scanner somewhere.
#[derive(Debug, Clone)]
pub struct Scanner {
    address: Address,
    /// So long nothing may move: no piece is taken, no answer comes.
    patience: Duration,
}

/// A connection of either kind.
trait Line: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Line for T {}

impl Scanner {
    #[must_use]
    pub const fn new(address: Address, patience: Duration) -> Self {
        Self { address, patience }
    }

    #[must_use]
    pub const fn address(&self) -> &Address {
        &self.address
    }

    async fn connect(&self) -> io::Result<Box<dyn Line>> {
        let connected = timeout(CONNECT, async {
            Ok(match &self.address {
                Address::Tcp(place) => Box::new(TcpStream::connect(place).await?) as Box<dyn Line>,
                Address::Unix(path) => Box::new(UnixStream::connect(path).await?),
            })
        });
        connected.await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    /// What it calls itself and its signatures, such as `ClamAV 1.4.3/27800/Mon Nov 23 09:00:00 2026`. Also a sign
    /// that it is there.
    ///
    /// # Errors
    /// Where it isn't, or is something else.
    pub async fn version(&self) -> Result<String, Failed<io::Error>> {
        let asked = timeout(AT_ONCE.min(self.patience), async {
            let mut line = self.connect().await?;
            line.write_all(b"zVERSION\0").await?;
            answer(&mut line).await
        });
        let text = asked.await.map_err(|_| Failed::Slow)??;
        if text.starts_with("ClamAV ") { Ok(text) } else { Err(Failed::Nonsense(text)) }
    }

    /// Looks through a content.
    ///
    /// # Errors
    /// Where the scanner or the content fails: then nothing is known of it.
    pub async fn scan<E>(&self, content: impl Stream<Item = Result<Bytes, E>>) -> Result<Verdict, Failed<E>> {
        let line = self.connect().await?;
        let (mut reader, mut writer) = tokio::io::split(line);
        // It may answer, and close, before it has all: then what is written fails, and the answer counts.
        let answered = answer(&mut reader);
        tokio::pin!(answered);
        let sending = async {
            self.moving(writer.write_all(b"zINSTREAM\0")).await?;
            let mut content = pin!(content);
            while let Some(piece) = content.try_next().await.map_err(Failed::Content)? {
                // An empty piece would be the end.
                if piece.is_empty() {
                    continue;
                }
                let length = u32::try_from(piece.len()).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
                self.moving(writer.write_all(&length.to_be_bytes())).await?;
                self.moving(writer.write_all(&piece)).await?;
            }
            self.moving(writer.write_all(&0_u32.to_be_bytes())).await?;
            self.moving(writer.flush()).await
        };
        let sent = tokio::select! {
            biased;
            early = &mut answered => return verdict(&early?),
            sent = sending => sent,
        };
        match sent {
            Ok(()) => verdict(&timeout(self.patience, answered).await.map_err(|_| Failed::Slow)??),
            // What it said before it closed says more than that it did.
            Err(Failed::Away(error)) => match timeout(AT_ONCE.min(self.patience), answered).await {
                Ok(Ok(text)) => verdict(&text),
                _ => Err(Failed::Away(error)),
            },
            Err(failed) => Err(failed),
        }
    }

    async fn moving<E>(&self, step: impl Future<Output = io::Result<()>>) -> Result<(), Failed<E>> {
        timeout(self.patience, step).await.map_err(|_| Failed::Slow)?.map_err(Failed::Away)
    }
}

/// One answer, without the zero at its end.
async fn answer(line: &mut (impl AsyncRead + Unpin)) -> io::Result<String> {
    let mut bytes = Vec::new();
    let mut line = line.take(ANSWER);
    while !bytes.ends_with(b"\0") && line.read_buf(&mut bytes).await? > 0 {}
    match bytes.iter().position(|byte| *byte == 0) {
        Some(end) => Ok(String::from_utf8_lossy(&bytes[..end]).trim().to_owned()),
        None if bytes.is_empty() => Err(io::ErrorKind::UnexpectedEof.into()),
        // It went on for too long, or broke off: whatever it began with, it is no answer.
        None => Ok(format!("{} …", String::from_utf8_lossy(&bytes[..bytes.len().min(100)]))),
    }
}

fn verdict<E>(text: &str) -> Result<Verdict, Failed<E>> {
    if text == "stream: OK" {
        return Ok(Verdict::Clean);
    }
    if let Some(signature) = text.strip_prefix("stream: ").and_then(|text| text.strip_suffix(" FOUND")).filter(|signature| !signature.is_empty()) {
        return Ok(if signature.starts_with(TOO_MUCH) { Verdict::TooLarge(signature.to_owned()) } else { Verdict::Infected(signature.to_owned()) });
    }
    if text.starts_with("INSTREAM size limit exceeded") {
        return Ok(Verdict::TooLarge(String::from("INSTREAM size limit exceeded")));
    }
    Err(Failed::Nonsense(text.to_owned()))
}

#[cfg(test)]
#[path = "clamd_tests.rs"]
mod tests;
