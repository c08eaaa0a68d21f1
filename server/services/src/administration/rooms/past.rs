//! Who could enter at an earlier moment: the snapshot of then.

use std::sync::Arc;

use stoa_domain::access::{Changes, Snapshot};
use stoa_domain::time::Timestamp;
use stoa_domain::wire::problem::Problem;
use tokio::sync::Mutex;

use crate::services::Core;
use crate::{Result, StoreProblem};

/// The last snapshot that was asked for: of a large pool it takes seconds to make, and whoever asks
/// for one page or person asks for the next. One is made at a time.
#[derive(Default)]
pub(in super::super) struct Past(Mutex<Option<Arc<Snapshot>>>);

impl Past {
    /// As it was at the moment; nothing at all before the pool's first record.
    pub async fn at(&self, core: &Core, moment: Timestamp) -> Result<Arc<Snapshot>> {
        let Some(version) = core.store.version_at(moment).await.or_problem()? else { return Ok(Arc::default()) };
        let mut kept = self.0.lock().await;
        let of_version = match kept.as_ref().filter(|snapshot| snapshot.version == version) {
            Some(snapshot) => Arc::clone(snapshot),
            None => {
                let changes = core.store.changes_at(version).await.or_problem()?;
                made(move || Snapshot::new(Changes { at: moment, ..changes })).await?
            }
        };
        // Entries end between the versions, too.
        let snapshot = if of_version.at == moment { of_version } else { made(move || of_version.at_moment(moment)).await? };
        *kept = Some(Arc::clone(&snapshot));
        Ok(snapshot)
    }
}

async fn made(work: impl FnOnce() -> Snapshot + Send + 'static) -> Result<Arc<Snapshot>> {
    tokio::task::spawn_blocking(move || Arc::new(work())).await.map_err(|_| Problem::internal())
}
