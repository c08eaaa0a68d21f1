//! All services of one server, started together and stopped together: one task tracker owns
//! every task, one token ends them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use stoa_domain::archive::Kind;
use stoa_domain::id::{RoomId, UserId};
use stoa_domain::message::CHUNK_LIMIT;
use stoa_domain::settings::PoolSettings;
use stoa_domain::wire::channel::{ByeReason, Signal};
use stoa_domain::wire::problem::Problem;
use stoa_files::Blobs;
use stoa_previews::Cache;
use stoa_scanning::Scanner;
use stoa_store::{Record, Store, StoreError};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::access::Access;
use crate::administration::{Categories, Domains, Groups, Import, Joining, Lists, Pool, Previews, Principals, Rooms, Units, Users, joining};
use crate::audit::{AuditLog, Chainer, Looks, keep_chain};
use crate::auth::Auth;
use crate::bus::Bus;
use crate::channel::Channel;
use crate::channel::hub::{Hub, Passage};
use crate::channel::limit::Bucket;
use crate::channel::writer::Writer;
use crate::cleanup::Cleanup;
use crate::cleanup::work::{self, Cleaning};
use crate::compliance::{ArchiveAt, keep_archiving};
use crate::directory::Directory;
use crate::files::previews::Images;
use crate::files::scanning::Scanning;
use crate::files::{self, Files};
use crate::invitations::{self, News};
use crate::lookup::Lookup;
use crate::me::Me;
use crate::{Environment, Result, StoreProblem};

/// What this server, other than the pool, is set to.
#[derive(Clone)]
pub struct Options {
    /// Sockets above which Lookup sends clients away.
    pub connection_limit: usize,
    /// Where files are kept; none where this server has nothing to do with them.
    pub files: Option<Arc<Blobs>>,
    /// Where previews of images are made and kept.
    pub previews: Option<Arc<Cache>>,
    /// What looks for malware in files; without one nobody does.
    pub scanner: Option<Scanner>,
    /// The compliance archive, of servers that have to do with it.
    pub archive: Option<ArchiveAt>,
    /// Whether this server moves the queue into it.
    pub archiving: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { connection_limit: 20_000, files: None, previews: None, scanner: None, archive: None, archiving: false }
    }
}

/// What all services share.
pub(crate) struct Core {
    pub store: Arc<dyn Store>,
    pub environment: Environment,
    pub options: Options,
    pub access: Arc<Access>,
    pub hub: Arc<Hub>,
    pub writer: Writer,
    pub news: News,
    pub images: Images,
    pub scanning: Scanning,
    pub looks: Looks,
    pub chainer: Chainer,
    pub cleaning: Cleaning,
    /// One administrative change at a time.
    pub changing: Arc<tokio::sync::Mutex<()>>,
    stopping: AtomicBool,
}

impl Core {
    /// # Errors
    /// 503 once the server is stopping.
    pub fn running(&self) -> Result<()> {
        if self.stopping.load(Ordering::Relaxed) { Err(Problem::unavailable().detail("The server is stopping.").retry_after(2)) } else { Ok(()) }
    }

    /// Queues the record that somebody came into a room or left it.
    pub fn record_passage(&self, passage: Option<Passage>) {
        self.hub.take_dropped(|passage| self.writer.record(self.passage(&passage)));
        if let Some(passage) = passage {
            self.writer.record(self.passage(&passage));
        }
    }

    fn passage(&self, passage: &Passage) -> Record {
        self.record(if passage.entered { Kind::Join } else { Kind::Leave }, passage.room, passage.user, serde_json::Value::Null)
    }

    /// What the archive is told of this moment beside the rooms' events.
    pub fn record(&self, kind: Kind, room: RoomId, user: UserId, payload: serde_json::Value) -> Record {
        Record { kind, room: Some(room), user: Some(user), at: self.environment.now(), version: self.access.snapshot().version, payload }
    }

    /// Takes one operation from what a user may do.
    ///
    /// # Errors
    /// 429 with the limit and when to try again.
    pub fn take(&self, bucket: &Mutex<Bucket>) -> Result<()> {
        bucket.lock().unwrap_or_else(PoisonError::into_inner).take(&self.access.settings(), self.environment.now())
    }

