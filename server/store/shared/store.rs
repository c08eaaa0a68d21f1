//! The store itself: which connection each call takes.

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
    SessionRow, Standing, Stepped, StorageOf, Store, Taken, Unit, Unlinked,
};
use uuid::Uuid;

use super::calls::{moment, read, write};
use super::unit::Change;
use super::{
    access, accounts, append, audit, chain, cleanup, files, follows, history, imports, joining, leases, lists, queue, scans, sessions, state, storage,
};
use crate::database::{Database, patient, timed};
use crate::dialect::KIND;

#[async_trait]
impl Store for Database {
    fn kind(&self) -> &'static str {
        KIND
    }
    async fn ping(&self) -> Result<()> {
        read!(self, |conn| access::version(conn)).map(drop)
    }
    async fn size(&self) -> Result<u64> {
        read!(self, |conn| access::size(conn))
    }
    async fn close(&self) {
        self.end().await;
    }

    async fn settings(&self) -> Result<PoolSettings> {
        read!(self, |conn| access::settings(conn))
    }
    async fn pool_key(&self) -> Result<[u8; 32]> {
        read!(self, |conn| access::pool_key(conn))
    }

    async fn access_version(&self) -> Result<AccessVersion> {
        read!(self, |conn| access::version(conn))
    }
    async fn changes(&self, since: Option<AccessVersion>) -> Result<Changes> {
        match since {
            Some(_) => moment!(self.moment(), |conn| state::since(conn, since)),
            None => moment!(patient, self.whole(), |conn| state::since(conn, None)),
        }
    }
    async fn changes_between(&self, since: AccessVersion, until: AccessVersion) -> Result<Changes> {
        moment!(self.moment(), |conn| state::between(conn, since, until))
    }
    async fn changes_at(&self, version: AccessVersion) -> Result<Changes> {
        moment!(patient, self.whole(), |conn| state::at(conn, version))
    }
    async fn list_version(&self, list: ListOwner) -> Result<AccessVersion> {
        read!(self, |conn| lists::version(conn, list))
    }
    async fn begin(&self, actor: Actor, at: Timestamp) -> Result<Box<dyn Unit>> {
        let change = timed(Change::begin(self, actor, at)).await?;
        Ok(Box::new(change))
    }

    async fn account_by_key(&self, name_key: &str) -> Result<Option<AccountRow>> {
        read!(self, |conn| accounts::by_key(conn, name_key))
    }
    async fn account(&self, id: UserId) -> Result<Option<AccountRow>> {
        read!(self, |conn| accounts::by_id(conn, id))
    }
    async fn accounts_of(&self, users: &[UserId]) -> Result<Vec<AccountRow>> {
        read!(self, |conn| accounts::of(conn, users))
    }
    async fn accounts(&self, filter: &AccountFilter, page: &PageQuery) -> Result<Page<AccountRow>> {
        read!(self, |conn| accounts::page(conn, filter, page))
    }
    async fn accounts_by_email(&self, keys: &[String]) -> Result<Vec<(String, UserId)>> {
        read!(self, |conn| accounts::by_email(conn, keys))
    }
    async fn emails(&self, users: &[UserId]) -> Result<Vec<(UserId, String)>> {
        read!(self, |conn| accounts::emails(conn, users))
    }
    async fn note_sign_in(&self, user: UserId, at: Timestamp) -> Result<()> {
        write!(self.jot(), |conn| accounts::note_sign_in(conn, user, at))
    }

    async fn session_create(&self, session: &SessionRow) -> Result<bool> {
        write!(self.jot(), |conn| sessions::create(conn, session))
    }
    async fn session_save(&self, session: &SessionRow) -> Result<()> {
        write!(self.jot(), |conn| sessions::save(conn, session))
    }
    async fn session_load(&self, key: SessionKey, now: Timestamp) -> Result<Option<SessionRow>> {
        read!(self, |conn| sessions::load(conn, key, now))
    }
    async fn session_delete(&self, key: SessionKey) -> Result<()> {
        write!(self, |conn| sessions::delete(conn, key))
    }
    async fn sessions_delete_of(&self, user: UserId, but: Option<SessionKey>) -> Result<()> {
        write!(self, |conn| sessions::delete_of(conn, user, but))
    }
    async fn sessions_alive(&self, keys: &[SessionKey], now: Timestamp) -> Result<Vec<SessionKey>> {
        read!(self, |conn| sessions::alive(conn, keys, now))
    }
    async fn sessions_purge(&self, now: Timestamp) -> Result<u64> {
        write!(self, |conn| sessions::purge(conn, now))
    }

    async fn idempotent(&self, caller: UserId, route: &str, key: &str) -> Result<Option<([u8; 32], uuid::Uuid)>> {
        read!(self, |conn| sessions::idempotent(conn, caller, route, key))
    }
    async fn idempotency_purge(&self, until: Timestamp) -> Result<u64> {
        write!(self, |conn| sessions::purge_idempotency(conn, until))
    }

    async fn append(&self, items: &[Append], records: &[Record]) -> Result<Vec<Result<Appended, Refused>>> {
        write!(self, |conn| append::append(conn, items, records))
    }
    async fn heads(&self, rooms: &[RoomId]) -> Result<Vec<Head>> {
        read!(self, |conn| history::heads(conn, rooms))
    }
    async fn events_after(&self, room: RoomId, after: Seq, limit: u32) -> Result<Vec<RoomEvent>> {
        read!(self, |conn| history::events_after(conn, room, after, limit))
    }
    async fn latest(&self, room: RoomId, limit: u32, reader: UserId) -> Result<(Head, History)> {
        moment!(self.moment(), |conn| history::latest(conn, room, limit, reader))
    }
    async fn history(&self, room: RoomId, query: &HistoryQuery, limit: u32, reader: UserId) -> Result<History> {
        read!(self, |conn| history::history(conn, room, query, limit, reader))
    }
    async fn message(&self, room: RoomId, seq: Seq, reader: UserId) -> Result<Option<Message>> {
        read!(self, |conn| history::message(conn, room, seq, reader))
    }
    async fn quote(&self, room: RoomId, seq: Seq) -> Result<Option<Quote>> {
        read!(self, |conn| history::quote(conn, room, seq))
    }
    async fn said(&self) -> Result<Vec<(RoomId, i64, Option<Timestamp>)>> {
        read!(self, |conn| history::said(conn))
    }
    async fn last_posted(&self, rooms: &[RoomId]) -> Result<Vec<(RoomId, Timestamp)>> {
        read!(self, |conn| history::last_posted(conn, rooms))
    }

    async fn follows(&self, user: UserId) -> Result<Vec<FollowRow>> {
        read!(self, |conn| follows::of_user(conn, user))
    }
    async fn follow(&self, user: UserId, room: RoomId) -> Result<FollowRow> {
        read!(self, |conn| follows::one(conn, user, room))
    }
    async fn set_following(&self, user: UserId, rooms: &[RoomId], following: bool) -> Result<Vec<RoomId>> {
        write!(self.jot(), |conn| follows::set(conn, user, rooms, following))
    }
    async fn change_follow(&self, user: UserId, room: RoomId, change: &ChangeFollow) -> Result<()> {
        write!(self.jot(), |conn| follows::change(conn, user, room, change))
    }
    async fn set_read(&self, user: UserId, room: RoomId, seq: Seq, back: bool) -> Result<ReadMarkRow> {
        write!(self.jot(), |conn| follows::read(conn, user, room, seq, back))
    }

    async fn join_requests(&self, which: JoinRequests) -> Result<Vec<JoinRequestRow>> {
        read!(self, |conn| joining::requests(conn, which))
    }
    async fn ask_to_join(&self, request: &JoinRequestRow) -> Result<bool> {
        write!(self, |conn| joining::ask(conn, request))
    }
    async fn withdraw_request(&self, room: RoomId, user: UserId) -> Result<bool> {
        write!(self, |conn| joining::withdraw(conn, room, user))
    }
    async fn forget_requests(&self, gone: &[(RoomId, UserId)], version: AccessVersion) -> Result<u64> {
        write!(self, |conn| joining::forget(conn, gone, version))
    }
    async fn requests_purge(&self, until: Timestamp) -> Result<u64> {
        write!(self, |conn| joining::purge(conn, until))
    }
    async fn invitations(&self, principals: &[Principal]) -> Result<Vec<InvitationRow>> {
        read!(self, |conn| joining::of_principals(conn, principals))
    }
    async fn invitation_answers(&self, user: UserId) -> Result<Vec<(RoomId, Timestamp)>> {
        read!(self, |conn| joining::answers(conn, user))
    }
    async fn answer_invitation(&self, user: UserId, room: RoomId, at: Timestamp) -> Result<()> {
        write!(self, |conn| joining::be_done(conn, user, room, at))
    }

    async fn import(&self, id: ImportId) -> Result<Option<ImportRow>> {
        read!(self, |conn| imports::one(conn, id))
    }
    async fn put_import(&self, import: &ImportRow) -> Result<()> {
        write!(self, |conn| imports::put(conn, import))
    }

    async fn queries(&self, before: Option<QueryId>, limit: u32) -> Result<Vec<QueryRow>> {
        read!(self, |conn| cleanup::page(conn, before, limit))
    }
    async fn query(&self, id: QueryId) -> Result<Option<QueryRow>> {
        read!(self, |conn| cleanup::one(conn, id))
    }
    async fn query_rooms(&self, id: QueryId, limit: u32) -> Result<Vec<QueryRoomRow>> {
        read!(self, |conn| cleanup::rooms(conn, id, limit))
    }
    async fn query_authors(&self, id: QueryId, limit: u32) -> Result<Vec<(UserId, i64)>> {
        read!(self, |conn| cleanup::authors(conn, id, limit))
    }
    async fn queries_at_work(&self) -> Result<Vec<QueryRow>> {
        read!(self, |conn| cleanup::at_work(conn))
    }
    async fn query_next(&self, id: QueryId) -> Result<Option<QueryPart>> {
        read!(self, |conn| cleanup::next_part(conn, id))
    }
    async fn query_look(&self, part: &QueryPart, query: &NewMessageQuery) -> Result<Looked> {
        read!(self, |conn| cleanup::look::look(conn, part, query))
    }
    async fn query_step(&self, step: &QueryStep) -> Result<Stepped> {
        write!(self, |conn| cleanup::step::step(conn, step))
    }
    async fn query_undo(&self, id: QueryId, event: &ClearedEvent) -> Result<bool> {
        write!(self, |conn| cleanup::undo::undo(conn, id, event))
    }
    async fn query_erase(&self, now: Timestamp, again: Timestamp) -> Result<Option<Erased>> {
        write!(self, |conn| cleanup::erase::erase(conn, now, again))
    }
    async fn erase_passing(&self, now: Timestamp, again: Timestamp) -> Result<Option<Passed>> {
        write!(self, |conn| cleanup::passing::erase(conn, now, again))
    }

    async fn file_begin(&self, new: &NewFile, quotas: Quotas, most_waiting: u32) -> Result<Placed> {
        write!(self, |conn| files::begin(conn, new, quotas, most_waiting))
    }
    async fn file_finish(&self, finished: &FinishedFile, quotas: Quotas) -> Result<Placed> {
        write!(self, |conn| files::finish(conn, finished, quotas))
    }
    async fn file(&self, id: FileId) -> Result<Option<FileRow>> {
        read!(self, |conn| files::one(conn, id))
    }
    async fn files(&self, ids: &[FileId]) -> Result<Vec<FileRow>> {
        read!(self, |conn| files::some(conn, ids))
    }
    async fn files_of(&self, room: RoomId, filter: &FileFilter, limit: u32) -> Result<Vec<(FileRow, i64)>> {
        read!(self, |conn| files::page(conn, room, filter, limit))
    }
    async fn file_abandon(&self, id: FileId) -> Result<bool> {
        write!(self, |conn| files::abandon(conn, id))
    }
    async fn files_run_out(&self, now: Timestamp, limit: u32) -> Result<u64> {
        write!(self, |conn| files::run_out(conn, now, limit))
    }
    async fn files_to_erase(&self, limit: u32) -> Result<Vec<FileId>> {
        read!(self, |conn| files::to_erase(conn, limit))
    }
    async fn file_erased(&self, id: FileId) -> Result<()> {
        write!(self, |conn| files::erased(conn, id))
    }
    async fn files_after(&self, after: Option<FileId>, limit: u32) -> Result<Vec<FileRow>> {
        read!(self, |conn| files::after(conn, after, limit))
    }
    async fn file_set_lost(&self, id: FileId, lost: bool) -> Result<()> {
        write!(self, |conn| files::set_lost(conn, id, lost))
    }
    async fn file_set_extent(&self, id: FileId, extent: (u32, u32)) -> Result<()> {
        write!(self.jot(), |conn| files::set_extent(conn, id, extent))
    }
    async fn files_found(&self, filter: &FoundFilter, limit: u32) -> Result<Vec<Found>> {
        read!(self, |conn| storage::found(conn, filter, limit))
    }
    async fn files_taken(&self, of: StorageOf) -> Result<Vec<Taken>> {
        read!(self, |conn| storage::taken(conn, of))
    }
    async fn file_space(&self, room: Option<RoomId>) -> Result<u64> {
        read!(self, |conn| files::space(conn, room))
    }

    async fn files_to_scan(&self, now: Timestamp, until: Timestamp, claim: Uuid, which: NextScans) -> Result<Vec<FileRow>> {
        write!(self.jot(), |conn| scans::take(conn, now, until, claim, which))
    }
    async fn file_claimed(&self, id: FileId, claim: Uuid, until: Timestamp) -> Result<bool> {
        write!(self.jot(), |conn| scans::claimed(conn, id, claim, until))
    }
    async fn file_scanned(&self, scanned: &Scanned) -> Result<bool> {
        write!(self, |conn| scans::settle(conn, scanned))
    }
    async fn scans_hasten(&self, now: Timestamp) -> Result<u64> {
        write!(self.jot(), |conn| scans::hasten(conn, now))
    }
    async fn scans_again(&self, which: &Rescans, now: Timestamp) -> Result<u64> {
        write!(self, |conn| scans::again(conn, which, now))
    }
    async fn files_held(&self, states: &[Scan], before: Option<FileId>, limit: u32) -> Result<Vec<FileRow>> {
        read!(self, |conn| scans::held(conn, states, before, limit))
    }
    async fn files_let_go(&self, now: Timestamp, again: Timestamp, limit: u32) -> Result<LetGo> {
        write!(self, |conn| scans::let_go(conn, now, again, limit))
    }
    async fn scan_counts(&self) -> Result<Vec<(Scan, u64)>> {
        read!(self, |conn| scans::counts(conn))
    }

    async fn audits(&self, after: i64, limit: u32) -> Result<Vec<AuditRow>> {
        read!(self, |conn| audit::read(conn, after, limit))
    }
    async fn audit_page(&self, filter: &AuditFilter, before: Option<i64>, limit: u32) -> Result<Vec<Audited>> {
        read!(self, |conn| audit::page(conn, filter, before, limit))
    }
    async fn audit_record(&self, id: i64) -> Result<Option<Audited>> {
        read!(self, |conn| audit::one(conn, id))
    }
    async fn audit_looks(&self, looks: &[Look]) -> Result<()> {
        write!(self, |conn| audit::looks(conn, looks))
    }
    async fn audit_unlinked(&self, limit: u32) -> Result<Unlinked> {
        moment!(self.moment(), |conn| chain::unlinked(conn, limit))
    }
    async fn audit_link(&self, lease: &Lease, links: &[Link]) -> Result<()> {
        write!(self, |conn| chain::link(conn, lease, links))
    }
    async fn audit_chain(&self, after: i64, limit: u32) -> Result<Vec<(Link, Option<AuditRecord>)>> {
        read!(self, |conn| chain::links(conn, after, limit))
    }
    async fn audit_position(&self, hash: Hash) -> Result<Option<i64>> {
        read!(self, |conn| chain::position(conn, hash))
    }
    async fn audit_standing(&self, after: i64, limit: u32) -> Result<Vec<Standing>> {
        read!(self, |conn| chain::standing(conn, after, limit))
    }
    async fn version_at(&self, moment: Timestamp) -> Result<Option<AccessVersion>> {
        read!(self, |conn| audit::version_at(conn, moment))
    }

    async fn queue_state(&self) -> Result<QueueState> {
        read!(self, |conn| queue::state(conn))
    }
    async fn queued(&self, limit: u32) -> Result<Vec<Queued>> {
        moment!(self.moment(), |conn| queue::read(conn, limit))
    }
    async fn unqueue(&self, ids: &[i64]) -> Result<u64> {
        write!(self, |conn| queue::let_go(conn, ids))
    }
    async fn written(&self, room: RoomId, from: Seq, to: Seq) -> Result<Vec<Queued>> {
        moment!(self.moment(), |conn| queue::written(conn, room, from, to))
    }
    async fn requeue(&self, room: RoomId, from: Seq, to: Seq) -> Result<Vec<Queued>> {
        write!(self, |conn| queue::put_back(conn, room, from, to))
    }

    async fn lease(&self, name: &'static str, holder: Uuid, lasting: Duration) -> Result<Option<Lease>> {
        write!(self.jot(), |conn| leases::take(conn, name, holder, lasting))
    }
    async fn release(&self, lease: &Lease) -> Result<()> {
        write!(self.jot(), |conn| leases::release(conn, lease))
    }
}
