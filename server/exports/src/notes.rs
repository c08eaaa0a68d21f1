//! What a form couldn't say, for the manifest: counted, with the positions of the records.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use serde::Serialize;
use stoa_domain::archive::{ArchivedFile, Kind};

use crate::spool::{Lane, Spool};

/// Positions, as runs without gaps. Those that are full lie in the spool.
struct Note {
    count: u64,
    run: (i64, i64),
    lane: Lane,
}

impl Note {
    fn add(&mut self, position: i64, spool: &mut Spool) -> io::Result<()> {
        if self.count > 0 && position == self.run.1 {
            return Ok(());
        }
        if self.count > 0 && position == self.run.1 + 1 {
            self.run.1 = position;
        } else {
            self.close(spool)?;
            self.run = (position, position);
        }
        self.count += 1;
        Ok(())
    }

    fn close(&self, spool: &mut Spool) -> io::Result<()> {
        if self.count == 0 {
            return Ok(());
        }
        let before = if spool.length(self.lane) == 0 { "" } else { "," };
        spool.write(self.lane, format!("{before}[{},{}]", self.run.0, self.run.1).as_bytes())
    }
}

#[derive(Default)]
pub struct Notes {
    unsaid: BTreeMap<(&'static str, &'static str), Note>,
    replaced: Option<Note>,
    missing: Option<Lane>,
}

#[derive(Serialize)]
struct Missing<'a> {
    position: i64,
    #[serde(flatten)]
    file: &'a ArchivedFile,
    why: &'static str,
}

fn note(spool: &mut Spool) -> Note {
    Note { count: 0, run: (0, 0), lane: spool.lane() }
}

impl Notes {
    /// `what` of a record isn't said; `record` is all of it.
    pub fn unsaid(&mut self, spool: &mut Spool, kind: Kind, what: &'static str, position: i64) -> io::Result<()> {
        self.unsaid.entry((kind.as_str(), what)).or_insert_with(|| note(spool)).add(position, spool)
    }

    /// Characters of it stand as others.
    pub fn replaced(&mut self, spool: &mut Spool, position: i64) -> io::Result<()> {
        self.replaced.get_or_insert_with(|| note(spool)).add(position, spool)
    }

    /// A file that should stand beside it doesn't.
    pub fn missing(&mut self, spool: &mut Spool, position: i64, file: &ArchivedFile, why: &'static str) -> io::Result<()> {
        let lane = *self.missing.get_or_insert_with(|| spool.lane());
        let mut line = serde_json::to_vec(&Missing { position, file, why })?;
        if spool.length(lane) > 0 {
            line.insert(0, b',');
        }
        spool.write(lane, &line)
    }

    /// The three fields of the manifest.
    pub fn write(&self, spool: &mut Spool, out: &mut impl Write) -> io::Result<()> {
        out.write_all(b"  \"unsaid\": [")?;
        for (place, ((kind, what), note)) in self.unsaid.iter().enumerate() {
            let before = if place == 0 { "" } else { "," };
            write!(out, "{before}\n    {{\"kind\": \"{kind}\", \"what\": \"{what}\", \"records\": {}, \"positions\": [", note.count)?;
            positions(note, spool, out)?;
            out.write_all(b"]}")?;
        }
        out.write_all(b"],\n  \"replaced\": {\"records\": ")?;
        write!(out, "{}, \"positions\": [", self.replaced.as_ref().map_or(0, |note| note.count))?;
        if let Some(note) = &self.replaced {
            positions(note, spool, out)?;
        }
        out.write_all(b"]},\n  \"missing\": [")?;
        if let Some(lane) = self.missing {
            copy(spool, lane, out)?;
        }
        out.write_all(b"]")
    }
}

fn positions(note: &Note, spool: &mut Spool, out: &mut impl Write) -> io::Result<()> {
    note.close(spool)?;
    copy(spool, note.lane, out)
}

fn copy(spool: &mut Spool, lane: Lane, out: &mut impl Write) -> io::Result<()> {
    let mut reading = spool.read(lane)?;
    let mut piece = vec![0; 64 * 1024];
    loop {
        match reading.read(&mut piece)? {
            0 => return Ok(()),
            count => out.write_all(&piece[..count])?,
        }
    }
}