    /// Ends following, and takes all the user's sockets out of the room. Also rooms that the
    /// user may not enter any more can be left.
    pub async fn leave(&self, user: UserId, room: RoomId, told: Option<u64>) -> Result<()> {
        if !self.store.set_following(user, &[room], false).await.or_problem()?.is_empty() {
            // What one has left one isn't invited into any more, unless anew.
            self.store.answer_invitation(user, room, self.environment.now()).await.or_problem()?;
        }
        for socket in self.hub.sockets_of(user) {
            if self.hub.is_in(&socket, room) {
                self.record_passage(self.hub.unsubscribe(&socket, room));
            }
        }
        self.hub.tell(user, told, &Signal::Unfollowed { room });
        Ok(())
    }

    /// Ends the sockets of sessions that don't hold any more.
    async fn end_dead_sessions(&self) -> Result<(), StoreError> {
        let sockets = self.hub.all_sockets();
        let mut keys: Vec<_> = sockets.iter().map(|socket| socket.session).collect();
        keys.sort_unstable();
        keys.dedup();
        if keys.is_empty() {
            return Ok(());
        }
        let alive: std::collections::HashSet<_> = self.store.sessions_alive(&keys, self.environment.now()).await?.into_iter().collect();
        for socket in sockets.iter().filter(|socket| !alive.contains(&socket.session)) {
            Hub::bye(socket, 0, ByeReason::SessionEnded);
        }
        Ok(())
    }

    /// Asks the database how far the live rooms are, and reads what this server missed.
    async fn compare_heads(&self) -> Result<(), StoreError> {
        let heads = self.store.heads(&self.hub.live_rooms()).await?;
        for (room, mut seq) in self.hub.behind(&heads) {
            // What is on its way from a commit of this very moment is no loss, only early; the
            // hub drops what it has by then.
            loop {
                let events = self.store.events_after(room, seq, CHUNK_LIMIT).await?;
                let Some(last) = events.last() else { break };
                seq = last.seq();
                let more = events.len() == CHUNK_LIMIT as usize;
                self.hub.caught_up(room, events);
                if !more {
                    break;
                }
            }
        }
        Ok(())
    }
}

pub struct Services {
    pub(crate) core: Arc<Core>,
    pub auth: Auth,
    pub lookup: Lookup,
    pub channel: Channel,
    pub rooms: Rooms,
    pub categories: Categories,
    pub groups: Groups,
    pub lists: Lists,
    pub pool: Pool,
    pub previews: Previews,
    pub joining: Joining,
    pub principals: Principals,
    pub users: Users,
    pub import: Import,
    pub units: Units,
    pub domains: Domains,
    pub cleanup: Cleanup,
    pub me: Me,
    pub directory: Directory,
    pub files: Files,
    pub audit: AuditLog,
    tasks: TaskTracker,
    ending: CancellationToken,
    writers: TaskTracker,
    writers_ending: CancellationToken,
}

