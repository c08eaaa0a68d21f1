//! Why somebody may do in a room what he may.

use serde::{Deserialize, Serialize};

use super::room::RoomInfo;
use super::{Page, Person};
use crate::access::{Refusal, Rights};
use crate::category::Scope;
use crate::id::{CategoryId, RoomId, UserId};
use crate::person::Role;
use crate::principal::Principal;
use crate::room::Rule;
use crate::time::Timestamp;

/// How GET `rooms/{id}/access` is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "server", into_params(parameter_in = Query))]
pub struct AccessQuery {
    /// Only this person, whether he may enter or not.
    #[cfg_attr(feature = "server", param(value_type = Option<String>, format = "uuid"))]
    pub user: Option<UserId>,
    /// As it was at this moment.
    #[cfg_attr(feature = "server", param(value_type = Option<String>, format = "date-time"))]
    pub at: Option<Timestamp>,
    pub cursor: Option<String>,
    /// 50 unless asked otherwise, at most 200.
    pub limit: Option<u32>,
}

/// GET `rooms/{id}/access`: one person, or a page of those who may enter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum RoomAccess {
    One(Access),
    All(Page<Access>),
}

/// What somebody may do in a room, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Access {
    pub user: Person,
    pub may: Rights,
    /// What stands in the way, if he may not enter.
    pub refusal: Option<Refusal>,
    /// Every rule that applies: what is against it first, then what is for it.
    pub because: Vec<Because>,
}

/// How GET `categories/{id}/access` is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "server", into_params(parameter_in = Query))]
pub struct CategoryAccessQuery {
    /// Only this person, whether the category lets him in or not.
    #[cfg_attr(feature = "server", param(value_type = Option<String>, format = "uuid"))]
    pub user: Option<UserId>,
    pub cursor: Option<String>,
    /// 50 unless asked otherwise, at most 200.
    pub limit: Option<u32>,
}

/// GET `categories/{id}/access`: one person, or whom the category lets into its rooms, and by what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum CategoryAccess {
    One(Box<CategoryPerson>),
    All(CategoryScope),
}

/// What a category is to somebody, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct CategoryPerson {
    pub user: Person,
    /// Whether it lets the person into rooms in it; which of them are entered, the rooms' own lists say.
    pub passes: bool,
    pub manage: bool,
    pub create_rooms: bool,
    /// Every rule that applies: what is against it first, then what is for it.
    pub because: Vec<Because>,
    /// Told of one person only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rooms: Option<EnteredRooms>,
}

/// Of the rooms in a category and below it that the caller sees in the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct EnteredRooms {
    /// Those that the person may enter,
    pub entered: u64,
    /// of so many.
    pub of: u64,
}

/// Whom a category lets into its rooms, and by what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct CategoryScope {
    /// How many people these are.
    pub people: u64,
    /// From the root down to the category.
    pub levels: Vec<ScopeLevel>,
    /// The people, by name.
    pub items: Vec<CategoryPerson>,
    pub next: Option<String>,
}

/// What one level lets in and keeps out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ScopeLevel {
    pub id: CategoryId,
    pub name: String,
    pub scope: Scope,
    /// Those that count for most people first, two hundred at most; none where the caller may not see the lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entries: Option<Vec<ScopeEntry>>,
}

/// An entry that lets in or keeps out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ScopeEntry {
    /// `allowed` or `denied`.
    pub list: String,
    pub principal: Named,
    pub until: Option<Timestamp>,
    /// How many enabled people it names,
    pub people: u64,
    /// and how many of them the category lets in, all levels taken together.
    pub passing: u64,
}

/// GET `users/{id}/access`: the rooms that a person finds or manages, as far as the caller sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PersonAccess {
    pub user: Person,
    /// Told only to who sees accounts, as are the groups.
    pub roles: Vec<HeldRole>,
    /// Those in which the person is, directly or by other groups.
    pub groups: Vec<Named>,
    pub items: Vec<ReachedRoom>,
    pub next: Option<String>,
}

/// A role, and by whose entries it is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct HeldRole {
    pub role: Role,
    pub through: Vec<Named>,
}

/// A room with what the person may do there (`may`), and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ReachedRoom {
    #[serde(flatten)]
    pub room: RoomInfo,
    pub because: Vec<Because>,
}

/// One rule that applies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Because {
    pub rule: Rule,
    /// The list that decided, such as `members`, and whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<At>,
    /// From the person over groups or units to the principal that was entered there.
    pub via: Vec<Named>,
    pub until: Option<Timestamp>,
    pub since: Option<Timestamp>,
    pub by: Option<Person>,
}

/// Whose list it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum At {
    Room { id: RoomId, name: String },
    Category { id: CategoryId, name: String },
    Pool,
}

/// A principal with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Named {
    #[serde(flatten)]
    pub principal: Principal,
    pub name: String,
}
