//! One socket's requests. They are read one after another; a post is answered when it is durable,
//! without anyone waiting for it, so that a client may send the next meanwhile.

use std::sync::Arc;

use serde::Serialize;
use stoa_domain::access::Snapshot;
use stoa_domain::id::{Nonce, RoomId, Seq, UserId};
use stoa_domain::wire::channel::{Empty, Op, Pong, ReadMark, Request, Signal};
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::{Page, Person};
use stoa_store::{Append, Appending};

use super::hub::Socket;
use super::outbox::Outbox;
use super::writer::{Reply, Write};
use super::{history, post, reply};
use crate::access::person;
use crate::lookup::Claims;
use crate::paging::{cursor_at, read_cursor};
use crate::services::Core;
use crate::{Result, StoreProblem};

/// People on one page of a roster.
const ROSTER_PAGE: usize = 200;

pub struct Connection {
    pub(super) core: Arc<Core>,
    pub(super) socket: Arc<Socket>,
}

impl Connection {
    pub(crate) fn new(core: Arc<Core>, claims: Claims) -> Self {
        let socket = core.hub.connect(claims.user, claims.session);
        Self { core, socket }
    }

    #[must_use]
    pub fn outbox(&self) -> &Arc<Outbox> {
        &self.socket.outbox
    }

    /// Handles one text frame; whatever comes of it goes through the outbox.
    pub async fn receive(&self, text: &str) {
        // Who was told farewell does nothing more, though his line may stay open for a while.
        if self.socket.outbox.is_closing() {
            return;
        }
        match serde_json::from_str::<Request>(text) {
            Ok(request) => self.handle(request).await,
            Err(error) => {
                let (re, problem) = broken(text, &error);
                // What can't be read costs as much as what can.
                self.answer::<Empty>(re, Err(self.take().err().unwrap_or(problem)));
            }
        }
    }

    fn answer<T: Serialize>(&self, re: u64, result: Result<T>) {
        self.socket.outbox.push(reply(re, result));
    }

    async fn handle(&self, Request { id, op }: Request) {
        if let Err(problem) = self.allow(&op) {
            return self.answer::<Empty>(id, Err(problem));
        }
        if !matches!(op, Op::Ping) {
            self.core.access.confirm().await;
            if self.socket.outbox.is_closing() {
                return;
            }
        }
        match op {
            Op::Post { room, message } => match post::message(&self.core, self.user(), room, message).await {
                Ok(ready) => {
                    let reply = Reply::Socket { outbox: Arc::clone(&self.socket.outbox), re: id, post: true };
                    self.core.writer.write(ready.write(reply)).await;
                }
                Err(problem) => self.answer::<Empty>(id, Err(problem)),
            },
            Op::Edit { room, seq, nonce, body, subject } => {
                let ready = Box::pin(post::edit(&self.core, self.user(), room, seq, body, subject)).await;
                self.append(id, room, nonce, ready).await;
            }
            Op::Delete { room, seq, nonce } => {
                let what = self.core.access.room(self.user(), room).and_then(|(snapshot, decision)| {
                    if decision.rights.enter || decision.rights.manage {
                        Ok((Appending::Delete { of: seq, as_manager: decision.rights.manage }, snapshot))
                    } else {
                        Err(crate::access::refused(decision))
                    }
                });
                self.append(id, room, nonce, what).await;
            }
            Op::React { room, seq, nonce, emoji, on } => {
                let what = self.core.access.enter(self.user(), room);
                let what = what.and_then(|(snapshot, _)| post::reaction(seq, emoji, on).map(|what| (what, snapshot)));
                self.append(id, room, nonce, what).await;
            }
            Op::Join { rooms } => {
                self.socket.outbox.reserve();
                let joined = Box::pin(self.join(rooms)).await;
                self.socket.outbox.fill(reply(id, joined));
            }
            Op::History { room, query } => self.answer(id, Box::pin(history(&self.core, self.user(), room, &query)).await),
            Op::Close { room } => {
                self.core.record_passage(self.core.hub.unsubscribe(&self.socket, room));
                self.answer(id, Ok(Empty {}));
            }
            Op::Leave { room } => self.answer(id, self.core.leave(self.user(), room, Some(self.socket.id)).await.map(|()| Empty {})),
            Op::Roster { room, cursor } => self.answer(id, self.roster(room, cursor.as_deref())),
            Op::Read { room, seq, back } => self.answer(id, self.read(room, seq, back).await),
            Op::Typing { room } => self.answer(id, self.typing(room)),
            Op::Ping => self.answer(id, Ok(Pong { server_time: self.core.environment.now() })),
        }
    }

