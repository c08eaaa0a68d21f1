//! Makes of a part of the queue what the archive is to keep of it: who and where, as it was when it
//! happened, and in which order.

mod members;
mod names;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use stoa_domain::archive::{Batch, Content, Kept, Party, Place, Text, place_hash};
use stoa_domain::audit::Hash;
use stoa_domain::id::{AccessVersion, RoomId, Seq, UserId};
use stoa_domain::time::Timestamp;
use stoa_store::{Archive, ArchiveEnd, Moved, NewBatch, Queued, Store, StoreError};
use uuid::Uuid;

use super::timeline::Timeline;
use crate::access::Access;

/// What the archive was last told of people, places and members: nothing is written twice. It holds only
/// as long as nobody else writes.
pub struct Scribe {
    store: Arc<dyn Store>,
    archive: Arc<dyn Archive>,
    access: Arc<Access>,
    timeline: Timeline,
    end: ArchiveEnd,
    parties: HashMap<UserId, Known<Party>>,
    places: HashMap<Uuid, Known<Place>>,
    members: HashMap<RoomId, Members>,
    seqs: HashMap<RoomId, Seq>,
    /// The version at which people were last asked for.
    asked: AccessVersion,
}

#[derive(Clone)]
struct Known<T> {
    id: i64,
    hash: Hash,
    what: T,
    /// Of a person: asked for since the last change.
    fresh: bool,
}

struct Members {
    version: AccessVersion,
    at: Timestamp,
    who: BTreeSet<UserId>,
}

/// Two events of a room between which others are missing: which.
pub struct Missing {
    pub room: RoomId,
    pub from: Seq,
    pub to: Seq,
}

impl Scribe {
    pub fn new(store: Arc<dyn Store>, archive: Arc<dyn Archive>, access: Arc<Access>, end: ArchiveEnd) -> Self {
        let timeline = Timeline::new(Arc::clone(&store), Arc::clone(&access));
        let (parties, places, members, seqs) = (HashMap::new(), HashMap::new(), HashMap::new(), HashMap::new());
        Self { store, archive, access, timeline, end, parties, places, members, seqs, asked: 0 }
    }

    /// Which events are missing before the first of these that has a gap before it.
    pub async fn missing(&mut self, queued: &[Queued]) -> Result<Option<Missing>, StoreError> {
        let events = || queued.iter().filter_map(|row| row.room.zip(row.seq));
        let mut unknown: Vec<RoomId> = events().map(|(room, _)| room).filter(|room| !self.seqs.contains_key(room)).collect();
        unknown.sort_unstable();
        unknown.dedup();
        if !unknown.is_empty() {
            let ends: HashMap<RoomId, Seq> = self.archive.rooms_end(&unknown).await?.into_iter().collect();
            self.seqs.extend(unknown.into_iter().map(|room| (room, ends.get(&room).copied().unwrap_or_default())));
        }
        let mut now: HashMap<RoomId, Seq> = HashMap::new();
        for (room, seq) in events() {
            let last = now.entry(room).or_insert_with(|| self.seqs.get(&room).copied().unwrap_or_default());
            if seq > *last + 1 {
                return Ok(Some(Missing { room, from: *last + 1, to: seq - 1 }));
            }
            *last = (*last).max(seq);
        }
        Ok(None)
    }

    /// What it was: the archive has this batch now.
    pub fn written(&mut self, new: &NewBatch) {
        let batch = &new.batch;
        self.end = ArchiveEnd {
            head: batch.into(),
            written_at: Some(batch.written_at),
            party: new.parties.last().map_or(self.end.party, |(id, _)| *id),
            place: new.places.last().map_or(self.end.place, |(id, _)| *id),
        };
        for (kept, _, _) in &new.records {
            if let Some((room, seq)) = kept.room.zip(kept.seq) {
                self.seqs.insert(RoomId(room), seq);
            }
        }
    }

