//! The one worker of a pool that moves the queue into the archive: written there, read back and
//! compared, then let go here. Whatever stops it in between, the next one goes on from the archive's end.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use stoa_domain::archive::{Batch, batch_hash};
use stoa_store::{Archive, Lease, Queued, Store, StoreError};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::batch::Scribe;
use super::reader::Reader;
use crate::Environment;
use crate::access::Access;
use crate::services::Core;

const LEASE: &str = "compliance archive";
/// How long a worker that says nothing more keeps the others waiting.
const LASTING: Duration = Duration::from_secs(6);
/// How often it is looked whether something waits.
const LOOK: Duration = Duration::from_millis(400);
/// After a failure.
const PAUSE: Duration = Duration::from_secs(2);
/// Moved at once.
pub const BATCH: u32 = 4_000;

/// What one turn of the worker came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Nothing waits.
    Idle,
    /// Another server does it.
    Elsewhere,
    /// So many records, and whether more wait.
    Moved(usize, bool),
}

pub struct Archiver {
    store: Arc<dyn Store>,
    archive: Arc<dyn Archive>,
    access: Arc<Access>,
    environment: Environment,
    holder: Uuid,
    held: Option<Lease>,
    /// None where it isn't known what the archive has.
    scribe: Option<Scribe>,
    reader: Reader,
}

impl Archiver {
    #[must_use]
    pub fn new(store: Arc<dyn Store>, archive: Arc<dyn Archive>, access: Arc<Access>, environment: Environment) -> Self {
        let (holder, reader) = (environment.id(), Reader::new(Arc::clone(&archive)));
        Self { store, archive, access, environment, holder, held: None, scribe: None, reader }
    }

    /// Moves the first part of what waits.
    ///
    /// # Errors
    /// When one of the databases doesn't answer, or the archive isn't what was written. What had begun
    /// is found out at the next turn.
    pub async fn turn(&mut self) -> Result<Turn, StoreError> {
        let result = self.step().await;
        if result.is_err() {
            self.scribe = None;
        }
        result
    }

    async fn step(&mut self) -> Result<Turn, StoreError> {
        if self.store.queue_state().await?.length == 0 {
            return Ok(Turn::Idle);
        }
        let lease = self.store.lease(LEASE, self.holder, LASTING).await?;
        // What was known holds only while nobody else has worked in between.
        if lease.map(|lease| lease.fence) != self.held.map(|lease| lease.fence) {
            self.scribe = None;
        }
        self.held = lease;
        if self.held.is_none() {
            return Ok(Turn::Elsewhere);
        }
        let mut scribe = match self.scribe.take() {
            Some(scribe) => scribe,
            None => self.take_up().await?,
        };
        let queued = self.store.queued(BATCH).await?;
        let more = queued.len() >= BATCH as usize;
        let queued = self.complete(&mut scribe, queued).await?;
        if queued.is_empty() {
            self.scribe = Some(scribe);
            return Ok(Turn::Idle);
        }
        let new = scribe.batch(queued, self.environment.now()).await?;
        match self.archive.append(&new).await {
            Ok(()) => {}
            // Somebody else has written: what it was is found at the next turn.
            Err(StoreError::Stale | StoreError::Taken(_)) => {
                metrics::counter!("stoa_archive_collisions_total").increment(1);
                return Ok(Turn::Elsewhere);
            }
            Err(error) => return Err(error),
        }
        let numbers: Vec<i64> = new.records.iter().map(|(kept, _, _)| kept.number).filter(|number| *number > 0).collect();
        self.settle(&new.batch, &numbers).await?;
        metrics::counter!("stoa_archived_total").increment(numbers.len() as u64);
        scribe.written(&new);
        self.scribe = Some(scribe);
        Ok(Turn::Moved(numbers.len(), more))
    }

    /// From the archive's end, whoever wrote it: what it has of the queue needn't wait any more.
    async fn take_up(&mut self) -> Result<Scribe, StoreError> {
        let end = self.archive.end().await?;
        if let Some(last) = self.archive.batches(end.head.batch - 1, 1).await?.first() {
            let numbers = self.archive.numbers(last.number).await?;
            self.settle(last, &numbers).await?;
        }
        Ok(Scribe::new(Arc::clone(&self.store), Arc::clone(&self.archive), Arc::clone(&self.access), end))
    }

