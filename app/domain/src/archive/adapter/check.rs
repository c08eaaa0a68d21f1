//! What of an adapter's settings makes no sense.

use std::ops::RangeInclusive;

use super::{Adapter, Bucket, Destination, Format, Mail, Security};
use crate::wire::problem::Problem;

/// From a minute to 30 days.
pub const SECONDS: RangeInclusive<u32> = 60..=30 * 24 * 60 * 60;

/// The longest name; files' names are made of it.
const NAME: usize = 64;
const RECIPIENTS: usize = 100;

/// Whether it can stand in the name of a file, everywhere.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=NAME).contains(&text.len()) && text.bytes().all(plain) && !text.starts_with('-')
}

/// A name of a file without anything of a path.
fn is_file(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=NAME).contains(&text.len()) && text.bytes().all(plain) && !text.starts_with(['.', '-'])
}

fn is_host(text: &str) -> bool {
    let label = |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let address = text.parse::<std::net::IpAddr>().is_ok();
    address || (text.len() <= 253 && text.split('.').all(label))
}

/// What mail servers take without a question: one at, a plain local part, a host.
fn is_address(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&byte);
    let local = |local: &str| (1..=64).contains(&local.len()) && local.bytes().all(plain) && local.split('.').all(|part| !part.is_empty());
    text.rsplit_once('@').is_some_and(|(name, host)| local(name) && is_host(host))
}

impl Adapter {
    /// # Errors
    /// `invalid`, with each field that is wrong.
    pub fn check(&self) -> Result<(), Problem> {
        let mut problem = Problem::invalid();
        if !is_name(&self.name) {
            problem = problem.field("/name", "name", "1 to 64 letters of ASCII, digits, dashes and underscores");
        }
        if !SECONDS.contains(&self.interval) {
            problem = problem.field("/interval", "out_of_range", format!("{} to {}, not {}", SECONDS.start(), SECONDS.end(), self.interval));
        }
        if self.format.stylesheet().is_some_and(|name| !is_file(name)) {
            problem = problem.field("/format/stylesheet", "name", "the name of a file in the folder of stylesheets, without a path");
        }
        if let Format::Eml(eml) = &self.format
            && eml.from.as_deref().is_some_and(|from| !is_address(from))
        {
            problem = problem.field("/format/from", "address", "an address such as compliance@example.com");
        }
        if self.destination.credentials().is_some_and(|name| !is_name(name)) {
            problem = problem.field("/destination/credentials", "name", "the name by which the server's configuration knows them");
        }
        problem = match &self.destination {
            Destination::Folder { path } => check_path(problem, "/destination/path", path),
            Destination::S3(bucket) => check_bucket(problem, bucket),
            Destination::Smtp(mail) => check_mail(problem, mail),
        };
        if matches!(self.destination, Destination::Smtp(_)) && !matches!(self.format, Format::Eml(_)) {
            problem = problem.field("/destination/kind", "format", "only mails are sent: the format has to be eml");
        }
        if problem.errors.is_empty() { Ok(()) } else { Err(problem) }
    }
}

/// Names with slashes between them, or nothing.
fn check_path(problem: Problem, field: &'static str, path: &str) -> Problem {
    if path.is_empty() || (path.len() <= 512 && path.split('/').all(is_file)) {
        return problem;
    }
    problem.field(field, "path", "names with slashes between them, below the folder of exports, such as archive/daily")
}

fn check_bucket(mut problem: Problem, bucket: &Bucket) -> Problem {
    if !is_file(&bucket.bucket) {
        problem = problem.field("/destination/bucket", "name", "the name of a bucket: letters, digits, dots and dashes");
    }
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:/[]".contains(&byte));
    let is_endpoint = |text: &str| {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        text.len() <= 512 && plain(text) && rest.is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '['))
    };
    if bucket.endpoint.as_deref().is_some_and(|endpoint| !is_endpoint(endpoint)) {
        problem = problem.field("/destination/endpoint", "address", "an address such as https://s3.example.com");
    }
    if bucket.region.as_deref().is_some_and(|region| !is_name(region)) {
        problem = problem.field("/destination/region", "name", "the name of a region, such as eu-central-1");
    }
    check_path(problem, "/destination/prefix", bucket.prefix.as_deref().unwrap_or_default())
}

fn check_mail(mut problem: Problem, mail: &Mail) -> Problem {
    if !is_host(&mail.host) {
        problem = problem.field("/destination/host", "host", "the name of a mail server, such as mail.example.com");
    }
    if mail.port == Some(0) {
        problem = problem.field("/destination/port", "out_of_range", "1 to 65535, not 0");
    }
    if !is_address(&mail.from) {
        problem = problem.field("/destination/from", "address", "an address such as compliance@example.com");
    }
    if !(1..=RECIPIENTS).contains(&mail.to.len()) || !mail.to.iter().all(|to| is_address(to)) {
        problem = problem.field("/destination/to", "address", format!("1 to {RECIPIENTS} addresses such as journal@archive.example.com"));
    }
    if mail.credentials.is_some() && mail.security == Security::None {
        problem = problem.field("/destination/credentials", "security", "no password goes over a line that everybody can read: use tls or starttls");
    }
    problem
}
