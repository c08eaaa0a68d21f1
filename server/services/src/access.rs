//! The access snapshot that decisions are made on: swapped when the pool's access version
//! moves, which is asked for four times a second and after each change made here.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use stoa_domain::access::{Changes, Decision, Snapshot};
use stoa_domain::category::Switch;
use stoa_domain::id::{RoomId, UserId};
use stoa_domain::settings::{FileLimits, PoolSettings};
use stoa_domain::wire::Person;
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::room::RoomInfo;
use stoa_store::{Store, StoreError};
use tokio::sync::{Mutex, watch};

use crate::{Environment, Result};

/// How often the version is asked for. The promise is that a lost right takes effect within a second.
/// Working a change of a large group in takes some of it.
const POLL: Duration = Duration::from_millis(250);
/// Unconfirmed for this long, rights aren't vouched for any more.
const VOUCH: Duration = Duration::from_millis(1_500);

pub struct Access {
    store: Arc<dyn Store>,
    environment: Environment,
    snapshot: ArcSwap<Snapshot>,
    settings: ArcSwap<PoolSettings>,
    /// When the version was last known to be the pool's, in microseconds since `started`: by
    /// the monotonic clock, since a jump of the other must not lock everyone out.
    confirmed: AtomicU64,
    started: Instant,
    /// One reload at a time; the later waits and then finds nothing to do.
    reloading: Mutex<()>,
    changed: watch::Sender<()>,
}

impl Access {
    pub(crate) async fn load(store: Arc<dyn Store>, environment: Environment) -> Result<Self, StoreError> {
        let started = Instant::now();
        let snapshot = store.snapshot(environment.now()).await?;
        let settings = store.settings().await?;
        Ok(Self {
            store,
            snapshot: ArcSwap::from_pointee(snapshot),
            settings: ArcSwap::from_pointee(settings),
            confirmed: AtomicU64::new(0),
            started,
            environment,
            reloading: Mutex::new(()),
            changed: watch::Sender::new(()),
        })
    }

    /// The present snapshot, whether confirmed or not. Entries end by the clock, without a new version.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        let now = self.environment.now();
        let present = self.snapshot.load_full();
        if present.next_end().is_none_or(|end| now < end) {
            return present;
        }
        self.snapshot.rcu(|present| if present.next_end().is_some_and(|end| end <= now) { Arc::new(present.at_moment(now)) } else { Arc::clone(present) });
        self.changed.send_replace(());
        self.snapshot.load_full()
    }

    #[must_use]
    pub fn settings(&self) -> Arc<PoolSettings> {
        self.settings.load_full()
    }

    /// For how long the snapshot hasn't been confirmed.
    #[must_use]
    pub fn unconfirmed(&self) -> Duration {
        self.started.elapsed().saturating_sub(Duration::from_micros(self.confirmed.load(Ordering::Relaxed)))
    }

    /// Whether the snapshot is fresh enough to let somebody read by it.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        self.unconfirmed() <= VOUCH
    }

    /// The snapshot to decide by, confirmed to be the pool's within the last moment.
    ///
    /// # Errors
    /// 503 while the database can't say whether rights have changed.
    pub fn vouched(&self) -> Result<Arc<Snapshot>> {
        if self.is_confirmed() {
            return Ok(self.snapshot());
        }
        Err(Problem::unavailable().detail("The database can't be reached, so nobody can be let in at the moment.").retry_after(2))
    }

    /// Asks the database now if it wasn't heard lately: a busy machine may be late with asking, which
    /// is no reason to send anyone away. Whether it answered is what `vouched` says afterwards.
    pub async fn confirm(&self) {
        const PATIENCE: Duration = Duration::from_secs(1);
        if !self.is_confirmed()
            && let Err(error) = tokio::time::timeout(PATIENCE, self.refresh()).await.map_err(|_| StoreError::Unavailable("no answer in time".into())).flatten()
        {
            tracing::warn!(%error, "access version unknown");
        }
    }

    /// Fetches the pool's state if it moved. Whether it did.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn refresh(&self) -> Result<bool, StoreError> {
        let _one = self.reloading.lock().await;
        let asked = self.started.elapsed();
        let version = self.store.access_version().await?;
        let present = self.snapshot.load_full();
        let moved = version != present.version;
        if moved {
            let changes = Changes { at: self.environment.now(), ..self.store.changes(Some(present.version)).await? };
            let settings = self.store.settings().await?;
            // A change of a large group is worked out for each of its people.
            let next = tokio::task::spawn_blocking(move || present.next(changes)).await.map_err(|error| StoreError::Corrupt(error.to_string()))?;
            self.snapshot.store(Arc::new(next));
            self.settings.store(Arc::new(settings));
        }
        self.confirmed.store(u64::try_from(asked.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
        if moved {
            self.changed.send_replace(());
        }
        Ok(moved)
    }

    /// Told after each swap, and when an entry's time has run out.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Keeps the snapshot the pool's.
    pub(crate) async fn keep(self: Arc<Self>) {
        let mut tick = tokio::time::interval(POLL);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            if let Err(error) = self.refresh().await {
                tracing::warn!(%error, "access version unknown");
            }
            drop(self.snapshot());
        }
    }

    /// What the user may in the room now; a room that doesn't exist for the user is not found.
    ///
    /// # Errors
    /// 404, or 503 while rights can't be vouched for.
    pub fn room(&self, user: UserId, room: RoomId) -> Result<(Arc<Snapshot>, Decision)> {
        let snapshot = self.vouched()?;
        let decision = snapshot.decide(user, room);
        if decision.rights.exists() { Ok((snapshot, decision)) } else { Err(Problem::room_not_found()) }
    }

    /// The room, if the user may enter it.
    ///
    /// # Errors
    /// 404 if it doesn't exist for the user, 403 if it may be known but not read.
    pub fn enter(&self, user: UserId, room: RoomId) -> Result<(Arc<Snapshot>, Decision)> {
        let (snapshot, decision) = self.room(user, room)?;
        if decision.rights.enter { Ok((snapshot, decision)) } else { Err(refused(decision)) }
    }
}

