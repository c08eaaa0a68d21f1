//! Where settings come from besides the file.

use figment::providers::Serialized;
use figment::value::{Dict, Map, Value};
use figment::{Error, Metadata, Profile, Provider};

use super::Config;

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
    "log.format",
    "log.level",
    "metrics.listen",
    "limits.connections",
    "proxy.trusted",
];

const NUMBERS: &[&str] = &["drain", "database.connections", "limits.connections"];

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

/// The variables that are settings; others that begin alike belong to scripts.
pub(super) struct Environment(Vec<(&'static str, Value)>);

impl Environment {
    pub(super) fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let variables = variables.into_iter().filter_map(|(name, text)| {
            let key = *KEYS.iter().find(|key| variable(key) == name)?;
            let number = NUMBERS.contains(&key).then(|| text.trim().parse::<u64>().ok()).flatten();
            Some((key, number.map_or_else(|| Value::from(text), Value::from)))
        });
        Self(variables.collect())
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
