//! Proves the archive: that its chain holds, and that it has every event of the chat's history, each once.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use stoa_domain::archive::{Content, Finding, Head, Walk};
use stoa_domain::id::{RoomId, Seq};
use stoa_domain::message::Clearing;
use stoa_store::{Archive, Store, StoreError};

use super::reader::Reader;

/// Batches that are asked for at once.
const BATCHES: u32 = 100;

/// Goes along the whole chain. `told` is called with each head on the way.
///
/// # Errors
/// When the archive doesn't answer.
pub async fn verify(archive: &Arc<dyn Archive>, expected: Option<Head>, mut told: impl FnMut(Head)) -> Result<Result<Walk, Finding>, StoreError> {
    let mut reader = Reader::new(Arc::clone(archive));
    let mut walk = Walk { expected, ..Walk::default() };
    loop {
        let batches = archive.batches(walk.head.batch, BATCHES).await?;
        if batches.is_empty() {
            return Ok(walk.end().map(|_| walk));
        }
        for (index, batch) in batches.iter().enumerate() {
            // One more than there ought to be, so that one too many is seen; the next batch's first isn't.
            let mut kept = reader.kept(walk.head.position, u32::try_from(batch.records + 1).unwrap_or(u32::MAX)).await?;
            let next = batches.get(index + 1).map(|next| next.first);
            let last = next.is_none() && batches.len() < BATCHES as usize;
            kept.retain(|record| record.position < batch.first + batch.records || (last && record.position > batch.first));
            if let Err(finding) = walk.step(batch, &kept) {
                return Ok(Err(finding));
            }
            told(walk.head);
        }
    }
}

/// How archive and history stand to each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compared {
    pub rooms: usize,
    /// Events that are in both.
    pub events: u64,
    /// Of these the archive doesn't know yet: they wait in the queue.
    pub waiting: u64,
    /// The first that differ.
    pub differences: Vec<Difference>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub room: RoomId,
    pub seq: Seq,
    pub what: &'static str,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "event {} of room {}: {}", self.seq, self.room, self.what)
    }
}

/// The most that is told.
const TOLD: usize = 100;
const SLICE: u32 = 2_000;

/// Whether an archived event is what history has of it. A text that was erased from history, or a file
/// whose name was, is only in the archive.
fn same(archived: &Content, written: &Content) -> bool {
    let gone = |text: &str, archived: &str| text.is_empty() || text == archived;
    match (archived, written) {
        (Content::Post(archived), Content::Post(written)) => {
            gone(&written.body, &archived.body)
                && (archived.id, archived.message, archived.reply_to, archived.withheld) == (written.id, written.message, written.reply_to, written.withheld)
                && written
                    .files
                    .iter()
                    .all(|file| archived.files.iter().any(|there| there.id == file.id && (there.sha256 == file.sha256 || file.sha256.is_empty())))
        }
        (Content::Edit { of, body, .. }, Content::Edit { of: written_of, body: written, .. }) => of == written_of && gone(written, body),
        (Content::Cleared { how, of, text }, Content::Cleared { of: written_of, text: written, .. }) => {
            // A replacement whose text was erased looks like a removal.
            of == written_of && (written.is_none() || written == text) && (text.is_some() || matches!(how, Clearing::Removed | Clearing::Restored))
        }
        (Content::Notice { text }, Content::Notice { text: written }) => gone(written, text),
        (archived, written) => archived == written,
    }
}

/// Compares the archive with the chat's history, event for event: what was posted, by whom and when. What
/// was erased since has no text any more to compare.
///
/// # Errors
/// When one of the two doesn't answer.
pub async fn compare(store: &dyn Store, archive: &Arc<dyn Archive>) -> Result<Compared, StoreError> {
    let mut compared = Compared::default();
    let mut waiting: HashMap<RoomId, Vec<Seq>> = HashMap::new();
    for row in store.queued(u32::MAX).await? {
        if let Some((room, seq)) = row.room.zip(row.seq) {
            waiting.entry(room).or_default().push(seq);
        }
    }
    let mut reader = Reader::new(Arc::clone(archive));
    let mut at: HashMap<RoomId, Seq> = HashMap::new();
    let mut after = 0;
    loop {
        let records = reader.records(after, SLICE).await?;
        let Some(last) = records.last() else { break };
        after = last.position;
        let mut by_room: HashMap<RoomId, Vec<_>> = HashMap::new();
        for record in records {
            if let Some((room, seq)) = record.place.as_ref().map(|place| RoomId(place.id)).zip(record.seq) {
                by_room.entry(room).or_default().push((seq, record));
            }
        }
        for (room, records) in by_room {
            let first = records.first().map_or(0, |(seq, _)| *seq);
            let span = records.last().map_or(0, |(seq, _)| *seq) - first + 1;
            let told: HashMap<Seq, _> = store.written(room, first, first + span - 1).await?.into_iter().filter_map(|row| Some((row.seq?, row))).collect();
            for (seq, record) in records {
                let expected = at.get(&room).copied().unwrap_or_default() + 1;
                let mut differ = |seq, what| {
                    if compared.differences.len() < TOLD {
                        compared.differences.push(Difference { room, seq, what });
                    }
                };
                if seq > expected {
                    differ(expected, "isn't in the archive");
                }
                if seq < expected {
                    differ(seq, "is in the archive twice, or out of order");
                }
                match told.get(&seq) {
                    None => differ(seq, "is in the archive and not in the history"),
                    Some(event) if event.at != Some(record.at) => differ(seq, "has another moment"),
                    Some(event) if record.who.as_ref().map(|who| who.id) != event.user => differ(seq, "has another author"),
                    Some(event) if record.content.as_ref().is_some_and(|content| !same(content, &event.content)) => differ(seq, "says something else"),
                    Some(_) => compared.events += 1,
                }
                at.insert(room, seq);
            }
        }
    }
    for (room, _, _) in store.said().await? {
        at.entry(room).or_default();
    }
    let rooms: Vec<RoomId> = at.keys().copied().collect();
    compared.rooms = rooms.len();
    for part in rooms.chunks(500) {
        for head in store.heads(part).await? {
            let archived = at.get(&head.room).copied().unwrap_or_default();
            let queue = waiting.get(&head.room);
            for seq in archived + 1..=head.seq {
                if queue.is_some_and(|queue| queue.contains(&seq)) {
                    compared.waiting += 1;
                } else if compared.differences.len() < TOLD {
                    compared.differences.push(Difference { room: head.room, seq, what: "is neither in the archive nor in the queue" });
                }
            }
        }
    }
    Ok(compared)
}