    /// The batch of these rows. Where writing it fails, this scribe knows what isn't so: it is to be thrown away.
    pub async fn batch(&mut self, queued: Vec<Queued>, now: Timestamp) -> Result<NewBatch, StoreError> {
        let mut draft = Draft { position: self.end.head.position, ..Draft::default() };
        self.meet(&queued).await?;
        for row in queued {
            let at = row.at.unwrap_or(now);
            let version = row.version.unwrap_or_else(|| self.access.snapshot().version);
            let place = match row.room {
                Some(room) => {
                    let snapshot = self.timeline.at(version, at).await?;
                    let conversation = self.converse(&mut draft, room, &row.content, (version, at)).await?;
                    if !conversation {
                        self.note_members(&mut draft, &snapshot, room, (version, at)).await?;
                    }
                    Some(self.place(&mut draft, &snapshot, room).await?)
                }
                None => None,
            };
            let party = match row.user {
                Some(user) => Some(self.party(&mut draft, user).await?),
                None => None,
            };
            let content = self.told(&mut draft, row.content).await?;
            let kept = Kept {
                position: 0,
                number: row.id,
                at,
                version: row.version,
                room: row.room.map(|room| room.0),
                place: place.map(|(_, hash)| hash),
                seq: row.seq,
                who: party.map(|(_, hash)| hash),
                kind: content.kind().as_str().to_owned(),
                text: Text::Whole(written_out(&content)),
            };
            draft.push(kept, place.map(|(id, _)| id), party.map(|(id, _)| id));
        }
        let kept: Vec<Kept> = draft.records.iter().map(|(kept, _, _)| kept.clone()).collect();
        let batch = Batch::after(self.end.head, now, &kept);
        Ok(NewBatch { batch, records: draft.records, parties: draft.parties, places: draft.places, moved: draft.moved })
    }

    /// Makes sure that it is known what these people and places are called by now.
    async fn meet(&mut self, queued: &[Queued]) -> Result<(), StoreError> {
        let version = self.access.snapshot().version;
        if version != self.asked {
            self.parties.values_mut().for_each(|known| known.fresh = false);
            self.asked = version;
        }
        let users: HashSet<UserId> = queued.iter().filter_map(|row| row.user).collect();
        self.ask(users).await?;
        let places: Vec<Uuid> =
            queued.iter().filter_map(|row| Some(row.room?.0)).filter(|room| !self.places.contains_key(room)).collect::<HashSet<_>>().into_iter().collect();
        for (id, place) in self.archive.last_places(&places).await? {
            self.places.insert(place.id, Known { id, hash: place_hash(&place), what: place, fresh: true });
        }
        Ok(())
    }

    /// A record as the archive says it.
    async fn told(&mut self, draft: &mut Draft, content: Content) -> Result<Content, StoreError> {
        match people_of(&content) {
            Some(people) => Ok(Content::Conversation { people: self.named(draft, people).await? }),
            None => Ok(content),
        }
    }
}

/// What a batch has so far.
#[derive(Default)]
struct Draft {
    position: i64,
    records: Vec<(Kept, Option<i64>, Option<i64>)>,
    parties: Vec<(i64, Party)>,
    places: Vec<(i64, Place)>,
    moved: Vec<Moved>,
    members: HashMap<RoomId, BTreeSet<UserId>>,
}

impl Draft {
    fn push(&mut self, kept: Kept, place: Option<i64>, party: Option<i64>) -> i64 {
        self.position += 1;
        self.records.push((Kept { position: self.position, ..kept }, place, party));
        self.position
    }
}

/// The people of a conversation that begins: the queue has their ids.
fn people_of(content: &Content) -> Option<Vec<UserId>> {
    match content {
        Content::Other { name, payload } if name == "conversation" => serde_json::from_value(payload.get("people")?.clone()).ok(),
        Content::Conversation { people } => Some(people.iter().map(|party| party.id).collect()),
        _ => None,
    }
}

/// As it is kept, and hashed.
fn written_out(content: &Content) -> String {
    serde_json::to_string(content).unwrap_or_default()
}
