//! Whom an access list can name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::{DomainId, GroupId, UnitId, UserId};

/// Anyone that an access list can name. Lists store what was entered, never its expansion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Principal {
    User(UserId),
    Group(GroupId),
    /// All of an organisational unit and of the units below it.
    Unit(UnitId),
    /// All users of a partner.
    Domain(DomainId),
    /// All internal users; never a federated one.
    Everyone,
}

/// As a principal stands in a path: `user:ID`, `everyone`.
impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{id}"),
            Self::Group(id) => write!(f, "group:{id}"),
            Self::Unit(id) => write!(f, "unit:{id}"),
            Self::Domain(id) => write!(f, "domain:{id}"),
            Self::Everyone => f.write_str("everyone"),
        }
    }
}

impl FromStr for Principal {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "a principal is user:ID, group:ID, unit:ID, domain:ID or everyone";
        if text == "everyone" {
            return Ok(Self::Everyone);
        }
        let (kind, id) = text.split_once(':').ok_or(WRONG)?;
        let id = id.parse::<uuid::Uuid>().map_err(|_| WRONG)?;
        match kind {
            "user" => Ok(Self::User(id.into())),
            "group" => Ok(Self::Group(id.into())),
            "unit" => Ok(Self::Unit(id.into())),
            "domain" => Ok(Self::Domain(id.into())),
            _ => Err(WRONG),
        }
    }
}
