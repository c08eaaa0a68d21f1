use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Kind, Party};
use crate::id::{FileId, MessageId, QueryId, Seq, UserId};
use crate::message::{Clearing, Importance, MessageKind};
use crate::wire::file::Held;

/// What a record says beyond who, where and when. Its names are those of the records in the queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Content {
    Post(Post),
    /// The text that a message has from now on. The one before stays with its own record.
    Edit {
        of: Seq,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subject: Option<String>,
        body: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        mentions: Vec<UserId>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        withheld: bool,
    },
    Delete {
        of: Seq,
    },
    Reaction {
        of: Seq,
        emoji: String,
        on: bool,
    },
    Cleared {
        how: Clearing,
        /// The messages, as pairs of the first and last seq of each unbroken run.
        of: Vec<[Seq; 2]>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    FileShown {
        of: Seq,
        file: FileId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        held: Option<Held>,
    },
    Notice {
        text: String,
    },
    Join,
    Leave,
    HistoryViewed {
        from_seq: Seq,
        to_seq: Seq,
    },
    MessagesFound {
        query: QueryId,
        seqs: Vec<Seq>,
    },
    FilesViewed {
        files: u64,
    },
    Search {
        query: String,
        found: u64,
    },
    FileUploaded {
        #[serde(flatten)]
        file: ArchivedFile,
    },
    Download {
        file: FileId,
        name: String,
        /// Which part of it, in bytes.
        from: u64,
        to: u64,
        size: u64,
    },
    /// An image was looked at, larger than it stands among messages.
    PreviewViewed {
        file: FileId,
        name: String,
        /// Its longest edge, in pixels.
        edge: u32,
    },
    FileChecked {
        #[serde(flatten)]
        judged: Value,
    },
    FileRemoved {
        #[serde(flatten)]
        judged: Value,
    },
    Invited {
        person: UserId,
    },
    Membership {
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        joined: Vec<Party>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        left: Vec<Party>,
    },
    Configuration {
        action: String,
        object: String,
        /// From which address, or `command line`.
        from: String,
        before: Value,
        after: Value,
    },
    Conversation {
        people: Vec<Party>,
    },
    #[serde(rename = "retention")]
    Deleted {
        what: String,
        count: u64,
        /// Up to which moment, and by which rule.
        rule: Value,
    },
    /// What this version doesn't know, or not in this form: nothing that was queued is left out.
    Other {
        name: String,
        payload: Value,
    },
}

/// A message, as it was posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    pub id: MessageId,
    pub message: MessageKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    pub body: String,
    pub importance: Importance,
    /// The message that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Seq>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<UserId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<ArchivedFile>,
    /// Chat history was off: only the archive keeps it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withheld: bool,
}

/// A file, whose content stands in the file store under its id, or is known by its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchivedFile {
    #[serde(rename = "file")]
    pub id: FileId,
    pub name: String,
    pub size: u64,
    /// In hexadecimal digits.
    pub sha256: String,
    #[serde(rename = "type")]
    pub media_type: String,
}

impl Content {
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Post(_) => Kind::Post,
            Self::Edit { .. } => Kind::Edit,
            Self::Delete { .. } => Kind::Delete,
            Self::Reaction { .. } => Kind::Reaction,
            Self::Cleared { .. } => Kind::Cleared,
            Self::FileShown { .. } => Kind::FileShown,
            Self::Notice { .. } => Kind::Notice,
            Self::Join => Kind::Join,
            Self::Leave => Kind::Leave,
            Self::HistoryViewed { .. } => Kind::HistoryViewed,
            Self::MessagesFound { .. } => Kind::MessagesFound,
            Self::FilesViewed { .. } => Kind::FilesViewed,
            Self::Search { .. } => Kind::Search,
            Self::FileUploaded { .. } => Kind::FileUploaded,
            Self::Download { .. } => Kind::Download,
            Self::PreviewViewed { .. } => Kind::PreviewViewed,
            Self::FileChecked { .. } => Kind::FileChecked,
            Self::FileRemoved { .. } => Kind::FileRemoved,
            Self::Invited { .. } => Kind::Invited,
            Self::Membership { .. } => Kind::Membership,
            Self::Configuration { .. } => Kind::Configuration,
            Self::Conversation { .. } => Kind::Conversation,
            Self::Deleted { .. } => Kind::Deleted,
            Self::Other { .. } => Kind::Other,
        }
    }

    /// What a record of the queue carries. One that isn't as it should be is kept all the same.
    #[must_use]
    pub fn queued(name: &str, payload: Option<Value>) -> Self {
        let payload = payload.unwrap_or(Value::Null);
        let mut whole = match &payload {
            Value::Object(fields) => fields.clone(),
            Value::Null => serde_json::Map::new(),
            _ => return Self::Other { name: name.to_owned(), payload },
        };
        whole.insert("kind".to_owned(), name.into());
        let whole = Value::Object(whole);
        // Nothing of it may be left out without a word.
        let read = serde_json::from_value::<Self>(whole.clone()).ok().filter(|read| serde_json::to_value(read).is_ok_and(|again| again == whole));
        read.unwrap_or_else(|| Self::Other { name: name.to_owned(), payload })
    }

    /// What of it is looked for by words.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let (first, second, names): (Option<&str>, Option<&str>, Vec<&str>) = match self {
            Self::Post(post) => (post.subject.as_deref(), Some(&post.body), post.files.iter().map(|file| file.name.as_str()).collect()),
            Self::Edit { subject, body, .. } => (subject.as_deref(), Some(body), Vec::new()),
            Self::Cleared { text, .. } => (text.as_deref(), None, Vec::new()),
            Self::Notice { text } => (Some(text), None, Vec::new()),
            Self::Search { query, .. } => (Some(query), None, Vec::new()),
            Self::FileUploaded { file } => (Some(&file.name), None, Vec::new()),
            Self::Download { name, .. } | Self::PreviewViewed { name, .. } => (Some(name), None, Vec::new()),
            Self::Configuration { action, object, .. } => (Some(action), Some(object), Vec::new()),
            _ => (None, None, Vec::new()),
        };
        first.into_iter().chain(second).chain(names)
    }
}
