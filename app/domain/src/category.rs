//! What a category is.

use crate::room::words;
use serde::{Deserialize, Serialize};

/// Deeper trees are refused.
pub const MAX_DEPTH: usize = 16;

words! {
    /// Whom a category lets into the rooms below it.
    Scope {
        /// All internal users (and of those, whom the levels above let in).
        Inherit = "inherit",
        /// Whoever the allowed list names.
        List = "list",
    }
}
words! {
    /// The access lists of a category.
    CategoryList { Allowed = "allowed", Denied = "denied", Managers = "managers", Creators = "creators", Members = "members" }
}
words! {
    /// The value of a setting at a category or room.
    Switch { Inherit = "inherit", On = "on", Off = "off" }
}

/// A setting at a category: its value, and whether the levels below may differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Setting {
    pub value: Switch,
    #[serde(default)]
    pub locked: bool,
}

impl Default for Setting {
    fn default() -> Self {
        Self { value: Switch::Inherit, locked: false }
    }
}

/// The three settings of a category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct CategorySettings {
    /// Whoever becomes a member is told.
    pub invitations: Setting,
    /// Files may be posted.
    pub files: Setting,
    /// Messages are kept and can be read later.
    pub history: Setting,
}

impl CategorySettings {
    /// What the root begins with: everything on, nothing locked.
    #[must_use]
    pub const fn root() -> Self {
        let on = Setting { value: Switch::On, locked: false };
        Self { invitations: on, files: on, history: on }
    }
}

/// The effective value of one setting, given the path from the root downwards:
/// the topmost locked ancestor's, else the own, else the parent's.
#[must_use]
pub fn effective(path: impl IntoIterator<Item = Setting>) -> bool {
    let mut value = true;
    for setting in path {
        match setting.value {
            Switch::On => value = true,
            Switch::Off => value = false,
            Switch::Inherit => {}
        }
        if setting.locked {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn set(value: Switch, locked: bool) -> Setting {
        Setting { value, locked }
    }

    #[test]
    fn the_topmost_lock_decides_else_the_nearest_value() {
        use Switch::{Inherit, Off, On};
        assert!(effective([set(On, false), set(Inherit, false)]));
        assert!(!effective([set(On, false), set(Off, false), set(Inherit, false)]));
        assert!(effective([set(On, true), set(Off, true)]));
        assert!(!effective([set(On, false), set(Off, true), set(On, false)]));
        assert!(!effective([set(Off, false), set(Inherit, true), set(On, false)]));
    }
}
