use stoa_domain::wire::Page;
use stoa_domain::wire::people::Account;

use super::{Api, Result};
use crate::routes::with_query;

impl Api {
    /// The people that I may find.
    pub async fn users(&self, words: &str, cursor: &str) -> Result<Page<Account>> {
        self.get(with_query("/users", &[("q", words), ("cursor", cursor)])).await
    }
}
