use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use stoa_domain::archive::adapter::Destination;

use crate::Site;
use crate::deliver;
use crate::error::Result;
use crate::manifest::{MANIFEST, STAGED, Summary};
use crate::work::staged_at;

/// Files of a run that all are there. They stay in their folder until a run begins there again.
#[derive(Debug, Clone)]
pub struct Staged {
    pub(crate) folder: PathBuf,
    pub(crate) host: String,
    summary: Summary,
}

/// What came to its destination.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delivered {
    /// The manifest included.
    pub files: u64,
    pub bytes: u64,
    /// Mails that an earlier try had sent already.
    pub sent_before: u64,
}

impl Staged {
    pub(crate) const fn new(folder: PathBuf, summary: Summary, host: String) -> Self {
        Self { folder, host, summary }
    }

    /// What an earlier run has left whole in this folder, such as one whose delivery broke off; none if it has nothing. Blocking.
    ///
    /// # Errors
    /// When the folder can't be read.
    pub fn reopen(folder: &Path, domain: &str) -> Result<Option<Self>> {
        match fs::read(folder.join(STAGED)) {
            Ok(bytes) => Ok(Some(Self::new(folder.to_owned(), serde_json::from_slice(&bytes)?, crate::text::host(domain)))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    #[must_use]
    pub const fn summary(&self) -> &Summary {
        &self.summary
    }

    /// The manifest as it goes out. Blocking.
    ///
    /// # Errors
    /// When the folder can't be read.
    pub fn manifest(&self) -> Result<File> {
        Ok(File::open(staged_at(&self.folder, MANIFEST))?)
    }

    /// Brings all files to their destination, the manifest last. Repeating it does no harm: files of the same names are
    /// replaced, and mails that were taken aren't sent again.
    ///
    /// # Errors
    /// When the destination is full, away or refuses; what came there before stays.
    pub async fn deliver(&self, destination: &Destination, site: &Site) -> Result<Delivered> {
        match destination {
            Destination::Folder { path } => deliver::folder::deliver(self, &site.exports, path).await,
            Destination::S3(bucket) => deliver::bucket::deliver(self, bucket, site).await,
            Destination::Smtp(mail) => deliver::smtp::deliver(self, mail, site).await,
        }
    }

    /// Frees the disk once all has been delivered. Blocking.
    ///
    /// # Errors
    /// When the folder can't be removed.
    pub fn discard(self) -> Result<()> {
        Ok(fs::remove_dir_all(&self.folder)?)
    }
}
