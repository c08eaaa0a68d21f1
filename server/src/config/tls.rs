//! TLS by this server itself.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// The certificate and the ones between it and the authority, in PEM. Read again when it changes.
    pub certificate: Option<PathBuf>,
    /// Its private key, in PEM.
    pub key: Option<PathBuf>,
}

impl Tls {
    #[must_use]
    pub const fn is_on(&self) -> bool {
        self.certificate.is_some()
    }

    pub(super) const fn check(&self) -> Result<(), (&'static str, &'static str)> {
        match (&self.certificate, &self.key) {
            (Some(_), None) => Err(("tls.certificate", "needs tls.key beside it")),
            (None, Some(_)) => Err(("tls.key", "needs tls.certificate beside it")),
            _ => Ok(()),
        }
    }
}
