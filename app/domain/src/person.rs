//! People and the roles that they can hold pool-wide.

use serde::{Deserialize, Serialize};

/// A role that is assigned to users or groups for the whole pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Administrator,
    UserAdministrator,
    Auditor,
    ComplianceOfficer,
}

impl Role {
    pub const ALL: [Self; 4] = [Self::Administrator, Self::UserAdministrator, Self::Auditor, Self::ComplianceOfficer];
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::UserAdministrator => "user_administrator",
            Self::Auditor => "auditor",
            Self::ComplianceOfficer => "compliance_officer",
        }
    }
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// Up to two letters that stand for a person where there is no picture.
#[must_use]
pub fn initials(display_name: &str) -> String {
    let mut words = display_name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    let last = words.next_back();
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_take_the_first_and_the_last_word() {
        assert_eq!(initials("Mira Kovač"), "MK");
        assert_eq!(initials("aiko"), "A");
        assert_eq!(initials("Ana María de la Cruz"), "AC");
        assert_eq!(initials("()"), "");
    }
}
