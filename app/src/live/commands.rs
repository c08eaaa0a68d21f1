//! What a person does, as calls of the store: each changes the state and tells the server.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use stoa_domain::id::{FileId, Nonce, RoomId, Seq};
use stoa_domain::message::{Importance, MessageKind};
use stoa_domain::wire::channel::{Done, Empty, JoinRoom, Op, People, ReadMark};
use stoa_domain::wire::me::ChangeMyRoom;
use stoa_domain::wire::message::{HistoryQuery, NewMessage, Posted};
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::{Page, Person};

use super::room::{Load, Room, put};
use super::store::Store;
use super::timeline::{Progress, Timeline};
use super::{Status, socket};
use crate::json::Read;

/// Messages that one page of history brings.
pub const PAGE: u32 = 60;

/// What one writes.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    pub body: String,
    pub subject: Option<String>,
    pub high: bool,
    pub reply_to: Option<Seq>,
    pub attachments: Vec<FileId>,
}

impl Store {
    /// Looks at a room, at its end or around a message. Loads what is missing.
    pub fn look(self, room: Room, anchor: Option<Seq>) {
        if self.current.get_untracked() != Some(room.id) {
            if let Some(left) = self.current.get_untracked().and_then(|left| self.find(left)) {
                left.rest();
            }
            self.current.set(Some(room.id));
            put(room.new_after, Some(room.read_seq.get_untracked()).filter(|_| room.unread.get_untracked() > 0));
        }
        match anchor {
            Some(seq) if room.with_timeline(|timeline| timeline.span(Some(seq)).is_none()) => {
                self.load(room, HistoryQuery { around: Some(seq), ..HistoryQuery::default() })
            }
            _ => {
                put(room.anchor, anchor);
                room.draw();
            }
        }
        let unloaded = room.with_timeline(|timeline| timeline.span(None).is_none_or(|span| span.items.is_empty() && span.from > 1));
        if anchor.is_none() && (room.load.get_untracked() == Load::Idle || (unloaded && room.load.get_untracked() == Load::Ready)) {
            let before_seq = room.head().map(|head| head + 1);
            self.load(room, HistoryQuery { before_seq, ..HistoryQuery::default() });
        }
    }

    /// Opens a room of which perhaps nothing is known yet.
    pub fn visit(self, id: RoomId, anchor: Option<Seq>) {
        put(self.problem, None);
        self.wanted.set_value(Some(id));
        if let Some(room) = self.find(id) {
            return self.look(room, anchor);
        }
        spawn_local(async move {
            let answer = self.api().room(id).await;
            // Meanwhile one may have gone elsewhere.
            if self.wanted.try_get_value() != Some(Some(id)) {
                return;
            }
            match answer {
                Ok(found) => self.look(self.room_of(&found), anchor),
                Err(problem) => {
                    put(self.current, None);
                    self.problem.set(Some(problem));
                }
            }
        });
    }

    pub fn leave_view(self) {
        if let Some(room) = self.current.get_untracked().and_then(|room| self.find(room)) {
            room.rest();
        }
        put(self.current, None);
        put(self.problem, None);
        self.wanted.set_value(None);
    }

    /// Loads again what couldn't be loaded.
    pub fn reload(self, room: Room) {
        if matches!(room.load.get_untracked(), Load::Failed(_)) {
            let anchor = room.anchor.get_untracked();
            let something = room.with_timeline(|timeline| timeline.span(anchor).is_some_and(|span| !span.items.is_empty()));
            put(room.load, if something { Load::Ready } else { Load::Idle });
            self.look(room, anchor);
        }
    }

