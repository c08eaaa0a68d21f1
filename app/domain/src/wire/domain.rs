//! Partners, by their domains.

use serde::{Deserialize, Serialize};

use crate::id::DomainId;

/// GET `domains`, `domains/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Domain {
    pub id: DomainId,
    /// As people read it.
    pub name: String,
    /// As it stands in the DNS: where the two differ, look at the name twice.
    pub ascii: String,
    /// How many people come from it.
    pub people: u64,
    /// Also the `ETag`.
    pub version: String,
}

/// POST `domains`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewDomain {
    pub name: String,
}

/// PATCH `domains/{id}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ChangeDomain {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}
