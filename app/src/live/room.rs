//! One room, as signals. What a component reads is redrawn alone: a changed message is its own signal.

use std::sync::Arc;

use leptos::prelude::*;
use stoa_domain::access::Refusal;
use stoa_domain::file::{Showing, showing};
use stoa_domain::id::{Nonce, RoomId, Seq, UserId};
use stoa_domain::message::{Clearing, Level};
use stoa_domain::time::Timestamp;
use stoa_domain::wire::channel::People;
use stoa_domain::wire::file::Attachment;
use stoa_domain::wire::joining::JoinRequest;
use stoa_domain::wire::message::{History, Message, RoomEvent};
use stoa_domain::wire::problem::Problem;
use stoa_domain::wire::room::RoomInfo;

use super::map::Map;
use super::rows::{Layout, Row};
use super::timeline::{Applied, Item, Pending, Timeline};
use super::uploads::Upload;
use super::wire::Standing;
use crate::when::Zone;

/// A distance that a join bridges rather than history: well below what one answer carries.
const BRIDGE: i64 = 200;

/// How far a room's messages are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Load {
    /// Nobody asked for them yet.
    Idle,
    Loading,
    Ready,
    Failed(Problem),
}

/// Somebody who is typing, and until when that is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typist {
    pub id: UserId,
    pub name: String,
    pub until: Timestamp,
}

/// The signals of one message.
#[derive(Clone)]
pub struct Cell {
    pub message: ArcRwSignal<Arc<Message>>,
    /// Whether the pointer or the focus is on it.
    pub active: ArcRwSignal<bool>,
}

#[derive(Clone, Copy)]
pub struct Room {
    pub id: RoomId,
    pub info: RwSignal<RoomInfo>,
    pub following: RwSignal<bool>,
    pub favourite: RwSignal<bool>,
    pub level: RwSignal<Level>,
    pub unread: RwSignal<i64>,
    pub mentions: RwSignal<i64>,
    pub read_seq: RwSignal<Seq>,
    pub load: RwSignal<Load>,
    /// Access was lost, and why.
    pub removed: RwSignal<Option<Refusal>>,
    pub rows: RwSignal<Vec<Row>>,
    /// The part that is looked at is the one around this message; the tail if there is none.
    pub anchor: RwSignal<Option<Seq>>,
    /// The line "new since" stands after this.
    pub new_after: RwSignal<Option<Seq>>,
    pub people: RwSignal<People>,
    pub typing: RwSignal<Vec<Typist>>,
    /// Who asks to join, as far as I manage it and looked.
    pub requests: RwSignal<Vec<JoinRequest>>,
    /// The files of the next message.
    pub uploads: RwSignal<Vec<Upload>>,
    /// The draft that the server keeps.
    pub draft: StoredValue<String>,
    /// Whether this socket is subscribed.
    pub joined: RwSignal<bool>,
    /// Up to here `unread` counts.
    counted: StoredValue<Seq>,
    timeline: StoredValue<Timeline>,
    cells: StoredValue<Map<Seq, Cell>>,
    posts: StoredValue<Map<Nonce, ArcRwSignal<Pending>>>,
    dirty: StoredValue<bool>,
    me: UserId,
    zone: ReadSignal<Zone>,
}

impl Room {
    pub(super) fn new(info: RoomInfo, me: UserId, zone: ReadSignal<Zone>) -> Self {
        Self {
            id: info.id,
            info: RwSignal::new(info),
            following: RwSignal::new(false),
            favourite: RwSignal::new(false),
            level: RwSignal::new(Level::All),
            unread: RwSignal::new(0),
            mentions: RwSignal::new(0),
            read_seq: RwSignal::new(0),
            load: RwSignal::new(Load::Idle),
            removed: RwSignal::new(None),
            rows: RwSignal::new(Vec::new()),
            anchor: RwSignal::new(None),
            new_after: RwSignal::new(None),
            people: RwSignal::new(People::default()),
            typing: RwSignal::new(Vec::new()),
            requests: RwSignal::new(Vec::new()),
            uploads: RwSignal::new(Vec::new()),
            draft: StoredValue::new(String::new()),
            joined: RwSignal::new(false),
            counted: StoredValue::new(0),
            timeline: StoredValue::new(Timeline::new(me)),
            cells: StoredValue::new(Map::new()),
            posts: StoredValue::new(Map::new()),
            dirty: StoredValue::new(false),
            me,
            zone,
        }
    }

