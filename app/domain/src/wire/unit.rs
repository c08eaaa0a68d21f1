//! Organisational units.

use serde::{Deserialize, Serialize};

use crate::id::UnitId;

/// GET `units`, `units/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Unit {
    pub id: UnitId,
    pub name: String,
    pub parent: Option<UnitId>,
    /// The names of the units above it, from the topmost on.
    pub path: Vec<String>,
    /// How many people stand in it or below it.
    pub people: u64,
    /// Also the `ETag`.
    pub version: String,
}

/// POST `units`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewUnit {
    pub name: String,
    #[serde(default)]
    pub parent: Option<UnitId>,
}

/// PATCH `units/{id}`; what isn't sent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ChangeUnit {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `null` puts it at the top.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "super::sent")]
    #[cfg_attr(feature = "server", schema(value_type = Option<String>, format = "uuid"))]
    pub parent: Option<Option<UnitId>>,
}
