use async_trait::async_trait;
use stoa_domain::archive::{Batch, Head, Kept, Party, Place};
use stoa_domain::audit::Hash;
use stoa_domain::id::{AccessVersion, RoomId, Seq, UserId};
use stoa_domain::time::Timestamp;
use uuid::Uuid;

use crate::Result;

/// The compliance archive: append-only but for what its own retention deletes. In a database of its
/// own, or in a corner of the chat's; possibly on another machine. Nothing here knows the chat's tables.
#[async_trait]
pub trait Archive: Send + Sync + 'static {
    /// `sqlite` or `postgres`.
    fn kind(&self) -> &'static str;
    /// How many bytes it takes.
    async fn size(&self) -> Result<u64>;
    async fn close(&self);

    /// Where it ends.
    async fn end(&self) -> Result<ArchiveEnd>;
    /// The numbers of a batch's records in the queue.
    async fn numbers(&self, batch: i64) -> Result<Vec<i64>>;
    /// Those of these records of the queue, or events of rooms, that are archived.
    async fn archived(&self, numbers: &[i64], events: &[(RoomId, Seq)]) -> Result<(Vec<i64>, Vec<(RoomId, Seq)>)>;
    /// How far these rooms are; those of which nothing is archived are missing.
    async fn rooms_end(&self, rooms: &[RoomId]) -> Result<Vec<(RoomId, Seq)>>;
    /// These people as they were last called, and their ids.
    async fn last_parties(&self, users: &[UserId]) -> Result<Vec<(i64, Party)>>;
    /// These places as they last were, and their ids.
    async fn last_places(&self, places: &[Uuid]) -> Result<Vec<(i64, Place)>>;
    /// Who belonged to the room when its members were last noted.
    async fn members(&self, room: RoomId) -> Result<Vec<UserId>>;
    /// Who belonged to the room at that record, and from which record to which: for whoever asks back.
    async fn members_at(&self, room: RoomId, position: i64) -> Result<Vec<UserId>>;

    /// Writes a batch, all or nothing. `Stale` where the archive doesn't end where this batch begins;
    /// `Taken` where one of its records is there already.
    async fn append(&self, batch: &NewBatch) -> Result<()>;

    /// Batches behind one, in order.
    async fn batches(&self, after: i64, limit: u32) -> Result<Vec<Batch>>;
    /// Records behind a position, in order.
    async fn rows(&self, after: i64, limit: u32) -> Result<Vec<ArchiveRow>>;
    async fn parties(&self, ids: &[i64]) -> Result<Vec<(i64, Party)>>;
    async fn places(&self, ids: &[i64]) -> Result<Vec<(i64, Place)>>;
    /// The last record of up to this moment, by the moments at which batches were written.
    async fn position_at(&self, at: Timestamp) -> Result<i64>;
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ArchiveEnd {
    pub head: Head,
    pub written_at: Option<Timestamp>,
    /// The last ids given.
    pub party: i64,
    pub place: i64,
}

/// A record as its table has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveRow {
    pub position: i64,
    pub number: i64,
    pub at: Timestamp,
    pub version: Option<AccessVersion>,
    pub room: Option<Uuid>,
    pub place: Option<i64>,
    pub seq: Option<Seq>,
    pub party: Option<i64>,
    pub kind: String,
    /// None once retention has deleted it; then there is its hash.
    pub content: Option<String>,
    pub content_hash: Option<Hash>,
}

/// What the worker has made of a part of the queue.
#[derive(Debug, Clone, PartialEq)]
pub struct NewBatch {
    pub batch: Batch,
    /// In the order of their positions, with the ids of their places and people.
    pub records: Vec<(Kept, Option<i64>, Option<i64>)>,
    pub parties: Vec<(i64, Party)>,
    pub places: Vec<(i64, Place)>,
    pub moved: Vec<Moved>,
}

/// Who came to belong to a room, and who doesn't any more, by the record that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    pub room: RoomId,
    pub position: i64,
    pub joined: Vec<UserId>,
    pub left: Vec<UserId>,
}
