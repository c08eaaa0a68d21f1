//! What is known of a room's stream, and how frames change it. Pure: no I/O, no clock, no signals.
//!
//! The known part is a list of [`Span`]s, each complete from its first to its last seq. The last one
//! is the tail: live events continue it, strictly one after the other, and change messages wherever
//! they are. Pages of history add spans or widen them until they meet.

use std::collections::VecDeque;
use std::sync::Arc;

use stoa_domain::id::{Nonce, Seq, UserId};
use stoa_domain::markdown::quoted;
use stoa_domain::message::Clearing;
use stoa_domain::time::Timestamp;
use stoa_domain::wire::Person;
use stoa_domain::wire::file::Held;
use stoa_domain::wire::message::{Deleted, EventHead, Message, NewMessage, Posted, Reaction, RoomEvent};
use stoa_domain::wire::problem::Problem;

/// How much of a message a quote shows, in characters, as on the server.
const QUOTE: usize = 140;
/// How many changes are remembered for pages of history that were read before them.
const RECENT: usize = 64;

/// Something that stands in the stream and is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    Message(Arc<Message>),
    Notice(Arc<Notice>),
}

#[derive(Debug, PartialEq, Eq)]
pub struct Notice {
    pub seq: Seq,
    pub at: Timestamp,
    pub author: Person,
    pub text: String,
}

impl Item {
    #[must_use]
    pub fn seq(&self) -> Seq {
        match self {
            Self::Message(message) => message.seq,
            Self::Notice(notice) => notice.seq,
        }
    }
    #[must_use]
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Message(message) => message.at,
            Self::Notice(notice) => notice.at,
        }
    }
}

/// A part of the stream that is known completely. Empty when `to` is before `from`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub from: Seq,
    pub to: Seq,
    pub items: Vec<Item>,
}

impl Span {
    fn find(&self, seq: Seq) -> Option<usize> {
        self.items.binary_search_by_key(&seq, Item::seq).ok()
    }
    fn touches(&self, other: &Self) -> bool {
        self.from <= other.to + 1 && other.from <= self.to + 1
    }
}

/// How far a post of one's own is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Written, and not handed to a connection yet.
    Queued,
    /// On its way.
    Sent,
    /// Durable under this seq; its event will come.
    Kept(Seq),
    /// Refused; offered again.
    Failed(Problem),
}

/// A post of one's own that isn't in the stream yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    pub message: NewMessage,
    pub at: Timestamp,
    pub progress: Progress,
}

/// What an event did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It was known already.
    Known,
    /// Something before it is missing: the room has to be joined again.
    Gap,
    /// The stream is longer by this item.
    Appended(Seq),
    /// The message of this seq changed.
    Changed(Seq),
    /// Nothing that is shown changed.
    Nothing,
}

#[derive(Debug, Clone)]
pub struct Timeline {
    me: UserId,
    spans: Vec<Span>,
    pending: Vec<Pending>,
    recent: VecDeque<RoomEvent>,
}

impl Timeline {
    #[must_use]
    pub const fn new(me: UserId) -> Self {
        Self { me, spans: Vec::new(), pending: Vec::new(), recent: VecDeque::new() }
    }

    /// The last event that is known; a join asks for what comes after it.
    #[must_use]
    pub fn head(&self) -> Option<Seq> {
        self.spans.last().map(|span| span.to)
    }

    /// The part around a message, or the tail.
    #[must_use]
    pub fn span(&self, around: Option<Seq>) -> Option<&Span> {
        match around {
            Some(seq) => self.spans.iter().find(|span| span.from <= seq && seq <= span.to),
            None => self.spans.last(),
        }
    }

    #[must_use]
    pub fn item(&self, seq: Seq) -> Option<&Item> {
        let span = self.span(Some(seq))?;
        span.find(seq).map(|index| &span.items[index])
    }

