//! What was posted, acknowledged and delivered: counts and delays while measuring, and at the
//! end whether every acknowledged post reached everyone, once and in order.

use hdrhistogram::Histogram;
use stoa_domain::id::Seq;

use super::super::report::micros;
use super::scan::Delivery;

/// One event of a room, as the receivers saw it.
#[derive(Debug, Clone, Default)]
struct Entry {
    /// The key of its mark plus one; 0 while unknown, and for what others posted.
    key: u64,
    seen: u32,
}

#[derive(Debug, Default)]
struct Book {
    /// The last seq before the benchmark's first post.
    base: Seq,
    /// How many sockets receive here.
    members: u32,
    entries: Vec<Entry>,
    acknowledged: Vec<(Seq, u64)>,
    highest: Seq,
}

/// What must not happen.
#[derive(Debug, Default)]
pub struct Faults {
    pub gaps: u64,
    pub repeated: u64,
    /// Receivers saw different posts under one seq.
    pub mixed: u64,
    /// Frames that a full parse doesn't understand.
    pub unreadable: u64,
    /// Refused requests and lost sockets,
    pub errors: u64,
    /// the first few of them in words.
    pub samples: Vec<String>,
}

impl Faults {
    pub fn error(&mut self, what: impl FnOnce() -> String) {
        self.errors += 1;
        if self.samples.len() < 5 {
            self.samples.push(what());
        }
    }
}

pub struct Ledger {
    books: Vec<Book>,
    /// Whether the measured time runs: before is the warm-up, after it the rest comes in.
    pub measuring: bool,
    /// Posts from before aren't timed.
    since: u32,
    pub deliveries: u64,
    pub posts: u64,
    pub resyncs: u64,
    /// In microseconds, as all delays here.
    pub acknowledgement: Histogram<u64>,
    pub delivery: Histogram<u64>,
    /// From a post to its last receiver.
    pub last: Histogram<u64>,
    pub faults: Faults,
}

impl Ledger {
    pub fn new(rooms: usize) -> Self {
        Self {
            books: (0..rooms).map(|_| Book::default()).collect(),
            measuring: false,
            since: 0,
            deliveries: 0,
            posts: 0,
            resyncs: 0,
            acknowledgement: micros(),
            delivery: micros(),
            last: micros(),
            faults: Faults::default(),
        }
    }

    pub fn start(&mut self, now: u32) {
        (self.measuring, self.since) = (true, now);
    }

    pub fn joined(&mut self, room: usize, last_seq: Seq) {
        let book = &mut self.books[room];
        book.members += 1;
        book.base = book.base.max(last_seq);
    }

    pub fn delivered(&mut self, room: usize, delivery: &Delivery, now: u32) {
        let book = &mut self.books[room];
        if self.measuring {
            self.deliveries += 1;
        }
        let Ok(place) = usize::try_from(delivery.seq - book.base - 1) else { return };
        if place >= book.entries.len() {
            book.entries.resize(place + 1, Entry::default());
        }
        let entry = &mut book.entries[place];
        entry.seen += 1;
        let Some(mark) = delivery.mark else { return };
        let key = mark.key() + 1;
        if entry.key != key {
            if entry.key != 0 {
                self.faults.mixed += 1;
            }
            entry.key = key;
        }
        if self.measuring && mark.at >= self.since {
            let took = u64::from(now.wrapping_sub(mark.at));
            self.delivery.saturating_record(took);
            if entry.seen == book.members {
                self.last.saturating_record(took);
            }
        }
    }

    pub fn acknowledged(&mut self, room: usize, seq: Seq, key: u64, sent: u32, now: u32) {
        let book = &mut self.books[room];
        book.acknowledged.push((seq, key));
        book.highest = book.highest.max(seq);
        if self.measuring {
            self.posts += 1;
            if sent >= self.since {
                self.acknowledgement.saturating_record(u64::from(now.wrapping_sub(sent)));
            }
        }
    }

    /// The seq that every socket of the room has to reach.
    pub fn highest(&self, room: usize) -> Seq {
        self.books[room].highest
    }

    /// What was wrong, one line a kind of fault. `received`: whether there were receivers.
    pub fn verify(&mut self, received: bool) -> Vec<String> {
        let (mut missing, mut reused) = (0, 0);
        for book in &mut self.books {
            book.acknowledged.sort_unstable();
            reused += book.acknowledged.windows(2).filter(|pair| pair[0].0 == pair[1].0).count();
            if received {
                missing += book.acknowledged.iter().filter(|(seq, key)| !book.reached_all(*seq, *key)).count();
            }
        }
        let faults = &self.faults;
        let counts = [
            (missing as u64, "acknowledged posts that not everyone received"),
            (reused as u64, "acknowledgements with a seq that another post had"),
            (faults.gaps, "gaps in a socket's seqs"),
            (faults.repeated, "events that came again or in the wrong order"),
            (faults.mixed, "seqs under which receivers saw different posts"),
            (faults.unreadable, "frames that aren't of the protocol"),
            (faults.errors, "errors"),
        ];
        let mut lines: Vec<_> = counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
        lines.extend(faults.samples.iter().map(|sample| format!("such as: {sample}")));
        lines
    }
}

impl Book {
    fn reached_all(&self, seq: Seq, key: u64) -> bool {
        let entry = usize::try_from(seq - self.base - 1).ok().and_then(|place| self.entries.get(place));
        entry.is_some_and(|entry| entry.key == key + 1 && entry.seen == self.members)
    }
}

#[cfg(test)]
mod tests {
    use super::super::scan::Mark;
    use super::*;

    fn post(seq: Seq, number: u32) -> Delivery {
        Delivery { seq, mark: Some(Mark { sender: 1, number, at: 10 }) }
    }

    #[test]
    fn what_was_acknowledged_has_to_reach_everyone() {
        let mut ledger = Ledger::new(1);
        ledger.joined(0, 5);
        ledger.joined(0, 5);
        ledger.start(0);
        let key = |number| post(0, number).mark.unwrap().key();
        for number in 0..2 {
            ledger.acknowledged(0, 6 + Seq::from(number), key(number), 10, 15);
            ledger.delivered(0, &post(6 + Seq::from(number), number), 20);
        }
        assert_eq!(ledger.verify(false), Vec::<String>::new());
        assert_eq!(ledger.verify(true).len(), 1);
        ledger.delivered(0, &post(6, 0), 40);
        ledger.delivered(0, &post(7, 1), 40);
        assert_eq!(ledger.verify(true), Vec::<String>::new());
        assert_eq!((ledger.deliveries, ledger.posts, ledger.last.max(), ledger.delivery.len()), (4, 2, 30, 4));
        ledger.acknowledged(0, 7, key(9), 10, 15);
        assert_eq!(ledger.verify(true).len(), 2, "a seq given twice, and not what was delivered");
    }
}
