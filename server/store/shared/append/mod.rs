//! The only writing of chat: a batch of posts, edits, deletions and reactions in one transaction.
//! [`load`] locks the rooms and reads what the batch depends on, [`plan`] places the items without
//! touching the database, [`write`] writes what came of it: each a handful of statements, whatever
//! the batch.

mod load;
mod plan;
mod write;

use stoa_domain::id::{AccessVersion, MessageId, RoomId, Seq, UserId};
use stoa_domain::message::{Importance, MessageKind};
use stoa_domain::time::Timestamp;
use stoa_store::{Append, Appended, Appending, Record, Refused};

use super::error::Work;
use crate::dialect::Connection;

pub use write::record;

/// Within a transaction that writes.
pub async fn append(conn: &mut Connection, items: &[Append], records: &[Record]) -> Work<Vec<Result<Appended, Refused>>> {
    let mut outcomes = Vec::with_capacity(items.len());
    if !items.is_empty() {
        let mut plan = load::load(conn, items).await?;
        outcomes.extend(items.iter().map(|item| plan.place(item)));
        write::write(conn, &plan).await?;
    }
    if !records.is_empty() {
        record(conn, records).await?;
    }
    Ok(outcomes)
}

/// The kinds of events, as the `events` table has them. Messages come first, then edits: what has
/// the text of a message is `<= 3`.
pub mod kind {
    pub const CHAT: i64 = 1;
    pub const STORY: i64 = 2;
    pub const EDIT: i64 = 3;
    pub const DELETE: i64 = 4;
    pub const REACT: i64 = 5;
    pub const UNREACT: i64 = 6;
    pub const NOTICE: i64 = 7;
    /// A clean-up hid messages or put another text in their place, or took that back.
    pub const CLEARED: i64 = 8;
    pub const RESTORED: i64 = 9;
    /// A file of a message can be read from now on, or can't any more.
    pub const CHECKED: i64 = 10;
}

pub const fn kind_of(message: MessageKind) -> i64 {
    match message {
        MessageKind::Chat => kind::CHAT,
        MessageKind::Story => kind::STORY,
    }
}

pub const fn message_kind(kind: i64) -> Option<MessageKind> {
    match kind {
        kind::CHAT => Some(MessageKind::Chat),
        kind::STORY => Some(MessageKind::Story),
        _ => None,
    }
}

pub const fn importance_of(importance: Importance) -> i64 {
    match importance {
        Importance::Normal => 0,
        Importance::High => 1,
    }
}

pub const fn importance(number: i64) -> Importance {
    if number == 0 { Importance::Normal } else { Importance::High }
}

/// What a nonce stands for: all that has to be the same for a repetition to count as one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Content {
    kind: i64,
    of: Option<Seq>,
    importance: i64,
    reply_to: Option<Seq>,
    subject: Option<String>,
    /// None where it was erased since; then it isn't compared.
    body: Option<String>,
    /// The ids of its files, one behind the other.
    files: Vec<u8>,
}

/// A file that a message of the batch brings.
#[derive(Debug)]
struct Offered {
    room: RoomId,
    uploader: UserId,
    /// Whole, in no message, and not withheld.
    free: bool,
    quarantined: bool,
}

impl Content {
    fn of_item(what: &Appending, target: Option<&Target>) -> Self {
        let clean = |text: &str| Some(super::text::clean(text).into_owned());
        let mut content = Self { kind: 0, of: None, importance: 0, reply_to: None, subject: None, body: None, files: Vec::new() };
        match what {
            Appending::Message { kind, subject, body, importance, reply_to, files, .. } => {
                content.files = files.iter().flat_map(|file| file.0.into_bytes()).collect();
                content.kind = kind_of(*kind);
                content.importance = importance_of(*importance);
                content.reply_to = *reply_to;
                content.subject = subject.as_deref().filter(|_| *kind == MessageKind::Story).and_then(clean);
                content.body = clean(body);
            }
            Appending::Edit { of, subject, body, .. } => {
                content.kind = kind::EDIT;
                content.of = Some(*of);
                let story = target.is_some_and(|target| target.kind == kind::STORY);
                content.subject = subject.as_deref().filter(|_| story).and_then(clean);
                content.body = clean(body);
            }
            Appending::Delete { of, .. } => {
                content.kind = kind::DELETE;
                content.of = Some(*of);
            }
            Appending::React { of, emoji, on } => {
                content.kind = if *on { kind::REACT } else { kind::UNREACT };
                content.of = Some(*of);
                content.body = clean(emoji);
            }
            Appending::Notice { text } => {
                content.kind = kind::NOTICE;
                content.body = clean(text);
            }
        }
        content
    }

    fn repeats(&self, earlier: &Self) -> bool {
        let erased = earlier.body.is_none();
        (self.kind, self.of, self.importance, self.reply_to, &self.files) == (earlier.kind, earlier.of, earlier.importance, earlier.reply_to, &earlier.files)
            && (erased || (&self.subject, &self.body) == (&earlier.subject, &earlier.body))
    }
}

/// A message that an item of the batch concerns.
#[derive(Debug, Clone)]
struct Target {
    place: Appended,
    kind: i64,
    author: UserId,
    /// Deleted, or its text isn't kept and erased by now.
    gone: bool,
    /// Another text stands in the place of the author's.
    replaced: bool,
    /// Whom it mentioned before the batch, and does behind it.
    mentioned: Vec<UserId>,
    mentions: Vec<UserId>,
}

/// An event that the batch adds.
#[derive(Debug)]
struct Event {
    room: RoomId,
    place: Appended,
    author: UserId,
    nonce: Option<stoa_domain::id::Nonce>,
    access_version: AccessVersion,
    content: Content,
    mentions: Vec<UserId>,
}

/// A room's head, before and behind the batch.
#[derive(Debug, Clone, Copy)]
struct RoomHead {
    /// Before.
    from: Seq,
    seq: Seq,
    n: i64,
    last_post_at: Option<Timestamp>,
}

type MessageKey = (RoomId, Seq);
type NonceKey = (RoomId, UserId, stoa_domain::id::Nonce);
type ReactionKey = (RoomId, Seq, String, UserId);

/// The id of a place that stands for a message or event.
const fn place(seq: Seq, n: i64, id: MessageId, at: Timestamp, withheld: bool) -> Appended {
    Appended { seq, n, id, at, new: false, withheld }
}
