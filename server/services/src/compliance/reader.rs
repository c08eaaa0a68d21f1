//! Records out of the archive, with the people and places that they name.

use std::collections::HashMap;
use std::sync::Arc;

use stoa_domain::archive::{Content, Kept, Kind, Party, Place, Record, Text, party_hash, place_hash};
use stoa_domain::audit::Hash;
use stoa_store::{Archive, ArchiveRow, StoreError};

/// Names that are kept at hand; then it begins anew.
const NAMES: usize = 20_000;

/// Reads the archive in its order. What people and places are called is fetched once.
pub struct Reader {
    archive: Arc<dyn Archive>,
    parties: HashMap<i64, (Party, Hash)>,
    places: HashMap<i64, (Place, Hash)>,
}

impl Reader {
    #[must_use]
    pub fn new(archive: Arc<dyn Archive>) -> Self {
        Self { archive, parties: HashMap::new(), places: HashMap::new() }
    }

    /// Records behind a position, as they were kept: for their hash.
    ///
    /// # Errors
    /// When the archive doesn't answer.
    pub async fn kept(&mut self, after: i64, limit: u32) -> Result<Vec<Kept>, StoreError> {
        let rows = self.archive.rows(after, limit).await?;
        self.name(&rows).await?;
        let kept = |row: ArchiveRow| {
            let text = match (row.content, row.content_hash) {
                (Some(content), _) => Text::Whole(content),
                (None, hash) => Text::Deleted(hash.unwrap_or(Hash::NOTHING)),
            };
            Kept {
                position: row.position,
                number: row.number,
                at: row.at,
                version: row.version,
                room: row.room,
                // A name that isn't there any more has no hash that could fit.
                place: row.place.map(|id| self.places.get(&id).map_or(Hash::NOTHING, |(_, hash)| *hash)),
                seq: row.seq,
                who: row.party.map(|id| self.parties.get(&id).map_or(Hash::NOTHING, |(_, hash)| *hash)),
                kind: row.kind,
                text,
            }
        };
        Ok(rows.into_iter().map(kept).collect())
    }

    /// Records behind a position, as they are to be read.
    ///
    /// # Errors
    /// When the archive doesn't answer.
    pub async fn records(&mut self, after: i64, limit: u32) -> Result<Vec<Record>, StoreError> {
        let rows = self.archive.rows(after, limit).await?;
        self.named(rows).await
    }

    /// Rows, as they are to be read.
    ///
    /// # Errors
    /// When the archive doesn't answer.
    pub async fn named(&mut self, rows: Vec<ArchiveRow>) -> Result<Vec<Record>, StoreError> {
        self.name(&rows).await?;
        let record = |row: ArchiveRow| {
            let content = row.content.map(|text| {
                let unknown = || Content::Other { name: row.kind.clone(), payload: serde_json::Value::String(text.clone()) };
                serde_json::from_str(&text).unwrap_or_else(|_| unknown())
            });
            Record {
                position: row.position,
                number: row.number,
                at: row.at,
                version: row.version,
                place: row.place.and_then(|id| self.places.get(&id)).map(|(place, _)| place.clone()),
                seq: row.seq,
                who: row.party.and_then(|id| self.parties.get(&id)).map(|(party, _)| party.clone()),
                kind: Kind::parse(&row.kind).unwrap_or(Kind::Other),
                content,
            }
        };
        Ok(rows.into_iter().map(record).collect())
    }

    async fn name(&mut self, rows: &[ArchiveRow]) -> Result<(), StoreError> {
        if self.parties.len() > NAMES {
            self.parties.clear();
        }
        if self.places.len() > NAMES {
            self.places.clear();
        }
        let unknown = |ids: &mut Vec<i64>| {
            ids.sort_unstable();
            ids.dedup();
        };
        let mut parties: Vec<i64> = rows.iter().filter_map(|row| row.party).filter(|id| !self.parties.contains_key(id)).collect();
        let mut places: Vec<i64> = rows.iter().filter_map(|row| row.place).filter(|id| !self.places.contains_key(id)).collect();
        unknown(&mut parties);
        unknown(&mut places);
        for (id, party) in self.archive.parties(&parties).await? {
            let hash = party_hash(&party);
            self.parties.insert(id, (party, hash));
        }
        for (id, place) in self.archive.places(&places).await? {
            let hash = place_hash(&place);
            self.places.insert(id, (place, hash));
        }
        Ok(())
    }
}
