//! Going along the batches, and telling what the first break is.

use std::collections::HashMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Batch, Head, Kept, batch_hash};
use crate::id::Seq;
use crate::room::words;

words! {
    /// What was done to an archive.
    Fault {
        /// A batch, or a record of one, isn't there any more.
        Missing = "missing",
        /// A record, its person or its place, isn't what was written.
        Changed = "changed",
        /// There are more records than were written.
        Inserted = "inserted",
        /// A batch doesn't follow the one before it: one of the two was written anew.
        Unlinked = "unlinked",
        /// An event of a room lies between two that are there.
        Gap = "gap",
        /// An event of a room is there a second time.
        Doubled = "doubled",
        /// The chain ends before a head that was noted.
        CutOff = "cut_off",
        /// The chain isn't the one that was noted.
        Rewritten = "rewritten",
    }
}

/// The first break: what, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    pub fault: Fault,
    pub batch: i64,
    /// The record, as far as it is known which.
    pub position: Option<i64>,
    /// The room and the event's place in it, where it is about that.
    pub event: Option<(Uuid, Seq)>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let batch = self.batch;
        let record = self.position.map(|position| format!("record {position} of batch {batch}"));
        let what = record.clone().unwrap_or_else(|| format!("batch {batch}"));
        match (self.fault, self.event) {
            (Fault::Missing, _) => write!(f, "{what} is missing"),
            (Fault::Changed, _) => write!(f, "batch {batch} was changed: its records don't have the hash that it was written with"),
            (Fault::Inserted, _) => write!(f, "{what} was inserted"),
            (Fault::Unlinked, _) => write!(f, "batch {batch} doesn't follow the one before it: one of the two was written anew"),
            (Fault::Gap, Some((room, seq))) => write!(f, "event {seq} of room {room} is missing before {what}"),
            (Fault::Doubled, Some((room, seq))) => write!(f, "event {seq} of room {room} is there a second time, as {what}"),
            (Fault::Gap, None) => write!(f, "an event is missing before {what}"),
            (Fault::Doubled, None) => write!(f, "an event is there a second time, as {what}"),
            (Fault::CutOff, _) => write!(f, "the archive was cut off: it ends before batch {batch}, which was there"),
            (Fault::Rewritten, _) => write!(f, "the archive up to batch {batch} isn't the one that was noted: it was written anew"),
        }
    }
}

/// How far an archive was looked at and found whole.
#[derive(Debug, Clone, Default)]
pub struct Walk {
    pub head: Head,
    /// A head that was noted earlier, to be met on the way.
    pub expected: Option<Head>,
    /// How far each room is.
    pub rooms: HashMap<Uuid, Seq>,
}

impl Walk {
    /// The next batch with its records, in the order of their positions.
    ///
    /// # Errors
    /// The first break; the head then is the last batch that is right.
    pub fn step(&mut self, batch: &Batch, records: &[Kept]) -> Result<(), Finding> {
        let number = self.head.batch + 1;
        let found = |fault, position| Err(Finding { fault, batch: number, position, event: None });
        if batch.number != number {
            return found(Fault::Missing, None);
        }
        if batch.previous != self.head.hash || batch.first != self.head.position + 1 {
            return found(Fault::Unlinked, None);
        }
        for (position, record) in (batch.first..).zip(records) {
            if record.position > position {
                return found(Fault::Missing, Some(position));
            }
            if record.position < position || position >= batch.first + batch.records {
                return found(Fault::Inserted, Some(record.position));
            }
        }
        let there = i64::try_from(records.len()).unwrap_or(i64::MAX);
        if there < batch.records {
            return found(Fault::Missing, Some(batch.first + there));
        }
        if batch_hash(batch.previous, number, batch.written_at, records) != batch.hash {
            return found(Fault::Changed, None);
        }
        for record in records {
            let Some((room, seq)) = record.room.zip(record.seq) else { continue };
            let last = self.rooms.entry(room).or_default();
            let fault = match seq - *last {
                1 => None,
                2.. => Some((Fault::Gap, *last + 1)),
                _ => Some((Fault::Doubled, seq)),
            };
            if let Some((fault, seq)) = fault {
                return Err(Finding { fault, batch: number, position: Some(record.position), event: Some((room, seq)) });
            }
            *last = seq;
        }
        self.head = Head::from(batch);
        self.meet()
    }

    fn meet(&self) -> Result<(), Finding> {
        match self.expected {
            Some(expected) if expected.batch == self.head.batch && expected.hash != self.head.hash => {
                Err(Finding { fault: Fault::Rewritten, batch: expected.batch, position: None, event: None })
            }
            _ => Ok(()),
        }
    }

    /// To be asked where the archive ends.
    ///
    /// # Errors
    /// It ended before the head that was noted.
    pub fn end(&self) -> Result<Head, Finding> {
        match self.expected {
            Some(expected) if expected.batch > self.head.batch => Err(Finding { fault: Fault::CutOff, batch: expected.batch, position: None, event: None }),
            _ => Ok(self.head),
        }
    }
}
