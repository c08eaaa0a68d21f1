//! What mails are made of: lines of ASCII, of at most 76 characters, whatever they say.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use stoa_domain::time::Timestamp;
use time::UtcDateTime;

use crate::text;

/// So many bytes are 76 characters.
const LINE: usize = 57;
/// And so many are an encoded word of less.
const WORD: usize = 39;

/// A text as words of RFC 2047, each on a line of its own where there are several.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.floor_char_boundary(WORD.min(rest.len()));
        let (word, after) = rest.split_at(end);
        if !out.is_empty() {
            out.push_str("\r\n ");
        }
        let _ = write!(out, "=?utf-8?B?{}?=", STANDARD.encode(word));
        rest = after;
    }
    out
}

/// Letters of ASCII on one short line mean themselves.
fn is_plain(text: &str) -> bool {
    text.len() <= 60 && text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) && !text.contains("=?") && text.trim() == text
}

pub fn header(out: &mut String, name: &str, value: &str) {
    let value = text::line(value);
    let _ = match is_plain(&value) {
        true => write!(out, "{name}: {value}\r\n"),
        false => write!(out, "{name}: {}\r\n", encoded(&value)),
    };
}

/// `name <address>`, the name as a quoted string or as encoded words.
pub fn mailbox(name: &str, address: &str) -> String {
    let name = text::line(name);
    if name.trim().is_empty() {
        return format!("<{address}>");
    }
    let word: Cow<'_, str> = if is_plain(&name) { format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")).into() } else { encoded(&name).into() };
    format!("{word}\r\n <{address}>")
}

/// A parameter of RFC 2231: the name of an attachment.
pub fn file_name(name: &str) -> String {
    let name = text::line(name).replace(['/', '\\'], "_");
    let mut lines = String::new();
    let mut rest = name.as_str();
    let mut count = 0;
    while !rest.is_empty() || count == 0 {
        // Each byte may take three.
        let (part, after) = rest.split_at(rest.floor_char_boundary(16.min(rest.len())));
        let mut bytes = Vec::new();
        text::percent(&mut bytes, part);
        let charset = if count == 0 { "utf-8''" } else { "" };
        let _ = write!(lines, ";\r\n filename*{count}*={charset}{}", String::from_utf8(bytes).unwrap_or_default());
        rest = after;
        count += 1;
    }
    lines
}

/// As RFC 5322 writes it.
pub fn date(at: Timestamp) -> String {
    let at = UtcDateTime::from_unix_timestamp(at.millis().div_euclid(1_000)).unwrap_or(UtcDateTime::UNIX_EPOCH);
    let short = |word: String| word.get(..3).unwrap_or_default().to_owned();
    let (weekday, month) = (short(at.weekday().to_string()), short(at.month().to_string()));
    format!("{weekday}, {:02} {month} {:04} {:02}:{:02}:{:02} +0000", at.day(), at.year(), at.hour(), at.minute(), at.second())
}

/// The same for the same: no two mails of different runs, rooms, days or parts have it.
pub fn identity(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let mut out = String::new();
    for byte in hash.finalize().iter().take(16) {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// Base64 in lines, of whatever is written.
pub struct Encoder<'a, W: Write> {
    out: &'a mut W,
    kept: Vec<u8>,
}

impl<'a, W: Write> Encoder<'a, W> {
    pub const fn new(out: &'a mut W) -> Self {
        Self { out, kept: Vec::new() }
    }

    /// The last line.
    pub fn end(mut self) -> io::Result<()> {
        if !self.kept.is_empty() {
            self.line(self.kept.len())?;
        }
        Ok(())
    }

    fn line(&mut self, count: usize) -> io::Result<()> {
        let mut line = [0; LINE / 3 * 4 + 2];
        let length = STANDARD.encode_slice(&self.kept[..count], &mut line).map_err(io::Error::other)?;
        line[length..length + 2].copy_from_slice(b"\r\n");
        self.out.write_all(&line[..length + 2])?;
        self.kept.drain(..count);
        Ok(())
    }
}

impl<W: Write> Write for Encoder<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(8 * LINE);
        self.kept.extend_from_slice(&bytes[..count]);
        while self.kept.len() >= LINE {
            self.line(LINE)?;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A mail that brings a file.
pub fn wrapped(from: &str, to: &str, name: &str, host: &str, at: Timestamp, content: &[u8]) -> io::Result<Vec<u8>> {
    let mut head = String::new();
    let _ = write!(head, "From: {}\r\nTo: <{to}>\r\nDate: {}\r\n", mailbox("Compliance", from), date(at));
    header(&mut head, "Subject", name);
    let _ = write!(head, "Message-ID: <{}@{host}>\r\nMIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n", identity(&["file", name]));
    let boundary = format!("=_mixed_{}", identity(&["boundary", name]));
    let _ = write!(head, "Content-Type: multipart/mixed;\r\n boundary=\"{boundary}\"\r\n\r\n");
    let _ = write!(head, "--{boundary}\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nWhat the mails of this run are.\r\n");
    let _ = write!(head, "\r\n--{boundary}\r\nContent-Type: application/json\r\nContent-Transfer-Encoding: base64\r\n");
    let _ = write!(head, "Content-Disposition: attachment{}\r\n\r\n", file_name(name));
    let mut out = head.into_bytes();
    let mut encoder = Encoder::new(&mut out);
    encoder.write_all(content)?;
    encoder.end()?;
    write!(out, "--{boundary}--\r\n")?;
    Ok(out)
}