    /// Takes over how far I am in it, as Lookup or a page tells.
    pub(super) fn adopt(&self, mine: Standing) {
        // What came while nobody was connected begins at a new line, too.
        if mine.unread > 0 && self.unread.get_untracked() == 0 {
            put(self.new_after, Some(mine.read_seq));
        }
        put(self.following, true);
        put(self.favourite, mine.favourite);
        put(self.level, mine.level);
        put(self.unread, mine.unread);
        put(self.mentions, mine.mentions);
        put(self.read_seq, mine.read_seq);
        put(self.removed, None);
        self.draft.set_value(mine.draft.unwrap_or_default());
        self.counted.set_value(mine.last_seq);
        if self.timeline.try_update_value(|timeline| timeline.expect_after(mine.last_seq, BRIDGE)) == Some(true) {
            // What was shown is too old to go on from.
            put(self.load, Load::Idle);
            put(self.anchor, None);
            if self.rows.with_untracked(|rows| !rows.is_empty()) {
                self.draw_soon();
            }
        }
    }

    pub fn name(&self) -> String {
        self.info.with(|info| info.name.clone())
    }

    /// The last event that is known here.
    pub(super) fn head(&self) -> Option<Seq> {
        self.timeline.with_value(Timeline::head)
    }

    pub fn with_timeline<T>(&self, read: impl FnOnce(&Timeline) -> T) -> T {
        self.timeline.with_value(read)
    }

