//! Everything that chat shows to one signed-in person, as signals.

use std::sync::Arc;

use leptos::prelude::*;
use serde::Serialize;
use stoa_domain::id::{RoomId, Seq, UserId};
use stoa_domain::settings::PoolSettings;
use stoa_domain::time::Timestamp;
use stoa_domain::wire::Person;
use stoa_domain::wire::joining::{Invitation, JoinRequest};
use stoa_domain::wire::lookup::Limits;
use stoa_domain::wire::message::History;
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::room::RoomInfo;
use stoa_domain::wire::session::Session;

use super::map::Map;
use super::order;
use super::room::{Room, put};
use super::socket::Link;
use super::wire::Mine;
use crate::api::Api;
use crate::text::{Text, use_text};
use crate::when::{Zone, use_zone};

/// What every page of a signed-in person begins with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Boot {
    pub session: Session,
    pub rooms: Vec<Mine>,
    pub invitations: Vec<Invitation>,
    /// What I asked for, waiting and answered.
    pub asked: Vec<JoinRequest>,
    pub now: Timestamp,
}

/// What a room's page begins with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RoomPage {
    pub info: RoomInfo,
    pub history: History,
    /// Who asks to join, if I manage it.
    pub requests: Vec<JoinRequest>,
}

/// All that a live page begins with; it stands in the document for the browser to take up.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Start {
    pub boot: Boot,
    pub room: Option<RoomPage>,
    /// Why there is no room.
    pub problem: Option<Problem>,
    /// The message around which the room is looked at.
    pub anchor: Option<Seq>,
    /// What became of a form that was posted without scripts; empty if there was none.
    pub said: String,
}

/// How the connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// On its way for the first time.
    Starting,
    Online,
    /// Lost; tried again at that moment.
    Waiting {
        until: Timestamp,
    },
    /// The browser says that there is no network.
    Offline,
    /// The session has ended.
    SignedOut,
}

#[derive(Clone, Copy)]
pub struct Store {
    session: StoredValue<Option<Arc<Session>>>,
    /// The followed rooms, ordered by category and name.
    pub rooms: RwSignal<Vec<Room>>,
    known: StoredValue<Map<RoomId, Room>>,
    /// The room that is looked at.
    pub current: RwSignal<Option<RoomId>>,
    /// The room that one went to last, whether it is there yet or not.
    pub(super) wanted: StoredValue<Option<RoomId>>,
    pub invitations: RwSignal<Vec<Invitation>>,
    pub asked: RwSignal<Vec<JoinRequest>>,
    /// Why the room of the address can't be shown.
    pub problem: RwSignal<Option<Problem>>,
    pub status: RwSignal<Status>,
    pub limits: RwSignal<Limits>,
    /// Told to who listens instead of looking.
    pub announcement: RwSignal<String>,
    /// Said for a moment at the bottom of the page.
    pub toast: RwSignal<String>,
    /// Whether somebody looks at the end of the current room right now.
    pub attended: StoredValue<bool>,
    /// The server's time when this page was made.
    pub now: StoredValue<Timestamp>,
    pub zone: ReadSignal<Zone>,
    names: StoredValue<Map<String, String>>,
    pub(super) api: StoredValue<Api>,
    pub(super) link: Link,
    owner: StoredValue<Option<Owner>>,
    pub(super) text: StoredValue<&'static Text>,
}

impl Store {
    #[must_use]
    pub fn new() -> Self {
        let pool = PoolSettings::default();
        Self {
            session: StoredValue::new(None),
            rooms: RwSignal::new(Vec::new()),
            known: StoredValue::new(Map::new()),
            current: RwSignal::new(None),
            wanted: StoredValue::new(None),
            invitations: RwSignal::new(Vec::new()),
            asked: RwSignal::new(Vec::new()),
            problem: RwSignal::new(None),
            status: RwSignal::new(Status::Starting),
            // Lookup tells the real ones.
            limits: RwSignal::new(Limits {
                message: pool.message_limit,
                story_offer: pool.story_offer,
                story: pool.story_limit,
                search: 50,
                history: pool.history_chunk,
                frame: 0,
            }),
            announcement: RwSignal::new(String::new()),
            toast: RwSignal::new(String::new()),
            attended: StoredValue::new(false),
            now: StoredValue::new(crate::when::now()),
            zone: use_zone(),
            names: StoredValue::new(Map::new()),
            api: StoredValue::new(Api::default()),
            link: Link::new(),
            owner: StoredValue::new(Owner::current()),
            text: StoredValue::new(use_text()),
        }
    }

    /// Takes over what the page began with.
    pub fn begin(self, boot: Boot) {
        self.learn(&boot.session.user);
        self.session.set_value(Some(Arc::new(boot.session)));
        self.now.set_value(boot.now);
        self.follow_all(boot.rooms);
        put(self.invitations, boot.invitations);
        put(self.asked, boot.asked);
    }

    /// Whose pages these are. Components below the boot may rely on it.
    pub fn session(self) -> Arc<Session> {
        #[allow(clippy::expect_used)]
        self.session.get_value().expect("the page began")
    }

