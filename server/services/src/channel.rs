//! The Channel service: live rooms. The only writer of chat history.

mod connection;
pub mod frame;
pub mod hub;
mod join;
pub(crate) mod limit;
mod outbox;
mod post;
pub mod writer;

use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use stoa_domain::archive::Kind;
use stoa_domain::id::RoomId;
use stoa_domain::message::CHUNK_LIMIT;
use stoa_domain::wire::channel::{Answer, Outcome};
use stoa_domain::wire::message::{History, HistoryQuery, NewMessage, Posted};
use stoa_domain::wire::problem::Problem;
use stoa_store::Appended;

pub use connection::Connection;
pub use outbox::Outbox;

use crate::lookup::Claims;
use crate::services::Core;
use crate::{Caller, Result, StoreProblem};

pub struct Channel {
    core: Arc<Core>,
}

/// An answer as a ready-made frame.
pub(crate) fn reply<T: Serialize>(re: u64, result: Result<T>) -> Bytes {
    frame::json(&Answer { re, outcome: Outcome::from(result) })
}

pub(crate) const fn posted(done: Appended) -> Posted {
    Posted { seq: done.seq, n: done.n, id: done.id, at: done.at }
}

impl Channel {
    pub(crate) const fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// Opens a connection for whom a ticket was redeemed.
    ///
    /// # Errors
    /// 401 for who was disabled or signed out meanwhile, 503 while the server stops.
    pub async fn connect(&self, claims: Claims) -> Result<Connection> {
        self.core.running()?;
        if !self.core.access.vouched()?.user(claims.user).is_some_and(|user| user.enabled) {
            return Err(Problem::bad_ticket());
        }
        metrics::gauge!("stoa_connections").increment(1);
        let connection = Connection::new(Arc::clone(&self.core), claims);
        // Asked only now: a session that ends from here on takes the socket with it, and so does a
        // server that stops.
        let alive = self.core.store.sessions_alive(&[claims.session], self.core.environment.now()).await.or_problem()?;
        self.core.running()?;
        if alive.is_empty() { Err(Problem::bad_ticket()) } else { Ok(connection) }
    }

    /// Posts without a socket.
    ///
    /// # Errors
    /// As `post` on a channel.
    pub async fn post(&self, caller: &Caller, room: RoomId, message: NewMessage) -> Result<Posted> {
        self.core.take(&self.core.hub.bucket(caller.user))?;
        let ready = post::message(&self.core, caller.user, room, message).await?;
        self.core.writer.append(ready).await.map(posted)
    }

    /// Messages of a room in their present state.
    ///
    /// # Errors
    /// As `history` on a channel.
    pub async fn history(&self, caller: &Caller, room: RoomId, query: &HistoryQuery) -> Result<History> {
        self.core.take(&self.core.hub.bucket(caller.user))?;
        history(&self.core, caller.user, room, query).await
    }
}

async fn history(core: &Core, user: stoa_domain::id::UserId, room: RoomId, query: &HistoryQuery) -> Result<History> {
    core.access.enter(user, room)?;
    let asked = [query.before_seq, query.after_seq, query.around];
    if asked.iter().flatten().count() > 1 {
        return Err(Problem::invalid().field("/before_seq", "one-of", "Only one of before_seq, after_seq and around."));
    }
    if asked.iter().flatten().any(|seq| *seq < 0) {
        return Err(Problem::invalid().field("/before_seq", "out-of-range", "A seq isn't negative."));
    }
    let limit = query.limit.unwrap_or(core.access.settings().history_chunk).clamp(1, CHUNK_LIMIT);
    let history = core.store.history(room, query, limit, user).await.or_problem()?;
    // Asked again after the read: who lost the room meanwhile doesn't get what was read for him.
    core.access.enter(user, room)?;
    let payload = serde_json::json!({ "from_seq": history.from_seq, "to_seq": history.to_seq });
    core.writer.record(core.record(Kind::HistoryViewed, room, user, payload));
    Ok(history)
}
