//! Where settings come from besides the file.

use std::ffi::OsString;

use figment::providers::Serialized;
use figment::value::{Dict, Map, Value};
use figment::{Error, Metadata, Profile, Provider};

use super::{Config, ConfigError};

pub(super) const DEFAULTS: &str = "default";
pub(super) const ENVIRONMENT: &str = "environment";
pub(super) const COMMAND_LINE: &str = "command line";

/// Every setting; its variable is its name in capitals, `STOA_DATABASE_URL`.
pub(super) const KEYS: &[&str] = &[
    "listen",
    "public_url",
    "data",
    "services",
    "drain",
    "tls.certificate",
    "tls.key",
    "database.url",
    "database.url_file",
    "database.connections",
    "archive.url",
    "archive.url_file",
    "archive.connections",
    "files.folder",
    "files.scanner",
    "files.scanner_timeout",
    "s3.bucket",
    "s3.endpoint",
    "s3.region",
    "s3.prefix",
    "s3.access_key",
    "s3.secret_key",
    "s3.secret_key_file",
    "s3.path_style",
    "s3.allow_http",
    "s3.timeout",
    "log.format",
    "log.level",
    "metrics.listen",
    "limits.connections",
    "proxy.trusted",
];

const NUMBERS: &[&str] = &["drain", "database.connections", "archive.connections", "files.scanner_timeout", "s3.timeout", "limits.connections"];
const SWITCHES: &[&str] = &["s3.path_style", "s3.allow_http"];

#[must_use]
pub(super) fn variable(key: &str) -> String {
    format!("STOA_{}", key.replace('.', "_").to_ascii_uppercase())
}

pub(super) struct Defaults;

impl Provider for Defaults {
    fn metadata(&self) -> Metadata {
        Metadata::named(DEFAULTS)
    }
    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        Serialized::defaults(Config::default()).data()
    }
}

pub(super) struct CommandLine<T>(pub Serialized<T>);

impl<T: serde::Serialize> Provider for CommandLine<T> {
    fn metadata(&self) -> Metadata {
        Metadata::named(COMMAND_LINE)
    }
    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        self.0.data()
    }
}

/// What begins like a setting and is none: where the settings are, what the load generator and the
/// scripts of this repository use, and what Kubernetes tells every container of a service named stoa.
const OTHERS: &[&str] = &["STOA_CONFIG", "STOA_BIN", "STOA_RUST_CHOSEN", "STOA_SERVICE_HOST", "STOA_SERVICE_PORT", "STOA_PORT"];
const OTHER_PREFIXES: &[&str] = &["STOA_BENCH_", "STOA_SERVICE_PORT_", "STOA_PORT_"];

fn is_other(name: &str) -> bool {
    OTHERS.contains(&name) || OTHER_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// The variables that are settings.
pub(super) struct Environment(Vec<(&'static str, Value)>);

impl Environment {
    /// An unknown variable is refused like an unknown key of the file: it was meant to do something.
    pub(super) fn new(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Result<Self, ConfigError> {
        let mut known = Vec::new();
        for (name, text) in variables {
            // A name that is no text is none of ours.
            let Some(name) = name.to_str().filter(|name| name.starts_with("STOA_") && !is_other(name)) else { continue };
            let wrong = |why: &str| Err(ConfigError::new(format!("environment variable {name}: {why}")));
            let Some(key) = KEYS.iter().find(|key| variable(key) == name) else { return wrong("there is no such setting") };
            let Some(text) = text.to_str() else { return wrong("its value isn't UTF-8") };
            let number = NUMBERS.contains(key).then(|| text.trim().parse::<u64>().ok()).flatten();
            let switch = SWITCHES.contains(key).then(|| text.trim().parse::<bool>().ok()).flatten();
            known.push((*key, number.map(Value::from).or(switch.map(Value::from)).unwrap_or_else(|| Value::from(text))));
        }
        Ok(Self(known))
    }
}

impl Provider for Environment {
    fn metadata(&self) -> Metadata {
        Metadata::named(ENVIRONMENT)
    }
    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let mut all = Dict::new();
        for (key, value) in &self.0 {
            match key.split_once('.') {
                None => drop(all.insert((*key).to_owned(), value.clone())),
                Some((section, key)) => {
                    let section = all.entry(section.to_owned()).or_insert_with(|| Value::from(Dict::new()));
                    if let Value::Dict(_, dict) = section {
                        dict.insert(key.to_owned(), value.clone());
                    }
                }
            }
        }
        Ok(Map::from([(Profile::Default, all)]))
    }
}
