//! What may be posted: checked and made ready for the writer.

use stoa_domain::access::Snapshot;
use stoa_domain::id::{RoomId, Seq, UserId};
use stoa_domain::message::{MessageKind, SUBJECT_LIMIT, is_emoji, mentioned_names};
use stoa_domain::name::{check_name, name_key};
use stoa_domain::settings::PoolSettings;
use stoa_domain::wire::Person;
use stoa_domain::wire::file::Attachment;
use stoa_domain::wire::message::{NewMessage, Quote};
use stoa_domain::wire::problem::Problem;
use stoa_store::{Append, Appending};

use super::writer::{Reply, Write};
use crate::access::{history_on, person};
use crate::services::Core;
use crate::{Result, StoreProblem};

/// An append and what its event shows besides.
pub(super) struct Ready {
    pub item: Append,
    pub author: Person,
    pub quote: Option<Quote>,
    pub attachments: Vec<Attachment>,
}

impl Ready {
    pub fn write(self, reply: Reply) -> Write {
        let Self { item, author, quote, attachments } = self;
        Write { item, author, quote, attachments, reply }
    }
}

/// A new message of this user in this room.
pub(super) async fn message(core: &Core, user: UserId, room: RoomId, message: NewMessage) -> Result<Ready> {
    core.running()?;
    let (snapshot, decision) = core.access.room(user, room)?;
    if !decision.rights.post {
        return Err(if decision.rights.enter { Problem::forbidden().detail("Only presenters post in this room.") } else { crate::access::refused(decision) });
    }
    let settings = core.access.settings();
    let subject = match message.kind {
        MessageKind::Chat => None,
        MessageKind::Story => Some(story_subject(message.subject.as_deref())?),
    };
    check_body(&message.body, message.kind, !message.attachments.is_empty(), &settings)?;
    let attachments = crate::files::to_post(core, &snapshot, user, room, &message.attachments).await?;
    let quote = match message.reply_to {
        None => None,
        Some(seq) => {
            let quote = core.store.quote(room, seq).await.or_problem()?;
            Some(quote.ok_or_else(|| Problem::invalid().field("/reply_to", "unknown", "There is no such message in this room."))?)
        }
    };
    let now = core.environment.now();
    let mentions = mentions(&snapshot, room, &message.body);
    let what = Appending::Message {
        kind: message.kind,
        subject,
        body: message.body,
        importance: message.importance,
        reply_to: message.reply_to,
        mentions,
        files: message.attachments,
        withheld: snapshot.room(room).is_some_and(|room| !history_on(&snapshot, room)),
    };
    let item = Append { room, author: user, nonce: Some(message.nonce), id: core.environment.id(), at: now, access_version: snapshot.version, what };
    Ok(Ready { item, author: person(&snapshot, user), quote, attachments })
}

/// An edit of one's own message.
pub(super) async fn edit(
    core: &Core,
    user: UserId,
    room: RoomId,
    seq: Seq,
    body: String,
    subject: Option<String>,
) -> Result<(Appending, std::sync::Arc<Snapshot>)> {
    let (snapshot, _) = core.access.enter(user, room)?;
    let settings = core.access.settings();
    let message = core.store.message(room, seq, user).await.or_problem()?.ok_or_else(Problem::message_not_found)?;
    let subject = match message.kind {
        MessageKind::Chat => None,
        MessageKind::Story => Some(story_subject(subject.as_deref().or(message.subject.as_deref()))?),
    };
    check_body(&body, message.kind, !message.attachments.is_empty(), &settings)?;
    let now = core.environment.now();
    let not_before = now.minus(std::time::Duration::from_secs(u64::from(settings.edit_window)));
    let mentions = mentions(&snapshot, room, &body);
    Ok((Appending::Edit { of: seq, subject, body, mentions, not_before }, snapshot))
}

pub(super) fn reaction(seq: Seq, emoji: String, on: bool) -> Result<Appending> {
    if !is_emoji(&emoji) {
        return Err(Problem::invalid().field("/emoji", "not-an-emoji", "A reaction is one emoji."));
    }
    Ok(Appending::React { of: seq, emoji, on })
}

fn story_subject(subject: Option<&str>) -> Result<String> {
    let subject = check_name(subject.unwrap_or_default()).map_err(|error| Problem::invalid().field("/subject", error.code(), error.to_string()))?;
    debug_assert!(subject.chars().count() <= SUBJECT_LIMIT);
    Ok(subject)
}

fn check_body(body: &str, kind: MessageKind, with_files: bool, settings: &PoolSettings) -> Result<()> {
    let wrong = |code, message: String| Err(Problem::invalid().field("/body", code, message));
    if body.trim().is_empty() && !with_files {
        return wrong("required", "There is nothing to post.".into());
    }
    // Databases and XML can't hold it, and nobody can see it.
    if body.contains('\0') {
        return wrong("forbidden-character", "A message can't hold the character U+0000.".into());
    }
    match kind {
        MessageKind::Chat if body.chars().count() > settings.message_limit as usize => {
            wrong("too-long", format!("A message has at most {} characters; a story may be longer.", settings.message_limit))
        }
        MessageKind::Story if body.len() > settings.story_limit as usize => wrong("too-long", format!("A story has at most {} bytes.", settings.story_limit)),
        MessageKind::Chat | MessageKind::Story => Ok(()),
    }
}

/// Whom the body mentions, of those who may read it.
fn mentions(snapshot: &Snapshot, room: RoomId, body: &str) -> Vec<UserId> {
    /// More would be a mailing list.
    const MOST: usize = 50;
    if !body.contains('@') {
        return Vec::new();
    }
    let mut users: Vec<UserId> = mentioned_names(body)
        .into_iter()
        .filter_map(|name| snapshot.user_by_key(&name_key(name)))
        .filter(|user| snapshot.decide(*user, room).rights.enter)
        .take(MOST)
        .collect();
    users.sort_unstable();
    users.dedup();
    users
}