    /// Loads a page of history around, before or after something.
    pub fn load(self, room: Room, query: HistoryQuery) {
        // A page of the server brings all that it shows.
        if cfg!(not(feature = "hydrate")) || room.load.get_untracked() == Load::Loading {
            return;
        }
        room.load.set(Load::Loading);
        spawn_local(async move {
            let query = HistoryQuery { limit: Some(PAGE), ..query };
            match self.api().history(room.id, query.clone()).await {
                Ok(page) => {
                    for message in &page.messages {
                        self.learn(&message.author);
                    }
                    let there = query.around.is_none_or(|seq| page.from_seq <= seq && seq <= page.to_seq);
                    room.merge(page);
                    if !there {
                        // An address may name what never was.
                        return self.look(room, None);
                    }
                    if query.around.is_some() {
                        put(room.anchor, query.around);
                    }
                    room.draw();
                }
                Err(problem) => room.load.set(Load::Failed(problem)),
            }
        });
    }

    pub fn load_older(self, room: Room) {
        let from = room.with_timeline(|timeline| timeline.span(room.anchor.get_untracked()).map(|span| span.from));
        if let Some(from) = from.filter(|from| *from > 1) {
            self.load(room, HistoryQuery { before_seq: Some(from), ..HistoryQuery::default() });
        }
    }

    /// Loads what comes after the part that is looked at, if that isn't the tail.
    pub fn load_newer(self, room: Room) {
        let Some(anchor) = room.anchor.get_untracked() else { return };
        let (to, head) = room.with_timeline(|timeline| (timeline.span(Some(anchor)).map(|span| span.to), timeline.head()));
        if to == head {
            put(room.anchor, None);
        } else if let Some(to) = to {
            self.load(room, HistoryQuery { after_seq: Some(to), ..HistoryQuery::default() });
        }
    }

    pub fn post(self, room: Room, draft: Draft) {
        let message = NewMessage {
            nonce: socket::new_nonce(),
            body: draft.body,
            kind: if draft.subject.is_some() { MessageKind::Story } else { MessageKind::Chat },
            subject: draft.subject,
            importance: if draft.high { Importance::High } else { Importance::Normal },
            reply_to: draft.reply_to,
            attachments: draft.attachments,
        };
        put(room.new_after, None);
        put(room.anchor, None);
        room.change(|timeline| timeline.push(message, crate::when::now()));
        self.remember(room);
        room.draw();
        self.flush(room);
    }

    /// Hands the queued posts of a room to the connection, if there is one.
    pub(super) fn flush(self, room: Room) {
        if self.status.get_untracked() != Status::Online || !room.joined.get_untracked() {
            return;
        }
        let queued: Vec<NewMessage> = room.with_timeline(|timeline| {
            timeline.pending().iter().filter(|pending| pending.progress == Progress::Queued).map(|pending| pending.message.clone()).collect()
        });
        for message in queued {
            let nonce = message.nonce;
            room.change(|timeline| timeline.set(nonce, Progress::Sent));
            self.link.request(Op::Post { room: room.id, message }, move |answer: Result<Posted, Problem>| self.posted(room, nonce, answer));
        }
    }

    fn posted(self, room: Room, nonce: Nonce, answer: Result<Posted, Problem>) {
        match answer {
            // Nobody knows whether it was kept: it goes again, under the same nonce.
            Err(problem) if socket::is_lost(&problem) => room.change(Timeline::requeue),
            Err(Problem { retry_after: Some(seconds), .. }) => {
                room.change(|timeline| timeline.set(nonce, Progress::Queued));
                set_timeout(move || self.flush(room), Duration::from_secs(u64::from(seconds.clamp(1, 60))));
            }
            answer => {
                room.change(|timeline| timeline.answered(nonce, answer));
                self.remember(room);
            }
        }
    }

    pub fn retry(self, room: Room, nonce: Nonce) {
        room.change(|timeline| timeline.set(nonce, Progress::Queued));
        self.flush(room);
    }

    pub fn discard(self, room: Room, nonce: Nonce) -> Option<NewMessage> {
        let message = room.change(|timeline| timeline.discard(nonce));
        self.remember(room);
        message
    }

