//! What people and places are called, and which of it the archive knows.

use std::collections::HashMap;

use stoa_domain::access::Snapshot;
use stoa_domain::archive::{CategoryName, PartnerName, Party, Place, PlaceKind, party_hash, place_hash};
use stoa_domain::audit::Hash;
use stoa_domain::id::{RoomId, UserId};
use stoa_domain::room::{Privacy, RoomType};
use stoa_store::StoreError;

use super::{Draft, Known, Scribe};

impl Scribe {
    /// The accounts of those who changed since they were asked for, or were never met.
    pub(super) async fn ask(&mut self, users: impl IntoIterator<Item = UserId>) -> Result<(), StoreError> {
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

    pub(super) async fn party(&mut self, draft: &mut Draft, user: UserId) -> Result<(i64, Hash), StoreError> {
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
    pub(super) async fn named(&mut self, draft: &mut Draft, users: impl IntoIterator<Item = UserId>) -> Result<Vec<Party>, StoreError> {
        let users: Vec<UserId> = users.into_iter().collect();
        self.ask(users.iter().copied()).await?;
        let mut parties = Vec::with_capacity(users.len());
        for user in users {
            self.party(draft, user).await?;
            parties.extend(self.parties.get(&user).map(|known| known.what.clone()));
        }
        Ok(parties)
    }

    pub(super) async fn place(&mut self, draft: &mut Draft, snapshot: &Snapshot, room: RoomId) -> Result<(i64, Hash), StoreError> {
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

    pub(super) fn placed(&mut self, draft: &mut Draft, place: Place) -> (i64, Hash) {
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
}

fn path(snapshot: &Snapshot, room: &stoa_domain::access::Room) -> Vec<CategoryName> {
    let mut path: Vec<_> = snapshot.path_up(room.category).map(|category| CategoryName { id: category.id, name: category.name.clone() }).collect();
    path.reverse();
    path
}
