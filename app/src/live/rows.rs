//! How a span of a stream is laid out: which lines stand between the messages, and which messages
//! continue the one before them. Pure.

use std::time::Duration;

use stoa_domain::id::{Nonce, Seq, UserId};
use stoa_domain::message::{Importance, MessageKind};
use stoa_domain::time::Timestamp;
use stoa_domain::wire::message::Message;

use super::timeline::{Item, Pending, Span};
use crate::when::Zone;

/// Messages of one author within this time stand under one name.
const GROUPING: Duration = Duration::from_secs(5 * 60);

/// One row of the timeline; also its key, so that a row is made anew only when this changes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Row {
    /// The room begins here.
    Beginning,
    /// A new day. The seq tells two lines of one day apart, should a clock have jumped.
    Day {
        day: i64,
        before: Seq,
    },
    /// What comes now wasn't read yet; since when.
    New {
        since: Option<Timestamp>,
    },
    Post {
        seq: Seq,
        continued: bool,
    },
    Notice {
        seq: Seq,
    },
    Pending {
        nonce: Nonce,
        continued: bool,
    },
}

/// What the layout depends on besides the messages.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    pub me: UserId,
    pub zone: Zone,
    /// Where the line "new since" stands: before the first message of others after this seq.
    pub new_after: Option<Seq>,
}

impl Layout {
    #[must_use]
    pub fn rows(&self, span: &Span, pending: &[Pending]) -> Vec<Row> {
        let mut rows = Vec::with_capacity(span.items.len() + pending.len() + 8);
        if span.from <= 1 {
            rows.push(Row::Beginning);
        }
        let mut day = None;
        let mut last: Option<&Message> = None;
        let mut before: Option<Timestamp> = None;
        let mut marked = self.new_after.is_none();
        for item in &span.items {
            let (seq, at) = (item.seq(), item.at());
            let today = self.zone.day(at);
            if day != Some(today) {
                rows.push(Row::Day { day: today, before: seq });
                day = Some(today);
                last = None;
            }
            match item {
                Item::Message(message) => {
                    if !marked && message.author.id != self.me && self.new_after.is_some_and(|read| seq > read) {
                        rows.push(Row::New { since: before });
                        marked = true;
                        last = None;
                    }
                    rows.push(Row::Post { seq, continued: last.is_some_and(|last| continues(last, message)) });
                    last = Some(message);
                }
                Item::Notice(_) => {
                    rows.push(Row::Notice { seq });
                    last = None;
                }
            }
            before = Some(at);
        }
        let mut own = last.is_some_and(|last| last.author.id == self.me && last.deleted.is_none());
        let mut since = before;
        for post in pending {
            let plain = post.message.kind == MessageKind::Chat && post.message.importance == Importance::Normal && post.message.reply_to.is_none();
            let continued = own && plain && since.is_some_and(|since| post.at.since(since) < GROUPING);
            rows.push(Row::Pending { nonce: post.message.nonce, continued });
            own = true;
            since = Some(post.at);
        }
        rows
    }
}

fn continues(last: &Message, next: &Message) -> bool {
    last.author.id == next.author.id
        && last.deleted.is_none()
        && next.deleted.is_none()
        && next.kind == MessageKind::Chat
        && next.importance == Importance::Normal
        && next.reply_to.is_none()
        && next.at.since(last.at) < GROUPING
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use stoa_domain::id::MessageId;
    use stoa_domain::wire::Person;
    use uuid::Uuid;

    fn user(n: u128) -> UserId {
        Uuid::from_u128(n).into()
    }
    fn item(seq: Seq, author: u128, at: &str) -> Item {
        let author = Person { id: user(author), name: String::new(), display_name: String::new() };
        Item::Message(Arc::new(Message {
            seq,
            n: seq,
            id: MessageId(Uuid::nil()),
            at: Timestamp::parse(at).unwrap(),
            author,
            kind: MessageKind::Chat,
            subject: None,
            body: Some(String::new()),
            importance: Importance::Normal,
            reply_to: None,
            mentions: vec![],
            attachments: vec![],
            edited_at: None,
            deleted: None,
            replaced: None,
            withheld: false,
            reactions: vec![],
            nonce: None,
        }))
    }

    #[test]
    fn days_groups_and_the_new_line() {
        let items = vec![
            item(1, 2, "2026-11-20T23:50:00Z"),
            item(2, 2, "2026-11-20T23:54:59Z"),
            item(3, 3, "2026-11-20T23:55:00Z"),
            item(4, 3, "2026-11-21T00:00:01Z"),
            item(6, 3, "2026-11-21T00:00:02Z"),
            item(7, 1, "2026-11-21T00:00:03Z"),
        ];
        let layout = Layout { me: user(1), zone: Zone::Utc, new_after: Some(4) };
        let post = |seq, continued| Row::Post { seq, continued };
        let day = Zone::Utc.day(items[0].at());
        assert_eq!(
            layout.rows(&Span { from: 1, to: 7, items: items.clone() }, &[]),
            [
                Row::Beginning,
                Row::Day { day, before: 1 },
                post(1, false),
                post(2, true),
                post(3, false),
                Row::Day { day: day + 1, before: 4 },
                post(4, false),
                Row::New { since: Some(items[3].at()) },
                post(6, false),
                post(7, false),
            ]
        );
        // One's own messages are never new.
        let layout = Layout { new_after: Some(6), ..layout };
        assert!(!layout.rows(&Span { from: 2, to: 7, items }, &[]).iter().any(|row| matches!(row, Row::New { .. } | Row::Beginning)));
    }
}
