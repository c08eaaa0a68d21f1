//! Posts that aren't in the stream yet outlive a reload: this browser remembers them, and sends
//! them again under the same nonces.

use stoa_domain::wire::message::NewMessage;

use super::room::Room;
use super::store::Store;
use crate::json::read;
use crate::ui::{store_get, store_set};

impl Store {
    fn outbox_key(self, room: Room) -> String {
        format!("stoa.outbox.{}.{}", self.me(), room.id)
    }

    /// Writes down what is pending in a room.
    pub(super) fn remember(self, room: Room) {
        let pending: Vec<NewMessage> = room.with_timeline(|timeline| timeline.pending().iter().map(|pending| pending.message.clone()).collect());
        let text = if pending.is_empty() { None } else { serde_json::to_string(&pending).ok() };
        store_set(&self.outbox_key(room), text.as_deref());
    }

    /// Takes up what an earlier page couldn't send.
    pub(super) fn recall(self, room: Room) {
        let kept: Vec<NewMessage> = store_get(&self.outbox_key(room)).and_then(|text| read(&text)).unwrap_or_default();
        if kept.is_empty() {
            return;
        }
        let at = crate::when::now();
        room.change(|timeline| {
            for message in kept {
                if !timeline.pending().iter().any(|pending| pending.message.nonce == message.nonce) {
                    timeline.push(message, at);
                }
            }
        });
    }
}
