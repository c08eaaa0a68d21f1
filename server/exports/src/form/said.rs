//! What a record says, in the six words of the original.

use std::borrow::Cow;

use stoa_domain::archive::{ArchivedFile, Content, Kind, Post, Record};

use crate::error::Result;
use crate::text;
use crate::work::Work;

/// A message of the original's six types.
pub struct Said<'a> {
    pub word: &'static str,
    pub content: Cow<'a, str>,
    /// An int, for what was written; else 0.
    pub id: i64,
    /// What was uploaded.
    pub file: Option<&'a ArchivedFile>,
}

/// Title and text, as one.
pub fn whole<'a>(subject: Option<&str>, body: &'a str) -> Cow<'a, str> {
    subject.map_or(Cow::Borrowed(body), |subject| Cow::Owned(format!("{subject}\n\n{body}")))
}

/// What a form has words for besides.
#[derive(Clone, Copy)]
pub struct Words {
    /// How people call a file.
    pub names: bool,
    /// That somebody looked at what was said before.
    pub history: bool,
}

/// The message that a record is, with notes of all that this doesn't say; none for what none of the six types says.
pub fn strictly<'a>(record: &'a Record, words: Words, work: &mut Work) -> Result<Option<Said<'a>>> {
    let (kind, position) = (record.kind, record.position);
    let said = |word, content, id| Some(Said { word, content, id, file: None });
    let said = match (&record.content, &record.place) {
        (_, None) => None,
        (None, _) if !matches!(kind, Kind::Join | Kind::Leave) => {
            work.unsaid(kind, "deleted_by_retention", position)?;
            return Ok(None);
        }
        (Some(Content::Join), _) | (None, _) if kind == Kind::Join => said("JOIN", Cow::Borrowed(""), 0),
        (Some(Content::Leave), _) | (None, _) if kind == Kind::Leave => said("PART", Cow::Borrowed(""), 0),
        (Some(Content::Post(post)), _) => {
            for (what, _) in beside(post).into_iter().filter(|(_, there)| *there) {
                work.unsaid(kind, what, position)?;
            }
            said("CHAT", whole(post.subject.as_deref(), &post.body), record.seq.unwrap_or(0))
        }
        (Some(Content::Edit { subject, body, mentions, withheld, .. }), _) => {
            for (what, _) in [("of", true), ("mentions", !mentions.is_empty()), ("withheld", *withheld)].into_iter().filter(|(_, there)| *there) {
                work.unsaid(kind, what, position)?;
            }
            // Of its own, not that of what it changes: an id stands for a content.
            said("CHAT", whole(subject.as_deref(), body), record.seq.unwrap_or(0))
        }
        (Some(Content::HistoryViewed { from_seq, to_seq }), _) if words.history => said("BACKCHAT", Cow::Owned(format!("{from_seq}-{to_seq}")), 0),
        (Some(Content::FileUploaded { file }), _) => {
            if !words.names {
                work.unsaid(kind, "name", position)?;
            }
            Some(Said { word: "FILEUPLOAD", content: Cow::Owned(text::stored(file)), id: 0, file: Some(file) })
        }
        (Some(Content::Download { file, name, .. }), _) => {
            if !words.names {
                work.unsaid(kind, "name", position)?;
            }
            work.unsaid(kind, "range", position)?;
            said("FILEDOWNLOAD", Cow::Owned(text::stored_name(*file, name)), 0)
        }
        _ => None,
    };
    if said.is_none() {
        work.unsaid(kind, "record", position)?;
    }
    Ok(said)
}

/// What of a message has no words, and whether it is there.
fn beside(post: &Post) -> [(&'static str, bool); 6] {
    use stoa_domain::message::{Importance, MessageKind};
    [
        ("files", !post.files.is_empty()),
        ("importance", post.importance != Importance::Normal),
        ("mentions", !post.mentions.is_empty()),
        ("reply_to", post.reply_to.is_some()),
        ("story", post.message != MessageKind::Chat),
        ("withheld", post.withheld),
    ]
}
