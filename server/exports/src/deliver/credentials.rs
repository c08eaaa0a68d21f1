use std::fs;

use crate::Site;
use crate::error::{ExportError, Result};

/// Who asks, and what proves it.
pub struct Credentials {
    pub user: String,
    pub secret: String,
}

/// By hand, so that no log shows the secret.
impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

impl Credentials {
    /// Those of this name on this server. Blocking, but only for a small file.
    pub fn find(site: &Site, name: Option<&str>) -> Result<Option<Self>> {
        let Some(name) = name else { return Ok(None) };
        let wrong = |why: &str| ExportError::Settings(format!("the credentials {name} {why}"));
        let folder = site.credentials.as_ref().ok_or_else(|| wrong("can't be found: this server has no folder of credentials"))?;
        if !stoa_domain::archive::adapter::is_name(name) {
            return Err(wrong("have no name that can be one"));
        }
        let text = fs::read_to_string(folder.join(name)).map_err(|_| wrong("can't be read"))?;
        let mut lines = text.lines();
        match (lines.next().map(str::trim), lines.next().map(str::trim)) {
            (Some(user), Some(secret)) if !user.is_empty() && !secret.is_empty() => Ok(Some(Self { user: user.to_owned(), secret: secret.to_owned() })),
            _ => Err(wrong("aren't a name on the first line and a secret on the second")),
        }
    }
}
