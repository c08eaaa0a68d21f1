//! Mails, one for each room and day; a day that is too long for one goes on in the next.

mod body;
mod part;

use std::collections::{HashMap, HashSet};
use std::io::{Read, Write};

use stoa_domain::archive::adapter::Eml as Options;
use stoa_domain::archive::{ArchivedFile, Content, Record};
use uuid::Uuid;

use super::mime::Encoder;
use super::{Form, address};
use crate::error::{ExportError, Result};
use crate::spool::Lane;
use crate::work::{Output, Work};
use part::Part;

/// Of texts, before they are encoded.
const TEXT: u64 = 4 * 1024 * 1024;
/// Of files, before they are encoded.
const FILES: u64 = 20 * 1024 * 1024;
/// People in the header of a mail.
const NAMED: usize = 200;
const DAY: i64 = 24 * 60 * 60 * 1_000_000;

type Key = (Option<Uuid>, i64);

pub struct Mails {
    attachments: bool,
    from: String,
    host: String,
    adapter: String,
    /// The part that a room's day is at.
    open: HashMap<Key, usize>,
    parts: Vec<Part>,
    /// Who is named in which part.
    named: HashSet<(usize, i64)>,
    line: body::Lines,
}

impl Mails {
    pub fn new(options: &Options, adapter: &str, host: String) -> Self {
        let from = options.from.clone().unwrap_or_else(|| format!("compliance@{host}"));
        let (open, named) = (HashMap::new(), HashSet::new());
        Self { attachments: options.attachments, from, adapter: adapter.to_owned(), open, parts: Vec::new(), named, line: body::Lines::new(host.clone()), host }
    }

    /// The part that takes this record, with so much of a file.
    fn part(&mut self, record: &Record, file: u64, work: &mut Work) -> usize {
        let key = (record.place.as_ref().map(|place| place.id), record.at.micros().div_euclid(DAY));
        let before = self.open.get(&key).copied();
        let number = match before.map(|at| &self.parts[at]) {
            Some(part) if part.text < TEXT && (part.attached == 0 || part.attached + file <= FILES) => return before.unwrap_or_default(),
            Some(part) => part.number + 1,
            None => 1,
        };
        self.parts.push(Part::new(record, number, work));
        self.open.insert(key, self.parts.len() - 1);
        self.parts.len() - 1
    }

    fn name(&mut self, at: usize, record: &Record, work: &mut Work) -> Result<()> {
        let Some(who) = &record.who else { return Ok(()) };
        if self.named.insert((at, who.number)) {
            let part = &mut self.parts[at];
            part.people += 1;
            if part.people <= NAMED {
                let own = who.email.as_deref().filter(|email| part::is_plain(email)).map(ToOwned::to_owned);
                let mut mail = own.unwrap_or_else(|| address(Some(who), &self.host));
                // Longer than mail servers take.
                if mail.split('@').next().is_none_or(|local| local.len() > 64) {
                    mail = format!("user-{}@{}", who.number, self.host);
                }
                work.spool.write(part.names, super::mime::mailbox(&who.display_name, &mail).as_bytes())?;
                work.spool.write(part.names, b"\n")?;
            }
        }
        Ok(())
    }

    fn attach(&self, part: &Part, boundary: &str, lane: Lane, out: &mut Output, work: &mut Work) -> Result<()> {
        let mut list = Vec::new();
        work.spool.read(lane)?.read_to_end(&mut list)?;
        for line in list.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let (position, file): (i64, ArchivedFile) = serde_json::from_slice(line)?;
            let Some(mut content) = work.site.contents.open(&file).map_err(ExportError::Contents)? else {
                work.missing(position, &file, "gone")?;
                continue;
            };
            out.write_all(part.file_head(boundary, &file).as_bytes())?;
            let mut encoder = Encoder::new(out);
            let mut hash = part::Hashing::new();
            let mut piece = vec![0; 64 * 1024];
            loop {
                match content.read(&mut piece).map_err(ExportError::Contents)? {
                    0 => break,
                    count => {
                        hash.update(&piece[..count]);
                        encoder.write_all(&piece[..count])?;
                    }
                }
            }
            encoder.end()?;
            // It goes with the mail all the same: what is there may be a proof of its own.
            if hash.end() != file.sha256 {
                work.missing(position, &file, "altered")?;
            }
        }
        Ok(())
    }

    fn write(&self, part: &Part, name: &str, work: &mut Work) -> Result<()> {
        let mut out = work.output(part.ending())?;
        let identity = part.identity(name, &self.adapter);
        let mut names = String::new();
        work.spool.read(part.names)?.read_to_string(&mut names)?;
        out.write_all(part.head(&self.from, &self.host, &identity, &names).as_bytes())?;
        let (mixed, either) = (format!("=_mixed_{identity}"), format!("=_either_{identity}"));
        write!(out, "Content-Type: multipart/mixed;\r\n boundary=\"{mixed}\"\r\n\r\n--{mixed}\r\n")?;
        write!(out, "Content-Type: multipart/alternative;\r\n boundary=\"{either}\"\r\n")?;
        for (kind, lane) in [("plain", part.plain), ("html", part.html)] {
            write!(out, "\r\n--{either}\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n")?;
            let mut encoder = Encoder::new(&mut out);
            encoder.write_all(&body::begin(kind, &part.title()))?;
            work.pour(lane, &mut encoder)?;
            encoder.write_all(body::end(kind))?;
            encoder.end()?;
        }
        write!(out, "--{either}--\r\n")?;
        if let Some(lane) = part.files {
            self.attach(part, &mixed, lane, &mut out, work)?;
        }
        write!(out, "\r\n--{mixed}--\r\n")?;
        work.keep(out)
    }
}

impl Form for Mails {
    fn push(&mut self, record: &Record, work: &mut Work) -> Result<()> {
        let file = match &record.content {
            Some(Content::FileUploaded { file }) if self.attachments => Some(file),
            _ => None,
        };
        let fits = file.filter(|file| file.size <= FILES);
        if let (Some(file), None) = (file, fits) {
            work.missing(record.position, file, "too_large")?;
        }
        let at = self.part(record, fits.map_or(0, |file| file.size), work);
        self.name(at, record, work)?;
        if self.line.write(record)? {
            work.replaced(record.position)?;
        }
        let part = &mut self.parts[at];
        part.text += (self.line.plain.len() + self.line.html.len()) as u64 / 2;
        part.add(record);
        work.spool.write(part.plain, self.line.plain.as_bytes())?;
        work.spool.write(part.html, &self.line.html)?;
        if let Some(file) = fits {
            part.attached += file.size;
            let lane = *part.files.get_or_insert_with(|| work.spool.lane());
            let mut line = serde_json::to_vec(&(record.position, file))?;
            line.push(b'\n');
            work.spool.write(lane, &line)?;
        }
        Ok(())
    }

    fn finish(&mut self, name: &str, work: &mut Work) -> Result<()> {
        self.parts.iter().try_for_each(|part| self.write(part, name, work))
    }
}
