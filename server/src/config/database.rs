//! Which database: SQLite in the data folder, unless an address says PostgreSQL. The same for the
//! archive, which without an address of its own is beside the chat's.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::ConfigError;

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `postgres://…`; none for SQLite in the data folder.
    #[serde(deserialize_with = "address")]
    pub url: Option<String>,
    /// A file with the address, so that it stands in no other place.
    pub url_file: Option<PathBuf>,
    /// Connections to PostgreSQL, at most.
    pub connections: u32,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: None, url_file: None, connections: 16 }
    }
}

/// By hand, so that no log shows the password.
impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").field("url", &self.url.as_deref().map(masked)).finish_non_exhaustive()
    }
}

impl Database {
    pub(super) fn read_secret(&mut self, section: &str) -> Result<(), ConfigError> {
        if self.url.is_some() && self.url_file.is_some() {
            // Wherever each of them stands: which one was meant, nobody can tell.
            return Err(ConfigError::new(format!("{section}.url_file: stands beside {section}.url; set only one of them")));
        }
        if let Some(file) = &self.url_file {
            let url =
                std::fs::read_to_string(file).map_err(|error| ConfigError::new(format!("{section}.url_file: {} can't be read: {error}", file.display())))?;
            check(url.trim()).map_err(|why| ConfigError::new(format!("{section}.url_file: {}: {why}", file.display())))?;
            self.url = Some(url.trim().to_owned());
        }
        Ok(())
    }
}

fn check(url: &str) -> Result<(), &'static str> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        Ok(())
    } else {
        Err("expected an address such as postgres://user:password@host/database")
    }
}

fn address<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let url: Option<String> = Option::deserialize(deserializer)?;
    url.map(|url| check(&url).map(|()| url).map_err(serde::de::Error::custom)).transpose()
}

/// The address without its password.
pub fn masked(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "***".into() };
    let (authority, tail) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    // Parameters can carry a password too.
    let tail = tail.split_once('?').map_or_else(|| tail.to_owned(), |(path, _)| format!("{path}?***"));
    match authority.rsplit_once('@') {
        Some((user, host)) => {
            let user = user.split_once(':').map_or_else(|| user.to_owned(), |(user, _)| format!("{user}:***"));
            format!("{scheme}://{user}@{host}{tail}")
        }
        None => format!("{scheme}://{authority}{tail}"),
    }
}
