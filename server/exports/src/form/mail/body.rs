//! What a mail says of a record, as text and as HTML.

use std::borrow::Cow;
use std::fmt::Write as _;

use stoa_domain::archive::{Content, Kind, Post, Record};
use stoa_domain::message::{Importance, MessageKind};

use crate::error::Result;
use crate::form::{address, said};
use crate::text;

pub struct Lines {
    host: String,
    pub plain: String,
    pub html: Vec<u8>,
}

pub fn begin(kind: &str, title: &str) -> Vec<u8> {
    if kind == "plain" {
        return format!("{}\r\n\r\n", text::line(title)).into_bytes();
    }
    let mut out = b"<!DOCTYPE html>\r\n<html><head><meta charset=\"utf-8\"><title>".to_vec();
    html(&mut out, &text::line(title));
    out.extend_from_slice(b"</title></head><body>\r\n<h1>");
    html(&mut out, &text::line(title));
    out.extend_from_slice(b"</h1>\r\n<table>\r\n");
    out
}

pub fn end(kind: &str) -> &'static [u8] {
    if kind == "plain" { b"" } else { b"</table>\r\n</body></html>\r\n" }
}

fn html(out: &mut Vec<u8>, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.extend_from_slice(b"&amp;"),
            '<' => out.extend_from_slice(b"&lt;"),
            '>' => out.extend_from_slice(b"&gt;"),
            '"' => out.extend_from_slice(b"&quot;"),
            c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

/// What happened, and the text of it. What has no words of its own here says all that it holds.
fn told(record: &Record) -> Result<(String, Cow<'_, str>)> {
    let kind = record.kind;
    Ok(match &record.content {
        None if matches!(kind, Kind::Join | Kind::Leave) => (kind.to_string(), Cow::Borrowed("")),
        None => (format!("{kind}, deleted by retention"), Cow::Borrowed("")),
        Some(Content::Join | Content::Leave) => (kind.to_string(), Cow::Borrowed("")),
        Some(Content::Post(post)) => (post_told(post), said::whole(post.subject.as_deref(), &post.body)),
        Some(Content::Edit { of, subject, body, mentions, withheld }) => {
            let mut told = format!("edit of {of}");
            for person in mentions {
                let _ = write!(told, ", mentions {person}");
            }
            told.push_str(if *withheld { ", not kept in the room" } else { "" });
            (told, said::whole(subject.as_deref(), body))
        }
        Some(Content::Delete { of }) => (format!("delete of {of}"), Cow::Borrowed("")),
        Some(Content::Reaction { of, emoji, on }) => (format!("reaction {} {of}", if *on { "to" } else { "taken from" }), Cow::Borrowed(emoji)),
        Some(Content::HistoryViewed { from_seq, to_seq }) => (format!("history viewed from {from_seq} to {to_seq}"), Cow::Borrowed("")),
        Some(Content::Notice { text }) => (kind.to_string(), Cow::Borrowed(text)),
        Some(content) => (kind.to_string(), Cow::Owned(serde_json::to_string(content)?)),
    })
}

fn post_told(post: &Post) -> String {
    let mut told = if post.message == MessageKind::Story { "story".to_owned() } else { "post".to_owned() };
    if post.importance == Importance::High {
        told.push_str(", important");
    }
    if let Some(seq) = post.reply_to {
        let _ = write!(told, ", answers {seq}");
    }
    for person in &post.mentions {
        let _ = write!(told, ", mentions {person}");
    }
    if post.withheld {
        told.push_str(", not kept in the room");
    }
    for file in &post.files {
        let _ = write!(told, ", with the file {} ({}, {} bytes, SHA-256 {})", text::line(&file.name), file.id, file.size, file.sha256);
    }
    told
}

impl Lines {
    pub const fn new(host: String) -> Self {
        Self { host, plain: String::new(), html: Vec::new() }
    }

    /// Whether a character of it had to be replaced.
    pub fn write(&mut self, record: &Record) -> Result<bool> {
        let (told, whole) = told(record)?;
        let name = text::line(record.who.as_ref().map_or("Stoa", |who| &who.display_name));
        let body = text::plain(&whole);
        let replaced = matches!(name, Cow::Owned(_)) || matches!((&whole, &body), (Cow::Borrowed(_), Cow::Owned(_))) || *whole != *body;
        let who = address(record.who.as_ref(), &self.host);
        let seq = record.seq.map(|seq| format!(" #{seq}")).unwrap_or_default();
        self.plain.clear();
        let _ = write!(self.plain, "{} {name} <{who}> [{told}]{seq}\r\n", record.at);
        // A line feed is the end of a line everywhere, and a carriage return by itself too.
        for line in body.replace("\r\n", "\n").split(['\n', '\r']).filter(|_| !body.is_empty()) {
            let _ = write!(self.plain, "    {line}\r\n");
        }
        self.html.clear();
        let html_out = &mut self.html;
        html_out.extend_from_slice(format!("<tr id=\"p{}\"><td><time>{}</time></td><td><bdi title=\"", record.position, record.at).as_bytes());
        html(html_out, &who);
        html_out.extend_from_slice(b"\">");
        html(html_out, &name);
        html_out.extend_from_slice(b"</bdi></td><td>");
        html(html_out, &told);
        html(html_out, &seq);
        html_out.extend_from_slice(b"</td><td><bdi style=\"white-space:pre-wrap\">");
        html(html_out, &body);
        html_out.extend_from_slice(b"</bdi></td></tr>\r\n");
        Ok(replaced)
    }
}
