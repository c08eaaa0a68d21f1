//! Where the numbers for operators are served.

use serde::{Deserialize, Serialize};

use super::Listen;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Metrics {
    /// An address of their own for `/metrics` and `/health`; without one, `/metrics` is answered
    /// on the main address to this machine only.
    pub listen: Option<Listen>,
}
