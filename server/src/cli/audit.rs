//! `stoa audit verify`: whether the audit log is as it was written. Reads the database alone, so it
//! also does for a copy or a restored backup.

use stoa_domain::audit::Head;
use stoa_services::audit::{Whole, verify_all};

use crate::config::Overrides;
use crate::failure::Failure;
use crate::start::open_store;

#[derive(Debug, clap::Subcommand)]
pub enum AuditCommand {
    /// Goes through the whole log and its chain; fails at the first record that is missing, changed, inserted or reordered.
    Verify {
        /// A head that was printed earlier; only so one sees that the end was cut off.
        #[arg(long, value_name = "POSITION:HASH")]
        expect: Option<Head>,
    },
}

impl AuditCommand {
    pub fn run(self, overrides: &Overrides) -> Result<(), Failure> {
        let config = super::load_quietly(overrides)?.config;
        let Self::Verify { expect } = self;
        super::block_on(async move {
            let store = open_store(&config).await?;
            let verified = verify_all(store.as_ref(), expect).await;
            store.close().await;
            match verified? {
                Ok(Whole { head, records, waiting }) => {
                    println!("The audit log is whole: {records} records, {waiting} of them not linked yet.\nHead: {head}");
                    Ok(())
                }
                Err(finding) => Err(Failure::new(format!("the audit log was tampered with: {finding}"))),
            }
        })
    }
}