    /// Reads a batch back; only where that is what was written, the queue lets go of it.
    async fn settle(&mut self, batch: &Batch, numbers: &[i64]) -> Result<(), StoreError> {
        let limit = u32::try_from(batch.records).unwrap_or(u32::MAX);
        let kept = self.reader.kept(batch.first - 1, limit).await?;
        let there = i64::try_from(kept.len()).unwrap_or(i64::MAX);
        if there != batch.records || batch_hash(batch.previous, batch.number, batch.written_at, &kept) != batch.hash {
            metrics::counter!("stoa_archive_differences_total").increment(1);
            return Err(StoreError::Corrupt(format!("batch {} of the archive isn't what was written: see `stoa compliance verify`", batch.number)));
        }
        self.store.unqueue(numbers).await.map(drop)
    }

    /// What the queue has twice, or the archive already, goes; what it has lost comes back.
    async fn complete(&mut self, scribe: &mut Scribe, mut queued: Vec<Queued>) -> Result<Vec<Queued>, StoreError> {
        while let Some(missing) = scribe.missing(&queued).await? {
            let found = self.store.requeue(missing.room, missing.from, missing.to).await?;
            let lost = missing.to - missing.from + 1 - i64::try_from(found.len()).unwrap_or_default();
            tracing::error!(room = %missing.room, from = missing.from, to = missing.to, lost, "events of a room weren't queued for the archive");
            metrics::counter!("stoa_archive_gaps_total").increment(1);
            if lost > 0 {
                // Nothing can bring them back: the archive goes on without, and its verification says so.
                break;
            }
            let behind = queued.iter().position(|row| row.room == Some(missing.room) && row.seq.is_some_and(|seq| seq > missing.to));
            let behind = behind.unwrap_or(queued.len());
            let again: HashSet<i64> = found.iter().map(|row| row.id).collect();
            let mut whole: Vec<Queued> = Vec::with_capacity(queued.len() + found.len());
            for (index, row) in queued.into_iter().enumerate() {
                if index == behind {
                    whole.extend(found.iter().cloned());
                }
                if !again.contains(&row.id) {
                    whole.push(row);
                }
            }
            queued = whole;
        }
        let doubles = self.doubles(&queued).await?;
        if !doubles.is_empty() {
            tracing::error!(count = doubles.len(), "records came to the archive a second time");
            metrics::counter!("stoa_archive_doubles_total").increment(doubles.len() as u64);
            let gone: Vec<i64> = doubles.into_iter().collect();
            self.store.unqueue(&gone).await?;
            queued.retain(|row| !gone.contains(&row.id));
        }
        Ok(queued)
    }

    async fn doubles(&self, queued: &[Queued]) -> Result<HashSet<i64>, StoreError> {
        let numbers: Vec<i64> = queued.iter().map(|row| row.id).collect();
        let events: Vec<_> = queued.iter().filter_map(|row| row.room.zip(row.seq)).collect();
        let (known_numbers, known_events) = self.archive.archived(&numbers, &events).await?;
        let mut doubles: HashSet<i64> = known_numbers.into_iter().collect();
        let mut seen: HashSet<_> = known_events.into_iter().collect();
        for row in queued {
            if let Some(event) = row.room.zip(row.seq)
                && !seen.insert(event)
            {
                doubles.insert(row.id);
            }
        }
        Ok(doubles)
    }

    /// At the end of this server: others needn't wait for its lease.
    pub async fn finish(&mut self) {
        if let Some(lease) = self.held.take()
            && let Err(error) = self.store.release(&lease).await
        {
            tracing::debug!(%error, "the archive's lease is left to run out");
        }
    }
}

/// Goes on whatever happens to the databases.
pub(crate) async fn keep_archiving(core: Arc<Core>, ending: CancellationToken) {
    let Some(at) = core.options.archive.clone().filter(|_| core.options.archiving) else { return };
    let archive = loop {
        match at.get().await {
            Ok(archive) => break archive,
            Err(error) => tracing::warn!(%error, "the archive can't be reached"),
        }
        if ending.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_none() {
            return;
        }
    };
    let mut archiver = Archiver::new(Arc::clone(&core.store), archive, Arc::clone(&core.access), core.environment.clone());
    let mut pause = Duration::ZERO;
    // A turn is made to its end: what is cut off in the middle is found out, but costs the next one a look.
    while ending.run_until_cancelled(tokio::time::sleep(pause)).await.is_some() {
        pause = match archiver.turn().await {
            Ok(Turn::Moved(_, true)) => Duration::ZERO,
            Ok(_) => LOOK,
            Err(error) => {
                tracing::warn!(%error, "the archive is behind");
                PAUSE
            }
        };
    }
    archiver.finish().await;
}
