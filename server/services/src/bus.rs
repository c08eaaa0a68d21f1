//! Live events between servers. In one process they go straight to the hub; a pool's servers
//! will hear of each other's commits here. What gets lost on the way is found again by the
//! hub's comparison with the database, so a bus may be unreliable, but never reorders a room.

use std::sync::{Arc, OnceLock};

use stoa_domain::id::{Nonce, RoomId};
use stoa_domain::wire::message::RoomEvent;

use crate::channel::hub::Hub;

/// Events of one room that one transaction committed, in order. The nonces go to the authors only.
pub struct Committed {
    pub room: RoomId,
    pub events: Vec<(RoomEvent, Option<Nonce>)>,
}

/// The way from the writer to every hub of the pool. A closed set: in process, or over a network.
pub enum Bus {
    InProcess(OnceLock<Arc<Hub>>),
}

impl Bus {
    #[must_use]
    pub fn in_process() -> Self {
        Self::InProcess(OnceLock::new())
    }
    /// Where what is published arrives on this server.
    pub fn deliver_to(&self, hub: Arc<Hub>) {
        match self {
            // A second hub can't be: the composition makes one of each.
            Self::InProcess(slot) => drop(slot.set(hub)),
        }
    }
    pub fn publish(&self, committed: Committed) {
        match self {
            Self::InProcess(slot) => {
                if let Some(hub) = slot.get() {
                    hub.committed(committed);
                }
            }
        }
    }
}
