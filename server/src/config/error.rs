//! What is wrong with a setting, and where it stands.

use std::fmt;
use std::path::Path;

use figment::Figment;
use figment::error::Kind;
use toml::de::{DeTable, DeValue};

use super::source;

/// One line: the place, the key, what was expected.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigError(String);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}

impl From<ConfigError> for crate::failure::Failure {
    fn from(error: ConfigError) -> Self {
        Self::new(error.0)
    }
}

/// The file's text, once it is known to be TOML.
pub(super) fn read(file: &Path) -> Result<String, ConfigError> {
    let text = std::fs::read_to_string(file).map_err(|error| ConfigError::new(format!("{}: can't be read: {error}", file.display())))?;
    if let Err(error) = DeTable::parse(&text) {
        let line = error.span().map_or(1, |span| line_at(&text, span.start));
        return Err(ConfigError::new(format!("{}, line {line}: no TOML: {}", file.display(), error.message())));
    }
    Ok(text)
}

impl ConfigError {
    pub(super) fn new(line: impl Into<String>) -> Self {
        Self(line.into())
    }

    /// Something wrong with the value of `key`, wherever that came from.
    pub(super) fn at(key: &str, why: &str, figment: &Figment, file: Option<&Path>) -> Self {
        let from = figment.find_metadata(key).map(|metadata| metadata.name.as_ref()).unwrap_or_default();
        let path: Vec<String> = key.split('.').map(str::to_owned).collect();
        Self(format!("{}: {key}: {why}", place(from, &path, file)))
    }

    pub(super) fn explain(error: &figment::Error, file: Option<&Path>) -> Self {
        let mut path = error.path.clone();
        let why = match &error.kind {
            Kind::UnknownField(name, known) => {
                // Some deserialisers say the field in the path already.
                if path.last() != Some(name) {
                    path.push(name.clone());
                }
                format!("there is no such setting{}", expected(known))
            }
            Kind::UnknownVariant(name, known) => format!("{name:?} is not one of its values{}", expected(known)),
            Kind::InvalidType(found, wanted) | Kind::InvalidValue(found, wanted) => format!("expected {wanted}, found {found}"),
            Kind::Message(message) => message.clone(),
            other => other.to_string(),
        };
        let from = error.metadata.as_ref().map(|metadata| metadata.name.as_ref()).unwrap_or_default();
        Self(format!("{}: {}: {why}", place(from, &path, file), path.join(".")))
    }
}

fn expected(known: &[&str]) -> String {
    if known.is_empty() { String::new() } else { format!(" (expected one of: {})", known.join(", ")) }
}

/// Where a value stands, for a person to find it.
pub(super) fn place(from: &str, path: &[String], file: Option<&Path>) -> String {
    match (from, file) {
        (source::ENVIRONMENT, _) => format!("environment variable {}", source::variable(&path.join("."))),
        (source::COMMAND_LINE, _) => "command line".to_owned(),
        (source::DEFAULTS, _) => "default".to_owned(),
        (_, Some(file)) => {
            let text = std::fs::read_to_string(file).unwrap_or_default();
            let line = line_of(&text, path).map(|line| format!(", line {line}")).unwrap_or_default();
            format!("{}{line}", file.display())
        }
        _ => "settings".to_owned(),
    }
}

/// The line on which a key stands, or as much of its path as is there.
fn line_of(text: &str, path: &[String]) -> Option<usize> {
    let table = DeTable::parse(text).ok()?;
    let mut table = table.get_ref();
    let mut found = None;
    for part in path {
        let Some((key, value)) = table.iter().find(|(key, _)| key.get_ref().as_ref() == part) else { break };
        found = Some(key.span().start);
        match value.get_ref() {
            DeValue::Table(inner) => table = inner,
            _ => break,
        }
    }
    found.map(|at| line_at(text, at))
}

fn line_at(text: &str, at: usize) -> usize {
    text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1
}
