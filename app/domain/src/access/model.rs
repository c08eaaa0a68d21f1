//! What decisions read, as it is kept.

use crate::category::{CategoryList, CategorySettings, Scope, Switch};
use crate::id::{AccessVersion, CategoryId, DomainId, GroupId, RoomId, UnitId, UserId};
use crate::person::Role;
use crate::principal::Principal;
use crate::room::{Privacy, RoomList, RoomState, RoomType};
use crate::settings::FileLimits;
use crate::time::Timestamp;

/// What decisions read of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub name: String,
    pub display_name: String,
    pub enabled: bool,
    /// The partner that a federated user comes from; none for an internal user.
    pub domain: Option<DomainId>,
    /// The organisational unit that the user stands in.
    pub unit: Option<UnitId>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub id: GroupId,
    pub name: String,
    pub description: String,
    /// The version under which its properties last changed; its `ETag`.
    pub version: AccessVersion,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    pub id: UnitId,
    pub name: String,
    pub parent: Option<UnitId>,
    pub version: AccessVersion,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    pub id: DomainId,
    pub name: String,
    pub version: AccessVersion,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    pub id: CategoryId,
    /// None only at the root.
    pub parent: Option<CategoryId>,
    pub name: String,
    pub description: String,
    pub scope: Scope,
    /// Whether the parent's members count too for rooms below that inherit members.
    pub inherit_members: bool,
    pub settings: CategorySettings,
    /// What the files of each room below may take, where that is less than above.
    pub limits: FileLimits,
    /// The version under which its properties last changed; its `ETag`.
    pub version: AccessVersion,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    pub id: RoomId,
    pub category: CategoryId,
    pub name: String,
    pub description: String,
    pub topic: String,
    pub privacy: Privacy,
    pub room_type: RoomType,
    pub state: RoomState,
    pub inherit_members: bool,
    /// `inherit` or `off`: never wider than the category.
    pub invitations: Switch,
    pub files: Switch,
    pub history: Switch,
    /// What its files may take, where that is less than above.
    pub limits: FileLimits,
    pub created_at: Timestamp,
    /// The version under which its properties last changed; its `ETag`.
    pub version: AccessVersion,
}

/// The list that an entry belongs to. Who is in a group and who holds a role are lists like the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListOwner {
    Room(RoomId, RoomList),
    Category(CategoryId, CategoryList),
    Group(GroupId),
    Role(Role),
}

/// An entry of an access list, as it was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub principal: Principal,
    /// From this moment on the entry has no effect.
    pub until: Option<Timestamp>,
    pub added_by: Option<UserId>,
    pub added_at: Timestamp,
}

impl Entry {
    #[must_use]
    pub fn lives(&self, at: Timestamp) -> bool {
        self.until.is_none_or(|until| at < until)
    }
}