    #[must_use]
    pub fn message(&self, seq: Seq) -> Option<&Arc<Message>> {
        match self.item(seq)? {
            Item::Message(message) => Some(message),
            Item::Notice(_) => None,
        }
    }

    #[must_use]
    pub fn pending(&self) -> &[Pending] {
        &self.pending
    }

    /// Live events will continue after `seq`: begins anew with a tail that ends there, unless what
    /// is known ends so near before it that a join bridges the distance. (What is known can't stay
    /// when events are passed over: they may have changed it.)
    /// Whether it did.
    pub fn expect_after(&mut self, seq: Seq, bridge: i64) -> bool {
        let far = self.head().is_none_or(|head| head + bridge < seq);
        if far {
            self.spans.clear();
            self.recent.clear();
            self.spans.push(Span { from: seq + 1, to: seq, items: Vec::new() });
        }
        far
    }

    /// Forgets everything known, and begins with this: there was more than could be caught up.
    pub fn restart(&mut self, from: Seq, to: Seq, messages: Vec<Message>) {
        self.spans.clear();
        self.recent.clear();
        self.merge(from, to, messages);
    }

    /// Begins anew behind what is known: texts that were hidden are shown again, and only the server
    /// knows them.
    pub fn begin_anew(&mut self) {
        if let Some(seq) = self.head() {
            self.expect_after(seq, -1);
        }
    }

    /// Takes the words of a deleted message out of what quotes it, and tells which messages do.
    pub fn forget_quotes(&mut self, deleted: Seq) -> Vec<Seq> {
        self.spans.iter_mut().flat_map(|span| forget_quotes(span, deleted)).collect()
    }

    /// Adds a page of history that covers `from..=to` completely.
    pub fn merge(&mut self, from: Seq, to: Seq, messages: Vec<Message>) {
        let mut items: Vec<Item> = messages.into_iter().map(|message| Item::Message(Arc::new(message))).collect();
        // The server sends them in their order; should it not, only what is in order is taken.
        let mut last = 0;
        items.retain(|item| {
            let follows = item.seq() > last;
            last = last.max(item.seq());
            follows
        });
        let mut merged = Span { from, to, items };
        // The page may be older than changes that came while it was on its way.
        for event in &self.recent {
            change(&mut merged, event, self.me, true);
        }
        let (touching, mut spans): (Vec<Span>, Vec<Span>) = self.spans.drain(..).partition(|span| span.touches(&merged));
        for span in touching {
            merged = union(span, merged);
        }
        let place = spans.partition_point(|span| span.from < merged.from);
        spans.insert(place, merged);
        self.spans = spans;
        self.settle();
    }

    /// Applies the next event of the stream.
    pub fn apply(&mut self, event: RoomEvent) -> Applied {
        let seq = event.seq();
        let Some(tail) = self.spans.last_mut() else { return Applied::Gap };
        if seq <= tail.to {
            return Applied::Known;
        }
        if seq > tail.to + 1 {
            return Applied::Gap;
        }
        tail.to = seq;
        if let Some(nonce) = event.nonce() {
            self.pending.retain(|pending| pending.message.nonce != nonce);
        }
        let applied = match event {
            RoomEvent::Message { message, .. } => {
                tail.items.push(Item::Message(Arc::new(message)));
                Applied::Appended(seq)
            }
            RoomEvent::Notice { head, text } => {
                tail.items.push(Item::Notice(Arc::new(Notice { seq, at: head.at, author: head.author, text })));
                Applied::Appended(seq)
            }
            event => {
                // A clean-up may concern several parts.
                let of = self.spans.iter_mut().filter_map(|span| change(span, &event, self.me, false)).fold(None, |first: Option<Seq>, of| first.or(Some(of)));
                if self.recent.len() == RECENT {
                    self.recent.pop_front();
                }
                self.recent.push_back(event);
                of.map_or(Applied::Nothing, Applied::Changed)
            }
        };
        self.settle();
        applied
    }

