//! The one worker of a pool that links the audit log's records to their chain, within a second.

use std::sync::Arc;
use std::time::Duration;

use stoa_domain::audit::{Head, Link};
use stoa_store::{Lease, Store, StoreError, Unlinked};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::services::Core;

const LEASE: &str = "audit chain";
/// How long a holder that says nothing more keeps the others waiting.
const LASTING: Duration = Duration::from_secs(5);
/// How often it is looked whether something waits.
const LOOK: Duration = Duration::from_millis(300);
/// Linked in one transaction.
const BATCH: u32 = 200;
/// At the end, for what is left.
const PATIENCE: Duration = Duration::from_secs(2);

/// This server's turn at it. The lease is only asked for while something waits, so that an idle pool writes nothing.
pub(crate) struct Chainer {
    holder: Uuid,
    held: Mutex<Option<Lease>>,
}

impl Chainer {
    pub fn new(holder: Uuid) -> Self {
        Self { holder, held: Mutex::default() }
    }

    /// Links everything that waits, unless another server does.
    async fn link(&self, store: &dyn Store) -> Result<(), StoreError> {
        let mut held = self.held.lock().await;
        loop {
            let Unlinked { mut head, records } = store.audit_unlinked(BATCH).await?;
            if records.is_empty() {
                return Ok(());
            }
            *held = store.lease(LEASE, self.holder, LASTING).await?;
            let Some(lease) = &*held else { return Ok(()) };
            let link = |record| {
                let link = Link::after(head, record);
                head = Head::from(&link);
                link
            };
            let links: Vec<Link> = records.iter().map(link).collect();
            match store.audit_link(lease, &links).await {
                Ok(()) => {}
                // Another one was quicker; what it left is found the next time.
                Err(StoreError::Stale) => return Ok(()),
                Err(error) => return Err(error),
            }
            if records.len() < BATCH as usize {
                return Ok(());
            }
        }
    }

    /// At the end of this server: nothing that it recorded is left without a link, and others needn't wait for its lease.
    pub async fn finish(&self, store: &dyn Store) {
        let work = async {
            self.link(store).await?;
            match self.held.lock().await.take() {
                Some(lease) => store.release(&lease).await,
                None => Ok(()),
            }
        };
        if let Err(error) = tokio::time::timeout(PATIENCE, work).await.map_err(|_| StoreError::Unavailable("no answer in time".into())).flatten() {
            tracing::warn!(%error, "audit records are left to be linked by another server, or at the next start");
        }
    }
}

/// Goes on whatever happens to the database.
pub(crate) async fn keep_chain(core: Arc<Core>) {
    let mut tick = tokio::time::interval(LOOK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        if let Err(error) = core.chainer.link(core.store.as_ref()).await {
            tracing::warn!(%error, "audit records not linked yet");
        }
    }
}
