//! The compliance archive in the forms that other products read, and the ways to them. Records come in the
//! order of their positions and become files in a *staging* folder, in memory that doesn't grow with them;
//! when all have come, a *manifest* says what these files are, and they are *delivered*.
//!
//! ```text
//! let mut run = Run::begin(&adapter, info, &staging, &site)?;   // blocking
//! for record in records { run.push(&record)?; }                 // blocking
//! let staged = run.finish()?;                                   // blocking
//! let delivered = staged.deliver(&adapter.destination, &site).await?;
//! ```
//!
//! What is called blocking waits for disks, for the store of files and for stylesheets: it belongs into
//! `spawn_blocking`. A run that is repeated from the same records gives the same files, byte for byte,
//! under the same names, so that a delivery that broke off is made whole by another one.

mod contents;
mod deliver;
mod error;
mod form;
mod manifest;
mod notes;
mod run;
mod spool;
mod staged;
mod stylesheet;
mod text;
mod work;

use std::path::PathBuf;
use std::sync::Arc;

pub use contents::{Contents, FromStore, Nothing};
pub use error::{ExportError, Result};
pub use manifest::{RunInfo, Summary, run_name};
pub use run::Run;
pub use staged::{Delivered, Staged};

/// What only the administrator of the server may say; settings of adapters name it.
#[derive(Clone)]
pub struct Site {
    /// Destinations that are folders lie below it.
    pub exports: PathBuf,
    /// Where stylesheets are; none where there are none.
    pub stylesheets: Option<PathBuf>,
    /// A file for each name: the user or access key on its first line, the password or secret key on its second.
    pub credentials: Option<PathBuf>,
    /// `xsltproc`, or where it is.
    pub xsltproc: PathBuf,
    pub contents: Arc<dyn Contents>,
}

impl Site {
    #[must_use]
    pub fn new(exports: PathBuf, contents: Arc<dyn Contents>) -> Self {
        Self { exports, stylesheets: None, credentials: None, xsltproc: "/usr/bin/xsltproc".into(), contents }
    }
}
