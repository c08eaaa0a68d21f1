//! Who belongs to a room that not everyone may enter, or to a conversation: told where it has changed.

use std::collections::BTreeSet;

use stoa_domain::access::Snapshot;
use stoa_domain::archive::{Content, Kept, Place, PlaceKind, Text};
use stoa_domain::id::{AccessVersion, RoomId, UserId};
use stoa_domain::room::{Privacy, RoomType};
use stoa_domain::time::Timestamp;
use stoa_store::{Moved, StoreError};

use super::{Draft, Members, Scribe, people_of, written_out};

/// People named by one record of who came and went; more are said by another.
const NAMED: usize = 1_000;
/// Rooms whose members are kept at hand.
const ROOMS: usize = 2_000;

impl Scribe {
    /// Whether it is a conversation; one that begins gets its place, and the record of its people.
    pub(super) async fn converse(&mut self, draft: &mut Draft, room: RoomId, content: &Content, when: (AccessVersion, Timestamp)) -> Result<bool, StoreError> {
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
    pub(super) async fn note_members(
        &mut self,
        draft: &mut Draft,
        snapshot: &Snapshot,
        room: RoomId,
        when: (AccessVersion, Timestamp),
    ) -> Result<(), StoreError> {
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

    pub(super) async fn moved(&mut self, draft: &mut Draft, room: RoomId, who: &BTreeSet<UserId>, when: (AccessVersion, Timestamp)) -> Result<(), StoreError> {
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
}
