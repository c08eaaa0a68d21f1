//! CSV: a record on each line, in cells that no spreadsheet calculates.

use std::borrow::Cow;
use std::io::{self, Write};

use csv::{Terminator, WriterBuilder};
use stoa_domain::archive::{CategoryName, Content, Record};

use super::Form;
use crate::error::Result;
use crate::text;
use crate::work::{Output, Work};

/// What the columns are called; `schemas/csv-metadata.json` says what they are.
const COLUMNS: [&str; 25] = [
    "position",
    "number",
    "at",
    "kind",
    "access_version",
    "place_kind",
    "place_id",
    "place_name",
    "place_description",
    "place_path",
    "privacy",
    "room_type",
    "seq",
    "person_id",
    "person_number",
    "person_name",
    "person_display_name",
    "person_email",
    "partner_id",
    "partner_name",
    "of",
    "message_id",
    "subject",
    "text",
    "content",
];

/// Without which Excel takes the text for another encoding.
const BYTE_ORDER_MARK: &[u8] = "\u{FEFF}".as_bytes();

pub struct Table {
    writer: Option<csv::Writer<Output>>,
}

impl Table {
    pub fn new(work: &Work) -> Result<Self> {
        let mut output = work.output(".csv")?;
        output.write_all(BYTE_ORDER_MARK)?;
        let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(output);
        writer.write_record(COLUMNS).map_err(failed)?;
        Ok(Self { writer: Some(writer) })
    }
}

fn failed(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        kind => io::Error::other(format!("{kind:?}")),
    }
}

/// Cells of a line, and whether a character in them had to be replaced.
struct Row<'a> {
    cells: Vec<Cow<'a, str>>,
    replaced: bool,
}

impl<'a> Row<'a> {
    /// What people wrote. What a spreadsheet would take for a formula has an apostrophe before it.
    fn text(&mut self, text: &'a str) {
        let plain = text::plain(text);
        self.replaced |= matches!(plain, Cow::Owned(_));
        let formula =
            plain.trim_start().starts_with(['=', '+', '-', '@', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}']) || plain.starts_with(['\t', '\r', '\n']);
        self.cells.push(if formula { Cow::Owned(format!("'{plain}")) } else { plain });
    }

    fn maybe(&mut self, text: Option<&'a str>) {
        self.text(text.unwrap_or_default());
    }

    /// What comes from us.
    fn ours(&mut self, value: Option<impl ToString>) {
        self.cells.push(value.map_or(Cow::Borrowed(""), |value| Cow::Owned(value.to_string())));
    }
}

/// Names of categories with slashes between them; one in a name is written as `\/`.
fn path(categories: &[CategoryName]) -> String {
    let names: Vec<_> = categories.iter().map(|category| category.name.replace('\\', "\\\\").replace('/', "\\/")).collect();
    names.join("/")
}

impl Form for Table {
    fn push(&mut self, record: &Record, work: &mut Work) -> Result<()> {
        let path = record.place.as_ref().map(|place| path(&place.path)).unwrap_or_default();
        let whole = record.content.as_ref().map(serde_json::to_string).transpose()?.unwrap_or_default();
        let mut row = Row { cells: Vec::with_capacity(COLUMNS.len()), replaced: false };
        row.ours(Some(record.position));
        row.ours(Some(record.number));
        row.ours(Some(record.at));
        row.ours(Some(record.kind));
        row.ours(record.version);
        let place = record.place.as_ref();
        row.ours(place.map(|place| place.kind));
        row.ours(place.map(|place| place.id));
        row.maybe(place.map(|place| place.name.as_str()));
        row.maybe(place.map(|place| place.description.as_str()));
        row.text(&path);
        row.ours(place.map(|place| place.privacy));
        row.ours(place.map(|place| place.room_type));
        row.ours(record.seq);
        let who = record.who.as_ref();
        row.ours(who.map(|who| who.id));
        row.ours(who.map(|who| who.number));
        row.maybe(who.map(|who| who.name.as_str()));
        row.maybe(who.map(|who| who.display_name.as_str()));
        row.maybe(who.and_then(|who| who.email.as_deref()));
        let partner = who.and_then(|who| who.domain.as_ref());
        row.ours(partner.map(|partner| partner.id));
        row.maybe(partner.map(|partner| partner.name.as_str()));
        said(&mut row, record.content.as_ref());
        row.text(&whole);
        if row.replaced {
            work.replaced(record.position)?;
        }
        if let Some(writer) = &mut self.writer {
            writer.write_record(row.cells.iter().map(AsRef::as_ref)).map_err(failed)?;
        }
        Ok(())
    }

    fn finish(&mut self, _: &str, work: &mut Work) -> Result<()> {
        let Some(writer) = self.writer.take() else { return Ok(()) };
        work.keep(writer.into_inner().map_err(csv::IntoInnerError::into_error)?)
    }
}

/// `of`, `message_id`, `subject` and `text`: what of a content has a column of its own.
fn said<'a>(row: &mut Row<'a>, content: Option<&'a Content>) {
    let of = match content {
        Some(Content::Edit { of, .. } | Content::Delete { of } | Content::Reaction { of, .. } | Content::FileShown { of, .. }) => Some(of),
        _ => None,
    };
    row.ours(of);
    let post = match content {
        Some(Content::Post(post)) => Some(post),
        _ => None,
    };
    row.ours(post.map(|post| post.id));
    let (subject, text) = match content {
        Some(Content::Post(post)) => (post.subject.as_deref(), Some(post.body.as_str())),
        Some(Content::Edit { subject, body, .. }) => (subject.as_deref(), Some(body.as_str())),
        Some(Content::Reaction { emoji, .. }) => (None, Some(emoji.as_str())),
        Some(Content::Cleared { text, .. }) => (None, text.as_deref()),
        Some(Content::Notice { text }) => (None, Some(text.as_str())),
        Some(Content::Search { query, .. }) => (None, Some(query.as_str())),
        Some(Content::FileUploaded { file }) => (None, Some(file.name.as_str())),
        Some(Content::Download { name, .. } | Content::PreviewViewed { name, .. }) => (None, Some(name.as_str())),
        _ => (None, None),
    };
    row.maybe(subject);
    row.maybe(text);
}
