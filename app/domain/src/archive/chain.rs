//! How records are written down for their hash, and how each batch follows from the one before it.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{Party, Place};
use crate::audit::Hash;
use crate::id::{AccessVersion, Seq};
use crate::time::Timestamp;

/// Says which encoding this is; another one would have another number.
const FORMAT: &[u8] = b"stoa archive batch 1\n";

/// A record exactly as it is kept. The person and the place stand by their hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub position: i64,
    pub number: i64,
    pub at: Timestamp,
    pub version: Option<AccessVersion>,
    pub room: Option<Uuid>,
    pub place: Option<Hash>,
    pub seq: Option<Seq>,
    pub who: Option<Hash>,
    pub kind: String,
    pub text: Text,
}

/// What it says, as JSON, or what is left of that: a chain over hashes of texts holds when a text is deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Text {
    Whole(String),
    Deleted(Hash),
}

impl Text {
    #[must_use]
    pub fn hash(&self) -> Hash {
        match self {
            Self::Whole(text) => sha256(text.as_bytes()),
            Self::Deleted(hash) => *hash,
        }
    }
}

/// What the worker moves at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batch {
    /// From 1, without gaps.
    pub number: i64,
    pub previous: Hash,
    pub hash: Hash,
    /// The position of its first record.
    pub first: i64,
    pub records: i64,
    pub written_at: Timestamp,
}

/// The end of a chain: it stands for everything before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// 0 while there is no batch.
    pub batch: i64,
    pub hash: Hash,
    /// The position of the last record.
    pub position: i64,
}

impl Head {
    pub const START: Self = Self { batch: 0, hash: Hash::NOTHING, position: 0 };
}

impl Default for Head {
    fn default() -> Self {
        Self::START
    }
}

impl From<&Batch> for Head {
    fn from(batch: &Batch) -> Self {
        Self { batch: batch.number, hash: batch.hash, position: batch.first + batch.records - 1 }
    }
}

/// `BATCH:HASH`, as one notes it down.
impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.batch, self.hash)
    }
}

impl std::str::FromStr for Head {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = text.trim().split_once(':').and_then(|(batch, hash)| {
            let batch = batch.parse().ok().filter(|batch| *batch >= 0)?;
            // Which record it is goes with the batch.
            Some(Self { batch, hash: Hash::parse(hash)?, position: 0 })
        });
        parsed.ok_or_else(|| String::from("a head is BATCH:HASH, the hash of 64 hexadecimal digits"))
    }
}

impl Batch {
    /// The batch of these records that follows this head.
    #[must_use]
    pub fn after(head: Head, written_at: Timestamp, records: &[Kept]) -> Self {
        let (number, first) = (head.batch + 1, head.position + 1);
        let hash = batch_hash(head.hash, number, written_at, records);
        Self { number, previous: head.hash, hash, first, records: i64::try_from(records.len()).unwrap_or(i64::MAX), written_at }
    }
}

/// SHA-256 over the format's name, the hash before, the batch's number, its moment and the number of its
/// records, then each record: `position`, `number` and `at` as 8 bytes each, big-endian; `version`,
/// `room`, `place`, `seq` and `who` each as a byte 0, or a byte 1 and its bytes; the kind as the number
/// of its bytes (8) and those; and the SHA-256 of its text.
#[must_use]
pub fn batch_hash(previous: Hash, number: i64, written_at: Timestamp, records: &[Kept]) -> Hash {
    let mut bytes = Vec::with_capacity(FORMAT.len() + 56 + records.len() * 200);
    bytes.extend_from_slice(FORMAT);
    bytes.extend_from_slice(&previous.0);
    push(&mut bytes, &[number, written_at.micros(), i64::try_from(records.len()).unwrap_or(i64::MAX)]);
    for record in records {
        push(&mut bytes, &[record.position, record.number, record.at.micros()]);
        maybe(&mut bytes, record.version.map(i64::to_be_bytes));
        maybe(&mut bytes, record.room.map(Uuid::into_bytes));
        maybe(&mut bytes, record.place.map(|hash| hash.0));
        maybe(&mut bytes, record.seq.map(i64::to_be_bytes));
        maybe(&mut bytes, record.who.map(|hash| hash.0));
        text(&mut bytes, &record.kind);
        bytes.extend_from_slice(&record.text.hash().0);
    }
    sha256(&bytes)
}

/// Of a person as he was called: what the chain covers of him.
#[must_use]
pub fn party_hash(party: &Party) -> Hash {
    let mut bytes = b"stoa archive person 1\n".to_vec();
    bytes.extend_from_slice(party.id.0.as_bytes());
    push(&mut bytes, &[party.number]);
    text(&mut bytes, &party.name);
    text(&mut bytes, &party.display_name);
    text(&mut bytes, party.email.as_deref().unwrap_or_default());
    maybe(&mut bytes, party.domain.as_ref().map(|domain| domain.id.0.into_bytes()));
    text(&mut bytes, party.domain.as_ref().map_or("", |domain| &domain.name));
    sha256(&bytes)
}

/// Of a place as it was: what the chain covers of it.
#[must_use]
pub fn place_hash(place: &Place) -> Hash {
    let mut bytes = b"stoa archive place 1\n".to_vec();
    bytes.extend_from_slice(place.id.as_bytes());
    for word in [place.kind.as_str(), &place.name, &place.description, place.privacy.as_str(), place.room_type.as_str()] {
        text(&mut bytes, word);
    }
    for category in &place.path {
        bytes.extend_from_slice(category.id.0.as_bytes());
        text(&mut bytes, &category.name);
    }
    sha256(&bytes)
}

fn push(bytes: &mut Vec<u8>, numbers: &[i64]) {
    numbers.iter().for_each(|number| bytes.extend_from_slice(&number.to_be_bytes()));
}

fn maybe<const N: usize>(bytes: &mut Vec<u8>, what: Option<[u8; N]>) {
    match what {
        None => bytes.push(0),
        Some(what) => {
            bytes.push(1);
            bytes.extend_from_slice(&what);
        }
    }
}

fn text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
    bytes.extend_from_slice(text.as_bytes());
}

fn sha256(bytes: &[u8]) -> Hash {
    Hash(Sha256::digest(bytes).into())
}