    pub fn me(self) -> UserId {
        self.session().user.id
    }

    pub fn api(self) -> Api {
        self.api.get_value()
    }

    /// Replaces the list of followed rooms, and keeps what is known of those that stay.
    pub(super) fn follow_all(self, mine: Vec<Mine>) {
        let stay: Vec<RoomId> = mine.iter().map(|mine| mine.room.id).collect();
        for room in self.rooms.get_untracked() {
            if !stay.contains(&room.id) {
                put(room.following, false);
            }
        }
        let rooms: Vec<Room> = mine
            .into_iter()
            .map(|mine| {
                let room = self.room_of(&mine.room);
                put(room.info, mine.room);
                room.adopt(mine.standing);
                room
            })
            .collect();
        let rooms = sort(rooms);
        if self.rooms.with_untracked(|shown| !shown.iter().map(|room| room.id).eq(rooms.iter().map(|room| room.id))) {
            self.rooms.set(rooms);
        }
    }

    /// A room is followed from now on.
    pub(super) fn follow(self, room: Room) {
        put(room.following, true);
        if self.rooms.with_untracked(|rooms| rooms.iter().any(|known| known.id == room.id)) {
            return;
        }
        let mut rooms = self.rooms.get_untracked();
        rooms.push(room);
        self.rooms.set(sort(rooms));
    }

    pub(super) fn unfollow(self, room: RoomId) {
        if let Some(room) = self.find(room) {
            put(room.following, false);
            put(room.joined, false);
        }
        self.rooms.update(|rooms| rooms.retain(|known| known.id != room));
    }

    /// Order depends on names, and names change.
    pub(super) fn sort(self) {
        self.rooms.set(sort(self.rooms.get_untracked()));
    }

    #[must_use]
    pub fn find(self, room: RoomId) -> Option<Room> {
        self.known.with_value(|known| known.get(&room).copied())
    }

    pub(super) fn each(self, visit: impl FnMut(Room)) {
        let rooms: Vec<Room> = self.known.with_value(|known| known.iter().map(|(_, room)| *room).collect());
        rooms.into_iter().for_each(visit);
    }

    /// The room of that id, made if it isn't known yet.
    pub fn room_of(self, info: &RoomInfo) -> Room {
        if let Some(room) = self.find(info.id) {
            return room;
        }
        let me = self.me();
        let make = || Room::new(info.clone(), me, self.zone);
        // It lives as long as the store, not as what happens to run now.
        let room = match self.owner.get_value() {
            Some(owner) => owner.with(make),
            None => make(),
        };
        self.known.update_value(|known| {
            known.insert(room.id, room);
        });
        room
    }

    /// Takes over a room's page.
    pub fn open_page(self, page: RoomPage, anchor: Option<Seq>) -> Room {
        let room = self.room_of(&page.info);
        put(room.info, page.info);
        put(room.requests, page.requests);
        for message in &page.history.messages {
            self.learn(&message.author);
        }
        room.merge(page.history);
        self.look(room, anchor);
        room.draw();
        room
    }

    /// Remembers a person's name, for mentions.
    pub(super) fn learn(self, person: &Person) {
        self.names.update_value(|names| {
            let key = person.name.to_lowercase();
            if names.get(&key).is_none_or(|known| *known != person.display_name) {
                names.insert(key, person.display_name.clone());
            }
        });
    }

    #[must_use]
    pub fn name_of(self, account: &str) -> Option<String> {
        self.names.with_value(|names| names.get(&account.to_lowercase()).cloned())
    }

    /// Everyone met so far whose name fits, for mentions: account and full name.
    #[must_use]
    pub fn names_like(self, words: &str) -> Vec<(String, String)> {
        let words = words.to_lowercase();
        self.names.with_value(|names| {
            names
                .iter()
                .filter(|(account, name)| account.contains(&words) || name.to_lowercase().contains(&words))
                .map(|(a, n)| (a.clone(), n.clone()))
                .collect()
        })
    }

    /// Says something for a moment.
    pub fn say(self, text: String) {
        self.toast.set(text);
    }
}

impl Default for Store {
    fn default() -> Self {
        Self::new()
    }
}

/// The store of this page. Call it while a component is built.
#[must_use]
pub fn use_store() -> Store {
    expect_context::<Store>()
}

fn sort(rooms: Vec<Room>) -> Vec<Room> {
    // No name has a control character, so each part of a path ends before the next one counts, and a
    // category's own rooms come before its categories.
    let key = |info: &RoomInfo| info.path.iter().fold(String::new(), |key, name| key + "\u{2}" + name) + "\u{1}" + &info.name;
    order::by_text(rooms, |room| room.info.with_untracked(key).to_lowercase())
}

/// Connects this page, once the browser is awake.
#[cfg(feature = "hydrate")]
impl Store {
    pub fn start(self) {
        self.resume();
        self.link.start(self);
    }
    pub fn connect_now(self) {
        self.link.connect(self);
    }
}
#[cfg(not(feature = "hydrate"))]
impl Store {
    pub const fn start(self) {}
    pub const fn connect_now(self) {}
}
