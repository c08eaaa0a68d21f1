//! One socket of the generator: non-blocking, whole frames out of a buffer that all sockets
//! share, so that an idle client costs the generator next to nothing.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::SocketAddr;

use mio::net::TcpStream;
use stoa_domain::wire::channel::{SUBPROTOCOL, TICKET_PREFIX};

use super::super::failure::{Result, fail};
use super::super::frame;

pub struct Socket {
    stream: TcpStream,
    upgraded: bool,
    /// The beginning of a frame whose end hasn't come yet.
    rest: Vec<u8>,
    /// What waits to be sent.
    pub out: Vec<u8>,
}

impl Socket {
    /// Begins to connect; the upgrade goes out as soon as the connection stands.
    pub fn open(address: SocketAddr, authority: &str, ticket: &str) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let request = format!(
            "GET /api/v1/channel HTTP/1.1\r\nhost: {authority}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: c3RvYSBiZW5jaCBjbGllbnQ=\r\n\
             sec-websocket-protocol: {SUBPROTOCOL}, {TICKET_PREFIX}{ticket}\r\n\r\n"
        );
        Ok(Self { stream, upgraded: false, rest: Vec::new(), out: request.into_bytes() })
    }

    pub fn source(&mut self) -> &mut TcpStream {
        &mut self.stream
    }

    /// Appends a request to what is sent next.
    pub fn push(&mut self, opcode: u8, payload: &[u8]) {
        frame::push_masked(&mut self.out, opcode, payload);
    }

    /// Sends what waits, as far as the kernel takes it.
    pub fn flush(&mut self) -> Result<()> {
        while !self.out.is_empty() {
            match self.stream.write(&self.out) {
                Ok(sent) => drop(self.out.drain(..sent)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        // An idle client of thousands shouldn't hold what its upgrade needed.
        if self.out.is_empty() && self.out.capacity() > 4096 {
            self.out = Vec::new();
        }
        Ok(())
    }

    /// Reads once into the shared buffer, behind what is left from before. The answer is how
    /// much of the buffer counts, none when there is nothing to read, and whether it was all.
    pub fn fill(&mut self, buffer: &mut [u8]) -> Result<Option<(usize, bool)>> {
        let held = self.rest.len();
        let Some((front, back)) = buffer.split_at_mut_checked(held).filter(|(_, back)| !back.is_empty()) else {
            return Err(fail("a frame that is larger than the generator's buffer"));
        };
        front.copy_from_slice(&self.rest);
        loop {
            match self.stream.read(back) {
                Ok(0) => return Err(fail("the server closed the socket")),
                Ok(got) => return Ok(Some((held + got, got < back.len()))),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Keeps what isn't a whole frame yet.
    pub fn keep(&mut self, rest: &[u8]) {
        self.rest.clear();
        self.rest.extend_from_slice(rest);
        if rest.is_empty() && self.rest.capacity() > 4096 {
            self.rest = Vec::new();
        }
    }

    /// The length of the answer to the upgrade, once it is whole; 0 when that is done already.
    pub fn upgrade(&mut self, bytes: &[u8]) -> Result<Option<usize>> {
        if self.upgraded {
            return Ok(Some(0));
        }
        let Some(end) = memchr::memmem::find(bytes, b"\r\n\r\n") else { return Ok(None) };
        let answer = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
        if !answer.starts_with("http/1.1 101") || !answer.contains(&format!("sec-websocket-protocol: {SUBPROTOCOL}")) {
            let body = String::from_utf8_lossy(&bytes[end..]);
            return Err(fail(format!("the server doesn't open a channel: {} {}", answer.lines().next().unwrap_or_default(), body.trim())));
        }
        self.upgraded = true;
        Ok(Some(end + 4))
    }
}