    pub fn edit(self, room: Room, seq: Seq, body: String, subject: Option<String>, done: impl FnOnce() + 'static) {
        self.ask(Op::Edit { room: room.id, seq, nonce: socket::new_nonce(), body, subject }, |_: Done| done());
    }

    pub fn delete(self, room: Room, seq: Seq) {
        self.ask(Op::Delete { room: room.id, seq, nonce: socket::new_nonce() }, |_: Done| {});
    }

    pub fn react(self, room: Room, seq: Seq, emoji: String, on: bool) {
        self.ask(Op::React { room: room.id, seq, nonce: socket::new_nonce(), emoji, on }, |_: Done| {});
    }

    /// Moves the read mark to the last message that is known.
    pub fn mark_read(self, room: Room) {
        let Some(head) = room.head() else { return };
        if head <= room.read_seq.get_untracked() || self.status.get_untracked() != Status::Online || !room.following.get_untracked() {
            return;
        }
        room.read_up_to(head);
        self.link.request(Op::Read { room: room.id, seq: head, back: false }, move |answer: Result<ReadMark, Problem>| {
            // Meanwhile one may have read on.
            if let Ok(mark) = answer
                && mark.seq >= room.read_seq.get_untracked()
            {
                self.marked(mark);
            }
        });
    }

    pub fn mark_all_read(self) {
        for room in self.rooms.get_untracked() {
            if room.unread.get_untracked() > 0 {
                self.mark_read(room);
            }
        }
    }

    pub fn typing(self, room: Room) {
        if self.status.get_untracked() == Status::Online && room.following.get_untracked() {
            self.link.request(Op::Typing { room: room.id }, |_: Result<Empty, Problem>| {});
        }
    }

    /// Follows a room from now on.
    pub fn join(self, room: Room) {
        self.link.join(self, vec![JoinRoom { room: room.id, after_seq: room.head(), limit: None }]);
    }

    pub fn leave(self, room: Room) {
        self.ask(Op::Leave { room: room.id }, move |_: Empty| self.unfollow(room.id));
    }

    /// Everyone who is here, where a join tells only how many.
    pub fn roster(self, room: Room) {
        self.roster_page(room, None, Vec::new());
    }

    fn roster_page(self, room: Room, cursor: Option<String>, mut here: Vec<Person>) {
        self.ask(Op::Roster { room: room.id, cursor }, move |page: Page<Person>| {
            here.extend(page.items);
            match page.next {
                Some(next) if here.len() < 5_000 => self.roster_page(room, Some(next), here),
                _ => room.people.set(People { count: u32::try_from(here.len()).unwrap_or(u32::MAX), here: Some(here) }),
            }
        });
    }

    pub fn set_favourite(self, room: Room, favourite: bool) {
        put(room.favourite, favourite);
        let change = ChangeMyRoom { favourite: Some(favourite), ..ChangeMyRoom::default() };
        spawn_local(async move {
            if let Err(problem) = self.api().change_my_room(room.id, &change).await {
                put(room.favourite, !favourite);
                self.fail(&problem);
            }
        });
    }

    pub fn keep_draft(self, room: Room, draft: String) {
        if room.draft.with_value(|kept| *kept == draft) || !room.following.get_untracked() {
            return;
        }
        room.draft.set_value(draft.clone());
        let change = ChangeMyRoom { draft: Some(draft), ..ChangeMyRoom::default() };
        spawn_local(async move {
            // The browser keeps it, too; the server's copy is for one's other devices.
            let _ = self.api().change_my_room(room.id, &change).await;
        });
    }

    /// Asks for something that either happens or is said to have failed.
    fn ask<T: Read + 'static>(self, op: Op, done: impl FnOnce(T) + 'static) {
        self.link.request(op, move |answer: Result<T, Problem>| match answer {
            Ok(answer) => done(answer),
            Err(problem) => self.fail(&problem),
        });
    }

    pub(super) fn fail(self, problem: &Problem) {
        let text = self.text.with_value(|text| text.problem(problem));
        self.say(text);
    }
}
