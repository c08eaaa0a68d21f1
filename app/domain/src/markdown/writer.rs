//! From the parser's events to HTML: the only place where tags are written.

use pulldown_cmark::{CodeBlockKind, CowStr, Event, LinkType, Tag};

use super::links::{self, Piece};
use super::{DEPTH_LIMIT, Mention, escape};
use crate::message::mention_spans;

/// What an open element ends with; nothing for one that is shown flat.
type Close = &'static str;

pub struct Writer<'a> {
    out: String,
    mentions: &'a dyn Fn(&str) -> Option<Mention>,
    open: Vec<Close>,
    /// How many lists and quotes are open.
    depth: usize,
    /// Inside a link there is neither another one nor a mention; inside code, nothing but text.
    in_link: bool,
    in_code: bool,
}

impl<'a> Writer<'a> {
    pub fn new(mentions: &'a dyn Fn(&str) -> Option<Mention>, length: usize) -> Self {
        Self { out: String::with_capacity(length + length / 4), mentions, open: Vec::new(), depth: 0, in_link: false, in_code: false }
    }

    pub fn finish(mut self) -> String {
        while let Some(close) = self.open.pop() {
            self.out.push_str(close);
        }
        self.out
    }

    pub fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(_) => self.end(),
            Event::Text(text) if self.in_code => escape(&mut self.out, &text),
            Event::Text(text) => self.text(&text),
            Event::Code(text) => self.within("<code>", &text, "</code>"),
            // Raw HTML is a text like any other.
            Event::Html(text) | Event::InlineHtml(text) => self.lines(&text),
            Event::SoftBreak | Event::HardBreak => self.out.push_str("<br>"),
            Event::Rule => self.out.push_str("<hr>"),
            // Off in the parser's options; shown as they stand, should they come.
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => escape(&mut self.out, &text),
            Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => self.open("<p>", "</p>"),
            Tag::Heading { .. } => self.open("<p><strong>", "</strong></p>"),
            Tag::BlockQuote(_) => self.nest("<blockquote>", "</blockquote>"),
            Tag::CodeBlock(kind) => {
                self.in_code = true;
                // An indented block is one, too: what someone pastes stays as it is.
                let (CodeBlockKind::Indented | CodeBlockKind::Fenced(_)) = kind;
                self.open("<pre><code>", "</code></pre>");
            }
            Tag::List(None) => self.nest("<ul>", "</ul>"),
            Tag::List(Some(1)) => self.nest("<ol>", "</ol>"),
            Tag::List(Some(start)) => self.nest(&format!("<ol start=\"{start}\">"), "</ol>"),
            Tag::Item if self.depth <= DEPTH_LIMIT => self.open("<li>", "</li>"),
            Tag::Item => self.open("", "<br>"),
            Tag::Emphasis => self.open("<em>", "</em>"),
            Tag::Strong => self.open("<strong>", "</strong>"),
            Tag::Strikethrough => self.open("<del>", "</del>"),
            Tag::Link { link_type: LinkType::Email, dest_url, .. } => self.link(&CowStr::from(format!("mailto:{dest_url}"))),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => self.link(&dest_url),
            // Off in the parser's options.
            _ => self.open("", ""),
        }
    }

    fn open(&mut self, tag: &str, close: Close) {
        self.out.push_str(tag);
        self.open.push(close);
    }

    fn nest(&mut self, tag: &str, close: Close) {
        self.depth += 1;
        if self.depth <= DEPTH_LIMIT {
            self.open(tag, close)
        } else {
            self.open("", "")
        }
        // Remembered by an own entry, so that the end knows to come up one level.
        self.open.push(NESTED);
    }

    fn end(&mut self) {
        let mut close = self.open.pop().unwrap_or_default();
        if close == NESTED {
            self.depth -= 1;
            close = self.open.pop().unwrap_or_default();
        }
        match close {
            LINK => self.in_link = false,
            "</code></pre>" => self.in_code = false,
            _ => {}
        }
        self.out.push_str(close);
    }

    fn link(&mut self, url: &str) {
        if self.in_link || !links::is_allowed(url) {
            return self.open("", "");
        }
        self.in_link = true;
        self.open_link(url);
        self.open.push(LINK);
    }

    fn open_link(&mut self, url: &str) {
        self.out.push_str("<a href=\"");
        escape(&mut self.out, url);
        self.out.push_str("\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">");
    }

    fn within(&mut self, tag: &str, text: &str, close: &str) {
        self.out.push_str(tag);
        escape(&mut self.out, text);
        self.out.push_str(close);
    }

    /// Text in which a line break is one.
    fn lines(&mut self, text: &str) {
        for (index, line) in text.trim_end_matches('\n').split('\n').enumerate() {
            if index > 0 {
                self.out.push_str("<br>");
            }
            escape(&mut self.out, line);
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_link {
            return escape(&mut self.out, text);
        }
        for piece in links::pieces(text) {
            match piece {
                Piece::Text(text) => self.names(text),
                Piece::Url(url) => {
                    self.open_link(url);
                    escape(&mut self.out, url);
                    self.out.push_str(LINK);
                }
            }
        }
    }

    /// Text in which the names of people are marked.
    fn names(&mut self, text: &str) {
        let mut done = 0;
        for (at, name) in mention_spans(text) {
            let Some(mention) = (self.mentions)(name) else { continue };
            escape(&mut self.out, &text[done..at]);
            self.out.push_str(if mention.me { "<span class=\"mention me\">@" } else { "<span class=\"mention\">@" });
            escape(&mut self.out, mention.label.as_deref().unwrap_or(name));
            self.out.push_str("</span>");
            done = at + 1 + name.len();
        }
        escape(&mut self.out, &text[done..]);
    }
}

const LINK: Close = "</a>";
/// Stands in the stack above an element that counts for the depth; never written.
const NESTED: Close = "nested";
