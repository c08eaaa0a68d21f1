//! `stoa compliance`: how far the archive is, and whether it is as it was written. Reads the databases
//! alone, so it also does for copies and restored backups.

use stoa_domain::archive::Head;
use stoa_services::compliance::{Compared, compare, verify};

use crate::config::Overrides;
use crate::failure::Failure;
use crate::start::{archive_at, open_store};

#[derive(Debug, clap::Subcommand)]
pub enum ComplianceCommand {
    /// How much the archive has, and what waits for it.
    Status,
    /// Goes along the archive's whole chain, and compares it with the rooms' history event for event;
    /// fails at the first break, and names it.
    Verify {
        /// A head that was printed earlier; only so one sees that the end was cut off or written anew.
        #[arg(long, value_name = "BATCH:HASH")]
        expect: Option<Head>,
        /// The chain alone, for an archive whose chat isn't at hand.
        #[arg(long)]
        archive_only: bool,
    },
}

impl ComplianceCommand {
    pub fn run(self, overrides: &Overrides) -> Result<(), Failure> {
        let config = super::load_quietly(overrides)?.config;
        super::block_on(async move {
            let archive = archive_at(&config).get().await?;
            let result = match self {
                Self::Status => {
                    let store = open_store(&config).await?;
                    let (end, queue) = (archive.end().await?, store.queue_state().await?);
                    store.close().await;
                    println!("Archive: {} records in {} batches, {} bytes.", end.head.position, end.head.batch, archive.size().await?);
                    match queue.oldest {
                        Some(oldest) => println!("Waiting: about {} records, the oldest of {oldest}.", queue.length),
                        None => println!("Nothing waits."),
                    }
                    println!("Head: {}", end.head);
                    Ok(())
                }
                Self::Verify { expect, archive_only } => {
                    let walk =
                        verify(&archive, expect, |_| {}).await?.map_err(|finding| Failure::new(format!("the archive isn't as it was written: {finding}")))?;
                    println!("The archive is whole: {} records in {} batches.", walk.head.position, walk.head.batch);
                    if !archive_only {
                        let store = open_store(&config).await?;
                        let compared = compare(store.as_ref(), &archive).await;
                        store.close().await;
                        agreed(&compared?)?;
                    }
                    println!("Head: {}", walk.head);
                    Ok(())
                }
            };
            archive.close().await;
            result
        })
    }
}

fn agreed(Compared { rooms, events, waiting, differences }: &Compared) -> Result<(), Failure> {
    for difference in differences {
        println!("{difference}");
    }
    match differences.first() {
        Some(first) => Err(Failure::new(format!("archive and history differ: {first}"))),
        None => {
            println!("It agrees with the history of {rooms} rooms: {events} events, {waiting} more of which wait to be archived.");
            Ok(())
        }
    }
}