    /// Keeps only the last items, when nobody looks at the others.
    pub fn trim(&mut self, keep: usize) {
        if self.spans.len() > 1 {
            self.spans.drain(..self.spans.len() - 1);
        }
        if let Some(tail) = self.spans.last_mut().filter(|tail| tail.items.len() > keep) {
            let cut = tail.items.len() - keep;
            tail.from = tail.items[cut - 1].seq() + 1;
            tail.items.drain(..cut);
        }
    }

    /// One's own last message that can be edited.
    #[must_use]
    pub fn last_own(&self) -> Option<Seq> {
        self.spans.last()?.items.iter().rev().find_map(|item| match item {
            Item::Message(message) if message.author.id == self.me && message.body.is_some() => Some(message.seq),
            _ => None,
        })
    }

    // Posts of one's own.

    pub fn push(&mut self, message: NewMessage, at: Timestamp) {
        self.pending.push(Pending { message, at, progress: Progress::Queued });
    }

    /// The answer to a post came.
    pub fn answered(&mut self, nonce: Nonce, answer: Result<Posted, Problem>) {
        self.set(
            nonce,
            match answer {
                Ok(posted) => Progress::Kept(posted.seq),
                Err(problem) => Progress::Failed(problem),
            },
        );
        self.settle();
    }

    /// A post is handed to a connection, or waits for the next one.
    pub fn set(&mut self, nonce: Nonce, progress: Progress) {
        if let Some(pending) = self.pending.iter_mut().find(|pending| pending.message.nonce == nonce) {
            pending.progress = progress;
        }
    }

    /// The connection is gone: what was on its way goes again, with the same nonces.
    pub fn requeue(&mut self) {
        for pending in &mut self.pending {
            if pending.progress == Progress::Sent {
                pending.progress = Progress::Queued;
            }
        }
    }

    /// Takes a post out again, to throw it away or to write it anew.
    pub fn discard(&mut self, nonce: Nonce) -> Option<NewMessage> {
        let index = self.pending.iter().position(|pending| pending.message.nonce == nonce)?;
        Some(self.pending.remove(index).message)
    }

    /// Whoever is kept under a seq that is known has arrived.
    fn settle(&mut self) {
        let Some(head) = self.head() else { return };
        self.pending.retain(|pending| !matches!(pending.progress, Progress::Kept(seq) if seq <= head));
    }
}

/// Two spans that touch, as one. What `known` has of a message is right: it saw every event since.
fn union(known: Span, page: Span) -> Span {
    let (from, to) = (known.from.min(page.from), known.to.max(page.to));
    let mut items = Vec::with_capacity(known.items.len() + page.items.len());
    let (mut left, mut right) = (known.items.into_iter().peekable(), page.items.into_iter().peekable());
    loop {
        let next = match (left.peek(), right.peek()) {
            (Some(a), Some(b)) if a.seq() == b.seq() => {
                right.next();
                left.next()
            }
            (Some(a), Some(b)) if a.seq() < b.seq() => left.next(),
            (_, Some(_)) => right.next(),
            (Some(_), None) => left.next(),
            (None, None) => return Span { from, to, items },
        };
        items.extend(next);
    }
}

