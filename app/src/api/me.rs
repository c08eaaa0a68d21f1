use stoa_domain::id::RoomId;
use stoa_domain::wire::me::ChangeMyRoom;
#[cfg(feature = "ssr")]
use stoa_domain::wire::{Page, me::MyRoom};

use super::{Api, Result};
#[cfg(feature = "ssr")]
use crate::routes::with_query;

impl Api {
    /// All rooms that I follow.
    #[cfg(feature = "ssr")]
    pub async fn my_rooms(&self) -> Result<Vec<MyRoom>> {
        let mut rooms = Vec::new();
        let mut cursor = String::new();
        loop {
            let page: Page<MyRoom> = self.get(with_query("/me/rooms", &[("limit", "200"), ("cursor", &cursor)])).await?;
            rooms.extend(page.items);
            match page.next {
                Some(next) => cursor = next,
                None => return Ok(rooms),
            }
        }
    }

    /// Changes what only I see of a room: favourite, level, draft.
    pub async fn change_my_room(&self, room: RoomId, change: &ChangeMyRoom) -> Result<()> {
        self.send::<()>("PATCH", format!("/me/rooms/{room}"), change).await
    }
}
