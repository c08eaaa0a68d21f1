use stoa_domain::wire::Page;
use stoa_domain::wire::category::Category;

use super::{Api, Result};
use crate::routes::with_query;

impl Api {
    /// The categories that I may find, parents before children.
    pub async fn categories(&self) -> Result<Vec<Category>> {
        let mut categories = Vec::new();
        let mut cursor = String::new();
        loop {
            let page: Page<Category> = self.get(with_query("/categories", &[("limit", "200"), ("cursor", &cursor)])).await?;
            categories.extend(page.items);
            match page.next {
                Some(next) => cursor = next,
                None => return Ok(categories),
            }
        }
    }
}
