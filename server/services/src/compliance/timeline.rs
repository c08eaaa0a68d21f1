//! The state of the pool at the versions under which things happened, one behind the other.

use std::collections::VecDeque;
use std::sync::Arc;

use stoa_domain::access::{Changes, Snapshot};
use stoa_domain::id::AccessVersion;
use stoa_domain::time::Timestamp;
use stoa_store::{Store, StoreError};

use crate::access::Access;

/// Servers see a change up to a second apart, so what happened under neighbouring versions comes mixed.
const RECENT: usize = 16;

pub struct Timeline {
    store: Arc<dyn Store>,
    access: Arc<Access>,
    /// By version. They share what didn't change.
    recent: VecDeque<Arc<Snapshot>>,
}

impl Timeline {
    pub const fn new(store: Arc<dyn Store>, access: Arc<Access>) -> Self {
        Self { store, access, recent: VecDeque::new() }
    }

    /// The state at a version, and of that version at a moment: entries run out by the clock.
    pub async fn at(&mut self, version: AccessVersion, moment: Timestamp) -> Result<Arc<Snapshot>, StoreError> {
        let index = match self.recent.binary_search_by_key(&version, |snapshot| snapshot.version) {
            Ok(index) => index,
            Err(index) => {
                let snapshot = self.load(version, index, moment).await?;
                self.recent.insert(index, snapshot);
                if self.recent.len() > RECENT {
                    // The newest is what all that comes goes on from.
                    self.recent.pop_front();
                }
                self.recent.binary_search_by_key(&version, |snapshot| snapshot.version).unwrap_or_default()
            }
        };
        let Some(snapshot) = self.recent.get_mut(index) else { return self.load(version, 0, moment).await };
        if snapshot.next_end().is_some_and(|end| end <= moment) {
            let present = Arc::clone(snapshot);
            *snapshot = worked_out(move || present.at_moment(moment)).await?;
        }
        Ok(Arc::clone(snapshot))
    }

    async fn load(&self, version: AccessVersion, index: usize, at: Timestamp) -> Result<Arc<Snapshot>, StoreError> {
        let mut live = self.access.snapshot();
        if live.version < version {
            self.access.refresh().await?;
            live = self.access.snapshot();
        }
        if live.version == version {
            return Ok(live);
        }
        if let Some(base) = index.checked_sub(1).and_then(|index| self.recent.get(index)).cloned() {
            let changes = Changes { at, ..self.store.changes_between(base.version, version).await? };
            return worked_out(move || base.next(changes)).await;
        }
        let changes = Changes { at, ..self.store.changes_at(version).await? };
        worked_out(move || Snapshot::new(changes)).await
    }
}

async fn worked_out(work: impl FnOnce() -> Snapshot + Send + 'static) -> Result<Arc<Snapshot>, StoreError> {
    tokio::task::spawn_blocking(work).await.map(Arc::new).map_err(|error| StoreError::Corrupt(error.to_string()))
}
