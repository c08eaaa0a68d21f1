use stoa_domain::wire::problem::Problem;

use super::{Api, Result};
use crate::json::read;
use crate::live::wire::Found;

impl Api {
    /// Where my channel is, with a ticket for it, and what I follow.
    pub async fn lookup(&self) -> Result<Found> {
        let text = self.text("POST", "/lookup".to_owned(), Some(b"{}".to_vec())).await?;
        read(&text).ok_or_else(Problem::internal)
    }
}
