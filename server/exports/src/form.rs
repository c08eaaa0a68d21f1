//! Forms of the archive, one module for each.

mod actiance;
mod group_chat;
mod lines;
mod mail;
mod mime;
mod rooms;
mod said;
mod table;

use stoa_domain::archive::adapter::{Adapter, Format};
use stoa_domain::archive::{Party, Record};

use crate::error::Result;
use crate::manifest::RunInfo;
use crate::text;
use crate::work::Work;

pub use mime::wrapped;

/// Makes files of records.
pub trait Form {
    fn push(&mut self, record: &Record, work: &mut Work) -> Result<()>;

    /// What is left to be written; `name` is what all names of the run begin with.
    fn finish(&mut self, name: &str, work: &mut Work) -> Result<()>;
}

pub fn of(adapter: &Adapter, info: &RunInfo, work: &Work) -> Result<Box<dyn Form + Send>> {
    let host = text::host(&info.domain);
    Ok(match &adapter.format {
        Format::GroupChat(options) => Box::new(group_chat::GroupChat::new(options.clone(), host)),
        Format::Actiance(options) => Box::new(actiance::Actiance::new(options.clone(), host)),
        Format::Eml(options) => Box::new(mail::Mails::new(options, &adapter.name, host)),
        Format::JsonLines {} => Box::new(lines::Lines::new(work)?),
        Format::Csv {} => Box::new(table::Table::new(work)?),
    })
}

/// By which address somebody is known who signs in by this name, also when he has no other.
pub fn address(who: Option<&Party>, host: &str) -> String {
    let mut out = Vec::new();
    match who {
        None => out.extend_from_slice(b"server"),
        Some(who) if who.name.is_empty() => out.extend_from_slice(format!("user-{}", who.number).as_bytes()),
        // Dots only stand between other characters there.
        Some(who) if who.name.split('.').any(str::is_empty) => {
            let parts = who.name.split('.').enumerate();
            parts.for_each(|(place, part)| {
                out.extend_from_slice(if place == 0 { b"" } else { b"%2E" });
                text::percent(&mut out, part);
            });
        }
        Some(who) => text::percent(&mut out, &who.name),
    }
    out.push(b'@');
    let partner = who.and_then(|who| who.domain.as_ref()).map(|partner| text::host(&partner.name));
    out.extend_from_slice(partner.as_deref().unwrap_or(host).as_bytes());
    String::from_utf8(out).unwrap_or_default()
}
