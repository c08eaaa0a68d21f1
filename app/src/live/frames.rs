//! What the server sends, taken into the state.

use std::time::Duration;

use leptos::prelude::*;
use stoa_domain::id::RoomId;
use stoa_domain::markdown::quoted;
use stoa_domain::message::Clearing;
use stoa_domain::wire::Person;
use stoa_domain::wire::channel::{JoinRoom, OpenRoom, ReadMark, Signal};
use stoa_domain::wire::joining::Invitation;
use stoa_domain::wire::lookup::Limits;
use stoa_domain::wire::message::RoomEvent;

use super::Status;
use super::order;
use super::room::{Load, Room, Typist, put};
use super::store::Store;
use super::timeline::{Applied, Timeline};
use super::wire::{Joined, Mine};

/// How long somebody counts as typing after the last sign of it.
const TYPING: Duration = Duration::from_secs(6);
/// How many rooms one join names: the answers of more would fill the server's queue for us.
const ROOMS_OF_A_JOIN: usize = 50;

impl Store {
    pub(super) fn looked_up(self, limits: Limits, rooms: Vec<Mine>, invitations: Vec<Invitation>) {
        put(self.limits, limits);
        self.follow_all(rooms);
        put(self.invitations, invitations);
        if let Some(room) = self.current.get_untracked().and_then(|room| self.find(room)).filter(|room| room.load.get_untracked() == Load::Idle) {
            self.look(room, None);
        }
    }

    /// The page is awake: takes up what the last one left.
    pub(super) fn resume(self) {
        for room in self.rooms.get_untracked() {
            self.recall(room);
        }
    }

    /// The connection stands: joins all followed rooms where they were left, the one that is looked at first.
    pub(super) fn connected(self) {
        put(self.status, Status::Online);
        let current = self.current.get_untracked();
        let rooms = order::first(self.rooms.get_untracked(), |room| Some(room.id) == current);
        let joins: Vec<JoinRoom> = rooms.iter().map(|room| JoinRoom { room: room.id, after_seq: room.head(), limit: None }).collect();
        if let Some(room) = current.and_then(|room| self.find(room)) {
            self.reload(room);
        }
        for part in joins.chunks(ROOMS_OF_A_JOIN) {
            self.link.join(self, part.to_vec());
        }
    }

    pub(super) fn disconnected(self, status: Status) {
        put(self.status, status);
        self.each(|room| {
            put(room.joined, false);
            room.change(Timeline::requeue);
            put(room.typing, Vec::new());
        });
    }

    pub(super) fn joined(self, Joined(rooms): Joined) {
        for room in rooms {
            match room {
                Ok(open) => self.opened(open),
                Err((id, error)) => match (self.find(id), error.retry_after) {
                    // Access ended while nobody was connected.
                    (Some(room), _) if matches!(error.status, 403 | 404) => {
                        put(room.removed, Some(stoa_domain::access::Refusal::Unknown));
                        self.unfollow(room.id);
                    }
                    // One answer carries only so much.
                    (_, Some(seconds)) => {
                        let again =
                            move || self.link.join(self, vec![JoinRoom { room: id, after_seq: self.find(id).and_then(|room| room.head()), limit: None }]);
                        set_timeout(again, Duration::from_secs(u64::from(seconds.clamp(1, 60))));
                    }
                    _ => self.fail(&error),
                },
            }
        }
    }

    fn opened(self, open: OpenRoom) {
        let room = self.room_of(&open.description);
        put(room.info, open.description);
        put(room.removed, None);
        put(room.joined, true);
        self.met(&open.people.here.clone().unwrap_or_default());
        put(room.people, open.people);
        self.follow(room);
        if let Some(messages) = open.messages {
            let from = open.from_seq.or_else(|| messages.first().map(|message| message.seq)).unwrap_or(open.last_seq + 1);
            put(room.anchor, None);
            room.change(|timeline| timeline.restart(from, open.last_seq, messages));
            put(room.load, Load::Ready);
        }
        for event in open.events.unwrap_or_default() {
            self.event(event);
        }
        if open.read_seq > room.read_seq.get_untracked() {
            put(room.read_seq, open.read_seq);
            if Some(open.read_seq) >= room.head() {
                room.read_up_to(open.read_seq);
            }
        }
        self.flush(room);
    }

