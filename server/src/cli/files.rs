//! `stoa files verify`: whether the store has what the database says it has. `stoa files rescan`: has files scanned
//! again by the servers that run.

use stoa_domain::time::Timestamp;
use stoa_services::Environment;
use stoa_services::files::verify::{Compared, How, verify};
use stoa_store::{Actor, Audit, Rescans};

use crate::config::{Config, Overrides};
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
    /// Has files scanned again, also those that came before there was a scanner. They can be read meanwhile.
    Rescan {
        /// Files that came on this day or later, or at this moment (2026-11-23, 2026-11-23T09:00:00Z).
        #[arg(long, value_name = "DATE", value_parser = moment, required_unless_present = "all", conflicts_with = "all")]
        since: Option<Timestamp>,
        /// All files.
        #[arg(long)]
        all: bool,
    },
}

fn moment(text: &str) -> Result<Timestamp, String> {
    let begins = if text.contains('T') { text.to_owned() } else { format!("{text}T00:00:00Z") };
    Timestamp::parse(&begins).ok_or_else(|| String::from("expected a date such as 2026-11-23 or 2026-11-23T09:00:00Z"))
}

async fn rescan(config: &Config, since: Option<Timestamp>) -> Result<(), Failure> {
    if config.files.scanner.is_none() {
        return Err(Failure::new("no scanner is set: files.scanner"));
    }
    let store = open_store(config).await?;
    let asked = async {
        let mut unit = store.begin(Actor { user: None, from: String::from("command line") }, Environment::system().now()).await?;
        let files = unit.scans_again(&Rescans { since, unless: None }).await?;
        let after = serde_json::json!({ "since": since, "files": files });
        unit.commit(Audit { action: "files.rescan", object: String::from("pool"), before: serde_json::Value::Null, after }).await?;
        Ok::<_, stoa_store::StoreError>(files)
    };
    let asked = asked.await;
    store.close().await;
    println!("{} files will be scanned again by the servers that run.", asked?);
    Ok(())
}

impl FilesCommand {
    pub fn run(self, overrides: &Overrides) -> Result<(), Failure> {
        let config = super::load_quietly(overrides)?.config;
        let (repair, quick) = match self {
            Self::Verify { repair, quick } => (repair, quick),
            Self::Rescan { since, all: _ } => return super::block_on(async move { rescan(&config, since).await }),
        };
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