    /// Changes the timeline, and draws what follows from it soon.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Timeline) -> T) -> T {
        let result = self.timeline.try_update_value(change);
        self.draw_soon();
        // The value lives as long as the room does.
        #[allow(clippy::expect_used)]
        result.expect("the room is alive")
    }

    pub(super) fn merge(&self, page: History) {
        self.change(|timeline| timeline.merge(page.from_seq, page.to_seq, page.messages));
        put(self.load, Load::Ready);
    }

    /// Applies an event of the stream, and counts it.
    pub(super) fn apply(&self, event: RoomEvent) -> Applied {
        let (seq, author) = (event.seq(), event.author().id);
        let counts = matches!(event, RoomEvent::Message { .. });
        let mentioned = matches!(&event, RoomEvent::Message { message, .. } if message.mentions.contains(&self.me));
        let deleted = if let RoomEvent::Deleted { of, .. } = event { Some(of) } else { None };
        let clearing = if let RoomEvent::Cleared { how, .. } = event { Some(how) } else { None };
        let applied = self.change(|timeline| timeline.apply(event));
        if clearing.is_some() && applied != Applied::Known && applied != Applied::Gap {
            self.redraw_all();
        }
        if clearing == Some(Clearing::Restored) && applied == Applied::Nothing {
            self.change(Timeline::begin_anew);
            put(self.load, Load::Idle);
            put(self.anchor, None);
            self.cells.update_value(|cells| cells.retain(|_, _| false));
            return Applied::Nothing;
        }
        if let Some(of) = deleted {
            for quoting in self.change(|timeline| timeline.forget_quotes(of)) {
                self.redraw(quoting);
            }
        }
        match applied {
            Applied::Changed(of) => self.redraw(of),
            Applied::Appended(_) if seq > self.counted.get_value() => {
                self.counted.set_value(seq);
                self.typing.update(|typing| typing.retain(|typist| typist.id != author));
                if author == self.me {
                    // One's own post moves the read mark.
                    self.read_up_to(seq);
                } else if counts {
                    self.unread.update(|unread| *unread += 1);
                    if mentioned {
                        self.mentions.update(|mentions| *mentions += 1);
                    }
                }
            }
            _ => {}
        }
        applied
    }

    pub(super) fn read_up_to(&self, seq: Seq) {
        put(self.read_seq, seq);
        put(self.unread, 0);
        put(self.mentions, 0);
    }

    pub fn cell(&self, seq: Seq) -> Option<Cell> {
        if let Some(cell) = self.cells.with_value(|cells| cells.get(&seq).cloned()) {
            return Some(cell);
        }
        let message = self.timeline.with_value(|timeline| timeline.message(seq).cloned())?;
        let cell = Cell { message: ArcRwSignal::new(message), active: ArcRwSignal::new(false) };
        self.cells.update_value(|cells| {
            cells.insert(seq, cell.clone());
        });
        Some(cell)
    }

    /// The signal of a post that isn't in the stream yet.
    pub fn post_cell(&self, nonce: Nonce) -> Option<ArcRwSignal<Pending>> {
        if let Some(cell) = self.posts.with_value(|posts| posts.get(&nonce).cloned()) {
            return Some(cell);
        }
        let pending = self.timeline.with_value(|timeline| timeline.pending().iter().find(|pending| pending.message.nonce == nonce).cloned())?;
        let cell = ArcRwSignal::new(pending);
        self.posts.update_value(|posts| {
            posts.insert(nonce, cell.clone());
        });
        Some(cell)
    }

    fn redraw(&self, seq: Seq) {
        let Some(cell) = self.cells.with_value(|cells| cells.get(&seq).cloned()) else { return };
        if let Some(message) = self.timeline.with_value(|timeline| timeline.message(seq).cloned())
            && cell.message.with_untracked(|shown| !Arc::ptr_eq(shown, &message))
        {
            cell.message.set(message);
        }
    }

    /// After a change of many messages.
    fn redraw_all(&self) {
        let shown: Vec<Seq> = self.cells.with_value(|cells| cells.iter().map(|(seq, _)| *seq).collect());
        shown.into_iter().for_each(|seq| self.redraw(seq));
    }

    /// Lays the rows out anew: once for all that happens before the next frame.
    pub fn draw_soon(&self) {
        #[cfg(feature = "hydrate")]
        {
            if self.dirty.get_value() {
                return;
            }
            self.dirty.set_value(true);
            let room = *self;
            let draw = move || {
                if room.dirty.try_get_value() == Some(true) {
                    room.draw();
                }
            };
            // A hidden page gets no frames.
            if document().hidden() { set_timeout(draw, std::time::Duration::from_millis(100)) } else { request_animation_frame(draw) }
        }
        #[cfg(not(feature = "hydrate"))]
        self.draw();
    }

    /// Lays the rows out now.
    pub fn draw(&self) {
        self.dirty.set_value(false);
        let layout = Layout { me: self.me, zone: self.zone.get_untracked(), new_after: self.new_after.get_untracked() };
        let anchor = self.anchor.get_untracked();
        let rows = self.timeline.with_value(|timeline| {
            // At the tail, the posts of one's own stand below.
            let at_tail = timeline.span(anchor).map(|span| span.to) == timeline.head();
            let pending = if at_tail { timeline.pending() } else { &[] };
            timeline.span(anchor).map(|span| layout.rows(span, pending)).unwrap_or_default()
        });
        self.posts.update_value(|posts| {
            self.timeline.with_value(|timeline| {
                posts.retain(|nonce, cell| {
                    let Some(pending) = timeline.pending().iter().find(|pending| pending.message.nonce == *nonce) else { return false };
                    if cell.with_untracked(|shown| shown != pending) {
                        cell.set(pending.clone());
                    }
                    true
                });
            });
        });
        if self.rows.with_untracked(|shown| *shown != rows) {
            self.rows.set(rows);
        }
    }

    /// The images of the part that is looked at, in their order, each with its message.
    pub fn images(&self) -> Vec<(Seq, Attachment)> {
        let anchor = self.anchor.get_untracked();
        self.timeline.with_value(|timeline| {
            let messages = timeline.span(anchor).into_iter().flat_map(|span| &span.items).filter_map(|item| match item {
                Item::Message(message) if message.body.is_some() => Some(message),
                _ => None,
            });
            let images = messages.flat_map(|message| message.attachments.iter().map(|file| (message.seq, file)));
            images
                .filter(|(_, file)| !file.lost && file.held.is_none() && showing(&file.kind) == Showing::Image)
                .map(|(seq, file)| (seq, file.clone()))
                .collect()
        })
    }

    /// Gives back the memory of what nobody looks at.
    pub(super) fn rest(&self) {
        put(self.anchor, None);
        self.timeline.update_value(|timeline| timeline.trim(100));
        self.draw();
        let rows = self.timeline.with_value(|timeline| timeline.span(None).map_or(0, |span| span.from));
        self.cells.update_value(|cells| cells.retain(|seq, _| *seq >= rows));
    }

    /// Whether the part that is looked at ends before the room does.
    pub fn looks_back(&self) -> bool {
        self.anchor.get().is_some_and(|seq| self.timeline.with_value(|timeline| timeline.span(Some(seq)).is_some_and(|span| Some(span.to) != timeline.head())))
    }
}

/// Sets a signal only when that changes something, so that nothing is redrawn in vain.
pub fn put<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.try_with_untracked(|old| *old != value) == Some(true) {
        signal.set(value);
    }
}
