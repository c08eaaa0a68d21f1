//! What the extended dialect says besides: a type for each kind of record, and all that a record holds.

use std::borrow::Cow;

use stoa_domain::archive::{ArchivedFile, Content, Kind, Party, Place, Post, Record};
use stoa_domain::id::UserId;
use stoa_domain::message::{Importance, MessageKind};

use super::xml::{CLOSE, OPEN, Xml};
use crate::error::Result;
use crate::text;

const fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Join => "JOIN",
        Kind::Leave => "PART",
        Kind::Post => "CHAT",
        Kind::HistoryViewed => "BACKCHAT",
        Kind::FileUploaded => "FILEUPLOAD",
        Kind::Download => "FILEDOWNLOAD",
        Kind::PreviewViewed => "PREVIEWVIEWED",
        Kind::Edit => "EDIT",
        Kind::Delete => "DELETE",
        Kind::Reaction => "REACTION",
        Kind::Cleared => "CLEARED",
        Kind::FileShown => "FILESHOWN",
        Kind::Notice => "NOTICE",
        Kind::MessagesFound => "MESSAGESFOUND",
        Kind::FilesViewed => "FILESVIEWED",
        Kind::Search => "SEARCH",
        Kind::FileChecked => "FILECHECKED",
        Kind::FileRemoved => "FILEREMOVED",
        Kind::Invited => "INVITED",
        Kind::Membership => "MEMBERSHIP",
        Kind::Configuration => "CONFIGURATION",
        Kind::Conversation => "CONVERSATION",
        Kind::Deleted => "RETENTION",
        Kind::Other => "OTHER",
    }
}

pub const fn uploaded(record: &Record) -> Option<&ArchivedFile> {
    match &record.content {
        Some(Content::FileUploaded { file }) => Some(file),
        _ => None,
    }
}

/// The text of it, as the original's attribute holds it.
fn text_of(content: &Content) -> Cow<'_, str> {
    match content {
        Content::Post(post) => Cow::Borrowed(&post.body),
        Content::Edit { body, .. } => Cow::Borrowed(body),
        Content::Reaction { emoji, .. } => Cow::Borrowed(emoji),
        Content::Cleared { text, .. } => Cow::Borrowed(text.as_deref().unwrap_or_default()),
        Content::Notice { text } => Cow::Borrowed(text),
        Content::Search { query, .. } => Cow::Borrowed(query),
        Content::HistoryViewed { from_seq, to_seq } => Cow::Owned(format!("{from_seq}-{to_seq}")),
        Content::FileUploaded { file } => Cow::Owned(text::stored(file)),
        Content::Download { file, name, .. } | Content::PreviewViewed { file, name, .. } => Cow::Owned(text::stored_name(*file, name)),
        Content::Configuration { action, .. } => Cow::Borrowed(action),
        _ => Cow::Borrowed(""),
    }
}

const fn of(content: &Content) -> Option<i64> {
    match content {
        Content::Edit { of, .. } | Content::Delete { of } | Content::Reaction { of, .. } | Content::FileShown { of, .. } => Some(*of),
        _ => None,
    }
}

impl Xml {
    /// What a room is, where the names of rooms are wanted.
    pub fn channel(&mut self, place: &Place, details: bool) {
        self.attribute("kind", place.kind.as_str());
        if !details {
            return self.raw("/>\n");
        }
        self.attribute("description", &place.description);
        self.attribute("privacy", place.privacy.as_str());
        self.attribute("roomType", place.room_type.as_str());
        self.raw(">\n");
        for category in &place.path {
            self.raw("      <Category");
            self.attribute("id", &category.id.to_string());
            self.attribute("name", &category.name);
            self.raw("/>\n");
        }
        self.raw("    </Channel>\n");
    }

    pub fn extended_message(&mut self, record: &Record) -> Result<()> {
        self.bytes(OPEN);
        self.attribute("type", word(record.kind));
        self.attribute("content", &record.content.as_ref().map_or(Cow::Borrowed(""), text_of));
        let written = matches!(record.kind, Kind::Post | Kind::Edit);
        self.number("id", record.seq.filter(|_| written).unwrap_or(0));
        self.number("position", record.position);
        self.number("number", record.number);
        if let Some(seq) = record.seq {
            self.number("seq", seq);
        }
        if let Some(version) = record.version {
            self.number("accessVersion", version);
        }
        if let Some(of) = record.content.as_ref().and_then(of) {
            self.number("of", of);
        }
        match &record.content {
            None => self.attribute("deleted", "true"),
            Some(Content::Post(post)) => self.post(post),
            Some(Content::Edit { subject, withheld, .. }) => self.written(subject.as_deref(), *withheld),
            Some(_) => {}
        }
        self.raw(">\n");
        self.person("        <Sender", record.who.as_ref());
        self.moment("        <DateTimeUTC", record.at);
        match &record.content {
            None | Some(Content::Join | Content::Leave | Content::Delete { .. }) => {}
            Some(Content::Post(post)) => {
                self.mentions(&post.mentions);
                post.files.iter().for_each(|file| self.file(file));
            }
            Some(Content::Edit { mentions, .. }) => self.mentions(mentions),
            Some(Content::FileUploaded { file }) => self.file(file),
            Some(Content::Membership { joined, left }) => {
                self.people("        <Joined", joined);
                self.people("        <Left", left);
            }
            Some(Content::Conversation { people }) => self.people("        <Joined", people),
            Some(content) => {
                self.raw("        <Details>");
                self.text(&serde_json::to_string(content)?);
                self.raw("</Details>\n");
            }
        }
        self.bytes(CLOSE);
        Ok(())
    }

    fn post(&mut self, post: &Post) {
        self.written(post.subject.as_deref(), post.withheld);
        self.attribute("message", &post.id.to_string());
        if post.message == MessageKind::Story {
            self.attribute("story", "true");
        }
        if post.importance == Importance::High {
            self.attribute("importance", "high");
        }
        if let Some(seq) = post.reply_to {
            self.number("replyTo", seq);
        }
    }

    fn written(&mut self, subject: Option<&str>, withheld: bool) {
        if let Some(subject) = subject {
            self.attribute("subject", subject);
        }
        if withheld {
            self.attribute("withheld", "true");
        }
    }

    fn mentions(&mut self, people: &[UserId]) {
        for person in people {
            self.raw("        <Mention");
            self.attribute("person", &person.to_string());
            self.raw("/>\n");
        }
    }

    fn people(&mut self, open: &str, people: &[Party]) {
        people.iter().for_each(|person| self.person(open, Some(person)));
    }

    fn file(&mut self, file: &ArchivedFile) {
        self.raw("        <File");
        self.attribute("id", &file.id.to_string());
        self.attribute("name", &file.name);
        self.attribute("size", &file.size.to_string());
        self.attribute("sha256", &file.sha256);
        self.attribute("mediaType", &file.media_type);
        self.raw("/>\n");
    }
}
