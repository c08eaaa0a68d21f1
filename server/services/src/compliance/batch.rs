//! Makes of a part of the queue what the archive is to keep of it: who and where, as it was when it
//! happened, and in which order.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use stoa_domain::access::Snapshot;
use stoa_domain::archive::{Batch, CategoryName, Content, Kept, PartnerName, Party, Place, PlaceKind, Text, party_hash, place_hash};
use stoa_domain::audit::Hash;
use stoa_domain::id::{AccessVersion, RoomId, Seq, UserId};
use stoa_domain::room::{Privacy, RoomType};
use stoa_domain::time::Timestamp;
use stoa_store::{Archive, ArchiveEnd, Moved, NewBatch, Queued, Store, StoreError};
use uuid::Uuid;

use super::timeline::Timeline;
use crate::access::Access;

/// People named by one record of who came and went; more are said by another.
const NAMED: usize = 1_000;
/// Rooms whose members are kept at hand.
const ROOMS: usize = 2_000;

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

    /// The accounts of those who changed since they were asked for, or were never met.
    async fn ask(&mut self, users: impl IntoIterator<Item = UserId>) -> Result<(), StoreError> {
        let users: Vec<UserId> = users.into_iter().filter(|user| self.parties.get(user).is_none_or(|known| !known.fresh)).collect();
        if users.is_empty() {
            return Ok(());
        }
        let unknown: Vec<UserId> = users.iter().copied().filter(|user| !self.parties.contains_key(user)).collect();
        for (id, party) in self.archive.last_parties(&unknown).await? {
            self.parties.insert(party.id, Known { id, hash: party_hash(&party), what: party, fresh: false });
        }
        let snapshot = self.access.snapshot();
        let accounts: HashMap<UserId, _> = self.store.accounts_of(&users).await?.into_iter().map(|account| (account.id, account)).collect();
        for user in users {
            let domain =
                snapshot.user(user).and_then(|user| snapshot.domain(user.domain?)).map(|domain| PartnerName { id: domain.id, name: domain.name.clone() });
            let party = match accounts.get(&user) {
                Some(account) => {
                    Party { id: user, number: 0, name: account.name.clone(), display_name: account.display_name.clone(), email: account.email.clone(), domain }
                }
                // Only what went past the product can have removed somebody.
                None => Party { id: user, number: 0, name: user.to_string(), display_name: user.to_string(), email: None, domain },
            };
            match self.parties.get_mut(&user) {
                Some(known) if (Party { number: known.what.number, ..party.clone() }) == known.what => known.fresh = true,
                Some(known) => {
                    let party = Party { number: known.what.number, ..party };
                    // It gets its row with the first record that names it so.
                    *known = Known { id: 0, hash: party_hash(&party), what: party, fresh: true };
                }
                None => {
                    self.parties.insert(user, Known { id: 0, hash: Hash::NOTHING, what: party, fresh: true });
                }
            }
        }
        Ok(())
    }

    async fn party(&mut self, draft: &mut Draft, user: UserId) -> Result<(i64, Hash), StoreError> {
        if !self.parties.contains_key(&user) {
            self.ask([user]).await?;
        }
        let next = draft.parties.last().map_or(self.end.party, |(id, _)| *id) + 1;
        let Some(known) = self.parties.get_mut(&user) else { return Err(StoreError::Corrupt(format!("nobody under {user}"))) };
        if known.id == 0 {
            known.id = next;
            if known.what.number == 0 {
                known.what.number = next;
            }
            known.hash = party_hash(&known.what);
            draft.parties.push((next, known.what.clone()));
        }
        Ok((known.id, known.hash))
    }

    /// Those who are named within a record.
    async fn named(&mut self, draft: &mut Draft, users: impl IntoIterator<Item = UserId>) -> Result<Vec<Party>, StoreError> {
        let users: Vec<UserId> = users.into_iter().collect();
        self.ask(users.iter().copied()).await?;
        let mut parties = Vec::with_capacity(users.len());
        for user in users {
            self.party(draft, user).await?;
            parties.extend(self.parties.get(&user).map(|known| known.what.clone()));
        }
        Ok(parties)
    }

    async fn place(&mut self, draft: &mut Draft, snapshot: &Snapshot, room: RoomId) -> Result<(i64, Hash), StoreError> {
        let known = self.places.get(&room.0);
        let place = match (snapshot.room(room), known) {
            (Some(found), _) => Place {
                kind: PlaceKind::Room,
                id: room.0,
                name: found.name.clone(),
                description: found.description.clone(),
                path: path(snapshot, found),
                privacy: found.privacy,
                room_type: found.room_type,
            },
            // A conversation, or a room that was deleted while something of it was on its way.
            (None, Some(known)) => known.what.clone(),
            (None, None) => Place {
                kind: PlaceKind::Room,
                id: room.0,
                name: room.to_string(),
                description: String::new(),
                path: Vec::new(),
                privacy: Privacy::Secret,
                room_type: RoomType::Normal,
            },
        };
        Ok(self.placed(draft, place))
    }

    fn placed(&mut self, draft: &mut Draft, place: Place) -> (i64, Hash) {
        match self.places.get(&place.id) {
            Some(known) if known.what == place => (known.id, known.hash),
            _ => {
                let id = draft.places.last().map_or(self.end.place, |(id, _)| *id) + 1;
                let hash = place_hash(&place);
                draft.places.push((id, place.clone()));
                self.places.insert(place.id, Known { id, hash, what: place, fresh: true });
                (id, hash)
            }
        }
    }

    /// Whether it is a conversation; one that begins gets its place, and the record of its people.
    async fn converse(&mut self, draft: &mut Draft, room: RoomId, content: &Content, when: (AccessVersion, Timestamp)) -> Result<bool, StoreError> {
        let Some(people) = people_of(content) else {
            return Ok(self.places.get(&room.0).is_some_and(|known| known.what.kind == PlaceKind::Conversation));
        };
        let parties = self.named(draft, people).await?;
        let name = parties.iter().map(|party| party.display_name.as_str()).collect::<Vec<_>>().join(", ");
        let place = Place {
            kind: PlaceKind::Conversation,
            id: room.0,
            name,
            description: String::new(),
            path: Vec::new(),
            privacy: Privacy::Secret,
            room_type: RoomType::Normal,
        };
        self.placed(draft, place);
        let who = parties.iter().map(|party| party.id).collect();
        self.moved(draft, room, &who, when).await?;
        Ok(true)
    }

    /// Who belongs to a room that not everyone may enter, where that changed since the archive last said it.
    async fn note_members(&mut self, draft: &mut Draft, snapshot: &Snapshot, room: RoomId, when: (AccessVersion, Timestamp)) -> Result<(), StoreError> {
        if snapshot.room(room).is_none_or(|room| room.privacy == Privacy::Open) {
            return Ok(());
        }
        if self.members.get(&room).is_some_and(|known| known.version == snapshot.version && known.at == snapshot.at) {
            return Ok(());
        }
        let who = snapshot.who_belongs(room).into_iter().map(|user| user.id).collect();
        let seen = (snapshot.version, snapshot.at);
        self.moved(draft, room, &who, when).await?;
        if let Some(known) = self.members.get_mut(&room) {
            (known.version, known.at) = seen;
        }
        Ok(())
    }

    async fn moved(&mut self, draft: &mut Draft, room: RoomId, who: &BTreeSet<UserId>, when: (AccessVersion, Timestamp)) -> Result<(), StoreError> {
        if self.members.len() > ROOMS {
            self.members.clear();
            // What this batch itself moves isn't in the archive yet.
            self.members.extend(draft.members.iter().map(|(room, who)| (*room, Members { version: 0, at: when.1, who: who.clone() })));
        }
        let before = match self.members.get(&room) {
            Some(known) => known.who.clone(),
            None => self.archive.members(room).await?.into_iter().collect(),
        };
        let joined: Vec<UserId> = who.difference(&before).copied().collect();
        let left: Vec<UserId> = before.difference(who).copied().collect();
        self.members.insert(room, Members { version: 0, at: when.1, who: who.clone() });
        if joined.is_empty() && left.is_empty() {
            return Ok(());
        }
        draft.members.insert(room, who.clone());
        let snapshot = self.timeline.at(when.0, when.1).await?;
        let (place, place_hash) = self.place(draft, &snapshot, room).await?;
        let parts = joined.chunks(NAMED).map(|part| (part, [].as_slice())).chain(left.chunks(NAMED).map(|part| ([].as_slice(), part)));
        for (joined, left) in parts {
            let content =
                Content::Membership { joined: self.named(draft, joined.iter().copied()).await?, left: self.named(draft, left.iter().copied()).await? };
            let kept = Kept {
                position: 0,
                number: 0,
                at: when.1,
                version: Some(when.0),
                room: Some(room.0),
                place: Some(place_hash),
                seq: None,
                who: None,
                kind: content.kind().as_str().to_owned(),
                text: Text::Whole(written_out(&content)),
            };
            let position = draft.push(kept, Some(place), None);
            draft.moved.push(Moved { room, position, joined: joined.to_vec(), left: left.to_vec() });
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

fn path(snapshot: &Snapshot, room: &stoa_domain::access::Room) -> Vec<CategoryName> {
    let mut path: Vec<_> = snapshot.path_up(room.category).map(|category| CategoryName { id: category.id, name: category.name.clone() }).collect();
    path.reverse();
    path
}

/// As it is kept, and hashed.
fn written_out(content: &Content) -> String {
    serde_json::to_string(content).unwrap_or_default()
}
