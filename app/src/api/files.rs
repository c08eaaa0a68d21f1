use stoa_domain::id::RoomId;
use stoa_domain::wire::Page;
use stoa_domain::wire::file::File;

use super::{Api, Result};
use crate::routes::with_query;

impl Api {
    /// What messages of the room have, the newest first.
    pub async fn files(&self, room: RoomId, query: &[(&str, &str)]) -> Result<Page<File>> {
        self.get(with_query(&format!("/rooms/{room}/files"), query)).await
    }
}
