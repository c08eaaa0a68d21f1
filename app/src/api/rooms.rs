use stoa_domain::id::RoomId;
use stoa_domain::wire::message::{History, HistoryQuery};
use stoa_domain::wire::room::RoomInfo;

use super::{Api, Result};
use crate::routes::with_query;

impl Api {
    /// What everyone who finds a room sees of it.
    pub async fn room(&self, room: RoomId) -> Result<RoomInfo> {
        self.get(format!("/rooms/{room}")).await
    }

    pub async fn history(&self, room: RoomId, query: HistoryQuery) -> Result<History> {
        let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
        self.get(with_query(
            &format!("/rooms/{room}/messages"),
            &[
                ("before_seq", &number(query.before_seq)),
                ("after_seq", &number(query.after_seq)),
                ("around", &number(query.around)),
                ("limit", &number(query.limit.map(i64::from))),
            ],
        ))
        .await
    }
}
