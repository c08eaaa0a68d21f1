//! Whom a list can name: searched for, and recognised in what was pasted.

use serde::{Deserialize, Serialize};

use crate::principal::Principal;
use crate::room::words;

words! {
    PrincipalKind { User = "user", Group = "group", Unit = "unit", Domain = "domain", Everyone = "everyone" }
}

/// How GET `principals` is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "server", into_params(parameter_in = Query))]
pub struct PrincipalQuery {
    /// Words of a name; also a whole address.
    pub q: Option<String>,
    #[cfg_attr(feature = "server", param(value_type = Option<String>))]
    pub kind: Option<PrincipalKind>,
    /// 20 unless asked otherwise, at most 200.
    pub limit: Option<u32>,
}

/// Somebody or something that a list can name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct FoundPrincipal {
    pub principal: Principal,
    pub name: String,
    /// What tells it from others of the name: of people the sign-in name, where the caller sees accounts
    /// the address too; of groups the description; of units the units above.
    pub detail: String,
    /// An account that can't sign in.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
}

/// POST `principals/resolve`: a pasted list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Resolve {
    /// At most 10,000. Each an address (also as `Name <address>`), a sign-in name, the name of a group,
    /// unit or domain, or `kind:id`. Empty ones are passed over.
    pub lines: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Resolved {
    pub known: Vec<KnownLine>,
    pub unknown: Vec<UnknownLine>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct KnownLine {
    pub line: String,
    pub principal: Principal,
    pub name: String,
}

words! {
    Unresolved {
        Unknown = "unknown",
        /// Several have this name or address.
        Ambiguous = "ambiguous",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct UnknownLine {
    pub line: String,
    pub reason: Unresolved,
}
