use stoa_domain::wire::lookup::Lookup;

use super::{Api, Result};

impl Api {
    /// Where my channel is, with a ticket for it, and what I follow.
    pub async fn lookup(&self) -> Result<Lookup> {
        self.send("POST", "/lookup".to_owned(), &serde_json::json!({})).await
    }
}