    fn user(&self) -> UserId {
        self.socket.user
    }

    /// The limit of operations per second and user. A ping is free.
    fn allow(&self, op: &Op) -> Result<()> {
        if matches!(op, Op::Ping) { Ok(()) } else { self.take() }
    }

    fn take(&self) -> Result<()> {
        self.core.take(&self.socket.bucket)
    }

    /// An event that isn't a message, under the snapshot that allowed it.
    async fn append(&self, re: u64, room: RoomId, nonce: Nonce, what: Result<(Appending, Arc<Snapshot>)>) {
        let (what, snapshot) = match what.and_then(|what| self.core.running().map(|()| what)) {
            Ok(what) => what,
            Err(problem) => return self.answer::<Empty>(re, Err(problem)),
        };
        let environment = &self.core.environment;
        let item =
            Append { room, author: self.user(), nonce: Some(nonce), id: environment.id(), at: environment.now(), access_version: snapshot.version, what };
        let reply = Reply::Socket { outbox: Arc::clone(&self.socket.outbox), re, post: false };
        let author = person(&snapshot, self.user());
        self.core.writer.write(Write { item, author, quote: None, attachments: Vec::new(), reply }).await;
    }

    fn roster(&self, room: RoomId, cursor: Option<&str>) -> Result<Page<Person>> {
        let (snapshot, _) = self.core.access.enter(self.user(), room)?;
        let list = format!("roster {room}");
        let after: Option<UserId> =
            cursor.map(|cursor| read_cursor(&list, cursor)).transpose()?.map(|key| key.parse().map_err(|_| Problem::bad_cursor())).transpose()?;
        let mut here = self.core.hub.roster(room).into_iter().filter(|user| after.is_none_or(|after| *user > after));
        let users: Vec<_> = here.by_ref().take(ROSTER_PAGE).collect();
        let next = here.next().and(users.last()).map(|last| cursor_at(&list, &last.to_string()));
        Ok(Page { items: users.into_iter().map(|user| person(&snapshot, user)).collect(), next })
    }

    async fn read(&self, room: RoomId, seq: Seq, back: bool) -> Result<ReadMark> {
        self.core.access.enter(self.user(), room)?;
        if seq < 0 {
            return Err(Problem::invalid().field("/seq", "out-of-range", "A seq isn't negative."));
        }
        let row = self.core.store.set_read(self.user(), room, seq, back).await.or_problem()?;
        let mark = ReadMark { room, seq: row.seq, unread: row.unread, mentions: row.mentions };
        if row.moved {
            self.core.hub.tell(self.user(), Some(self.socket.id), &Signal::Read(mark));
        }
        Ok(mark)
    }

    fn typing(&self, room: RoomId) -> Result<Empty> {
        let (snapshot, decision) = self.core.access.enter(self.user(), room)?;
        if !decision.rights.post {
            return Err(Problem::forbidden().detail("Only presenters post in this room."));
        }
        let signal = Signal::Typing { room, person: person(&snapshot, self.user()) };
        self.core.hub.typing(room, self.user(), &signal, self.core.access.settings().participant_limit, self.core.environment.now());
        Ok(Empty {})
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        metrics::gauge!("stoa_connections").decrement(1);
        for passage in self.core.hub.disconnect(&self.socket) {
            self.core.record_passage(Some(passage));
        }
    }
}

/// What is wrong with a frame that is no request, and the number it bears if it bears one.
fn broken(text: &str, error: &serde_json::Error) -> (u64, Problem) {
    let Ok(value) = serde_json::from_str::<serde_json::Value>(text) else {
        return (0, Problem::malformed().detail(format!("The frame is not JSON: {error}.")));
    };
    let re = value.get("id").and_then(serde_json::Value::as_u64).unwrap_or(0);
    match value.get("op").and_then(serde_json::Value::as_str) {
        Some(op) if !OPS.contains(&op) => (re, Problem::unknown_operation()),
        Some(_) => (re, Problem::malformed().detail(error.to_string())),
        None => (re, Problem::malformed().detail("A request has an id and an op.")),
    }
}

const OPS: &[&str] = &["join", "close", "leave", "post", "edit", "delete", "react", "history", "roster", "read", "typing", "ping"];
