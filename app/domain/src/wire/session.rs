//! Signing in, and the first administrator.

use serde::{Deserialize, Serialize};

use super::Person;
use crate::person::Role;

/// GET `setup`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SetupState {
    /// Whether the first administrator is still missing.
    pub needed: bool,
}

/// POST `setup`: creates the first administrator.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// From the link that the server prints at its start.
    pub token: String,
    pub name: String,
    pub display_name: String,
    pub password: String,
}

/// POST `session`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    pub name: String,
    pub password: String,
}

/// GET and POST `session`: who I am and what I may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Session {
    pub user: Person,
    pub roles: Vec<Role>,
    /// Whether there is a category in which I may create rooms.
    pub may_create_rooms: bool,
    /// Whether there is a category that I manage.
    pub manages_categories: bool,
}
