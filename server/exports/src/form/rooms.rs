//! What belongs to the same room, or to none, until it is put together.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read, Write};

use stoa_domain::archive::{Place, Record};
use stoa_domain::time::Timestamp;
use uuid::Uuid;

use crate::error::Result;
use crate::spool::Lane;
use crate::work::{FILES, Work};

/// A room in this run.
pub struct Room {
    /// As it was at its first record; none for what concerns no room.
    pub place: Option<Place>,
    pub lane: Lane,
    /// Names of files that lie beside it, one a line.
    pub files: Option<Lane>,
    /// How long the first message is.
    pub first: usize,
    /// Clocks jump: the earliest and the latest of all.
    pub start: Timestamp,
    pub end: Timestamp,
}

/// In the order in which they came first.
#[derive(Default)]
pub struct Rooms {
    by_id: HashMap<Option<Uuid>, usize>,
    pub all: Vec<Room>,
}

impl Rooms {
    /// Adds a message to its room; the place of that among all.
    pub fn add(&mut self, record: &Record, message: &[u8], work: &mut Work) -> io::Result<usize> {
        let id = record.place.as_ref().map(|place| place.id);
        let at = *self.by_id.entry(id).or_insert_with(|| {
            let lane = work.spool.lane();
            self.all.push(Room { place: record.place.clone(), lane, files: None, first: message.len(), start: record.at, end: record.at });
            self.all.len() - 1
        });
        let room = &mut self.all[at];
        room.start = room.start.min(record.at);
        room.end = room.end.max(record.at);
        work.spool.write(room.lane, message)?;
        Ok(at)
    }

    /// Says that this file lies beside the room.
    pub fn add_file(&mut self, at: usize, name: &str, work: &mut Work) -> io::Result<()> {
        let lane = *self.all[at].files.get_or_insert_with(|| work.spool.lane());
        work.spool.write(lane, name.as_bytes())?;
        work.spool.write(lane, b"\n")
    }
}

impl Room {
    pub fn id(&self) -> String {
        self.place.as_ref().map_or_else(|| "pool".to_owned(), |place| place.id.to_string())
    }

    /// Its first message, as it was added.
    pub fn first_message(&self, work: &mut Work) -> io::Result<Vec<u8>> {
        let mut message = vec![0; self.first];
        work.spool.read(self.lane)?.read_exact(&mut message)?;
        Ok(message)
    }
}

/// Which files lie beside these rooms, for whoever takes them up with the XML.
pub fn attach(ending: &str, rooms: &[Room], name: &str, work: &mut Work) -> Result<()> {
    let mut list = work.output(format!("{ending}.ATTACH"))?;
    for lane in rooms.iter().filter_map(|room| room.files) {
        for line in BufReader::new(work.spool.read(lane)?).lines() {
            writeln!(list, "{name}{FILES}/{}", line?)?;
        }
    }
    work.keep(list)
}