/// The 403 that says why somebody may not enter a room that he may know of.
#[must_use]
pub fn refused(decision: Decision) -> Problem {
    use stoa_domain::access::Refusal;
    Problem::forbidden().detail(match decision.refusal {
        Some(Refusal::RoomDisabled) => "The room is disabled.",
        Some(Refusal::NotAMember) => "Only the members of this room enter it.",
        Some(Refusal::OutOfScope | Refusal::Denied | Refusal::Excluded) => "You manage this room, but you are not let into it.",
        Some(Refusal::AccountDisabled | Refusal::Unknown) | None => "You may not enter this room.",
    })
}

/// A person as everyone sees them; who is unknown to the snapshot keeps the id.
#[must_use]
pub fn person(snapshot: &Snapshot, id: UserId) -> Person {
    snapshot.user(id).map_or_else(
        || Person { id, name: String::new(), display_name: String::from("?") },
        |user| Person { id, name: user.name.clone(), display_name: user.display_name.clone() },
    )
}

/// A room as the user sees it.
#[must_use]
pub fn room_info(snapshot: &Snapshot, room: &stoa_domain::access::Room, decision: Decision) -> RoomInfo {
    let mut path: Vec<_> = snapshot.path_up(room.category).filter(|category| category.parent.is_some()).map(|category| category.name.clone()).collect();
    path.reverse();
    RoomInfo {
        id: room.id,
        name: room.name.clone(),
        description: room.description.clone(),
        topic: room.topic.clone(),
        category: room.category,
        path,
        privacy: room.privacy,
        room_type: room.room_type,
        state: room.state,
        may: decision.rights,
        upload: decision.rights.post && files_on(snapshot, room),
        max_bytes: max_bytes(snapshot, room),
        kept: history_on(snapshot, room),
    }
}

/// The largest file of a room, where it or a category above says one; the pool's may be smaller still.
fn max_bytes(snapshot: &Snapshot, room: &stoa_domain::access::Room) -> Option<u64> {
    Some(snapshot.limits(FileLimits::default(), room).upload_limit).filter(|bytes| *bytes > 0)
}

/// Whether a category above gives a room other settings in two snapshots, as [`room_info`] tells them.
#[must_use]
pub fn settled_alike(before: &Snapshot, now_is: &Snapshot, room: &stoa_domain::access::Room) -> bool {
    let told = |snapshot| (files_on(snapshot, room), history_on(snapshot, room), max_bytes(snapshot, room));
    told(before) == told(now_is)
}

/// Whether messages are kept in a room, by its own setting and its category's.
#[must_use]
pub fn history_on(snapshot: &Snapshot, room: &stoa_domain::access::Room) -> bool {
    room.history != Switch::Off && snapshot.setting(room.category, |settings| settings.history)
}

/// Whether files may be posted in a room, by its own setting and its category's.
#[must_use]
pub fn files_on(snapshot: &Snapshot, room: &stoa_domain::access::Room) -> bool {
    room.files != Switch::Off && snapshot.setting(room.category, |settings| settings.files)
}
