//! People and their accounts.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Person;
use super::access::Named;
use crate::id::{DomainId, ImportId, UnitId};
use crate::person::Role;
use crate::time::Timestamp;

/// GET `users`, `users/{id}`. To those who don't administer people, the rest stays out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Account {
    #[serde(flatten)]
    pub person: Person,
    pub enabled: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountDetails>,
}

/// What only who administers people sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct AccountDetails {
    pub email: Option<String>,
    /// The organisational unit that the person stands in.
    #[serde(default)]
    pub unit: Option<Named>,
    /// The partner that a federated user comes from.
    #[serde(default)]
    pub domain: Option<Named>,
    pub roles: Vec<Role>,
    pub created_at: Timestamp,
    pub last_sign_in: Option<Timestamp>,
    /// Also the `ETag`.
    pub version: String,
}

/// POST `users`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    pub name: String,
    pub display_name: String,
    #[serde(default)]
    pub email: Option<String>,
    /// Without one the account can't sign in until it is reset.
    #[serde(default)]
    pub password: Option<String>,
    #[serde(default)]
    pub unit: Option<UnitId>,
    /// Makes a federated user of this partner.
    #[serde(default)]
    pub domain: Option<DomainId>,
}

/// PATCH `users/{id}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ChangeUser {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Ends all sessions of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// Disabling ends all sessions of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// `null` takes the person out of any unit.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "super::sent")]
    #[cfg_attr(feature = "server", schema(value_type = Option<String>, format = "uuid"))]
    pub unit: Option<Option<UnitId>>,
}

/// How POST `users/import` is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "server", into_params(parameter_in = Query))]
pub struct ImportQuery {
    /// Only tells what would be done.
    pub dry_run: Option<bool>,
    /// Leaves out the lines that are refused; without it one of them refuses all.
    pub skip_bad: Option<bool>,
}

/// What became of a file of people, or would.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Imported {
    /// Whether all of it was done.
    pub applied: bool,
    pub created: u64,
    pub changed: u64,
    pub unchanged: u64,
    /// How many lines were refused, of which the first thousand are told.
    pub refused: u64,
    pub refusals: Vec<RefusedLine>,
    /// How far it is, where there is something to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<ImportProgress>,
}

/// How far a file of people is: lines that change something, of all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ImportProgress {
    pub id: ImportId,
    pub state: ImportState,
    pub done: u64,
    pub of: u64,
    /// Why it stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    Running,
    Done,
    /// What was done stays; the same file again does the rest.
    Stopped,
}

/// A line that can't be taken, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RefusedLine {
    /// Of the file, from 1, with the head.
    pub line: u64,
    pub column: Cow<'static, str>,
    pub code: Cow<'static, str>,
    pub message: String,
}
