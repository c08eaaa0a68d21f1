//! A store that fails or hangs where a test wants it to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use stoa_domain::access::{Changes, ListOwner};
use stoa_domain::audit::{Hash, Link, Record as AuditRecord};
use stoa_domain::id::{AccessVersion, FileId, ImportId, QueryId, RoomId, Seq, UserId};
use stoa_domain::principal::Principal;
use stoa_domain::settings::PoolSettings;
use stoa_domain::time::Timestamp;
use stoa_domain::wire::cleanup::NewMessageQuery;
use stoa_domain::wire::message::{History, HistoryQuery, Message, Quote, RoomEvent};
use stoa_domain::wire::{Page, PageQuery};
use stoa_store::{
    AccountFilter, AccountRow, Actor, Append, Appended, AuditFilter, AuditRow, Audited, ChangeFollow, ClearedEvent, Erased, FileFilter, FileRow, FinishedFile,
    FollowRow, Found, FoundFilter, Head, ImportRow, InvitationRow, JoinRequestRow, JoinRequests, Lease, LetGo, Look, Looked, NewFile, NextScans, Passed,
    Placed, QueryPart, QueryRoomRow, QueryRow, QueryStep, QueueState, Queued, Quotas, ReadMarkRow, Record, Refused, Rescans, Result, Scan, Scanned, SessionKey,
    SessionRow, Standing, Stepped, StorageOf, Store, StoreError, Taken, Unit, Unlinked,
};

enum Fault {
    /// As if the database were away, for so many calls.
    Fails(u32),
    /// It doesn't answer.
    Hangs,
}

pub struct Faults {
    store: Arc<dyn Store>,
    of: Mutex<HashMap<&'static str, Fault>>,
}

impl Faults {
    pub fn of(store: Arc<dyn Store>) -> Self {
        Self { store, of: Mutex::default() }
    }

    pub fn fail(&self, call: &'static str, times: u32) {
        self.of.lock().unwrap().insert(call, Fault::Fails(times));
    }

    pub fn hang(&self, call: &'static str) {
        self.of.lock().unwrap().insert(call, Fault::Hangs);
    }

    pub fn heal(&self, call: &'static str) {
        self.of.lock().unwrap().remove(call);
    }

    async fn meet(&self, call: &'static str) -> Result<()> {
        let hangs = match self.of.lock().unwrap().get_mut(call) {
            None | Some(Fault::Fails(0)) => false,
            Some(Fault::Fails(times)) => {
                *times -= 1;
                return Err(StoreError::Unavailable("as the test wants it".into()));
            }
            Some(Fault::Hangs) => true,
        };
        if hangs {
            std::future::pending::<()>().await;
        }
        Ok(())
    }
}

macro_rules! calls {
    ($(fn $name:ident($($arg:ident: $kind:ty),*) -> $answer:ty;)+) => {
        #[async_trait]
        impl Store for Faults {
            fn kind(&self) -> &'static str {
                self.store.kind()
            }
            async fn close(&self) {
                self.store.close().await;
            }
            $(async fn $name(&self, $($arg: $kind),*) -> Result<$answer> {
                self.meet(stringify!($name)).await?;
                self.store.$name($($arg),*).await
            })+
        }
    };
}