    pub(super) fn event(self, event: RoomEvent) {
        let Some(room) = self.find(event.room()) else { return };
        self.learn(event.author());
        let news = match &event {
            RoomEvent::Message { message, .. } if message.author.id != self.me() && self.current.get_untracked() == Some(room.id) => {
                let text = message.subject.as_deref().or(message.body.as_deref()).unwrap_or_default();
                Some(format!("{}: {}", message.author.display_name, quoted(text, 200)))
            }
            _ => None,
        };
        let own = event.nonce().is_some();
        let restored = matches!(event, RoomEvent::Cleared { how: Clearing::Restored, .. });
        let (seq, fresh) = (event.seq(), room.unread.get_untracked() == 0);
        match room.apply(event) {
            Applied::Gap => self.link.join(self, vec![JoinRoom { room: room.id, after_seq: room.head(), limit: None }]),
            Applied::Appended(_) => {
                // What comes while nobody looks begins at a new line.
                if fresh && room.unread.get_untracked() > 0 && !(self.current.get_untracked() == Some(room.id) && self.attended.get_value()) {
                    put(room.new_after, Some(seq - 1));
                }
                if let Some(news) = news {
                    self.announcement.set(news);
                }
                if own {
                    self.remember(room);
                }
            }
            // The texts are the server's to tell.
            Applied::Nothing if restored && self.current.get_untracked() == Some(room.id) => self.look(room, None),
            _ => {}
        }
    }

    pub(super) fn signal(self, signal: Signal) {
        match signal {
            Signal::Joined { room, people, count } => self.came(room, people, count),
            Signal::Left { room, people, count } => {
                if let Some(room) = self.find(room) {
                    room.people.update(|known| {
                        known.count = count;
                        if let Some(here) = &mut known.here {
                            without(here, &people);
                        }
                    });
                    room.typing.update(|typing| typing.retain(|typist| !people.iter().any(|person| person.id == typist.id)));
                }
            }
            Signal::Typing { room, person } => self.types(room, person),
            Signal::Read(mark) => self.marked(mark),
            Signal::Room { room, description } => {
                if let Some(room) = self.find(room) {
                    put(room.info, description);
                    self.sort();
                }
            }
            Signal::Removed { room, reason } => {
                if let Some(room) = self.find(room) {
                    put(room.removed, Some(reason));
                }
                self.unfollow(room);
                self.uninvited(room);
            }
            Signal::Unfollowed { room } => {
                self.unfollow(room);
                self.uninvited(room);
            }
            Signal::Followed { room } => {
                self.uninvited(room);
                if self.find(room).is_none_or(|room| !room.joined.get_untracked()) {
                    self.link.join(self, vec![JoinRoom { room, after_seq: self.find(room).and_then(|room| room.head()), limit: None }]);
                }
            }
            Signal::Resync { rooms } => {
                let joins = rooms.into_iter().map(|room| JoinRoom { room, after_seq: self.find(room).and_then(|room| room.head()), limit: None }).collect();
                self.link.join(self, joins);
            }
            Signal::Invited(invitation) => self.invited(*invitation),
            Signal::Asked { room, .. } => {
                if let Some(room) = self.find(room) {
                    self.load_requests(room);
                }
            }
            Signal::Answered(request) => self.answered(*request),
            // The connection's own affair.
            Signal::Bye { .. } => {}
        }
    }

    pub(super) fn marked(self, mark: ReadMark) {
        if let Some(room) = self.find(mark.room) {
            put(room.read_seq, mark.seq);
            put(room.unread, mark.unread);
            put(room.mentions, mark.mentions);
        }
    }

    fn met(self, people: &[Person]) {
        for person in people {
            self.learn(person);
        }
    }

    fn came(self, room: RoomId, people: Vec<Person>, count: u32) {
        let Some(room) = self.find(room) else { return };
        self.met(&people);
        room.people.update(|known| {
            known.count = count;
            if let Some(here) = &mut known.here {
                without(here, &people);
                here.extend(people);
            }
        });
    }

    fn types(self, room: RoomId, person: Person) {
        let Some(room) = self.find(room) else { return };
        if person.id == self.me() {
            return;
        }
        let until = crate::when::now().plus(TYPING);
        room.typing.update(|typing| {
            typing.retain(|typist| typist.id != person.id);
            typing.push(Typist { id: person.id, name: person.display_name, until });
        });
        set_timeout(move || stop_typing(room), TYPING + Duration::from_millis(50));
    }
}

/// People may be called something else by now.
fn without(here: &mut Vec<Person>, people: &[Person]) {
    here.retain(|known| !people.iter().any(|person| person.id == known.id));
}

fn stop_typing(room: Room) {
    let now = crate::when::now();
    if room.typing.try_with_untracked(|typing| typing.iter().any(|typist| typist.until <= now)) == Some(true) {
        room.typing.update(|typing| typing.retain(|typist| typist.until > now));
    }
}
