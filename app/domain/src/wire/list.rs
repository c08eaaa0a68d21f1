//! Access lists, as they were entered.

use serde::{Deserialize, Serialize};

use super::{Page, Person};
use crate::access::Idle;
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
    /// For how many people it has effect: enabled, and let in by the categories.
    #[serde(default)]
    pub people: u64,
    /// Why it has none for anybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle: Option<Idle>,
}

/// How GET `…/lists/{list}` is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "server", into_params(parameter_in = Query))]
pub struct ListQuery {
    /// Words that the name, or a person's sign-in name, contains.
    pub q: Option<String>,
    /// Only entries that have no effect, or only those that have one.
    pub idle: Option<bool>,
    pub cursor: Option<String>,
    /// 50 unless asked otherwise, at most 200.
    pub limit: Option<u32>,
}

/// GET `…/lists/{list}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct List {
    #[serde(flatten)]
    pub page: Page<ListEntry>,
    /// How many entries fit.
    #[serde(default)]
    pub total: u64,
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