impl Services {
    /// Starts everything.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn start(store: Arc<dyn Store>, environment: Environment, options: Options) -> Result<Arc<Self>, StoreError> {
        let access = Arc::new(Access::load(Arc::clone(&store), environment.clone()).await?);
        let key = store.pool_key().await?;
        let (bus, hub) = (Arc::new(Bus::in_process()), Arc::new(Hub::default()));
        bus.deliver_to(Arc::clone(&hub));
        let (tasks, writers) = (TaskTracker::new(), TaskTracker::new());
        let (ending, writers_ending) = (CancellationToken::new(), CancellationToken::new());
        // SQLite writes one transaction at a time; PostgreSQL as many as there are shards.
        let shards = if store.kind() == "sqlite" { 1 } else { 4 };
        let writer = Writer::start(&store, &bus, shards, &writers_ending, |task| drop(writers.spawn(task)));
        let (news, entered) = News::new();
        let (images, images_finished) = Images::new();
        let looks = Looks::start(&store, &writers_ending, |task| drop(writers.spawn(task)));
        let chainer = Chainer::new(environment.id());
        let core = Arc::new(Core {
            store,
            environment,
            options,
            access,
            hub,
            writer,
            looks,
            chainer,
            news,
            images,
            scanning: Scanning::default(),
            changing: Arc::default(),
            cleaning: Cleaning::default(),
            stopping: AtomicBool::new(false),
        });
        let passwords = Arc::default();
        let services = Arc::new(Self {
            auth: Auth::new(Arc::clone(&core), Arc::clone(&passwords)),
            lookup: Lookup::new(Arc::clone(&core), key),
            channel: Channel::new(Arc::clone(&core)),
            rooms: Rooms::new(Arc::clone(&core)),
            categories: Categories::new(Arc::clone(&core)),
            groups: Groups::new(Arc::clone(&core)),
            lists: Lists::new(Arc::clone(&core)),
            pool: Pool::new(Arc::clone(&core)),
            previews: Previews::new(Arc::clone(&core)),
            joining: Joining::new(Arc::clone(&core)),
            principals: Principals::new(Arc::clone(&core)),
            users: Users::new(Arc::clone(&core), passwords),
            import: Import::new(Arc::clone(&core)),
            units: Units::new(Arc::clone(&core)),
            domains: Domains::new(Arc::clone(&core)),
            cleanup: Cleanup::new(Arc::clone(&core)),
            me: Me::new(Arc::clone(&core)),
            directory: Directory::new(Arc::clone(&core)),
            files: Files::new(Arc::clone(&core)),
            audit: AuditLog::new(Arc::clone(&core)),
            core,
            tasks,
            ending,
            writers,
            writers_ending,
        });
        services.spawn(|core| Arc::clone(&core.access).keep());
        services.spawn(apply_changes);
        services.spawn(keep_up);
        services.spawn(tell_rosters);
        services.spawn(watch_sessions);
        services.spawn(joining::tend);
        services.spawn(work::run);
        services.spawn(files::sweep::run);
        services.spawn(files::scanning::run);
        services.spawn(|core| files::previews::run(core, images_finished));
        services.spawn(|core| invitations::tell(core, entered));
        services.spawn(keep_chain);
        services.tasks.spawn(keep_archiving(Arc::clone(&services.core), services.ending.clone()));
        Ok(services)
    }

    fn spawn<F: Future<Output = ()> + Send + 'static>(&self, task: impl FnOnce(Arc<Core>) -> F) {
        let task = task(Arc::clone(&self.core));
        let ending = self.ending.clone();
        self.tasks.spawn(async move { ending.run_until_cancelled(task).await });
    }

    #[must_use]
    pub fn settings(&self) -> Arc<PoolSettings> {
        self.core.access.settings()
    }

    #[must_use]
    pub fn access(&self) -> &Arc<Access> {
        &self.core.access
    }

    /// How many sockets are open, and how many rooms are live.
    #[must_use]
    pub fn load(&self) -> (usize, usize) {
        (self.core.hub.connections(), self.core.hub.live_rooms().len())
    }

    /// Whether this server can serve: it isn't stopping, and its database answers.
    ///
    /// # Errors
    /// 503 and what is missing.
    pub async fn ready(&self) -> Result<()> {
        self.core.running()?;
        self.core.store.ping().await.or_problem()
    }

    /// Stops: no new sockets and posts, farewells spread over the drain time, what is queued is
    /// committed, all tasks end.
    pub async fn stop(&self, drain: Duration) {
        self.core.stopping.store(true, Ordering::Relaxed);
        let sockets = self.core.hub.all_sockets();
        let pause = drain.checked_div(u32::try_from(sockets.len()).unwrap_or(u32::MAX)).unwrap_or_default();
        for socket in sockets {
            // Back after a moment, not all in the same.
            let after_ms = 500 + u32::from(u16::from_be_bytes(self.core.environment.random())) % 2_500;
            Hub::bye(&socket, after_ms, ByeReason::Stopping);
            tokio::time::sleep(pause).await;
        }
        // Whoever hasn't gone yet leaves now, while that can still be recorded.
        let mut left = Vec::new();
        self.core.hub.take_dropped(|passage| left.push(passage));
        left.extend(self.core.hub.all_sockets().iter().flat_map(|socket| self.core.hub.disconnect(socket)));
        for passage in left {
            self.core.writer.record_patiently(self.core.passage(&passage)).await;
        }
        self.writers_ending.cancel();
        self.writers.close();
        self.writers.wait().await;
        self.ending.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.core.chainer.finish(self.core.store.as_ref()).await;
        if let Some(archive) = &self.core.options.archive {
            archive.close().await;
        }
        self.core.store.close().await;
    }
}

