//! Categories.

use serde::{Deserialize, Serialize};

use super::access::At;
use crate::category::{CategorySettings, Scope};
use crate::id::CategoryId;
use crate::settings::FileLimits;

/// GET `categories`: the tree, flat, parents before children.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Category {
    pub id: CategoryId,
    pub parent: Option<CategoryId>,
    pub name: String,
    pub description: String,
    /// How many levels below the root it stands; the root is 0.
    pub depth: u32,
    pub scope: Scope,
    pub inherit_members: bool,
    pub settings: CategorySettings,
    /// What the files of each room below may take; 0 says nothing.
    pub limits: FileLimits,
    /// What they come to here, and where each comes from.
    pub effective: EffectiveSettings,
    pub may_create_rooms: bool,
    pub may_manage: bool,
    /// Also the `ETag`.
    pub version: String,
}

/// How GET `categories/tree` is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "server", into_params(parameter_in = Query))]
pub struct TreeQuery {
    /// Opened down to this category, and this one too; the root unless asked otherwise.
    #[cfg_attr(feature = "server", param(value_type = Option<String>, format = "uuid"))]
    pub open: Option<CategoryId>,
    /// Instead, the categories whose name has these words, with those above them.
    pub q: Option<String>,
}

/// GET `categories/tree`: what of the tree one looks at, from the top downwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct TreeLine {
    pub id: CategoryId,
    pub name: String,
    pub depth: u32,
    /// Whether what is below follows.
    pub open: bool,
    /// How many categories stand directly below.
    pub children: u32,
    /// How many rooms stand in it and below, of those that I may find or manage.
    pub rooms: u32,
    pub may_manage: bool,
}

/// What a setting comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Effective {
    pub on: bool,
    /// Whose word that is.
    pub from: At,
    /// Whether a category above locks it: then what is said further down has no effect.
    pub locked: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct EffectiveSettings {
    pub invitations: Effective,
    pub files: Effective,
    pub history: Effective,
    pub upload_limit: EffectiveLimit,
    pub room_quota: EffectiveLimit,
}

/// What a limit comes to: the smallest of the path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct EffectiveLimit {
    /// None without a limit.
    pub bytes: Option<u64>,
    /// Whose word that is.
    pub from: At,
}

/// PATCH `categories/{id}`; what isn't sent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ChangeCategory {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inherit_members: Option<bool>,
    /// All three, where any is to change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings: Option<CategorySettings>,
    /// Both, where either is to change; 0 says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<FileLimits>,
}

/// POST `categories/{id}/move`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MoveCategory {
    pub parent: CategoryId,
}

/// POST `categories`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewCategory {
    pub name: String,
    pub parent: CategoryId,
    #[serde(default)]
    pub description: String,
    #[serde(default = "inherit")]
    pub scope: Scope,
    #[serde(default)]
    pub inherit_members: bool,
    #[serde(default)]
    pub settings: CategorySettings,
    #[serde(default)]
    pub limits: FileLimits,
}

const fn inherit() -> Scope {
    Scope::Inherit
}
