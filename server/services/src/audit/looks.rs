//! Records of looks at what isn't one's own. Gathered, and written together: reading costs no
//! transaction of its own, and isn't held up by a database that is slow or away.

use std::collections::HashSet;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use stoa_domain::access::{ListOwner, Snapshot};
use stoa_domain::category::CategoryList;
use stoa_domain::id::UserId;
use stoa_domain::room::RoomList;
use stoa_store::{Look, Store, StoreError};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::Caller;
use crate::services::Core;

/// Looks that may wait to be taken up.
const QUEUE: usize = 4_096;
/// The most that one transaction takes.
const BATCH: usize = 500;
/// Looks that may wait for a database that is away.
const CARRIED: usize = 20_000;
/// So long a look waits for others.
const GATHER: Duration = Duration::from_millis(250);
/// After this long they are tried again.
const AGAIN: Duration = Duration::from_secs(1);
/// What was asked for is kept up to this length.
const ASKED_LIMIT: usize = 8_192;

impl Core {
    /// Records that the caller looked at something that isn't his own, such as `list.look` at
    /// `room:ID/members`. To be called where the look succeeded; waits for nothing.
    pub(crate) fn looked(&self, caller: &Caller, action: &'static str, object: String) {
        self.looked_for(caller, action, object, Value::Null);
    }

    /// The same, with what was asked for.
    pub(crate) fn looked_for(&self, caller: &Caller, action: &'static str, object: String, asked: Value) {
        let length = asked.to_string().len();
        let asked = if length > ASKED_LIMIT { serde_json::json!({ "too_long": length }) } else { asked };
        let (at, version) = (self.environment.now(), self.access.snapshot().version);
        let look = Look { actor: caller.actor(), at, version, action, object, asked };
        if self.looks.queue.try_send(look).is_err() {
            lost(1, "too many at once");
        }
    }
}

/// Whether a list is the caller's own to look at: it is of a room or category whose managers' list
/// names him, himself or by a group. Who sees it by a role, or as the manager of a category above,
/// looks at somebody else's.
pub(crate) fn is_own(snapshot: &Snapshot, user: UserId, list: ListOwner) -> bool {
    let managers = match list {
        ListOwner::Room(room, _) => ListOwner::Room(room, RoomList::Managers),
        ListOwner::Category(category, _) => ListOwner::Category(category, CategoryList::Managers),
        ListOwner::Group(_) | ListOwner::Role(_) => return false,
    };
    snapshot.list(managers).iter().any(|entry| entry.lives(snapshot.at) && snapshot.is(user, entry.principal))
}

pub(crate) struct Looks {
    queue: mpsc::Sender<Look>,
}

impl Looks {
    /// Starts the task that writes them; when it is to end, it first writes what is queued.
    pub fn start(store: &Arc<dyn Store>, ending: &CancellationToken, spawn: impl FnOnce(Pin<Box<dyn Future<Output = ()> + Send>>)) -> Self {
        let (queue, looks) = mpsc::channel(QUEUE);
        spawn(Box::pin(run(Arc::clone(store), looks, ending.clone())));
        Self { queue }
    }
}

fn lost(looks: usize, why: &'static str) {
    if looks > 0 {
        metrics::counter!("stoa_looks_lost_total").increment(looks as u64);
        tracing::warn!(looks, why, "records of looks were lost");
    }
}

async fn run(store: Arc<dyn Store>, mut queue: mpsc::Receiver<Look>, ending: CancellationToken) {
    let mut waiting: Vec<Look> = Vec::new();
    let mut due = Instant::now();
    loop {
        let before = waiting.len();
        let ended = tokio::select! {
            biased;
            () = tokio::time::sleep_until(due), if !waiting.is_empty() => false,
            taken = queue.recv_many(&mut waiting, BATCH) => taken == 0,
            () = ending.cancelled(), if !queue.is_closed() => {
                // Takes nothing more in; what is queued is still written.
                queue.close();
                continue;
            }
        };
        if before == 0 && !waiting.is_empty() {
            due = Instant::now() + GATHER;
        }
        if !ended && Instant::now() < due {
            lost(waiting.len().saturating_sub(CARRIED), "the database is away for too long");
            waiting.truncate(CARRIED);
            continue;
        }
        waiting = write(store.as_ref(), waiting).await;
        if ended {
            return lost(waiting.len(), "the database is away at the end");
        }
        due = Instant::now() + AGAIN;
    }
}

/// Returns those that are to be tried again.
async fn write(store: &dyn Store, looks: Vec<Look>) -> Vec<Look> {
    let looks = distinct(looks);
    let mut written = 0;
    while written < looks.len() {
        let batch = looks.get(written..looks.len().min(written + BATCH)).unwrap_or_default();
        match store.audit_looks(batch).await {
            Ok(()) => {}
            // Whether it was committed is unknown: rather twice than never.
            Err(error @ StoreError::Unavailable(_)) => {
                tracing::warn!(%error, "looks not recorded yet");
                return looks.into_iter().skip(written).collect();
            }
            // What the database refuses would be refused again, and hold up all that follows.
            Err(error) => {
                tracing::error!(%error, "looks refused");
                lost(batch.len(), "the database refuses them");
            }
        }
        written += batch.len();
    }
    Vec::new()
}

/// The same look at the same time (the pages of a list, a page that asks twice) is one.
fn distinct(looks: Vec<Look>) -> Vec<Look> {
    let mut seen = HashSet::new();
    looks.into_iter().filter(|look| seen.insert(format!("{:?} {} {} {}", look.actor, look.action, look.object, look.asked))).collect()
}