/// After each swap of the snapshot: whoever lost something is told and leaves.
async fn apply_changes(core: Arc<Core>) {
    let mut changes = core.access.changes();
    let mut before = core.access.snapshot();
    while changes.changed().await.is_ok() {
        let now = core.access.snapshot();
        for passage in core.hub.recheck(&before, &core.access) {
            core.record_passage(Some(passage));
        }
        // A disabled account, a new password: their sessions are gone from the database.
        if let Err(error) = core.end_dead_sessions().await {
            tracing::warn!(%error, "sessions unknown");
        }
        before = now;
    }
}

/// Finds what no event told: a lost last event shows no gap.
async fn keep_up(core: Arc<Core>) {
    /// Unconfirmed for this long, sockets are sent away.
    const VOUCH_AT_MOST: Duration = Duration::from_secs(10);
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            () = core.hub.something_missing() => {}
        }
        if core.access.unconfirmed() > VOUCH_AT_MOST {
            for socket in core.hub.all_sockets() {
                let after_ms = 1_000 + u32::from(u16::from_be_bytes(core.environment.random())) % 9_000;
                Hub::bye(&socket, after_ms, ByeReason::AccessUnknown);
            }
        } else if core.access.is_confirmed()
            && let Err(error) = core.compare_heads().await
        {
            tracing::warn!(%error, "heads of live rooms unknown");
        }
        let (connections, rooms) = (core.hub.connections(), core.hub.live_rooms().len());
        metrics::gauge!("stoa_writes_waiting").set(f64::from(u32::try_from(core.writer.waiting()).unwrap_or(u32::MAX)));
        metrics::gauge!("stoa_rooms_live").set(f64::from(u32::try_from(rooms).unwrap_or(u32::MAX)));
        metrics::gauge!("stoa_connections").set(f64::from(u32::try_from(connections).unwrap_or(u32::MAX)));
    }
}

/// Joins and leaves are told together a few times a second.
async fn tell_rosters(core: Arc<Core>) {
    let mut tick = tokio::time::interval(Duration::from_millis(250));
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        core.record_passage(None);
        core.hub.flush_rosters(core.access.settings().participant_limit, &core.access.snapshot());
    }
}

/// Sessions run out by the clock, and other servers end them. What else runs out goes with them.
async fn watch_sessions(core: Arc<Core>) {
    /// As long as nonces.
    const KEYS_KEPT: Duration = Duration::from_secs(7 * 24 * 3600);
    /// For who asked to join a room and hasn't been here since.
    const ANSWERS_KEPT: Duration = Duration::from_secs(60 * 24 * 3600);
    let mut tick = tokio::time::interval(Duration::from_secs(10));
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut rounds = 0_u32;
    loop {
        tick.tick().await;
        core.hub.forget_buckets(&core.access.settings(), core.environment.now());
        if let Err(error) = core.end_dead_sessions().await {
            tracing::warn!(%error, "sessions unknown");
        }
        if rounds.is_multiple_of(60) {
            if let Err(error) = core.store.sessions_purge(core.environment.now()).await {
                tracing::warn!(%error, "sessions not purged");
            }
            if let Err(error) = core.store.idempotency_purge(core.environment.now().minus(KEYS_KEPT)).await {
                tracing::warn!(%error, "idempotency keys not purged");
            }
            if let Err(error) = core.store.requests_purge(core.environment.now().minus(ANSWERS_KEPT)).await {
                tracing::warn!(%error, "answered requests not purged");
            }
        }
        rounds = rounds.wrapping_add(1);
    }
}
