//! The XML that Actiance's products read, and those that read the same: who entered a room, said something
//! there, handed over a file, and left it.

use std::collections::HashSet;
use std::io::Write;

use stoa_domain::archive::adapter::Actiance as Options;
use stoa_domain::archive::{Party, Record};
use stoa_domain::time::Timestamp;

use super::rooms::{Room, Rooms, attach};
use super::said::{self, Said, Words};
use super::{Form, address};
use crate::error::Result;
use crate::text;
use crate::work::{Output, Work};

const HEAD: &[u8] = b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<FileDump xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n";
const FOOT: &[u8] = b"</FileDump>\n";
const WORDS: Words = Words { names: true, history: false };

pub struct Actiance {
    options: Options,
    host: String,
    rooms: Rooms,
    /// Who is in which room, as far as this run knows.
    inside: HashSet<(Option<uuid::Uuid>, i64)>,
    out: Vec<u8>,
    replaced: bool,
}

impl Actiance {
    pub fn new(options: Options, host: String) -> Self {
        Self { options, host, rooms: Rooms::default(), inside: HashSet::new(), out: Vec::new(), replaced: false }
    }

    fn raw(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn element(&mut self, indent: &str, name: &str, value: &str) {
        self.raw(indent);
        self.raw("<");
        self.raw(name);
        self.raw(">");
        self.replaced |= text::xml(&mut self.out, value);
        self.raw("</");
        self.raw(name);
        self.raw(">\n");
    }

    fn uri(&self, record: &Record) -> String {
        format!("ma-chan://{}/{}", self.host, record.place.as_ref().map_or_else(|| "pool".to_owned(), |place| place.id.to_string()))
    }

    /// By what the archive knows somebody: his address, also if that isn't one for mails.
    fn login(&self, who: Option<&Party>) -> String {
        who.and_then(|who| who.email.clone()).unwrap_or_else(|| address(who, &self.host))
    }

    fn who_and_when(&mut self, record: &Record) {
        let login = self.login(record.who.as_ref());
        self.element("      ", "LoginName", &login);
        self.element("      ", "DateTimeUTC", &record.at.millis().to_string());
    }

    fn participant(&mut self, element: &str, record: &Record) {
        self.raw(&format!("    <{element}>\n"));
        self.who_and_when(record);
        let internal = record.who.as_ref().is_none_or(Party::is_internal);
        self.element("      ", "InternalFlag", if internal { "true" } else { "false" });
        let uri = self.uri(record);
        self.element("      ", "ConversationID", &uri);
        let login = self.login(record.who.as_ref());
        self.element("      ", "CorporateEmailID", &login);
        self.raw(&format!("    </{element}>\n"));
    }

    fn transfer(&mut self, record: &Record, said: &Said<'_>) {
        let called = record.content.as_ref().and_then(|content| content.texts().next()).unwrap_or_default();
        for (element, status) in [("FileTransferStarted", None), ("FileTransferEnded", Some("Completed"))] {
            self.raw(&format!("    <{element}>\n"));
            self.who_and_when(record);
            self.element("      ", "UserFileName", called);
            self.element("      ", "FileName", &said.content);
            if let Some(status) = status {
                self.element("      ", "Status", status);
            }
            self.raw(&format!("    </{element}>\n"));
        }
    }

    /// Readers know nobody who hasn't entered: who is there since before this run enters when he first does something.
    fn enters(&mut self, record: &Record, said: &Said<'_>) {
        let key = (record.place.as_ref().map(|place| place.id), record.who.as_ref().map_or(0, |who| who.number));
        if said.word == "PART" {
            if !self.inside.remove(&key) {
                self.participant("ParticipantEntered", record);
            }
        } else if self.inside.insert(key) && said.word != "JOIN" {
            self.participant("ParticipantEntered", record);
        }
    }

    fn write(&mut self, room: &Room, out: &mut Output, work: &mut Work) -> Result<()> {
        self.out.clear();
        self.raw("  <Conversation Perspective=\"");
        text::xml(&mut self.out, room.place.as_ref().map_or("", |place| &place.name));
        self.raw("\">\n");
        let uri = format!("ma-chan://{}/{}", self.host, room.id());
        self.element("    ", "RoomID", &uri);
        self.moment("StartTimeUTC", room.start);
        out.write_all(&self.out)?;
        work.pour(room.lane, out)?;
        self.out.clear();
        self.moment("EndTimeUTC", room.end);
        self.raw("  </Conversation>\n");
        Ok(out.write_all(&self.out)?)
    }

    fn moment(&mut self, name: &str, at: Timestamp) {
        self.element("    ", name, &at.millis().to_string());
    }
}

impl Form for Actiance {
    fn push(&mut self, record: &Record, work: &mut Work) -> Result<()> {
        let Some(said) = said::strictly(record, WORDS, work)? else { return Ok(()) };
        self.out.clear();
        self.replaced = false;
        self.enters(record, &said);
        match said.word {
            "JOIN" => self.participant("ParticipantEntered", record),
            "PART" => self.participant("ParticipantLeft", record),
            "FILEUPLOAD" | "FILEDOWNLOAD" => self.transfer(record, &said),
            _ => {
                self.raw("    <Message>\n");
                self.who_and_when(record);
                self.element("      ", "Content", &said.content);
                self.raw("    </Message>\n");
            }
        }
        if self.replaced {
            work.replaced(record.position)?;
        }
        let at = self.rooms.add(record, &self.out, work)?;
        if let Some(file) = said.file.filter(|_| self.options.files)
            && work.take(record.position, file)?
        {
            self.rooms.add_file(at, &text::stored(file), work)?;
        }
        Ok(())
    }

    fn finish(&mut self, name: &str, work: &mut Work) -> Result<()> {
        let rooms = std::mem::take(&mut self.rooms.all);
        let size = if self.options.one_room_per_file { 1 } else { rooms.len().max(1) };
        let groups: Vec<_> = if rooms.is_empty() && !self.options.one_room_per_file { vec![rooms.as_slice()] } else { rooms.chunks(size).collect() };
        for group in groups {
            let ending = if self.options.one_room_per_file { format!("-{}", group[0].id()) } else { String::new() };
            let mut out = work.output(format!("{ending}.xml"))?;
            out.write_all(HEAD)?;
            for room in group {
                self.write(room, &mut out, work)?;
            }
            out.write_all(FOOT)?;
            work.keep_xml(out)?;
            if self.options.files {
                attach(&ending, group, name, work)?;
            }
        }
        Ok(())
    }
}
