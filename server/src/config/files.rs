//! Where the content of files is kept, and who looks for malware in it.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use stoa_scanning::{Address, Scanner};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Files {
    /// The folder; `files` in the data folder unless told otherwise. All servers of a pool need the same one. With a store
    /// elsewhere (`s3`) only what is on its way there lies in it.
    pub folder: Option<PathBuf>,
    /// Where ClamAV's daemon listens: `tcp://host:port` or `unix:/path`. Without one nobody looks for malware. All
    /// servers of a pool need one.
    #[serde(deserialize_with = "address")]
    pub scanner: Option<String>,
    /// Seconds after which a scanner in which nothing moves is given up.
    pub scanner_timeout: u32,
}

impl Default for Files {
    fn default() -> Self {
        Self { folder: None, scanner: None, scanner_timeout: 120 }
    }
}

fn address<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?.filter(|text| !text.is_empty());
    match text.as_deref().map(str::parse::<Address>) {
        Some(Err(error)) => Err(serde::de::Error::custom(error)),
        _ => Ok(text),
    }
}

impl Files {
    /// What looks for malware, if anything does.
    #[must_use]
    pub fn scanner(&self) -> Option<Scanner> {
        let address = self.scanner.as_deref()?.parse().ok()?;
        Some(Scanner::new(address, Duration::from_secs(u64::from(self.scanner_timeout.max(1)))))
    }
}