/// Makes an event's change to a message of the span. `again`: the message may have it already,
/// so only what can be made twice is made, and only on what is older.
fn change(span: &mut Span, event: &RoomEvent, me: UserId, again: bool) -> Option<Seq> {
    let of = match event {
        RoomEvent::Edited { of, .. } | RoomEvent::Deleted { of, .. } | RoomEvent::Reaction { of, .. } | RoomEvent::Checked { of, .. } => *of,
        RoomEvent::Cleared { head, how, of, text } => return clear(span, head, *how, of, text.as_deref()),
        RoomEvent::Message { .. } | RoomEvent::Notice { .. } => return None,
    };
    let index = span.find(of)?;
    let Item::Message(message) = &mut span.items[index] else { return None };
    let message = Arc::make_mut(message);
    match event {
        RoomEvent::Edited { head, subject, body, mentions, .. } => {
            if message.deleted.is_some() || (again && message.edited_at.is_some_and(|at| at >= head.at)) {
                return None;
            }
            message.body.clone_from(body);
            message.subject.clone_from(subject);
            message.mentions.clone_from(mentions);
            message.edited_at = Some(head.at);
        }
        RoomEvent::Deleted { head, .. } => {
            message.deleted = Some(Deleted { by: head.author.clone(), at: head.at });
            message.body = None;
            message.subject = None;
            message.reactions.clear();
        }
        RoomEvent::Checked { file, held, .. } => {
            let attachment = message.attachments.iter_mut().find(|attachment| attachment.id == *file)?;
            attachment.held = *held;
            if *held == Some(Held::Removed) {
                attachment.name.clear();
            }
        }
        RoomEvent::Reaction { head, emoji, on, .. } if !again => react(&mut message.reactions, emoji, *on, head.author.id == me),
        _ => return None,
    }
    Some(of)
}

/// Hides messages, or their texts, and the words of what quotes them. The first that changed.
fn clear(span: &mut Span, head: &EventHead, how: Clearing, of: &[[Seq; 2]], text: Option<&str>) -> Option<Seq> {
    let cleared = |seq: Seq| of.iter().any(|[from, to]| (*from..=*to).contains(&seq));
    let by = || Some(Deleted { by: head.author.clone(), at: head.at });
    let mut first = None;
    // What is shown again only the server knows.
    let items = span.items.iter_mut().filter(|_| how != Clearing::Restored);
    for item in items {
        let Item::Message(message) = item else { continue };
        let hides = cleared(message.seq) && message.deleted.is_none();
        let quotes = message.reply_to.as_ref().is_some_and(|quote| cleared(quote.seq) && quote.excerpt.is_some());
        if !hides && !quotes {
            continue;
        }
        first = first.or(Some(message.seq));
        let message = Arc::make_mut(message);
        if hides {
            message.body = text.map(str::to_owned);
            message.subject = None;
            message.mentions.clear();
            match how {
                Clearing::Replaced => message.replaced = by(),
                _ => {
                    message.deleted = by();
                    message.reactions.clear();
                }
            }
        }
        if let Some(quote) = message.reply_to.as_mut().filter(|_| quotes) {
            quote.excerpt = text.map(|text| quoted(text, QUOTE));
        }
    }
    first
}

/// What quotes a deleted message says no more than the message does.
fn forget_quotes(span: &mut Span, deleted: Seq) -> Vec<Seq> {
    let mut changed = Vec::new();
    for item in &mut span.items {
        if let Item::Message(message) = item
            && message.reply_to.as_ref().is_some_and(|quote| quote.seq == deleted && quote.excerpt.is_some())
        {
            changed.push(message.seq);
            if let Some(quote) = &mut Arc::make_mut(message).reply_to {
                quote.excerpt = None;
            }
        }
    }
    changed
}

fn react(reactions: &mut Vec<Reaction>, emoji: &str, on: bool, mine: bool) {
    let index = reactions.iter().position(|reaction| reaction.emoji == emoji);
    match (index, on) {
        (None, true) => reactions.push(Reaction { emoji: emoji.to_owned(), count: 1, mine }),
        (None, false) => {}
        (Some(index), _) => {
            let reaction = &mut reactions[index];
            // Mine is known exactly, so that an event that was counted already changes nothing.
            if mine && reaction.mine == on {
                return;
            }
            reaction.mine = if mine { on } else { reaction.mine };
            reaction.count = if on { reaction.count + 1 } else { reaction.count.saturating_sub(1) };
            if reaction.count == 0 {
                reactions.remove(index);
            }
        }
    }
}

#[cfg(test)]
#[path = "timeline_tests.rs"]
mod tests;
