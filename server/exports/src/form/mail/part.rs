//! A mail that is being filled.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use stoa_domain::archive::{ArchivedFile, Place, Record};
use stoa_domain::audit::Hash;
use stoa_domain::time::Timestamp;

use super::super::mime::{date, file_name, header, identity, mailbox};
use crate::spool::Lane;
use crate::work::Work;

pub struct Part {
    place: Option<Place>,
    /// As 2026-11-24.
    day: String,
    /// From 1.
    pub number: u32,
    pub plain: Lane,
    pub html: Lane,
    /// Mailboxes, one a line.
    pub names: Lane,
    pub people: usize,
    pub files: Option<Lane>,
    pub text: u64,
    pub attached: u64,
    positions: (i64, i64),
    at: Timestamp,
}

/// Whether this address can stand in a mail as it is.
pub fn is_plain(address: &str) -> bool {
    let local = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&byte));
    let host = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
    let dots = |text: &str| text.split('.').all(|part| !part.is_empty());
    address.len() <= 254 && address.rsplit_once('@').is_some_and(|(name, at)| local(name) && host(at) && dots(name) && dots(at))
}

pub struct Hashing(Sha256);

impl Hashing {
    pub fn new() -> Self {
        Self(Sha256::new())
    }

    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub fn end(self) -> String {
        Hash(self.0.finalize().into()).to_string()
    }
}

impl Part {
    pub fn new(record: &Record, number: u32, work: &mut Work) -> Self {
        let day = record.at.to_string();
        Self {
            place: record.place.clone(),
            day: day.split('T').next().unwrap_or_default().to_owned(),
            number,
            plain: work.spool.lane(),
            html: work.spool.lane(),
            names: work.spool.lane(),
            people: 0,
            files: None,
            text: 0,
            attached: 0,
            positions: (record.position, record.position),
            at: record.at,
        }
    }

    pub fn add(&mut self, record: &Record) {
        self.positions.1 = record.position;
        self.at = self.at.max(record.at);
    }

    fn id(&self) -> String {
        self.place.as_ref().map_or_else(|| "pool".to_owned(), |place| place.id.to_string())
    }

    pub fn ending(&self) -> String {
        let part = if self.number > 1 { format!("-{}", self.number) } else { String::new() };
        format!("-{}-{}{part}.eml", self.id(), self.day)
    }

    /// No other mail has it, and the same one always.
    pub fn identity(&self, run: &str, adapter: &str) -> String {
        identity(&[adapter, run, &self.id(), &self.day, &self.number.to_string()])
    }

    pub fn title(&self) -> String {
        let room = self.place.as_ref().map_or("Without a room", |place| &place.name);
        let part = if self.number > 1 { format!(" (part {})", self.number) } else { String::new() };
        format!("{room}, {}{part}", self.day)
    }

    pub fn head(&self, from: &str, host: &str, identity: &str, names: &str) -> String {
        let mut head = String::new();
        // The room, as whom mail archives sort by; the address is the configured one.
        let room = self.place.as_ref().map_or("Stoa", |place| &place.name);
        let _ = write!(head, "From: {}\r\n", mailbox(room, from));
        let people: Vec<_> = names.split('\n').filter(|name| !name.trim().is_empty()).collect();
        let boxes = regrouped(&people);
        let _ = match boxes.is_empty() {
            true => write!(head, "To: undisclosed-recipients:;\r\n"),
            false => write!(head, "To: {}\r\n", boxes.join(",\r\n ")),
        };
        header(&mut head, "Subject", &self.title());
        let _ = write!(head, "Date: {}\r\nMessage-ID: <{identity}@{host}>\r\nMIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n", date(self.at));
        let _ = write!(head, "X-Stoa-Room: {}\r\nX-Stoa-Records: {}-{}\r\nX-Stoa-People: {}\r\n", self.id(), self.positions.0, self.positions.1, self.people);
        head
    }

    pub fn file_head(&self, boundary: &str, file: &ArchivedFile) -> String {
        let plain = |text: &str| text.len() <= 60 && stoa_domain::file::is_pattern(text) && !text.ends_with('*');
        let kind = if plain(&file.media_type) { &file.media_type } else { "application/octet-stream" };
        format!(
            "\r\n--{boundary}\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <{}@stoa>\r\nContent-Disposition: attachment{}\r\n\r\n",
            file.id,
            file_name(if file.name.is_empty() { &file.sha256 } else { &file.name })
        )
    }
}

/// A mailbox may be on several lines, of which all but the first begin with a space.
fn regrouped(lines: &[&str]) -> Vec<String> {
    let mut boxes: Vec<String> = Vec::new();
    for line in lines {
        match boxes.last_mut().filter(|_| line.starts_with(' ')) {
            Some(last) => {
                last.push('\n');
                last.push_str(line);
            }
            None => boxes.push((*line).to_owned()),
        }
    }
    boxes
}
