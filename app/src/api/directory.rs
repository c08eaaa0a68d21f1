use stoa_domain::wire::Page;
use stoa_domain::wire::directory::{DirectoryQuery, DirectoryRoom};

use super::{Api, Result};
use crate::routes::with_query;

impl Api {
    /// The rooms that I may find.
    pub async fn directory(&self, query: &DirectoryQuery) -> Result<Page<DirectoryRoom>> {
        let category = query.category.map(|id| id.to_string()).unwrap_or_default();
        self.get(with_query(
            "/directory",
            &[
                ("q", query.q.as_deref().unwrap_or_default()),
                ("category", &category),
                ("privacy", query.privacy.map(stoa_domain::room::Privacy::as_str).unwrap_or_default()),
                ("cursor", query.cursor.as_deref().unwrap_or_default()),
            ],
        ))
        .await
    }
}
