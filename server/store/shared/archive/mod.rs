//! The compliance archive. Its tables are a world of their own: nothing here reads the chat's.

mod names;
mod read;
mod write;

use std::ops::Deref;

use async_trait::async_trait;
use stoa_domain::archive::{Batch, Party, Place};
use stoa_domain::id::{RoomId, Seq, UserId};
use stoa_domain::time::Timestamp;
use stoa_store::{Archive, ArchiveEnd, ArchiveRow, NewBatch, Result};
use uuid::Uuid;

use super::access;
use super::calls::{moment, read, write};
use crate::database::{Database, timed};
use crate::dialect::KIND;

/// A database that is an archive.
pub struct Archived(pub Database);

impl Deref for Archived {
    type Target = Database;
    fn deref(&self) -> &Database {
        &self.0
    }
}

#[async_trait]
impl Archive for Archived {
    fn kind(&self) -> &'static str {
        KIND
    }
    async fn size(&self) -> Result<u64> {
        read!(self, |conn| access::size(conn))
    }
    async fn close(&self) {
        self.0.end().await;
    }
    async fn end(&self) -> Result<ArchiveEnd> {
        moment!(self.moment(), |conn| read::end(conn))
    }
    async fn numbers(&self, batch: i64) -> Result<Vec<i64>> {
        moment!(self.moment(), |conn| read::numbers(conn, batch))
    }
    async fn archived(&self, numbers: &[i64], events: &[(RoomId, Seq)]) -> Result<(Vec<i64>, Vec<(RoomId, Seq)>)> {
        moment!(self.moment(), |conn| read::archived(conn, numbers, events))
    }
    async fn rooms_end(&self, rooms: &[RoomId]) -> Result<Vec<(RoomId, Seq)>> {
        read!(self, |conn| read::rooms_end(conn, rooms))
    }
    async fn last_parties(&self, users: &[UserId]) -> Result<Vec<(i64, Party)>> {
        read!(self, |conn| names::last_parties(conn, users))
    }
    async fn last_places(&self, places: &[Uuid]) -> Result<Vec<(i64, Place)>> {
        read!(self, |conn| names::last_places(conn, places))
    }
    async fn members(&self, room: RoomId) -> Result<Vec<UserId>> {
        read!(self, |conn| read::members_at(conn, room, i64::MAX))
    }
    async fn members_at(&self, room: RoomId, position: i64) -> Result<Vec<UserId>> {
        read!(self, |conn| read::members_at(conn, room, position))
    }
    async fn append(&self, batch: &NewBatch) -> Result<()> {
        write!(self, |conn| write::insert(conn, batch))
    }
    async fn batches(&self, after: i64, limit: u32) -> Result<Vec<Batch>> {
        read!(self, |conn| read::batches(conn, after, limit))
    }
    async fn rows(&self, after: i64, limit: u32) -> Result<Vec<ArchiveRow>> {
        read!(self, |conn| read::rows(conn, after, limit))
    }
    async fn parties(&self, ids: &[i64]) -> Result<Vec<(i64, Party)>> {
        read!(self, |conn| names::parties(conn, ids))
    }
    async fn places(&self, ids: &[i64]) -> Result<Vec<(i64, Place)>> {
        read!(self, |conn| names::places(conn, ids))
    }
    async fn position_at(&self, at: Timestamp) -> Result<i64> {
        read!(self, |conn| read::position_at(conn, at))
    }
}
