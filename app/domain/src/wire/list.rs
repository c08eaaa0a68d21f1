//! Access lists, as they were entered.

use serde::{Deserialize, Serialize};

use super::{Page, Person};
use crate::principal::Principal;
use crate::time::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ListEntry {
    pub principal: Principal,
    /// Whom a user entry names, so that a page needn't ask for each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Person>,
    /// What a group, unit or domain is called; none if it is gone, and the entry without effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub until: Option<Timestamp>,
    pub added_by: Option<Person>,
    pub added_at: Timestamp,
}

/// GET `…/lists/{list}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct List {
    #[serde(flatten)]
    pub page: Page<ListEntry>,
    /// Also the `ETag`.
    pub version: String,
}

/// One entry as it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewEntry {
    pub principal: Principal,
    #[serde(default)]
    pub until: Option<Timestamp>,
}

/// PUT `…/lists/{list}`: the whole list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewList {
    pub items: Vec<NewEntry>,
}

/// PATCH `…/lists/{list}`: entries that come, or take another end, and entries that go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ChangeList {
    pub add: Vec<NewEntry>,
    pub remove: Vec<Principal>,
}
