use async_trait::async_trait;
use stoa_domain::access::{Category, Domain, Entry, Group, ListOwner, Room, Unit as OrganisationalUnit};
use stoa_domain::id::{AccessVersion, CategoryId, DomainId, FileId, GroupId, HoldId, QueryId, RoomId, UnitId, UserId};
use stoa_domain::principal::Principal;
use stoa_domain::settings::PoolSettings;
use stoa_domain::time::Timestamp;
use stoa_domain::wire::cleanup::QueryState;

use crate::{Append, ImportRow, JoinAnswered, LegalHold, NewQuery, Rescans, Result, Scanned};

/// Who changes something, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// None when it is the server or its command line.
    pub user: Option<UserId>,
    /// The address, or `command line`.
    pub from: String,
}

/// The record that no change goes without.
#[derive(Debug, Clone, PartialEq)]
pub struct Audit {
    /// Such as `room.create`.
    pub action: &'static str,
    /// What was changed, such as `room:ID`.
    pub object: String,
    pub before: serde_json::Value,
    pub after: serde_json::Value,
}

/// What has versions of its own, as an `ETag` shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Object {
    Category(CategoryId),
    Room(RoomId),
    Group(GroupId),
    Unit(UnitId),
    Domain(DomainId),
}

#[derive(Clone, PartialEq, Eq)]
pub struct NewAccount {
    pub id: UserId,
    pub name: String,
    pub display_name: String,
    pub email: Option<String>,
    pub password_hash: Option<String>,
    /// The partner that a federated user comes from.
    pub domain: Option<DomainId>,
    pub unit: Option<UnitId>,
}

/// Many new things, of which none is there yet; their versions are the unit's. Parents stand before what is below them.
#[derive(Default)]
pub struct Creation {
    pub domains: Vec<Domain>,
    pub units: Vec<OrganisationalUnit>,
    pub accounts: Vec<NewAccount>,
    pub groups: Vec<Group>,
    pub categories: Vec<Category>,
    pub rooms: Vec<Room>,
    pub lists: Vec<(ListOwner, Vec<Entry>)>,
}

/// What a creating request left under its idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    pub caller: UserId,
    pub route: &'static str,
    pub key: String,
    pub request_hash: [u8; 32],
    pub object: uuid::Uuid,
}

/// One administrative change, in one transaction, under the next access version. It takes effect
/// with [`Unit::commit`], which wants the audit record; dropped without, nothing happened.
/// Old versions of what it changes are kept.
#[async_trait]
pub trait Unit: Send {
    /// The version under which this change will stand.
    fn version(&self) -> AccessVersion;

    /// A few statements, however much it is.
    async fn create(&mut self, creation: &Creation) -> Result<()>;

    async fn insert_account(&mut self, account: &NewAccount) -> Result<()>;
    /// Name and address as others see them; none stays as it is.
    async fn set_profile(&mut self, user: UserId, display_name: Option<&str>, email: Option<&str>) -> Result<()>;
    /// Also ends all sessions of the account.
    async fn set_password(&mut self, user: UserId, hash: &str) -> Result<()>;
    /// Disabling also ends all sessions of the account.
    async fn set_enabled(&mut self, user: UserId, enabled: bool) -> Result<()>;
    async fn end_sessions(&mut self, user: UserId) -> Result<()>;
    /// Where in the organisation the account stands.
    async fn set_unit(&mut self, user: UserId, unit: Option<UnitId>) -> Result<()>;
    /// How many enabled local users hold the administrator's role directly and without end.
    async fn administrators(&mut self) -> Result<u64>;
    /// The account's version must still be this one.
    async fn expect_account(&mut self, user: UserId, version: AccessVersion) -> Result<()>;

    // Each creates what isn't there yet, or gives it other properties.
    async fn put_category(&mut self, category: &Category) -> Result<()>;
    /// Also creates the room's head.
    async fn put_room(&mut self, room: &Room) -> Result<()>;
    async fn put_group(&mut self, group: &Group) -> Result<()>;
    async fn put_unit(&mut self, unit: &OrganisationalUnit) -> Result<()>;
    async fn put_domain(&mut self, domain: &Domain) -> Result<()>;
    /// It has no version from this one on. What was said, and who said it, stays.
    async fn remove(&mut self, object: Object) -> Result<()>;
    /// The object's version must still be this one.
    async fn expect(&mut self, object: Object, version: AccessVersion) -> Result<()>;

    /// Adds entries; one that is there already takes the new end.
    async fn put_entries(&mut self, list: ListOwner, entries: &[Entry]) -> Result<()>;
    /// How many were there.
    async fn remove_entries(&mut self, list: ListOwner, principals: &[Principal]) -> Result<u64>;
    /// The list's version must still be this one.
    async fn expect_list(&mut self, list: ListOwner, version: AccessVersion) -> Result<()>;

    /// Answers a request that waits.
    async fn answer_join_request(&mut self, room: RoomId, user: UserId, answered: &JoinAnswered) -> Result<()>;
    /// Whom these entries of a room's or category's list make members is told.
    async fn invite(&mut self, list: ListOwner, principals: &[Principal], by: Option<UserId>) -> Result<()>;
    /// They invite nobody any more.
    async fn uninvite(&mut self, list: ListOwner, principals: &[Principal]) -> Result<()>;

    /// Begins a clean-up, in its rooms up to their present ends.
    async fn begin_query(&mut self, query: &NewQuery) -> Result<()>;
    /// Moves a query on; `Stale` where it is in none of these states, or can't be undone any more.
    async fn turn_query(&mut self, id: QueryId, from: &[QueryState], to: QueryState, undo_until: Option<Timestamp>) -> Result<()>;
    async fn put_hold(&mut self, hold: &LegalHold) -> Result<()>;
    /// Whether it held.
    async fn release_hold(&mut self, hold: HoldId) -> Result<bool>;

    /// As [`Store::file_scanned`](crate::Store::file_scanned).
    async fn file_scanned(&mut self, scanned: &Scanned) -> Result<bool>;
    /// Has a file scanned again that nobody can read. Whether there is one.
    async fn rescan_file(&mut self, id: FileId) -> Result<bool>;
    /// As [`Store::scans_again`](crate::Store::scans_again).
    async fn scans_again(&mut self, which: &Rescans) -> Result<u64>;

    /// How far it is with this change.
    async fn put_import(&mut self, import: &ImportRow) -> Result<()>;

    async fn set_settings(&mut self, settings: &PoolSettings) -> Result<()>;
    async fn remember(&mut self, idempotency: &Idempotency) -> Result<()>;
    /// Something said in a room as part of the change.
    async fn append(&mut self, item: &Append) -> Result<()>;

    /// Writes the audit record and the compliance record, and commits. The new version. Refused where
    /// it would leave the pool without an administrator.
    async fn commit(self: Box<Self>, audit: Audit) -> Result<AccessVersion>;
}