calls! {
    fn ping() -> ();
    fn size() -> u64;
    fn settings() -> PoolSettings;
    fn pool_key() -> [u8; 32];
    fn access_version() -> AccessVersion;
    fn changes(since: Option<AccessVersion>) -> Changes;
    fn changes_at(version: AccessVersion) -> Changes;
    fn list_version(list: ListOwner) -> AccessVersion;
    fn begin(actor: Actor, at: Timestamp) -> Box<dyn Unit>;
    fn account_by_key(key: &str) -> Option<AccountRow>;
    fn account(id: UserId) -> Option<AccountRow>;
    fn accounts_of(users: &[UserId]) -> Vec<AccountRow>;
    fn accounts(filter: &AccountFilter, page: &PageQuery) -> Page<AccountRow>;
    fn accounts_by_email(keys: &[String]) -> Vec<(String, UserId)>;
    fn emails(users: &[UserId]) -> Vec<(UserId, String)>;
    fn note_sign_in(user: UserId, at: Timestamp) -> ();
    fn session_create(session: &SessionRow) -> bool;
    fn session_save(session: &SessionRow) -> ();
    fn session_load(key: SessionKey, now: Timestamp) -> Option<SessionRow>;
    fn session_delete(key: SessionKey) -> ();
    fn sessions_delete_of(user: UserId, but: Option<SessionKey>) -> ();
    fn sessions_alive(keys: &[SessionKey], now: Timestamp) -> Vec<SessionKey>;
    fn sessions_purge(now: Timestamp) -> u64;
    fn idempotent(caller: UserId, route: &str, key: &str) -> Option<([u8; 32], uuid::Uuid)>;
    fn idempotency_purge(until: Timestamp) -> u64;
    fn append(items: &[Append], records: &[Record]) -> Vec<Result<Appended, Refused>>;
    fn heads(rooms: &[RoomId]) -> Vec<Head>;
    fn events_after(room: RoomId, after: Seq, limit: u32) -> Vec<RoomEvent>;
    fn latest(room: RoomId, limit: u32, reader: UserId) -> (Head, History);
    fn history(room: RoomId, query: &HistoryQuery, limit: u32, reader: UserId) -> History;
    fn message(room: RoomId, seq: Seq, reader: UserId) -> Option<Message>;
    fn quote(room: RoomId, seq: Seq) -> Option<Quote>;
    fn said() -> Vec<(RoomId, i64, Option<Timestamp>)>;
    fn last_posted(rooms: &[RoomId]) -> Vec<(RoomId, Timestamp)>;
    fn follows(user: UserId) -> Vec<FollowRow>;
    fn follow(user: UserId, room: RoomId) -> FollowRow;
    fn set_following(user: UserId, rooms: &[RoomId], following: bool) -> Vec<RoomId>;
    fn change_follow(user: UserId, room: RoomId, change: &ChangeFollow) -> ();
    fn set_read(user: UserId, room: RoomId, seq: Seq, back: bool) -> ReadMarkRow;
    fn join_requests(which: JoinRequests) -> Vec<JoinRequestRow>;
    fn ask_to_join(request: &JoinRequestRow) -> bool;
    fn withdraw_request(room: RoomId, user: UserId) -> bool;
    fn forget_requests(gone: &[(RoomId, UserId)], version: AccessVersion) -> u64;
    fn requests_purge(until: Timestamp) -> u64;
    fn invitations(principals: &[Principal]) -> Vec<InvitationRow>;
    fn invitation_answers(user: UserId) -> Vec<(RoomId, Timestamp)>;
    fn answer_invitation(user: UserId, room: RoomId, at: Timestamp) -> ();
    fn audit_page(filter: &AuditFilter, before: Option<i64>, limit: u32) -> Vec<Audited>;
    fn audit_record(id: i64) -> Option<Audited>;
    fn audit_looks(looks: &[Look]) -> ();
    fn audit_unlinked(limit: u32) -> Unlinked;
    fn audit_link(lease: &Lease, links: &[Link]) -> ();
    fn audit_chain(after: i64, limit: u32) -> Vec<(Link, Option<AuditRecord>)>;
    fn audit_position(hash: Hash) -> Option<i64>;
    fn audit_standing(after: i64, limit: u32) -> Vec<Standing>;
    fn lease(name: &'static str, holder: uuid::Uuid, lasting: Duration) -> Option<Lease>;
    fn release(lease: &Lease) -> ();
    fn import(id: ImportId) -> Option<ImportRow>;
    fn put_import(import: &ImportRow) -> ();
    fn queries(before: Option<QueryId>, limit: u32) -> Vec<QueryRow>;
    fn query(id: QueryId) -> Option<QueryRow>;
    fn query_rooms(id: QueryId, limit: u32) -> Vec<QueryRoomRow>;
    fn query_authors(id: QueryId, limit: u32) -> Vec<(UserId, i64)>;
    fn queries_at_work() -> Vec<QueryRow>;
    fn query_next(id: QueryId) -> Option<QueryPart>;
    fn query_look(part: &QueryPart, query: &NewMessageQuery) -> Looked;
    fn query_step(step: &QueryStep) -> Stepped;
    fn query_undo(id: QueryId, event: &ClearedEvent) -> bool;
    fn query_erase(now: Timestamp, again: Timestamp) -> Option<Erased>;
    fn erase_passing(now: Timestamp, again: Timestamp) -> Option<Passed>;
    fn file_begin(new: &NewFile, quotas: Quotas, most_waiting: u32) -> Placed;
    fn file_finish(finished: &FinishedFile, quotas: Quotas) -> Placed;
    fn file(id: FileId) -> Option<FileRow>;
    fn files(ids: &[FileId]) -> Vec<FileRow>;
    fn files_of(room: RoomId, filter: &FileFilter, limit: u32) -> Vec<(FileRow, i64)>;
    fn file_abandon(id: FileId) -> bool;
    fn files_run_out(now: Timestamp, limit: u32) -> u64;
    fn files_to_erase(limit: u32) -> Vec<FileId>;
    fn file_erased(id: FileId) -> ();
    fn files_after(after: Option<FileId>, limit: u32) -> Vec<FileRow>;
    fn file_set_lost(id: FileId, lost: bool) -> ();
    fn file_set_extent(id: FileId, extent: (u32, u32)) -> ();
    fn files_found(filter: &FoundFilter, limit: u32) -> Vec<Found>;
    fn files_taken(of: StorageOf) -> Vec<Taken>;
    fn file_space(room: Option<RoomId>) -> u64;
    fn files_to_scan(now: Timestamp, until: Timestamp, claim: uuid::Uuid, which: NextScans) -> Vec<FileRow>;
    fn file_claimed(id: FileId, claim: uuid::Uuid, until: Timestamp) -> bool;
    fn file_scanned(scanned: &Scanned) -> bool;
    fn scans_hasten(now: Timestamp) -> u64;
    fn scans_again(which: &Rescans, now: Timestamp) -> u64;
    fn files_held(states: &[Scan], before: Option<FileId>, limit: u32) -> Vec<FileRow>;
    fn files_let_go(now: Timestamp, again: Timestamp, limit: u32) -> LetGo;
    fn scan_counts() -> Vec<(Scan, u64)>;
    fn unqueue(ids: &[i64]) -> u64;
    fn audits(after: i64, limit: u32) -> Vec<AuditRow>;
    fn version_at(moment: Timestamp) -> Option<AccessVersion>;
    fn queue_state() -> QueueState;
    fn written(room: RoomId, from: Seq, to: Seq) -> Vec<Queued>;
    fn requeue(room: RoomId, from: Seq, to: Seq) -> Vec<Queued>;
    fn changes_between(since: AccessVersion, until: AccessVersion) -> Changes;
    fn queued(limit: u32) -> Vec<Queued>;
}
