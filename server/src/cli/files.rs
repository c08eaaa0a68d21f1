//! `stoa files verify`: whether the store has what the database says it has.

use stoa_services::files::verify::{Compared, How, verify};

use crate::config::Overrides;
use crate::failure::Failure;
use crate::start::{open_files, open_store};

#[derive(Debug, clap::Subcommand)]
pub enum FilesCommand {
    /// Compares the database with the store, and names each file that is missing or changed, and all content that is
    /// no file. Fails where files are missing or changed, or content that is no file stays.
    Verify {
        /// Remove content that is no file, and mark what is missing or changed, so that people are told so.
        #[arg(long)]
        repair: bool,
        /// Compare sizes only, and read no content.
        #[arg(long)]
        quick: bool,
    },
}

impl FilesCommand {
    pub fn run(self, overrides: &Overrides) -> Result<(), Failure> {
        let config = super::load_quietly(overrides)?.config;
        let Self::Verify { repair, quick } = self;
        super::block_on(async move {
            let blobs = open_files(&config)?;
            let store = open_store(&config).await?;
            let compared = verify(store.as_ref(), &blobs, How { repair, quick }, |finding| println!("{finding}")).await;
            store.close().await;
            let Compared { files, bytes, missing, changed, orphaned } = compared.map_err(|error| Failure::new(error.to_string()))?;
            println!("{files} files with {bytes} bytes: {missing} missing, {changed} changed; {orphaned} contents without a file.");
            if missing + changed > 0 {
                return Err(Failure::new("the store has lost files; restore them from a backup and compare again"));
            }
            if orphaned > 0 && !repair {
                return Err(Failure::new("the store has content that is no file: --repair removes it"));
            }
            Ok(())
        })
    }
}
