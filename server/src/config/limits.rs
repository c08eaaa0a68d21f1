//! How much this server takes on.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Live connections; above that, Lookup asks clients to come back later.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 50_000 }
    }
}
