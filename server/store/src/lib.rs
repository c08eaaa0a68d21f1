//! What Stoa keeps, as the services see it: a [`Store`] for reading and for the chat's own
//! writing, and a [`Unit`] of work for administrative changes, which can't be committed
//! without saying who did what. Two implementations exist, SQLite and PostgreSQL, a crate
//! each; which one is used is decided once, at start. No SQL here.

mod account;
mod archive;
mod audit;
mod chat;
mod cleanup;
#[cfg(feature = "conformance")]
pub mod conformance;
mod error;
mod file;
mod import;
mod joining;
mod me;
mod record;
mod scan;
mod session;
mod unit;

use std::time::Duration;

use async_trait::async_trait;
use stoa_domain::access::{Changes, ListOwner, Snapshot};
use stoa_domain::audit::{Hash, Link, Record as AuditRecord};
use stoa_domain::id::{AccessVersion, FileId, ImportId, QueryId, RoomId, Seq, UserId};
use stoa_domain::principal::Principal;
use stoa_domain::settings::PoolSettings;
use stoa_domain::time::Timestamp;
use stoa_domain::wire::cleanup::NewMessageQuery;
use stoa_domain::wire::message::{History, HistoryQuery, Message, Quote, RoomEvent};
use stoa_domain::wire::{Page, PageQuery};
use uuid::Uuid;

pub use account::{AccountFilter, AccountRow};
pub use archive::{Archive, ArchiveEnd, ArchiveRow, Moved, NewBatch};
pub use audit::{AuditFilter, Audited, Lease, Look, Standing, Unlinked};
pub use chat::{Append, Appended, Appending, Head, Record, Refused};
pub use cleanup::{Candidate, ClearedEvent, Erased, LegalHold, Looked, NewQuery, Passed, QueryPart, QueryRoomRow, QueryRow, QueryStep, Stepped};
pub use error::{Constraint, StoreError};
pub use file::{FileFilter, FileOrder, FileRow, FileState, FinishedFile, Found, FoundFilter, NewFile, Placed, Quotas, StorageOf, Taken};
pub use import::ImportRow;
pub use joining::{InvitationRow, JoinAnswered, JoinRequestRow, JoinRequests};
pub use me::{ChangeFollow, FollowRow, ReadMarkRow};
pub use record::{AuditRow, QueueState, Queued};
pub use scan::{LetGo, NextScans, Rescans, Scan, ScanFound, ScanRow, Scanned};
pub use session::{SessionKey, SessionRow};
pub use unit::{Actor, Audit, Creation, Idempotency, NewAccount, Object, Unit};

pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// What is kept. Every method is one round of work with the database and leaves nothing half done.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Which database this is, for the log and `stoa config show`: `sqlite` or `postgres`.
    fn kind(&self) -> &'static str;
    /// How many bytes it takes.
    async fn size(&self) -> Result<u64>;
    /// A round trip, to know that the database answers.
    async fn ping(&self) -> Result<()>;
    /// Ends all connections; what was committed stays.
    async fn close(&self);

    // ---- the pool --------------------------------------------------------------------

    async fn settings(&self) -> Result<PoolSettings>;
    /// The key with which this pool signs tickets; made at the first start.
    async fn pool_key(&self) -> Result<[u8; 32]>;

    // ---- access ----------------------------------------------------------------------

    async fn access_version(&self) -> Result<AccessVersion>;
    /// What came of all that decisions read since a version, consistent at the present one; without
    /// one, everything. The moment is for the caller to set.
    async fn changes(&self, since: Option<AccessVersion>) -> Result<Changes>;
    /// What came from one version up to a later one, as it was at that.
    async fn changes_between(&self, since: AccessVersion, until: AccessVersion) -> Result<Changes>;
    /// Everything as it was at an earlier version.
    async fn changes_at(&self, version: AccessVersion) -> Result<Changes>;
    /// Everything at the present version and a moment.
    async fn snapshot(&self, at: Timestamp) -> Result<Snapshot> {
        Ok(Snapshot::new(Changes { at, ..self.changes(None).await? }))
    }
    /// The version under which a list last changed; 0 if it never did.
    async fn list_version(&self, list: ListOwner) -> Result<AccessVersion>;
    /// Begins an administrative change, under the next access version.
    async fn begin(&self, actor: Actor, at: Timestamp) -> Result<Box<dyn Unit>>;

    // ---- accounts and sessions -------------------------------------------------------

    /// By the key of the sign-in name.
    async fn account_by_key(&self, name_key: &str) -> Result<Option<AccountRow>>;
    async fn account(&self, id: UserId) -> Result<Option<AccountRow>>;
    /// Those of them that there are.
    async fn accounts_of(&self, users: &[UserId]) -> Result<Vec<AccountRow>>;
    /// A page of accounts, by name.
    async fn accounts(&self, filter: &AccountFilter, page: &PageQuery) -> Result<Page<AccountRow>>;
    /// Who has one of these addresses, by their keys; of one several may.
    async fn accounts_by_email(&self, keys: &[String]) -> Result<Vec<(String, UserId)>>;
    /// The addresses of those who have one.
    async fn emails(&self, users: &[UserId]) -> Result<Vec<(UserId, String)>>;
    async fn note_sign_in(&self, user: UserId, at: Timestamp) -> Result<()>;

    /// False if there is one under this key already.
    async fn session_create(&self, session: &SessionRow) -> Result<bool>;
    /// Does nothing where it was ended meanwhile.
    async fn session_save(&self, session: &SessionRow) -> Result<()>;
    /// None when it doesn't exist or has run out.
    async fn session_load(&self, key: SessionKey, now: Timestamp) -> Result<Option<SessionRow>>;
    async fn session_delete(&self, key: SessionKey) -> Result<()>;
    /// Ends all sessions of a user but the one named.
    async fn sessions_delete_of(&self, user: UserId, but: Option<SessionKey>) -> Result<()>;
    /// Of these sessions, the ones that still hold.
    async fn sessions_alive(&self, keys: &[SessionKey], now: Timestamp) -> Result<Vec<SessionKey>>;
    /// Removes sessions that have run out; how many.
    async fn sessions_purge(&self, now: Timestamp) -> Result<u64>;

    // ---- idempotency -----------------------------------------------------------------

    /// What an idempotency key of this caller and route made before: the request's hash and the object.
    async fn idempotent(&self, caller: UserId, route: &str, key: &str) -> Result<Option<([u8; 32], uuid::Uuid)>>;
    /// Forgets the keys that were used up to this time; how many.
    async fn idempotency_purge(&self, until: Timestamp) -> Result<u64>;

    // ---- the live path ---------------------------------------------------------------

    /// Appends to the rooms' streams, in the order given, and records what has no event, all in
    /// one transaction: gives seqs without gaps, keeps the projection (edits, deletions,
    /// reactions, mentions, read marks of the authors), and queues each for compliance. One
    /// answer an item, in order. A handful of statements whatever the batch.
    ///
    /// An error says nothing about whether it was committed: repeat with the same nonces.
    async fn append(&self, items: &[Append], records: &[Record]) -> Result<Vec<Result<Appended, Refused>>>;
    /// The heads of these rooms; unknown rooms are missing from the answer.
    async fn heads(&self, rooms: &[RoomId]) -> Result<Vec<Head>>;
    /// The events after `after`, in order, without their nonces. Messages and edits come with the
    /// text that holds now (none if it is deleted), messages without their reactions: these are
    /// events of their own.
    async fn events_after(&self, room: RoomId, after: Seq, limit: u32) -> Result<Vec<RoomEvent>>;
    /// The room's head and its last messages, read at one moment.
    async fn latest(&self, room: RoomId, limit: u32, reader: UserId) -> Result<(Head, History)>;
    /// Messages in their present state, as `reader` sees them (whose own reactions are marked).
    async fn history(&self, room: RoomId, query: &HistoryQuery, limit: u32, reader: UserId) -> Result<History>;
    async fn message(&self, room: RoomId, seq: Seq, reader: UserId) -> Result<Option<Message>>;
    /// What a reply to this message quotes; None if there is no such message in the room.
    async fn quote(&self, room: RoomId, seq: Seq) -> Result<Option<Quote>>;
    /// How many messages there are in each room where anything was said, and when the last was posted.
    async fn said(&self) -> Result<Vec<(RoomId, i64, Option<Timestamp>)>>;
    /// When something was last posted, for those of the rooms where anything was.
    async fn last_posted(&self, rooms: &[RoomId]) -> Result<Vec<(RoomId, Timestamp)>>;

    // ---- the user's own state --------------------------------------------------------

    /// The rooms that the user follows, with how far they are read, unread and mention counts.
    async fn follows(&self, user: UserId) -> Result<Vec<FollowRow>>;
    /// One room's, whether followed or not; all zero if never seen.
    async fn follow(&self, user: UserId, room: RoomId) -> Result<FollowRow>;
    /// Begins or ends following; whether that changed something. Who follows a room for the
    /// first time has read all that is there so far.
    async fn set_following(&self, user: UserId, rooms: &[RoomId], following: bool) -> Result<Vec<RoomId>>;
    async fn change_follow(&self, user: UserId, room: RoomId, change: &ChangeFollow) -> Result<()>;
    /// Moves the read mark: forwards only, unless `back`. A seq beyond the head counts as the head.
    async fn set_read(&self, user: UserId, room: RoomId, seq: Seq, back: bool) -> Result<ReadMarkRow>;

    // ---- joining ---------------------------------------------------------------------

    async fn join_requests(&self, which: JoinRequests) -> Result<Vec<JoinRequestRow>>;
    /// Asks; asked again, one that waits takes the new text and keeps its time. Whether it waited before.
    async fn ask_to_join(&self, request: &JoinRequestRow) -> Result<bool>;
    /// Takes one's request back, or its answer away. Whether there was one.
    async fn withdraw_request(&self, room: RoomId, user: UserId) -> Result<bool>;
    /// Removes requests that wait, of those that weren't made after this version.
    async fn forget_requests(&self, gone: &[(RoomId, UserId)], version: AccessVersion) -> Result<u64>;
    /// Removes requests that were answered up to this time.
    async fn requests_purge(&self, until: Timestamp) -> Result<u64>;
    /// What invites any of these principals, oldest first.
    async fn invitations(&self, principals: &[Principal]) -> Result<Vec<InvitationRow>>;
    /// When the user was last done with invitations into which rooms.
    async fn invitation_answers(&self, user: UserId) -> Result<Vec<(RoomId, Timestamp)>>;
    /// Invitations into the room up to this moment are done with.
    async fn answer_invitation(&self, user: UserId, room: RoomId, at: Timestamp) -> Result<()>;

    // ---- people out of files -----------------------------------------------------------

    async fn import(&self, id: ImportId) -> Result<Option<ImportRow>>;
    /// Beside the changes that it makes: that it went on no further.
    async fn put_import(&self, import: &ImportRow) -> Result<()>;

    // ---- message clean-up ------------------------------------------------------------

    /// Queries that began before this one, the newest first.
    async fn queries(&self, before: Option<QueryId>, limit: u32) -> Result<Vec<QueryRow>>;
    async fn query(&self, id: QueryId) -> Result<Option<QueryRow>>;
    /// The rooms with the most of what it found.
    async fn query_rooms(&self, id: QueryId, limit: u32) -> Result<Vec<QueryRoomRow>>;
    /// Who wrote the most of it.
    async fn query_authors(&self, id: QueryId, limit: u32) -> Result<Vec<(UserId, i64)>>;
    /// Those that have something to do, the oldest first.
    async fn queries_at_work(&self) -> Result<Vec<QueryRow>>;
    /// What a query is to look at next.
    async fn query_next(&self, id: QueryId) -> Result<Option<QueryPart>>;
    /// The beginning of a part: what in it may be looked for.
    async fn query_look(&self, part: &QueryPart, query: &NewMessageQuery) -> Result<Looked>;
    /// Counts what was found, hides it and tells the room of it, and goes on behind it, if nobody
    /// else has.
    async fn query_step(&self, step: &QueryStep) -> Result<Stepped>;
    /// Shows again what one of a query's events hid. False where none is left.
    async fn query_undo(&self, id: QueryId, event: &ClearedEvent) -> Result<bool>;
    /// Erases what one event hid, of queries whose window is over, if the archive has it; what a
    /// legal hold keeps is tried again at `again`. None where there is nothing to erase now.
    async fn query_erase(&self, now: Timestamp, again: Timestamp) -> Result<Option<Erased>>;
    /// Erases, in one room, the texts of messages that aren't kept, if the archive has them and
    /// their time is over; what a legal hold keeps is hidden, and tried again at `again`. None where
    /// there is nothing to erase now.
    async fn erase_passing(&self, now: Timestamp, again: Timestamp) -> Result<Option<Passed>>;

    // ---- files -----------------------------------------------------------------------

    /// Begins an upload, and keeps place for what it announces.
    async fn file_begin(&self, new: &NewFile, quotas: Quotas, most_waiting: u32) -> Result<Placed>;
    /// Marks an upload as whole, with its record for the archive, all in one transaction.
    async fn file_finish(&self, finished: &FinishedFile, quotas: Quotas) -> Result<Placed>;
    async fn file(&self, id: FileId) -> Result<Option<FileRow>>;
    /// Those of them that there are.
    async fn files(&self, ids: &[FileId]) -> Result<Vec<FileRow>>;
    /// A page of what messages of the room have and show.
    async fn files_of(&self, room: RoomId, filter: &FileFilter, limit: u32) -> Result<Vec<(FileRow, i64)>>;
    /// Gives up an upload that no message has: its content is to be removed. Whether there was one.
    async fn file_abandon(&self, id: FileId) -> Result<bool>;
    /// The same of all whose time has run out; how many, at most `limit`.
    async fn files_run_out(&self, now: Timestamp, limit: u32) -> Result<u64>;
    /// Some of those whose content is to be removed.
    async fn files_to_erase(&self, limit: u32) -> Result<Vec<FileId>>;
    /// The content is gone from the store.
    async fn file_erased(&self, id: FileId) -> Result<()>;
    /// All files behind one, by their ids.
    async fn files_after(&self, after: Option<FileId>, limit: u32) -> Result<Vec<FileRow>>;
    /// What comparing the store came to: whether it has lost a file's content.
    async fn file_set_lost(&self, id: FileId, lost: bool) -> Result<()>;
    /// How wide and high an image is.
    async fn file_set_extent(&self, id: FileId, extent: (u32, u32)) -> Result<()>;
    /// A page of the files of all rooms.
    async fn files_found(&self, filter: &FoundFilter, limit: u32) -> Result<Vec<Found>>;
    /// What files take, of each that has any.
    async fn files_taken(&self, of: StorageOf) -> Result<Vec<Taken>>;
    /// What files take together, of one room or of all.
    async fn file_space(&self, room: Option<RoomId>) -> Result<u64>;

    // ---- scans of files ----------------------------------------------------------------

    /// Takes some files that are to be scanned, those that nobody can read before first; nobody else gets them
    /// until then.
    async fn files_to_scan(&self, now: Timestamp, until: Timestamp, claim: Uuid, which: NextScans) -> Result<Vec<FileRow>>;
    /// Whoever scans a file needs longer. Whether it is still his.
    async fn file_claimed(&self, id: FileId, claim: Uuid, until: Timestamp) -> Result<bool>;
    /// Keeps what scanning came to, and tells the room where that changes who can read it. Whether it counted.
    async fn file_scanned(&self, scanned: &Scanned) -> Result<bool>;
    /// What waits for another try is to be tried now.
    async fn scans_hasten(&self, now: Timestamp) -> Result<u64>;
    /// Has files scanned again; how many.
    async fn scans_again(&self, which: &Rescans, now: Timestamp) -> Result<u64>;
    /// Files in one of these states behind one, the newest first.
    async fn files_held(&self, states: &[Scan], before: Option<FileId>, limit: u32) -> Result<Vec<FileRow>>;
    /// Marks the content of removed files to be erased, of some at a time, when the archive has what it is to have;
    /// what a legal hold keeps is tried again at `again`.
    async fn files_let_go(&self, now: Timestamp, again: Timestamp, limit: u32) -> Result<LetGo>;
    /// How many files are in each state in which nobody reads them, or that weren't scanned.
    async fn scan_counts(&self) -> Result<Vec<(Scan, u64)>>;

    // ---- records ---------------------------------------------------------------------

    /// The audit log behind a record, in its order.
    async fn audits(&self, after: i64, limit: u32) -> Result<Vec<AuditRow>>;
    /// The newest records that fit, before one if that is named.
    async fn audit_page(&self, filter: &AuditFilter, before: Option<i64>, limit: u32) -> Result<Vec<Audited>>;
    async fn audit_record(&self, id: i64) -> Result<Option<Audited>>;
    /// Records looks, in one transaction.
    async fn audit_looks(&self, looks: &[Look]) -> Result<()>;
    /// What waits for its link, oldest first, and the head of the chain, read at one moment.
    async fn audit_unlinked(&self, limit: u32) -> Result<Unlinked>;
    /// Puts links at the end of the chain. [`StoreError::Stale`], and nothing done, where the lease isn't held any
    /// more, the first doesn't follow the head, or a record doesn't wait.
    async fn audit_link(&self, lease: &Lease, links: &[Link]) -> Result<()>;
    /// The links behind a position, in order, each with its record if that is there.
    async fn audit_chain(&self, after: i64, limit: u32) -> Result<Vec<(Link, Option<AuditRecord>)>>;
    /// The position of the link with this hash.
    async fn audit_position(&self, hash: Hash) -> Result<Option<i64>>;
    /// How the records behind one stand to the chain, in order.
    async fn audit_standing(&self, after: i64, limit: u32) -> Result<Vec<Standing>>;
    /// The version that held at a moment; none before the first record.
    async fn version_at(&self, moment: Timestamp) -> Result<Option<AccessVersion>>;

    // ---- the compliance queue ----------------------------------------------------------

    async fn queue_state(&self) -> Result<QueueState>;
    /// What waits for the archive, the first of it.
    async fn queued(&self, limit: u32) -> Result<Vec<Queued>>;
    /// Takes rows out that the archive has now; how many there were.
    async fn unqueue(&self, ids: &[i64]) -> Result<u64>;
    /// Events of a room as they were written, whatever became of them; with the texts that aren't erased.
    async fn written(&self, room: RoomId, from: Seq, to: Seq) -> Result<Vec<Queued>>;
    /// These events of a room, put into the queue once more where it has lost them.
    async fn requeue(&self, room: RoomId, from: Seq, to: Seq) -> Result<Vec<Queued>>;

    // ---- what one server of a pool does -----------------------------------------------

    /// Takes a lease that nobody holds, or holds it for longer; none while another holder's lasts. It runs
    /// out by the database's clock, the only one that all servers share.
    async fn lease(&self, name: &'static str, holder: Uuid, lasting: Duration) -> Result<Option<Lease>>;
    /// Gives it back before its time.
    async fn release(&self, lease: &Lease) -> Result<()>;
}
