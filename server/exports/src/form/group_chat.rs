//! The XML of the original Group Chat: a conversation for each room.

mod extended;
mod xml;

use std::io::Write;

use stoa_domain::archive::Record;
use stoa_domain::archive::adapter::{Dialect, GroupChat as Options};

use super::Form;
use super::rooms::{Room, Rooms, attach};
use super::said::{self, Words};
use crate::error::Result;
use crate::text;
use crate::work::{Output, Work};
use xml::Xml;

const HEAD: &[u8] = b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Conversations xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
                      xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\">\n";
const WORDS: Words = Words { names: false, history: true };
const FOOT: &[u8] = b"</Conversations>\n";

pub struct GroupChat {
    options: Options,
    host: String,
    rooms: Rooms,
    xml: Xml,
}

impl GroupChat {
    pub fn new(options: Options, host: String) -> Self {
        let xml = Xml::new(options.user_details, options.dialect == Dialect::Extended, host.clone());
        Self { options, host, rooms: Rooms::default(), xml }
    }

    fn uri(&self, room: &Room) -> String {
        format!("ma-chan://{}/{}", self.host, room.id())
    }

    fn write(&mut self, at: usize, out: &mut Output, work: &mut Work) -> Result<()> {
        let room = &self.rooms.all[at];
        let uri = self.uri(room);
        self.xml.begin();
        self.xml.raw("  <Conversation>\n    <Channel");
        self.xml.attribute("uri", &uri);
        let name = room.place.as_ref().filter(|_| self.options.room_details).map_or(&uri, |place| &place.name);
        self.xml.attribute("name", name);
        match &room.place {
            Some(place) if self.xml.extended => self.xml.channel(place, self.options.room_details),
            _ => self.xml.raw("/>\n"),
        }
        // The same once more, under another name.
        let first = room.first_message(work)?;
        self.xml.raw("    <FirstMessage");
        self.xml.bytes(first.strip_prefix(xml::OPEN).and_then(|first| first.strip_suffix(xml::CLOSE)).unwrap_or_default());
        self.xml.raw("    </FirstMessage>\n    <Messages>\n");
        out.write_all(self.xml.take())?;
        work.pour(room.lane, out)?;
        self.xml.begin();
        self.xml.raw("    </Messages>\n");
        self.xml.moment("    <StartTimeUTC", room.start);
        self.xml.moment("    <EndTimeUTC", room.end);
        self.xml.raw("  </Conversation>\n");
        Ok(out.write_all(self.xml.take())?)
    }
}

impl Form for GroupChat {
    fn push(&mut self, record: &Record, work: &mut Work) -> Result<()> {
        self.xml.begin();
        let file = if self.xml.extended {
            self.xml.extended_message(record)?;
            extended::uploaded(record)
        } else {
            let Some(said) = said::strictly(record, WORDS, work)? else { return Ok(()) };
            for what in self.xml.strict_message(record, &said) {
                work.unsaid(record.kind, what, record.position)?;
            }
            said.file
        };
        if self.xml.has_replaced() {
            work.replaced(record.position)?;
        }
        let at = self.rooms.add(record, self.xml.take(), work)?;
        if let Some(file) = file.filter(|_| self.options.files)
            && work.take(record.position, file)?
        {
            self.rooms.add_file(at, &text::stored(file), work)?;
        }
        Ok(())
    }

    fn finish(&mut self, name: &str, work: &mut Work) -> Result<()> {
        let rooms = self.rooms.all.len();
        let groups: Vec<_> = if self.options.one_room_per_file { (0..rooms).map(|at| at..at + 1).collect() } else { std::iter::once(0..rooms).collect() };
        for group in groups {
            let ending = if self.options.one_room_per_file { format!("-{}", self.rooms.all[group.start].id()) } else { String::new() };
            let mut out = work.output(format!("{ending}.xml"))?;
            out.write_all(HEAD)?;
            for at in group.clone() {
                self.write(at, &mut out, work)?;
            }
            out.write_all(FOOT)?;
            work.keep_xml(out)?;
            if self.options.files {
                attach(&ending, &self.rooms.all[group], name, work)?;
            }
        }
        Ok(())
    }
}
