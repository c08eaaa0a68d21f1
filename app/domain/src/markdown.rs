//! The Markdown that messages are written in, as HTML that is safe to show.
//!
//! Safe by construction: the parser's events go through [`Writer`], which knows a handful of
//! tags and escapes every text; nothing that a message says is ever copied as markup.
//! Raw HTML is shown as it was typed. The same code renders on the server and in the browser.

mod links;
mod writer;

use pulldown_cmark::{Event, Options, Parser, TagEnd, TextMergeStream};

use writer::Writer;

/// Lists and quotes nested deeper than this are shown flat.
const DEPTH_LIMIT: usize = 8;

/// Who a name in a message is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mention {
    /// Whether it is the reader.
    pub me: bool,
    /// What to show in place of the sign-in name.
    pub label: Option<String>,
}

/// A message's body as HTML. `mentions` tells whether a name behind an `@` is somebody.
#[must_use]
pub fn to_html(body: &str, mentions: &dyn Fn(&str) -> Option<Mention>) -> String {
    let parser = Parser::new_ext(body, Options::ENABLE_STRIKETHROUGH);
    let mut writer = Writer::new(mentions, body.len());
    for event in TextMergeStream::new(parser) {
        writer.event(event);
    }
    writer.finish()
}

/// A message's words without their markup, as one text.
#[must_use]
pub fn plain(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    for event in TextMergeStream::new(Parser::new_ext(body, Options::ENABLE_STRIKETHROUGH)) {
        match event {
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => out.push_str(&text),
            Event::SoftBreak
            | Event::HardBreak
            | Event::Rule
            | Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::CodeBlock | TagEnd::HtmlBlock) => {
                out.push(' ');
            }
            _ => {}
        }
    }
    out
}

/// The beginning of what a message says, without its markup.
#[must_use]
pub fn quoted(body: &str, limit: usize) -> String {
    crate::message::excerpt(&plain(body), limit)
}

/// Writes a text so that HTML reads it as that text, in content and in quoted attributes.
fn escape(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'', '\0']) {
        out.push_str(&rest[..at]);
        out.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            _ => "\u{FFFD}",
        });
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests;
