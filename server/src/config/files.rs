//! Where the content of files is kept.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Files {
    /// The folder; `files` in the data folder unless told otherwise. All servers of a pool need the same one. With a store
    /// elsewhere (`s3`) only what is on its way there lies in it.
    pub folder: Option<PathBuf>,
}
